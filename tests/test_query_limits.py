"""Limits on conditions and questions: the largest allowed are answered, larger ones refused."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.errors import UsageError
from bricoop.query.conditions.parser import parse
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.totals.rules import rule_of
from support.examples import few_of

pytestmark = pytest.mark.later_on_postgresql


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" or ".join(["kind = port"] * 501), "compares 501 values: at most 500"),
        ("kind = " + ", ".join(["port"] * 501), "compares 501 values: at most 500"),
        (" and ".join(["kind is empty"] * 501), "compares 501 values: at most 500"),
        ("name = " + "a" * 20_001, "of 20,008 characters is too long: at most 20,000"),
        ("name ~ " + "%" * 1_001, "looks for a text of 1,001 characters: at most 1,000"),
        ("name !~ a, " + "_" * 1_001, "looks for a text of 1,001 characters: at most 1,000"),
        ("(" * 16 + "a = 1" + ")" * 16, "nested more than 15 levels deep"),
        ("not " * 16 + "a = 1", "nested more than 15 levels deep"),
    ],
)
def test_conditions_beyond_the_limits_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse(text)
    assert sentence in str(refusal.value)
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize(
    "question",
    few_of(
        [
            Question("projects", {"year": ("2013",) * 1_000}),
            Question("projects", {"name": tuple(f"no{number}" for number in range(1_000))}),
            Question("projects", {"sector": ("transport",) * 300}),
            Question("projects", where=(" or ".join(["started = 2013..2014"] * 500),)),
            Question("findings", where=("statement ~ " + ", ".join(["%_"] * 500),)),
            Question("projects", where=("name ~ a",) * 500),
            Question("projects", raw=("name != x",) * 100, where=("kind = port",) * 500),
            Question(
                "projects",
                {"kind": ("port",) * 1_000, "status": ("completed",) * 500},
                where=("kind != port",) * 400,
                raw=("name != x",) * 100,
            ),
            Question("projects", columns=("name",) * 500),
            Question("projects", grouping=Grouping(("kind",), ("count",) * 100)),
            # PostgreSQL must not plan these as 400 joins.
            Question("projects", where=(" and ".join(["name ~ a"] * 400),)),
        ],
        6,
    ),
    ids=lambda question: " ".join([*question.filters, *question.where])[:20],
)
def test_questions_within_the_limits_are_answered(engine: Engine, question: Question) -> None:
    with reading(engine) as connection:
        assert count(connection, question) >= 0


@pytest.mark.parametrize("noun", ["projects", "finance"])
@pytest.mark.parametrize(
    "opening", [["not "], ["("], ["(name = a and ", "(name = a or "], ["not ", "(name = a or "]]
)
def test_conditions_of_the_largest_depth_are_answered(
    engine: Engine, noun: str, opening: list[str]
) -> None:
    levels = [opening[level % len(opening)] for level in range(15)]
    text = "".join(levels) + "countries = Kenya" + ")" * sum("(" in level for level in levels)
    text = text.replace("name", "project" if noun == "finance" else "name")
    question = Question(noun, where=(text,), search="port" if noun == "projects" else "")
    with reading(engine) as connection:
        assert len(list(execute(connection, question).rows)) == count(connection, question)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question("projects", {"country": ("Kenya",) * 1_001}), "--country has 1,001 values"),
        (Question("projects", raw=("A=1",) * 101), "--raw was given 101 times: at most 100"),
        (Question("projects", columns=("name",) * 501), "--columns was given 501 times"),
        (
            Question("projects", grouping=Grouping(("kind",) * 101)),
            "--group-by was given 101 times: at most 100",
        ),
        (
            Question("projects", grouping=Grouping(("kind",), ("count",) * 101)),
            "--measure was given 101 times: at most 100",
        ),
        (
            Question(
                "projects",
                {"kind": ("port",) * 1_000, "status": ("completed",) * 1_000},
                where=("kind = port",),
            ),
            "All filters and conditions together have 2,001 values: at most 2,000",
        ),
        (Question("projects", search="a" * 10_001), "10,001 characters: at most 10,000"),
        (Question("projects", where=("name ~ a",) * 501), "together compare 501 values"),
    ],
)
def test_questions_beyond_the_limits_are_refused(
    quick: Engine, question: Question, sentence: str
) -> None:
    with reading(quick) as connection, pytest.raises(UsageError) as refusal:
        count(connection, question)
    assert sentence in str(refusal.value)


def test_a_counting_rule_is_bounded_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    steps = [
        f"[[steps]]\nname = 's{number}'\ntitle = 't'\nleave_out = ['amount = {'1, ' * 20}1']\n"
        for number in range(24)
    ]
    head = "version = 1\ntitle = 't'\nabout = 'a'\nprice_base = 'nominal'\nrollovers = 'count'\n"
    path.write_text(head + "parents = 'parts'\nspeaker = 'every'\n" + "\n".join(steps))
    with pytest.raises(UsageError, match="All steps together compare 504 values: at most 500"):
        rule_of(str(path))
