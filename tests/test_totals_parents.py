"""Tests of wholes and parts: which side of a facility counts."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.lookup.entities import find_entity
from bricoop.query.entity.related_projects import relatives_of
from support.loading import Load
from support.totals import FINANCE_HEADER, PROJECTS_HEADER, adds_up, figure, total_of

pytestmark = pytest.mark.later_on_postgresql

#: AidData's scenarios of facilities: project, parent, umbrella, amount; and the expected total.
SCENARIOS: dict[int, tuple[tuple[tuple[str, str, str, str], ...], str]] = {
    1: ((("Facility", "", "yes", "500"), ("Drawn", "F", "no", "120")), "120"),
    2: (
        (("Facility", "", "yes", "500"), ("Bridge", "F", "no", "300"), ("Road", "F", "no", "200")),
        "500",
    ),
    3: ((("Facility", "", "no", "500"), ("Found", "F", "no", ""), ("Other", "F", "no", "")), "500"),
    4: ((("Credit line", "", "no", "500"),), "500"),
    5: ((("Credit to one borrower", "", "no", "500"),), "500"),
    6: ((("Credit to a central bank", "", "no", "500"),), "500"),
}


@pytest.mark.parametrize("rule", ["signed", "recommended", "pledged"])
@pytest.mark.parametrize("number", SCENARIOS)
def test_each_scenario_of_facilities_counts_once(
    engine: Engine, load: Load, number: int, rule: str
) -> None:
    rows, right = SCENARIOS[number]
    ids = ["F", *(f"C{number}" for number in range(1, len(rows)))]
    load(
        "projects",
        PROJECTS_HEADER
        + "".join(
            f"{external_id},{name},{parent},implementation,Kenya\n"
            for external_id, (name, parent, _, _) in zip(ids, rows, strict=True)
        ),
    )
    load(
        "finance",
        FINANCE_HEADER
        + "".join(
            f"{external_id},{name},commitment,{umbrella},{'no' if umbrella == 'yes' else 'yes'},{amount}\n"
            for external_id, (name, _, umbrella, amount) in zip(ids, rows, strict=True)
        ),
    )
    base = "nominal"
    result = total_of(engine, rule, base, filters={"source": ("notes",)})
    adds_up(result)
    (only_figure,) = result.figures
    assert (only_figure.amount, only_figure.unit) == (Decimal(right), "nominal USD")
    assert figure(engine, "all", filters={"source": ("notes",)}).amount == sum(
        Decimal(amount or 0) for _, _, _, amount in rows
    )


@pytest.mark.parametrize(("side", "right"), [("parts", 75), ("whole", 105), ("as-flagged", 175)])
def test_a_rule_says_which_side_of_a_whole_counts(
    engine: Engine, load: Load, tmp_path: Path, side: str, right: int
) -> None:
    load(
        "projects",
        PROJECTS_HEADER
        + "F,Line,,completed,Kenya\nC1,Bridge,F,completed,Kenya\nC2,Road,F,completed,\n"
        "G,Port,elsewhere,completed,Kenya\n",
    )
    load(
        "finance",
        FINANCE_HEADER + "a,Line,commitment,,,100\nb,Bridge,commitment,,,70\nc,Road,commitment,,,\n"
        "d,Port,commitment,,,5\n",
    )
    path = tmp_path / "mine.toml"
    path.write_text(f'version = 1\ntitle = "Mine"\nparents = "{side}"\n', encoding="utf-8")
    result = total_of(engine, str(path))
    adds_up(result)
    assert result.figures[0].amount == right


@pytest.mark.parametrize(("side", "right"), [("parts", 70), ("whole", 100)])
def test_a_whole_and_its_parts_are_of_one_source(
    engine: Engine, load: Load, tmp_path: Path, side: str, right: int
) -> None:
    # Two sources number their projects alike, and only one of them knows of a whole and its part.
    load("projects", PROJECTS_HEADER + "F,Line,,completed,Kenya\nC,Bridge,F,completed,Kenya\n")
    load("finance", FINANCE_HEADER + "a,Line,commitment,,,100\nb,Bridge,commitment,,,70\n")
    load("projects", PROJECTS_HEADER + "F,Harbour,,completed,Kenya\nC,Line,,completed,Kenya\n"
         "X,Tunnel,Z,completed,Kenya\nZ,Quay,,completed,Kenya\n", source="other")  # fmt: skip
    money = "a,Line,commitment,,,9\nb,Harbour,commitment,,,8\n"
    load("finance", FINANCE_HEADER + money, source="other")
    path = tmp_path / "mine.toml"
    path.write_text(f'version = 1\ntitle = "Mine"\nparents = "{side}"\n', encoding="utf-8")
    amounts = {figure.source: figure.amount for figure in total_of(engine, str(path)).figures}
    # What the first says of the line leaves out none of the money of the second.
    assert amounts == {"notes": right, "other": 17}


def test_money_that_is_added_together_knows_wholes_of_any_source(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    load("projects", PROJECTS_HEADER + "F,Line,,completed,Kenya\nC,Bridge,F,completed,Kenya\n")
    load("finance", FINANCE_HEADER + "a,Line,commitment,,,100\n")
    load("projects", PROJECTS_HEADER + "1,Bridge,,completed,Kenya\n", source="other")
    load("finance", FINANCE_HEADER + "b,Bridge,commitment,,,70\n", source="other")
    path = tmp_path / "mine.toml"
    path.write_text('version = 1\ntitle = "Mine"\nparents = "parts"\n', encoding="utf-8")
    amounts = {figure.source: figure.amount for figure in total_of(engine, str(path)).figures}
    assert amounts == {"notes": 100, "other": 70}
    assert figure(engine, str(path), add=True).amount == 70


@pytest.mark.parametrize(("side", "right"), [("parts", 75), ("whole", 105)])
def test_parts_name_their_whole_by_its_id_or_by_its_key(
    engine: Engine, load: Load, tmp_path: Path, side: str, right: int
) -> None:
    load(
        "projects",
        "key,name,parent\nline,Line,\nbridge,Bridge,line\nroad,Road,line\nport,Port,elsewhere\n",
    )
    load(
        "finance",
        FINANCE_HEADER
        + "a,Line,commitment,,,100\nb,Bridge,commitment,,,70\nd,Port,commitment,,,5\n",
    )
    path = tmp_path / "mine.toml"
    path.write_text(f'version = 1\ntitle = "Mine"\nparents = "{side}"\n', encoding="utf-8")
    assert figure(engine, str(path)).amount == right
    with reading(engine) as connection:
        entity_ids = {name: find_entity(connection, name).id for name in ("line", "bridge")}
        of_line = {
            (relative.relation, relative.key)
            for relative in relatives_of(connection, entity_ids["line"])
        }
        of_bridge = {
            (relative.relation, relative.key)
            for relative in relatives_of(connection, entity_ids["bridge"])
        }
    assert of_line == {("part", "bridge"), ("part", "road")}
    assert of_bridge == {("whole", "line"), ("same group", "road")}


@pytest.mark.parametrize(("side", "right"), [("parts", 10 + 70 + 100 + 5), ("whole", 10 + 70 + 7)])
def test_projects_that_are_parts_of_each_other_all_count(
    engine: Engine, load: Load, tmp_path: Path, side: str, right: int
) -> None:
    load(
        "projects",
        "id,name,parent\na,Line,b\nb,Bridge,c\nc,Road,a\nd,Port,a\nw,Works,\np,Pier,w\n",
    )
    load(
        "finance",
        FINANCE_HEADER
        + "m1,Line,commitment,,,10\nm2,Bridge,commitment,,,70\nm3,Port,commitment,,,100\n"
        "m4,Works,commitment,,,7\nm5,Pier,commitment,,,5\n",
    )
    path = tmp_path / "mine.toml"
    path.write_text(f'version = 1\ntitle = "Mine"\nparents = "{side}"\n', encoding="utf-8")
    result = total_of(engine, str(path))
    # Line is the whole of Port, which is in no circle.
    assert result.figures[0].amount == (right if side == "whole" else right - 10)
    assert "3 projects name each other as their wholes, in a circle" in result.notes[-1]
