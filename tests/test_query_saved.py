"""Saved questions: they are read back unchanged, and invalid files are refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bricoop.errors import BricoopError
from bricoop.query.command import command_of
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.query.saved import as_data, from_data, read_question, save_question

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
QUESTIONS = st.builds(
    Question,
    noun=st.sampled_from(["projects", "finance", "sources"]),
    filters=st.dictionaries(TEXT, TEXTS, max_size=3),
    columns=TEXTS,
    sort=TEXT,
    limit=st.none() | st.integers(0, 2**62),
    offset=st.integers(0, 2**62),
    where=TEXTS,
    raw=TEXTS,
    search=TEXT,
    unmerged=st.booleans(),
    grouping=st.none()
    | st.builds(
        Grouping,
        by=TEXTS,
        measures=TEXTS,
        subtotals=st.booleans(),
        share=st.booleans(),
        add_sources=st.booleans(),
    ),
)


@given(QUESTIONS)
def test_any_question_comes_back(question: Question) -> None:
    assert from_data(as_data(question), "here") == question


def test_a_command_has_switches_without_values() -> None:
    question = Question("records", {"all": ("yes",), "name": ("a b", "c")}, unmerged=True)
    assert command_of(question) == "bricoop query records --all --name 'a b' --name c --unmerged"


@given(QUESTIONS)
def test_any_question_comes_back_from_a_file(
    tmp_path_factory: pytest.TempPathFactory, question: Question
) -> None:
    path = tmp_path_factory.mktemp("saved") / "question.toml"
    save_question(question, path)
    assert read_question(path) == question == read_question(str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("noun = ", "is not valid TOML"),
        ("limit = 3\n", "noun is missing"),
        ('noun = "projcts"', "projects"),
        ('noun = "projects"\nlimt = 3', "Did you mean: limit"),
        ('noun = "projects"\nlimit = "3"', "limit is text; it must be a whole number"),
        ('noun = "projects"\nlimit = -3', "limit must be a whole number of at least 0"),
        ('noun = "projects"\nwhere = [3]', "where[1] is a whole number; it must be text"),
        ('noun = "projects"\nsort = 3', "sort is a whole number; it must be text"),
        ('noun = "projects"\nfilters = "x"', "filters is text; it must be a table"),
        (
            'noun = "projects"\n[filters]\nkind = 3',
            "filters.kind is a whole number; it must be text or a list",
        ),
        (
            'noun = "projects"\n[grouping]\nshare = "yes"',
            "grouping.share is text; it must be true or false",
        ),
        ('noun = "projects"\n[grouping]\nbye = ["kind"]', "Did you mean: by"),
        ('noun = "projects"\ngrouping = 3', "grouping is a whole number; it must be a table"),
    ],
)
def test_what_is_no_question_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "question.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BricoopError) as caught:
        read_question(path)
    assert message in str(caught.value)


def test_a_file_that_is_not_there_or_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BricoopError, match="cannot be read"):
        read_question(tmp_path / "none.toml")
    with pytest.raises(BricoopError, match="cannot be written"):
        save_question(Question("projects"), tmp_path / "none" / "question.toml")
    (tmp_path / "latin.toml").write_bytes(b'noun = "caf\xe9"')
    with pytest.raises(BricoopError, match="is not UTF-8 text: see line 1"):
        read_question(tmp_path / "latin.toml")


def test_one_text_stands_for_a_list_of_one() -> None:
    question = from_data(
        {"noun": "projects", "where": "kind = port", "filters": {"kind": "port"}}, ""
    )
    assert question == Question("projects", {"kind": ("port",)}, where=("kind = port",))
