"""The capacity of projects and its unit: loaded, changed, undone, contradicted, summed per unit."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, inspect, text

from bricoop.db.engine import migrating, reading, writing
from bricoop.db.migrate import downgrade, upgrade
from bricoop.domain.capacity_units import CapacityUnit
from bricoop.domain.names import normalise
from bricoop.domain.vocabularies import names_of
from bricoop.errors import UsageError
from bricoop.ingest.check.rebuild import rebuild
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.entity.recorded import entity_profile
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from support.command_line import answer
from support.contents import contents_of
from support.damages import failed
from support.loading import Load
from support.profile_rules import PROJECTS, fields, profile_text, refused, running
from support.proposing import proposal

pytestmark = pytest.mark.later_on_postgresql

HEADER = "id,key,name,kind,capacity,capacity_unit\n"
ROWS = (
    "1,dam,Example Dam,power-plant,600,megawatts\n2,sun,Example Sun,power-plant,50.50,MW\n"
    "3,line,Example Line,railway,4.725e2,公里\n4,quay,Example Quay,port,,\n"
)


def capacities(engine: Engine, **more: Any) -> dict[str, tuple[Any, ...]]:
    """Return capacity and unit of the projects that were loaded, by key."""
    columns = ("key", "capacity", "capacity_unit")
    with reading(engine) as connection:
        question = Question("projects", columns=columns, **more)
        rows = execute(connection, question).rows
        keys = {"dam", "sun", "line", "quay"}
        return {str(key): tuple(rest) for key, *rest in rows if key in keys}


def sums(engine: Engine, *by: str, where: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the sums of capacities of groups of the loaded projects: group, sum and unit."""
    grouping = Grouping(by, ("sum:capacity",))
    with reading(engine) as connection:
        question = Question("projects", {"source": ("notes",)}, where=where, grouping=grouping)
        result = execute(connection, question)
        names = [field.name for field in result.fields]
        wanted = [names.index(name) for name in (*by, "sum_capacity", "capacity_base")]
        return [tuple(row[index] for index in wanted) for row in result.rows]


def test_a_capacity_is_loaded_filtered_and_summed_by_unit(engine: Engine, load: Load) -> None:
    load("projects", HEADER + ROWS)
    assert capacities(engine) == {
        "dam": (Decimal(600), "MW"),
        "sun": (Decimal("50.5"), "MW"),
        "line": (Decimal("472.5"), "km"),
        "quay": (None, None),
    }
    large = capacities(engine, where=("capacity > 100 and capacity_unit = MW",))
    assert list(large) == ["dam"]
    named = capacities(engine, filters={"capacity_unit": ("kilometres",)})
    assert list(named) == ["line"]
    exact = capacities(engine, filters={"capacity": ("50.5",)})
    assert list(exact) == ["sun"]
    by_unit = sums(engine, "capacity_unit", where=("capacity is not empty",))
    assert sorted(by_unit) == [
        ("MW", Decimal("650.5"), "MW"),
        ("km", Decimal("472.5"), "km"),
    ]
    by_kind = sums(engine, "kind", where=("capacity is not empty",))
    assert sorted(by_kind) == [
        ("power-plant", Decimal("650.5"), "MW"),
        ("railway", Decimal("472.5"), "km"),
    ]
    with pytest.raises(UsageError, match="would mix capacity_unit: MW and km"):
        sums(engine)


def test_an_edition_that_changes_a_capacity_is_undone(
    knowledge_base: str, engine: Engine, load: Load
) -> None:
    load("projects", HEADER + ROWS)
    with reading(engine) as connection:
        before = contents_of(connection)
    newer = HEADER + "1,dam,Example Dam,power-plant,0.75,GW\n2,sun,Example Sun,power-plant,,\n"
    changed = load("projects", newer)
    assert (changed.counts.changed, capacities(engine)["dam"]) == (2, (Decimal("0.75"), "GW"))
    assert capacities(engine)["sun"] == (None, None)
    assert failed(knowledge_base) == []
    undo_load(engine, changed.load_id or 0)
    with reading(engine) as connection:
        assert before.differences(contents_of(connection)) == []


def test_a_project_that_a_complete_edition_lacks_comes_back_with_its_capacity(
    knowledge_base: str, engine: Engine, load: Load, tmp_path: Path
) -> None:
    load("projects", HEADER + ROWS)
    with reading(engine) as connection:
        before = contents_of(connection)
    path = tmp_path / "newer.csv"
    path.write_text(f"{HEADER}4,quay,Example Quay,port,7e6,TEU/year\n", encoding="utf-8")
    spec = SourceSpec("notes")
    newer = load_file(engine, LoadRequest("projects", str(path), spec, complete=True))
    assert capacities(engine) == {"quay": (Decimal(7_000_000), "TEU/year")}
    undo_load(engine, newer.load_id or 0)
    with reading(engine) as connection:
        assert before.differences(contents_of(connection)) == []
    assert failed(knowledge_base) == []


def test_an_altered_capacity_is_found_and_derived_again(
    knowledge_base: str, engine: Engine, load: Load
) -> None:
    load("projects", HEADER + ROWS)
    with writing(engine) as connection:
        connection.execute(text("UPDATE project SET capacity = '601' WHERE capacity_unit = 'MW'"))
    assert failed(knowledge_base) == ["every entity shows the values of its best source"]
    rebuild(engine)
    assert failed(knowledge_base) == []
    assert capacities(engine)["sun"] == (Decimal("50.5"), "MW")


def test_sources_that_contradict_each_other_are_listed(engine: Engine, load: Load) -> None:
    load("projects", HEADER + ROWS)
    load("projects", f"{HEADER}1,dam,Example Dam,power-plant,650,MW\n", source="better", tier=1)
    load("projects", f"{HEADER}9,dam,Example Dam,power-plant,650.0,km\n", source="other", tier=8)
    assert capacities(engine)["dam"] == (Decimal(650), "MW")
    columns = ("field", "shown", "says", "shown_source", "source")
    with reading(engine) as connection:
        rows = execute(connection, Question("disagreements", {"about": ("dam",)}, columns)).rows
        assert sorted(map(tuple, rows)) == [
            ("capacity", "650", "600", "better", "notes"),
            ("capacity_unit", "MW", "km", "better", "other"),
        ]
        profile = entity_profile(connection, "dam")
    listed = {disagreement.field: disagreement.shown for disagreement in profile.disagreements}
    assert listed == {"capacity": "650", "capacity_unit": "MW"}


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ("600,", "capacity_unit", "is missing beside a capacity"),
        (",MW", "capacity", "is missing beside its capacity_unit"),
        ("600,megawat", "capacity_unit", "is not a known unit"),
        ("600,tons per year", "capacity_unit", "is not a known unit"),
        ("0,MW", "capacity", "is not above zero"),
        ("-5,MW", "capacity", "is not above zero"),
        ("600 MW,MW", "capacity", "is not a plain number"),
    ],
)  # fmt: skip
def test_a_capacity_that_says_too_little_is_refused(
    engine: Engine, load: Load, cells: str, column: str, says: str
) -> None:
    with pytest.raises(RowsRejectedError) as error:
        load("projects", f"{HEADER}1,dam,Example Dam,power-plant,{cells}\n")
    (problem,) = error.value.result.problems
    assert problem.column == column
    assert says in problem.rule
    assert capacities(engine) == {}


def test_an_unknown_unit_is_refused_with_the_closest_ones(load: Load) -> None:
    hints = {}
    for unit in ("megawat", "tonnes per yr", "TEUS a year"):
        with pytest.raises(RowsRejectedError) as error:
            load("projects", f"{HEADER}1,dam,Example Dam,power-plant,600,{unit}\n")
        (problem,) = error.value.result.problems
        hints[unit] = problem.hint.partition("?")[0]
    assert hints["megawat"].startswith("Did you mean: MW")
    assert "t/year" in hints["tonnes per yr"]
    assert "TEU/year" in hints["TEUS a year"]


def test_no_two_units_share_a_name() -> None:
    owners: dict[str, set[CapacityUnit]] = {}
    for unit in CapacityUnit:
        for name in names_of(unit):
            owners.setdefault(normalise(name), set()).add(unit)
    assert {name: units for name, units in owners.items() if len(units) > 1} == {}


PROFILED = """capacity = { column = "Size", number = true }
capacity_unit = %s
"""
TABLE = 'No,Name,Country,Size,Unit\nP1,Dam,Kenya,"1.320,5",MW\nP2,Line,Kenya,"472",Kilometres\nP3,Quay,Kenya,-,\n'
STYLES = 'decimal = ","\nthousands = "."\nempty = ["-"]'


@pytest.mark.parametrize(
    ("unit", "units"),
    [
        ('{ column = "Unit" }', ("MW", "km", None)),
        ('{ column = "Unit", map = { MW = "MWp", Kilometres = "km" } }', ("MWp", "km", None)),
        ('{ constant = "km", when = { Size = "*" } }', ("km", "km", None)),
    ],
)
def test_a_profile_reads_a_capacity_with_its_unit_from_a_column_or_a_constant(
    engine: Engine, tmp_path: Path, unit: str, units: tuple[str | None, ...]
) -> None:
    profile = profile_text(PROJECTS + PROFILED % unit, styles=STYLES)
    running(engine, tmp_path)(profile, TABLE)
    loaded = [(row.get("capacity"), row.get("capacity_unit")) for row in fields(engine, "projects")]
    assert loaded == list(zip(("1320.5", "472", None), units, strict=True))


def test_a_profile_that_gives_a_unit_without_a_capacity_is_refused(
    engine: Engine, tmp_path: Path
) -> None:
    profile = profile_text(PROJECTS + PROFILED % '{ constant = "km" }', styles=STYLES)
    (problem,) = refused(running(engine, tmp_path), profile, TABLE)
    assert "is missing beside its capacity_unit" in problem.rule
    assert "in a profile" in problem.hint


def test_a_capacity_is_in_every_export(knowledge_base: str, load: Load, tmp_path: Path) -> None:
    load("projects", HEADER + ROWS)
    asked = ("--db", knowledge_base, "query", "projects", "--key", "sun", "--columns",
             "key,capacity,capacity_unit")  # fmt: skip
    assert answer(*asked, "--format", "csv").splitlines()[1:] == ["sun,50.5,MW"]
    (row,) = json.loads(answer(*asked, "--format", "json"), parse_float=Decimal)
    assert row == {"key": "sun", "capacity": Decimal("50.5"), "capacity_unit": "MW"}
    parquet, workbook = tmp_path / "sun.parquet", tmp_path / "sun.xlsx"
    answer(*asked, "-o", str(parquet))
    answer(*asked, "-o", str(workbook))
    (stored,) = pq.read_table(parquet).to_pylist()
    assert (float(stored["capacity"]), stored["capacity_unit"]) == (50.5, "MW")
    sheet = openpyxl.load_workbook(workbook).worksheets[0]
    assert [cell.value for cell in list(sheet.rows)[1]] == ["sun", 50.5, "MW"]
    template = answer("template", "projects").splitlines()
    assert "capacity,capacity_unit" in template[0]


def test_an_exported_answer_with_capacities_loads_again(
    knowledge_base: str, engine: Engine, load: Load
) -> None:
    load("projects", HEADER + ROWS)
    exported = answer(
        "--db", knowledge_base, "query", "projects", "--source", "notes", "--format", "csv"
    )
    again = load("projects", exported, source="again")
    assert again.counts.new == len(ROWS.splitlines())
    with reading(engine) as connection:
        assert list(execute(connection, Question("disagreements", {"about": ("dam",)})).rows) == []


def test_the_columns_come_and_go_with_their_migration(engine: Engine, load: Load) -> None:
    load("projects", HEADER + ROWS)
    with migrating(engine) as connection:
        downgrade(connection, "0021")
        names = {column["name"] for column in inspect(connection).get_columns("project")}
        assert not names & {"capacity", "capacity_unit"}
        shown = connection.execute(text("SELECT * FROM v_projects WHERE key = 'dam'")).mappings()
        assert "capacity" not in shown.one()
        upgrade(connection)
    rebuild(engine)
    assert capacities(engine)["line"] == (Decimal("472.5"), "km")


@pytest.mark.parametrize(
    ("table", "loaded"),
    [
        (
            (
                "Id,Project,Country,Capacity (MW)\n1,Karuma Dam,Kenya,600\n2,Old Quay,Kenya,\n"
                "3,Sun Park,Kenya,50.5\n"
            ),
            [("600", "MW"), (None, None), ("50.5", "MW")],
        ),
        (
            (
                'Id,Project,Country,Installed capacity in megawatts\n1,Karuma Dam,Kenya,"1,320.5"\n'
                '2,Sun Park,Kenya,"1,000.25"\n'
            ),
            [("1320.5", "MW"), ("1000.25", "MW")],
        ),
        (
            (
                "Id,Project,Country,Capacity [m³/day],Cost (USD)\n1,Water Works,Kenya,600,5000000\n"
                "2,Water Tower,Mali,50,1200000\n"
            ),
            [("600", "m3/day"), ("50", "m3/day")],
        ),
        (
            (
                "Id,Project,Country,Capacity,Unit\n1,Karuma Dam,Kenya,600,MW\n"
                "2,Long Line,Kenya,472.5,kilometres\n"
            ),
            [("600", "MW"), ("472.5", "km")],
        ),
    ],
)
def test_a_profile_is_proposed_for_capacities_with_a_unit(
    engine: Engine, tmp_path: Path, table: str, loaded: list[tuple[str | None, str | None]]
) -> None:
    path = tmp_path / "plants.csv"
    path.write_text(table, encoding="utf-8")
    running(engine, tmp_path)(proposal(path), table)
    records = fields(engine, "projects")
    assert [(row.get("capacity"), row.get("capacity_unit")) for row in records] == loaded


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Capacity", "600"),
        ("Capacity (tons per year)", "600"),
        ("Capacity (MW)", "0"),
        ("Capacity factor (MW)", "30"),
    ],
)
def test_a_capacity_whose_unit_is_not_known_is_not_proposed(
    tmp_path: Path, heading: str, cell: str
) -> None:
    path = tmp_path / "plants.csv"
    path.write_text(f"Id,Project,Country,{heading}\n1,Karuma Dam,Kenya,{cell}\n", encoding="utf-8")
    assert "\ncapacity" not in proposal(path)
