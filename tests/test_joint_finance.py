"""Joint finance: it is assigned to no single financier, and all financiers are kept."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.db.check import check
from bricoop.db.engine import reading
from bricoop.ingest.pipeline import RowsRejectedError
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.notes.joint_finance import joint_rows
from bricoop.query.notes.unrecorded import unrecorded
from bricoop.query.question import Question
from bricoop.report.blocks import Note
from bricoop.report.kinds import report
from bricoop.report.request import Request
from bricoop.totals.breakdown import breakdown
from bricoop.totals.parse import counting_of
from support.loading import Load
from support.profile_rules import PROJECTS, fields, profile_text, refused, running

pytestmark = pytest.mark.later_on_postgresql

HEADER = "id,project,kind,financier,amount,currency,amount_usd\n"
ROWS = (
    "1,Alpha Road,commitment,CDB; China Eximbank,100,USD,100\n"
    "2,Beta Dam,commitment,CDB,50,USD,50\n"
    "3,Beta Dam,commitment,,7,USD,7\n"
    "4,Beta Dam,commitment,CDB; ;CDB,3,USD,3\n"
)
MONEY = """
[[records]]
noun = "finance"
id = ["No"]
[records.fields]
project = "Name"
kind = { constant = "pledge" }
"""


def money(engine: Engine, **filters: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Return the financiers of finance rows, sorted by amount."""
    question = Question(
        "finance",
        filters=filters,
        columns=("amount", "financier", "joint_financiers"),
        sort="amount",
    )
    with reading(engine) as connection:
        rows = execute(connection, question).by_name()
        return [(int(row.pop("amount")), *row.values()) for row in rows]


def test_joint_finance_is_assigned_to_nobody_and_keeps_every_name(
    engine: Engine, load: Load
) -> None:
    loaded = load("finance", HEADER + ROWS)
    cdb, exim = "China Development Bank", "Export-Import Bank of China"
    joint = (100, "joint", [cdb, exim])
    assert sorted(money(engine)) == [(3, cdb, []), (7, None, []), (50, cdb, []), joint]
    assert sorted(money(engine, financier=("CDB",))) == [(3, cdb, []), (50, cdb, [])]
    assert money(engine, joint_financiers=("China Eximbank",)) == [joint]
    with reading(engine) as connection:
        counting = counting_of(Question("finance"), "all")
        shares = {row.name: row.amount for row in breakdown(connection, counting, "financier")}
        assert shares == {cdb: Decimal(53), "joint": Decimal(100), None: Decimal(7)}
        grouped = Question("finance", grouping=Grouping(("joint_financiers",)))
        groups = {name: rows for name, _, rows, *_ in execute(connection, grouped).rows}
        assert groups == {cdb: 1, exim: 1, None: 3}
        question = Question("projects", {"financier": ("China Eximbank",)}, columns=("name",))
        assert list(execute(connection, question).rows) == [("Alpha Road",)]
        assert all(result.violations == 0 for result in check(connection))
        # Who asks for one of them hears of the rows that are left out, and how to list them.
        note = (
            "1 more row is joint finance with China Eximbank, not assigned to a single financier."
        )
        for_one = Question("finance", {"financier": ("China Eximbank",)})
        assert f"{note} --joint-financiers in place of --financier lists them." in unrecorded(
            connection, for_one
        )
        assert joint_rows(connection, for_one) == 1
        assert not joint_rows(connection, Question("finance", {"financier": ("!CDB",)}))
        page = report(connection, Request("financier", ("CDB",)))
        blocks = [block for section in page.sections for block in section.parts]
        assert "1 more row is joint finance" in " ".join(
            x.text for x in blocks if isinstance(x, Note)
        )
    assert money(engine, joint_financiers=("China Eximbank",)) == [joint]
    undo_load(engine, loaded.load_id or 0)
    with reading(engine) as connection:
        assert not list(execute(connection, question).rows)


def test_an_edition_that_names_one_financier_ends_the_joint_one(engine: Engine, load: Load) -> None:
    load("finance", HEADER + ROWS)
    load("finance", HEADER + ROWS.replace("CDB; China Eximbank", "China Eximbank"))
    assert ("joint" in [row[1] for row in money(engine)]) is False
    load("finance", HEADER + ROWS)
    assert [row[1] for row in money(engine)].count("joint") == 1


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ('{ column = "Bank", separator = "|" }', "A|B", ["A", "B"]),
        ('{ column = "Bank", separator = "|" }', "A|", "A"),
        ('{ column = "Bank", separator = "|" }', "A|A", "A"),
        ('{ column = "Bank", separator = ";", whole = ["A; B"] }', "A; B", "A; B"),
        ('{ columns = ["Bank", "Country"], all = true }', "A", ["A", "Kenya"]),
        ('{ columns = ["Bank", "Country"] }', "A", "A"),
        ('{ constant = "A; B" }', "", ["A", "B"]),
        ('{ constant = "A", add = ["C"] }', "", ["A", "C"]),
        ('{ template = "{Bank} Bank", add = ["C"] }', "A", ["C", "A Bank"]),
        ('{ column = "Bank", separator = "|", map = { x = "A", y = "A" } }', "x|y", "A"),
        (
            '{ column = "Bank", separator = "|", map = { x = "A" }, unmapped = "drop" }',
            "x|z",
            ["A"],
        ),
        ('{ column = "Bank", separator = "|", map = { x = "A" }, unmapped = "drop" }', "x", "A"),
    ],
)
def test_a_profile_keeps_every_name_of_a_financier(
    quick: Engine, tmp_path: Path, rule: str, cell: str, expected: str | list[str]
) -> None:
    profile = profile_text(PROJECTS, f"{MONEY}financier = {rule}\n")
    running(quick, tmp_path)(profile, f"No,Name,Country,Bank\n1,Road,Kenya,{cell}\n")
    assert [row["financier"] for row in fields(quick, "finance")] == [expected]


def test_a_cell_of_several_names_needs_a_separator(quick: Engine, tmp_path: Path) -> None:
    run = running(quick, tmp_path)
    profile = profile_text(PROJECTS, f'{MONEY}financier = "Bank"\n')
    (problem,) = refused(run, profile, "No,Name,Country,Bank\n1,Road,Kenya,A; B\n")
    assert (problem.column, problem.value) == ("Bank", "A; B")
    assert problem.rule == "has ';', and no separator is declared"
    taking = MONEY.replace('"finance"', '"participations"').split("kind =", maxsplit=1)[0]
    profile = profile_text(PROJECTS, f'{taking}role = {{ constant = "funding" }}\n'
                           'organization = "Bank"\n')  # fmt: skip
    (problem,) = refused(run, profile, "No,Name,Country,Bank\n1,Road,Kenya,A; B\n")
    assert problem.rule == "names several; only one is allowed"
    profile = profile_text(f'{PROJECTS}financiers = "Bank"\n')
    result = run(profile, "No,Name,Country,Bank\n1,Road,Kenya,A; B\n")
    assert result.notes == ("Taken as one name each, as no separator is declared: Bank 'A; B'.",)


@pytest.mark.parametrize(
    ("rule", "listed"),
    [
        ('{ constant = "Kenya", add = ["Uganda"] }', ["KEN", "UGA"]),
        ('{ constant = "Kenya; Tanzania", add = ["Kenya"] }', ["KEN", "TZA"]),
        ('{ column = "Empty", separator = ";", blank = "Kenya" }', ["KEN"]),
        ('{ template = "{Empty}", add = ["Kenya"] }', ["KEN"]),
    ],
)
def test_what_every_row_has_besides_is_added_to_any_list(
    quick: Engine, tmp_path: Path, rule: str, listed: list[str]
) -> None:
    records = PROJECTS.replace('countries = "Country"', f"countries = {rule}")
    running(quick, tmp_path)(profile_text(records), "No,Name,Country,Empty\n1,Road,Kenya,\n")
    assert [row["countries"] for row in fields(quick, "projects")] == [listed]


@pytest.mark.parametrize(
    ("noun", "text"),
    [
        ("organizations", "name\nA; B\n"),
        ("organizations", "name,country\nA,Kenya; Uganda\n"),
        ("projects", "name,parent\nA,1; 2\n"),
        ("participations", "project,organization,role\nA,B; C,funding\n"),
        ("finance", "project,kind\nA; B,pledge\n"),
    ],
)
def test_a_cell_for_one_name_refuses_several(load: Load, noun: str, text: str) -> None:
    with pytest.raises(RowsRejectedError) as error:
        load(noun, text)
    assert len(error.value.result.problems) == 1
