"""bricoop from Python: the same filters, frozen rows, frames, and refusals of the one family."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import bricoop
from bricoop.api.arguments import in_python
from bricoop.errors import DatabaseError, NotFoundError, UsageError
from bricoop.ingest.pipeline import RowsRejectedError
from bricoop.query.catalog import NOUNS
from bricoop.query.command import conditions_of
from bricoop.query.question import Question
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

FINANCE = (
    "project,kind,financier,amount,currency,amount_usd,date,estimated\n"
    "Gwadar,pledge,CHEXIM,5.10,CNY,0.7,2012,yes\nAlpha,commitment,ICBC,40,USD,40,2020-03,\n"
    "Alpha,commitment,ICBC,,,,,no\n"
)


@pytest.fixture(scope="module")
def base(standing: Standing) -> Iterator[bricoop.KnowledgeBase]:
    """An open knowledge base with some money."""
    standing.load("finance", FINANCE)
    with standing.unwritten(), bricoop.open(standing.address) as opened:
        yield opened


def test_rows_are_frozen_and_named(base: bricoop.KnowledgeBase) -> None:
    rows = base.query("finance", amount_usd="1..", columns=("project", "amount", "date"))
    (row,) = rows
    assert row == ("Alpha", Decimal(40), "2020-03")
    assert (row.project, row.amount) == ("Alpha", Decimal(40))
    with pytest.raises(AttributeError):
        row.amount = 0
    # They are read anew, each time that they are gone through.
    assert list(rows) == list(rows)
    assert rows.first() == row
    assert rows.fields == ("project", "amount", "date")


def test_filters_are_those_of_the_command_line(base: bricoop.KnowledgeBase) -> None:
    assert base.query("finance", kind=["pledge", "commitment"]).count() == 3
    assert base.query("finance", kind="!pledge", estimated=False).count() == 1
    assert base.query("finance", where="amount is empty").count() == 1
    assert base.query("finance", where=["amount > 1", "currency = USD"], kind=None).count() == 1
    assert base.query("finance", raw="currency=CNY", limit=0).count() == 1
    assert [row.name for row in base.query("projects", name="alpha", sort="-name")] == ["Alpha"]
    assert base.query("sources", tier=4).count() == 1


def test_all_false_is_the_default(base: bricoop.KnowledgeBase) -> None:
    usual, every = list(base.query("countries")), list(base.query("countries", all=True))
    assert len(list(base.query("countries", all=False))) == len(usual) < len(every)
    assert "--all" not in tuple(conditions_of(Question("countries", {"all": ("no",)})))
    with pytest.raises(UsageError, match="'maybe', which is neither yes nor no"):
        list(base.query("countries", all="maybe"))


def test_groups(base: bricoop.KnowledgeBase) -> None:
    groups = base.query("finance").group("kind", ("count", "sum:amount_usd"), share=True)
    assert [(row.kind, row.sum_amount_usd) for row in groups] == [
        ("commitment", Decimal(40)), ("pledge", Decimal("0.7")),
    ]  # fmt: skip
    assert base.query("projects").group("country").notes


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_any_rows_become_frames(base: bricoop.KnowledgeBase, noun: object) -> None:
    rows = base.query(noun.name, limit=20)  # type: ignore[attr-defined]
    collected = list(rows)
    pandas, polars = rows.to_pandas(), rows.to_polars()
    assert tuple(pandas.columns) == tuple(polars.columns) == rows.fields
    assert len(pandas) == len(collected)
    for row, other in zip(collected, polars.iter_rows(), strict=True):
        assert list(row) == [value.replace(tzinfo=row[at].tzinfo) if hasattr(value, "tzinfo")
                             else value for at, value in enumerate(other)]  # fmt: skip


def test_several_questions_of_one_state(base: bricoop.KnowledgeBase) -> None:
    with base.snapshot() as state:
        question = base.query("projects").question
        assert state.count(question) == len(list(state.ask(question).rows))
    assert base.show("Belarus").name == "Belarus"
    assert base.report("country", "Belarus").title
    with pytest.raises(NotFoundError, match="No report is known"):
        base.report("kountry", "Belarus")


def test_saved_questions(base: bricoop.KnowledgeBase, tmp_path: Path) -> None:
    rows = base.query("finance", kind="pledge")
    bricoop.save_question(rows.question, tmp_path / "pledges.toml")
    assert list(base.ask(bricoop.read_question(tmp_path / "pledges.toml"))) == list(rows)
    question = bricoop.Question(
        "projects", {"kind": ("port",)}, grouping=bricoop.Grouping(("country",))
    )
    bricoop.save_question(question, str(tmp_path / "ports.toml"))
    assert bricoop.read_question(str(tmp_path / "ports.toml")) == question
    assert base.ask(question).count() > 1


def test_refusals_are_of_one_family(base: bricoop.KnowledgeBase, tmp_path: Path) -> None:
    with pytest.raises(bricoop.BricoopError, match="Did you mean: finance"):
        base.query("finnance")
    with pytest.raises(bricoop.BricoopError, match="Did you mean: finance"):
        base.ask(bricoop.Question("finnance"))
    with pytest.raises(UsageError, match="no field or filter"):
        list(base.query("projects", colour="red"))
    (tmp_path / "text.sqlite").write_text("no database", encoding="utf-8")
    with pytest.raises(DatabaseError, match="not an SQLite database"):
        bricoop.open(str(tmp_path / "text.sqlite"))


def test_messages_for_scripts_name_arguments_and_no_options(
    base: bricoop.KnowledgeBase, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("name\nHub\n", encoding="utf-8")
    with pytest.raises(bricoop.UsageError) as refused:
        base.load(file, "projects", source="new")
    assert refused.value.hint == "Describe it with `title` and `tier`."
    with pytest.raises(bricoop.UsageError) as refused:
        base.query("finance", kind="loan").count()
    assert "'loan' is an instrument: instrument='loan'." in str(refused.value)
    notes = base.query("projects", country="Africa").notes
    assert notes[0].endswith("the countries in it; for those, use region='Africa'.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use --limit, or name a --source.", "Use `limit`, or name a `source`."),
        ("See `--where` and --group-by kind.", "See `where` and by='kind'."),
        ("See `bricoop load --profile crs`.", "See `bricoop load --profile crs`."),
        ("'--new one' is no key; use --source.", "'--new one' is no key; use `source`."),
        ("""In "a = 'b' --link x" is no end.""", """In "a = 'b' --link x" is no end."""),
        (r"A file's '\'--link x' --limit 3", r"A file's '\'--link x' limit=3"),
        ("""without --where 'name = '"'"'a'"'"''""", '''without where="name = 'a'"'''),
        ("The file /tmp/--rate high.csv --sheet 2", "The file /tmp/--rate high.csv sheet=2"),
    ],
)
def test_what_a_script_passed_stays_as_it_is_in_messages(text: str, expected: str) -> None:
    assert in_python(text, "/tmp/--rate high.csv", None, 5) == expected  # noqa: S108 (no file)


def test_what_is_closed_answers_nothing(sqlite_template: Path) -> None:
    with bricoop.open(sqlite_template) as opened:
        rows = opened.query("links")
        assert rows.count() == 5
    for ask in (rows.count, rows.first, lambda: opened.undo(1)):
        with pytest.raises(bricoop.UsageError, match="is closed"):
            ask()


def test_where_it_is_tells_no_password(base: bricoop.KnowledgeBase) -> None:
    assert base.address in repr(base)
    assert "finance" in repr(base.query("finance"))


def test_a_missing_library_is_named(
    base: bricoop.KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"needs pandas.*pip install 'bricoop\[frames\]'"):
        base.query("finance").to_pandas()
    with pytest.raises(UsageError, match=r"needs polars.*pip install 'bricoop\[frames\]'"):
        base.query("finance").to_polars()


def test_the_first_use_makes_it_and_importing_it_is_light(tmp_path: Path) -> None:
    with bricoop.open(str(tmp_path / "new.sqlite")) as base:
        assert base.query("links").count() == 5
    code = "import sys, bricoop; print('sqlalchemy' in sys.modules, bricoop.__version__)"
    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert completed.stdout.startswith("False ")
    with pytest.raises(AttributeError):
        bricoop.nothing  # noqa: B018 (there is none)


def test_search_says_why(base: bricoop.KnowledgeBase) -> None:
    hits = base.search("gwadar", kinds="project")
    assert {hit.kind for hit in hits} == {"project"}
    assert "gwadar" in hits[0].snippet.lower()
    assert base.search("gwadar", kinds=["country"]) == ()
    assert base.search("gwadar", countries="Pakistan", links=["facility"], limit=1) == hits[:1]
    with pytest.raises(UsageError, match="no kind"):
        base.search("gwadar", kinds="castle")


def test_words_narrow_any_noun_that_is_about_something(base: bricoop.KnowledgeBase) -> None:
    every = base.query("finance").count()
    assert 0 < base.query("finance", search="gwadar").count() < every
    assert base.query("finance", search="gwadar -alpha").count() == 1
    assert (
        base.query("projects", search="gwad").count()
        == base.query("projects", search="Gwadar").count()
    )
    groups = base.query("finance", search="alpha").group("project")
    assert [row[-1] for row in groups] == [2]
    with pytest.raises(UsageError, match="cannot be searched"):
        base.query("loads", search="gwadar").count()
    with pytest.raises(UsageError):
        base.query("projects", search="...").count()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda base: base.query("projects", column="name"), "query() has no argument 'column'. Did you mean: columns?"),
        (lambda base: base.query("projects", kind=object()), "query(): kind must be a string, a number, a date or a list"),
        (lambda base: base.query("projects", limit=-1), "query(): limit must not be negative"),
        (lambda base: base.query("projects").group("kind", measure="count"), "Did you mean: measures?"),
        (lambda base: base.search("port", kind="project"), "search() has no argument 'kind'. Did you mean: kinds?"),
        (lambda base: base.show(3), "show(): name must be a string, not 3."),
        (lambda base: base.total(add_source=True), "total() has no argument 'add_source'. Did you mean: add_sources?"),
        (lambda base: base.report("country", "Kenya", rul="all"), "report() has no argument 'rul'. Did you mean: rule?"),
        (lambda base: base.ask("projects"), "ask(): question must be a Question, not 'projects'."),
        (bricoop.open, "bricoop.open(): database must be a string or a path, not KnowledgeBase"),
        (lambda base: bricoop.Question("projects", limit=base), "Question(): limit must be an integer, not KnowledgeBase"),
        (bricoop.Grouping, "Grouping(): by must be a list of strings, not KnowledgeBase"),
        (bricoop.read_question, "bricoop.read_question(): path must be a string or a path"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_refused_in_the_one_family(
    base: bricoop.KnowledgeBase, call: Callable[[Any], object], message: str
) -> None:
    with pytest.raises(bricoop.BricoopError) as caught:
        call(base)
    assert message in str(caught.value)


def test_filters_take_exact_numbers_and_dates(base: bricoop.KnowledgeBase) -> None:
    assert base.query("finance", amount=Decimal("5.10")).count() == 1
    assert (
        base.query("finance", date=date(2020, 3, 1)).count()
        == base.query("finance", date="2020-03-01").count()
    )


def test_a_script_loads_and_undoes(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    file = tmp_path / "mine.csv"
    file.write_text("name,kind,countries\nOrsha Hub,facility,Belarus\nHub,portt,\n", "utf-8")
    source: dict[str, Any] = {"source": "notes", "title": "Notes", "tier": 5}
    with bricoop.open(path) as base:
        with pytest.raises(RowsRejectedError) as refused:
            base.load(file, "projects", **source)
        (problem,) = refused.value.result.problems
        assert (problem.line, problem.column) == (3, "kind")
        base.load(file, "projects", rejects=tmp_path / "w.csv", dry_run=True, **source)
        result = base.load(file, "projects", rejects=tmp_path / "wrong.csv", **source)
        assert (result.load_id, result.counts.new, result.counts.rejected) == (13, 1, 1)
        assert "portt" in (tmp_path / "wrong.csv").read_text(encoding="utf-8")
        assert base.query("projects", source="notes").count() == 1
        bricoop.write_report(base.report("country", "Belarus"), tmp_path / "by.html")
        assert base.undo(13).removed == 1
        assert base.query("projects", source="notes").count() == 0
        with pytest.raises(NotFoundError, match="no load 99"):
            base.undo(99)
    assert "Orsha Hub" in (tmp_path / "by.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        (("f.csv",), {}, "needs a noun or a profile"),
        (("f.csv", "projects"), {"profile": "crs"}, "needs a noun or a profile"),
        (("f.csv", "projects"), {}, "needs a source"),
        (("f.csv", "project"), {"source": "x"}, "projects"),
        (("f.csv", "projects"), {"sorce": "x"}, "Did you mean: source"),
        (("f.csv", "projects"), {"source": "x", "encodng": "x"}, "Did you mean: encoding"),
        (("f.csv", 5), {}, "noun must be a string"),
        (("no.csv", "projects"), {"source": "x"}, "no.csv"),
        (("--rate no.csv", "projects"), {"source": "x"}, "The file --rate no.csv"),
        (("f.csv", "projects"), {"source": "x", "header_row": 0}, "There is no row 0"),
        (("f.csv", "projects"), {"source": "x", "header_row": -3}, "must not be negative"),
        (("f.csv", "projects"), {"source": "x", "header_row": "2"}, "must be an integer, not '2'"),
        (
            ("f.csv", "projects"),
            {"source": "x", "header_row": True},
            "must be an integer, not True",
        ),
    ],
)
def test_a_load_that_cannot_be_is_refused(
    base: bricoop.KnowledgeBase, arguments: tuple[Any, ...], named: dict[str, Any], message: str
) -> None:
    with pytest.raises(bricoop.BricoopError, match=message):
        base.load(*arguments, **named)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("r.html", b"<!doctype html>"), ("r.md", b"# "), ("r.json", b"{"), ("r.TXT", b"Belarus"),
        ("r.docx", b"PK"),
    ],
)  # fmt: skip
def test_a_report_is_written_in_the_form_that_its_file_says(
    base: bricoop.KnowledgeBase, tmp_path: Path, name: str, beginning: bytes
) -> None:
    report = base.report("country", "Belarus", brief=True)
    bricoop.write_report(report, tmp_path / name)
    assert (tmp_path / name).read_bytes().lower().startswith(beginning.lower())
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_report_of_no_form_is_refused(base: bricoop.KnowledgeBase, tmp_path: Path) -> None:
    report = base.report("link", "trade")
    with pytest.raises(UsageError, match=r"Use one of \.docx"):
        bricoop.write_report(report, tmp_path / "r.doc")
    with pytest.raises(UsageError, match="cannot be written"):
        bricoop.write_report(report, str(tmp_path / "no" / "r.md"))
