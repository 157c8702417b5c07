"""The noun `disagreements`: a row for each differing claim, consistent with `show`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from bricoop.db.claims import Precedence, decided_by
from bricoop.db.engine import reading
from bricoop.db.schema import entity
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.entity.recorded import entity_profile
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.notes.unrecorded import unrecorded
from bricoop.query.question import Question
from bricoop.render.entity import write_entity_markdown
from bricoop.report.blocks import Table
from bricoop.report.data import ReportQueries
from bricoop.report.disagreements import _counts, _pair_table, _pairs, differences
from bricoop.report.kinds import report
from bricoop.report.request import Request
from support.executed import statements
from support.loading import Load
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

PRESS = "name,kind,status,countries,started,completed\n"


@pytest.fixture(scope="module")
def differing(standing: Standing) -> Iterator[Engine]:
    """A knowledge base in which a ministry, an institute and the press differ."""
    standing.load("projects", PRESS + "Port,port,completed,Kenya,2015,2019\nDam,,,Mali,2010,\n",
         source="press", tier=7)  # fmt: skip
    standing.load("projects", PRESS + "Port,railway,implementation,Kenya,2015-03,\nDam,,,Mali,2010-05-01,\n",
         source="ministry", tier=1)  # fmt: skip
    standing.load("projects", PRESS + "Port,port,,,2014,\n", source="institute", tier=4)
    rows = "id,project,kind,amount_usd,amount_usd_constant,price_year\n"
    standing.load("finance", f"{rows}1,Port,commitment,60.5,70,2017\n2,Port,commitment,40,,\n"
         "3,Port,pledge,9,,\n4,Dam,commitment,5,,\n", source="press", tier=7)  # fmt: skip
    standing.load("finance", f"{rows}1,Port,commitment,100,75,2021\n2,Dam,commitment,5,,\n",
         source="ministry", tier=1)  # fmt: skip
    for number, started in enumerate(("2015", "2015-03", "2015-04-01", "2016")):
        standing.load(
            "projects", f"{PRESS}Bridge,,,,{started},\n", source=f"s{number}", tier=3 + number
        )
    with standing.unwritten():
        yield standing.engine


def asked(engine: Engine, **filters: Any) -> list[dict[str, Any]]:
    """Return disagreements as dictionaries."""
    with reading(engine) as connection:
        answer = execute(connection, Question("disagreements", filters))
        names = [field.name for field in answer.fields]
        return [dict(zip(names, row, strict=True)) for row in answer.rows]


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ({"field": ("status",)}, 1),
        ({"field": ("amount_usd",)}, 1),
        ({"field": ("kind", "started")}, 4),
        ({"field": ("kind", "!started")}, 2),
        ({"field": ("nothing",)}, 0),
        ({"about": ("Port",)}, 5),
        ({"about": ("Port", "Dam"), "field": ("status",)}, 1),
        ({"about": ("!Port",)}, 1),
        ({"country": ("Kenya",)}, 5),
        ({"country": ("Kenya",), "field": ("amount_usd", "kind")}, 3),
        ({"country": ("!Kenya",)}, 1),
        ({"region": ("Eastern Africa",), "source": ("press",)}, 3),
        ({"source": ("institute",)}, 2),
        ({"source": ("ministry", "s3"), "kind": ("project",)}, 6),
        ({"name": ("port",)}, 5),
    ],
)
def test_what_is_computed_for_a_question_is_what_all_disagreements_have(
    differing: Engine, filters: dict[str, tuple[str, ...]], number: int
) -> None:
    with reading(differing) as connection:
        question = Question("disagreements", filters)
        narrowed_rows = list(execute(connection, question).rows)
        assert count(connection, question) == len(narrowed_rows)
        # Conditions in words are not used to compute less.
        conditions = tuple(
            " or ".join(f"{name} = '{value}'" for value in values if not value.startswith("!"))
            for name, values in filters.items()
            if any(not value.startswith("!") for value in values)
        )
        excluded = tuple(
            f"not {name} = '{value[1:]}'"
            for name, values in filters.items()
            for value in values
            if value.startswith("!")
        )
        stated = Question("disagreements", where=(*conditions, *excluded))
        assert narrowed_rows == list(execute(connection, stated).rows)
    assert len(narrowed_rows) == number


def test_rows_without_a_field_that_all_have_are_not_counted(differing: Engine) -> None:
    with reading(differing) as connection, statements(differing) as executed:
        question = Question("disagreements", {"field": ("status",)})
        assert unrecorded(connection, question) == ()
    assert not any("contested" in sql for sql, _ in executed)


def test_each_claim_that_differs_is_told_beside_what_is_shown(differing: Engine) -> None:
    rows = asked(differing, about=("Port",))
    claims = {(row["field"], row["source"], row["shown"], row["says"]) for row in rows}
    assert claims == {
        ("kind", "press", "railway", "port"),
        ("kind", "institute", "railway", "port"),
        ("status", "press", "implementation", "completed"),
        ("started", "institute", "2015-03", "2014"),
        ("amount_usd", "press", None, None),
    }
    (money,) = [row for row in rows if row["field"] == "amount_usd"]
    assert (money["shown_amount"], money["amount"]) == (Decimal(100), Decimal("100.5"))
    assert money["unit"] == "nominal USD, commitment"
    assert {row["shown_source"] for row in rows} == {"ministry"}
    assert {row["shown_locator"] for row in rows} == {"line 2"}
    assert all("the better source tier" in row["rule"] for row in rows)


def test_a_year_and_a_day_within_it_do_not_differ(differing: Engine) -> None:
    assert asked(differing, about=("Dam",)) == []
    # The same holds if a third source gives another year.
    assert [row["says"] for row in asked(differing, about=("Bridge",))] == ["2016"]
    with reading(differing) as connection:
        (started,) = entity_profile(connection, "Bridge").disagreements
    assert [claim.value for claim in started.claims] == ["2015", "2016"]


def test_they_are_narrowed_grouped_and_counted_like_other_rows(differing: Engine) -> None:
    assert {row["about"] for row in asked(differing, country=("Kenya",))} == {"Port"}
    assert asked(differing, country=("Mali",)) == []
    assert len(asked(differing, source=("institute",))) == 2
    assert len(asked(differing, source=("ministry",))) == 5
    assert len(asked(differing, field=("kind",))) == 2
    with reading(differing) as connection:
        question = Question("disagreements", {"source": ("ministry",)}, limit=2, offset=1)
        assert len(list(execute(connection, question).rows)) == 2
        assert count(connection, question) == 5
        pairs = Grouping(("shown_source", "source"), ("count",))
        rows = execute(connection, Question("disagreements", grouping=pairs)).rows
        counts = {tuple(row[:2]): row[-1] for row in rows}
    assert counts["ministry", "press"] == 3
    assert counts["ministry", "institute"] == 2


def test_they_are_those_that_show_tells(africa: Standing) -> None:
    by_entity = defaultdict(set)
    for row in asked(africa.engine):
        if row["shown"] is not None:
            by_entity[row["about_key"]].add((row["field"], row["shown"]))
    with reading(africa.engine) as connection:
        shown = {
            key: {
                (disagreement.field, disagreement.shown)
                for disagreement in entity_profile(connection, key).disagreements
                if not disagreement.unit
            }
            for key in {*by_entity, *connection.scalars(select(entity.c.key).limit(40))}
        }
    assert dict(by_entity) == {key: fields for key, fields in shown.items() if fields}
    assert by_entity


def test_a_name_does_not_disagree_with_itself(engine: Engine, load: Load) -> None:
    load(
        "projects",
        "id,key,name,status\n1,karuma,Karuma Hydro-Power,completed\n",
        tier=1,
        source="a",
    )
    load(
        "projects", "id,key,name,status\n1,karuma,KARUMA hydro power,pledged\n", tier=4, source="b"
    )
    load("projects", "id,key,name,status\n1,karuma,Karuma Dam,completed\n", tier=7, source="c")
    with reading(engine) as connection:
        columns = ("field", "shown", "says")
        question = Question("disagreements", {"about": ("karuma",)}, columns)
        rows = set(execute(connection, question).rows)
        fields = [
            disagreement.field
            for disagreement in entity_profile(connection, "karuma").disagreements
        ]
        view = text("SELECT field, shown, says FROM v_disagreements WHERE about_key = 'karuma'")
        seen = {tuple(row) for row in connection.execute(view)}
    assert rows == seen == {
        ("name", "Karuma Hydro-Power", "Karuma Dam"), ("status", "completed", "pledged"),
    }  # fmt: skip
    assert fields == ["name", "status"]


def test_names_that_differ_in_case_alone_agree(engine: Engine, load: Load) -> None:
    load("projects", "id,key,name\n1,karuma,Karuma Dam\n", tier=1, source="a")
    load("projects", "id,key,name\n1,karuma,KARUMA DAM\n", tier=4, source="b")
    with reading(engine) as connection:
        assert not list(execute(connection, Question("disagreements", {"about": ("karuma",)})).rows)
        assert not entity_profile(connection, "karuma").disagreements


#: Entities whose names the tests compare.
KEYS = ("karuma", "export-import-bank-of-china")


def names_in(engine: Engine) -> set[tuple[str, str]]:
    """Return the names in disagreements about names, and check that all surfaces list the same."""
    rows = {(row["about_key"], row["shown"], row["says"]) for row in asked(engine, field=("name",))}
    view = text("SELECT about_key, shown, says FROM v_disagreements WHERE field = 'name'")
    with reading(engine) as connection:
        assert rows == {tuple(row) for row in connection.execute(view)}
        keys = {*connection.scalars(select(entity.c.key).where(entity.c.key.in_(KEYS)))}
        shown = {
            (key, differing.shown, claim.value)
            for key in keys
            for differing in entity_profile(connection, key).disagreements
            if differing.field == "name"
            for claim in differing.claims
            if claim.value != differing.shown
        }
        reported = {
            (key, line.cells[2], line.cells[3])
            for key in keys
            for section in differences(ReportQueries(connection), {"about": (key,)})
            for block in section.parts[:1]
            if isinstance(block, Table)
            for line in block.lines
            if line.cells[1] == "name"
        }
    assert rows == shown == reported
    return {(shown_name, says) for _, shown_name, says in rows}


def test_names_that_a_source_gives_to_one_organization_do_not_disagree(
    engine: Engine, load: Load
) -> None:
    header = "id,name,kind\n"
    load("organizations", f"{header}1,China Exim Bank,policy-bank\n", source="a", tier=1)
    load("organizations", f"{header}1,CHEXIM,policy-bank\n", source="b", tier=7)
    assert names_in(engine) == set()
    with reading(engine) as connection:
        claims = {
            claim.value
            for claim in entity_profile(connection, "CHEXIM").claims
            if claim.field == "name"
        }
    assert claims == {"China Exim Bank", "CHEXIM", "Export-Import Bank of China"}


def test_names_agree_by_way_of_a_third_and_of_any_kind_of_entity(
    engine: Engine, load: Load
) -> None:
    header = "id,key,name,aliases\n"
    load("projects", f"{header}1,karuma,Karuma Dam,\n", source="a", tier=1)
    load("projects", f"{header}1,karuma,Karuma HPP,\n", source="b", tier=4)
    load("projects", f"{header}1,karuma,Karuma Hydro,\n", source="c", tier=5)
    assert names_in(engine) == {("Karuma Dam", "Karuma HPP"), ("Karuma Dam", "Karuma Hydro")}
    load("projects", f"{header}1,karuma,Karuma Project,KARUMA DAM\n", source="d", tier=6)
    assert names_in(engine) == {("Karuma Dam", "Karuma HPP"), ("Karuma Dam", "Karuma Hydro")}
    number = load("projects", f"{header}1,karuma,Karuma Project,karuma hpp\n", source="e").load_id
    assert names_in(engine) == {("Karuma Dam", "Karuma Hydro")}
    assert number is not None
    undo_load(engine, number)
    assert names_in(engine) == {("Karuma Dam", "Karuma HPP"), ("Karuma Dam", "Karuma Hydro")}


def test_show_and_reports_have_disagreements_about_money_and_say_what_decided(
    differing: Engine,
) -> None:
    with reading(differing) as connection:
        key = connection.scalar(select(entity.c.key).where(entity.c.name == "Port"))
        assert key is not None
        port = entity_profile(connection, key)
        page = report(connection, Request("project", (key,)))
    shown = {disagreement.field: disagreement for disagreement in port.disagreements}
    money = shown["amount_usd"]
    assert (money.shown, money.unit) == (Decimal(100), "nominal USD, commitment")
    assert [(claim.source, claim.value) for claim in money.claims] == [("press", Decimal("100.5"))]
    assert {disagreement.why for disagreement in shown.values()} == {
        "chosen by the better source tier"
    }
    (section,) = [candidate for candidate in page.sections if candidate.name == "differences"]
    table = section.parts[0]
    assert isinstance(table, Table)
    cells = {line.cells[1:] for line in table.lines}
    decided = "the better source tier"
    assert ("money (nominal USD, commitment)", "100.00", "100.50", decided) in cells
    assert ("kind", "railway", "port", decided) in cells
    # Amounts that are the same to the cent are shown with all digits.
    out = StringIO()
    close = replace(money, shown=Decimal("100.4999"))
    write_entity_markdown(replace(port, disagreements=(close,)), out)
    assert "| 100.4999 | 100.5 |" in out.getvalue()


@pytest.mark.parametrize(
    ("shown", "other", "reason"),
    [
        ((1, None), (7, "2020"), "the better source tier"),
        ((4, "2021"), (4, "2020"), "the newer publication"),
        ((4, "2021"), (4, None), "the newer publication"),
        ((4, None), (4, None), "the earlier record"),
    ],
)
def test_what_decided_is_the_first_that_differs(
    shown: tuple[int, str | None], other: tuple[int, str | None], reason: str
) -> None:
    assert decided_by(Precedence(*shown), Precedence(*other)) == reason


def test_reports_name_countries_and_list_equal_values_once(engine: Engine, load: Load) -> None:
    header = "id,key,name,kind,country\n"
    load("organizations", f"{header}1,bank,Bank,government,COG\n2,bank,Bank,government,CAF\n"
         "3,bank,Bank,government,CAF\n", source="a")  # fmt: skip
    with reading(engine) as connection:
        (section,) = differences(ReportQueries(connection), {"about": ("bank",)})
        counts = _counts(connection, {"about": ("bank",)})
        (pairs,) = _pair_table(_pairs(connection, counts)).lines
    (table,) = section.parts
    assert isinstance(table, Table)
    (line,) = table.lines
    expected = ("Bank", "country", "Congo", "Central African Republic", "the earlier record")
    assert line.cells == expected
    assert [citation.locator for citation in line.citations] == ["line 2", "line 3", "line 4"]
    assert pairs.cells[:2] == ("a", "the same source")
