"""Long texts are stored as references to cells, and everything that reads fields has them whole."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, MetaData, Table, Text, cast, select, text, update

import bricoop.query
from bricoop.db.engine import migrating, reading, writing
from bricoop.db.full_fields import full_fields
from bricoop.db.migrate import downgrade, upgrade
from bricoop.db.schema import record, record_version
from bricoop.domain.cell_references import MARK, SEPARATORS, Shortener, is_reference, restored
from bricoop.domain.nouns import CONTESTED
from bricoop.ingest.check.rebuild import check_all, rebuild
from bricoop.ingest.editions.kind_rules import update_kinds
from bricoop.ingest.layouts.layout import Classified
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.query.differences import differences
from bricoop.query.entity.recorded import claims_about
from bricoop.query.execute import execute
from bricoop.query.new_records import new_records
from bricoop.query.question import Question
from bricoop.query.search.evidence import HitEntity, texts_of
from support.command_line import answer, run
from support.damages import SAID, TYPES, failed
from support.examples import few_of
from support.loading import Load
from support.profile_rules import Run, profile_text, running

LONG = "A port on the lake, which ships copper, and a road to it."
LATER = "A port on the lake, which has shipped copper since 2015, and a road to it."
URLS = [f"https://example.org/reports/{number}" for number in (1, 2, 3)]
RULES = profile_text(
    """
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "m-{No}" }
name = "Name"
description = "Text"
source_urls = { column = "Addresses", separator = "|" }
"""
)
FILE = (
    f'No,Name,Text,Addresses,Rest\nP1,Port,"  {LONG}\n",{" | ".join(URLS)}|,x\nP2,Road,Short.,,y\n'
)


@pytest.fixture
def run_rules(engine: Engine, tmp_path: Path) -> Run:
    """Return what loads text by the text of a profile."""
    return running(engine, tmp_path)


def stored(connection: Connection, table: Table = record) -> list[dict[str, Any]]:
    """Return the fields as stored of the records that the tests load."""
    statement = select(cast(table.c.fields, Text)).where(table.c.load_id > seeds(connection))
    return [orjson.loads(fields) for fields in connection.scalars(statement.order_by(table.c.id))]


def seeds(connection: Connection) -> int:
    """Return the number of the last load of the seeds."""
    number: int = connection.execute(
        text("SELECT max(l.id) FROM load AS l JOIN source AS s ON s.id = l.source_id"
             " WHERE s.key <> 'rules' AND s.key <> 'notes'")
    ).scalar_one()  # fmt: skip
    return number


def violations(engine: Engine) -> list[str]:
    """Return the checks that find something, with examples."""
    with reading(engine) as connection:
        return [
            f"{check.name}{check.shown_examples}"
            for check in check_all(connection)
            if check.violations
        ]


BLANK = st.text(" \t\n\r\u00a0\u3000x", max_size=2)
PIECES = st.lists(
    st.sampled_from(["a", "ä", "中", "😀", '"', "\\", "n", "\n", "\x01", "\x7f", "|", ";", ",",
                     "{", "}", ":", " ", "\u00a0", "\u2028", '{"cell":3}', "word " * 9]),
    max_size=14,
).map("".join)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """Draw fields and cells; long values are nearly those of a cell."""
    raw = draw(st.lists(PIECES, min_size=1, max_size=4))
    separator = draw(st.sampled_from(SEPARATORS))
    cell = draw(st.sampled_from(raw))
    values = [value for words in cell.split(separator) if (value := words.strip())]
    fields = {
        "name": draw(PIECES),
        "description": draw(st.sampled_from([cell, cell.strip(), *raw])),
        "urls": draw(st.sampled_from([values, values[1:], cell.split(separator)])),
        "year": draw(st.sampled_from([None, 1, 2.5, True])),
    }
    return fields, [draw(BLANK) + raw_cell + draw(BLANK) for raw_cell in raw]


@given(st.lists(contents(), min_size=1, max_size=3))
def test_short_fields_give_the_full_ones_back(
    rows: list[tuple[dict[str, Any], list[str]]],
) -> None:
    shortener = Shortener(("description", "urls"))
    for fields, raw in rows:
        before = orjson.dumps(fields)
        short = shortener.shortened(fields, raw)
        assert orjson.dumps(fields) == before
        assert orjson.dumps(restored(short, raw)) == before
        assert list(short) == list(fields)
        for name, value in short.items():
            assert is_reference(value) or value == fields[name]


def test_a_value_is_replaced_if_it_is_long_and_in_a_cell() -> None:
    raw = ["", f" {LONG} ", "x | " + "|".join(URLS), ";".join(URLS), LONG[:20]]
    shortener = Shortener(("description", "urls"))

    def short(**fields: Any) -> dict[str, Any]:
        return dict(shortener.shortened(fields, raw))

    assert short(description=LONG) == {"description": {"cell": 1}}
    assert short(urls=URLS) == {"urls": {"cell": 3, "separator": ";"}}
    assert short(urls=["x", *URLS]) == {"urls": {"cell": 2, "separator": "|"}}
    unlike: list[dict[str, Any]] = [
        {"description": LONG[:20]}, {"description": LONG + "."}, {"urls": URLS[1:]},
        {"name": LONG}, {"urls": []}, {"description": None},
    ]  # fmt: skip
    for fields in unlike:
        assert short(**fields) == fields


def restored_in_sql(
    connection: Connection, rows: list[tuple[dict[str, Any], list[str]]]
) -> list[Any]:
    """Return the fields of rows of a temporary table, restored by the database."""
    table = Table("short", MetaData(), *(column_of(name) for name in ("id", "fields", "raw")))
    connection.execute(text("CREATE TEMPORARY TABLE short (id INTEGER, fields JSON, raw JSON)"))
    connection.execute(
        table.insert(),
        [{"id": number, "fields": fields, "raw": raw} for number, (fields, raw) in enumerate(rows)],
    )
    return list(connection.scalars(select(full_fields(table)).order_by(table.c.id)))


def column_of(name: str) -> Any:
    """Return a column of records without its constraints."""
    own = record.c[name]
    return type(own)(name, own.type, autoincrement=False)


@pytest.fixture(scope="module")
def drawn() -> list[tuple[dict[str, Any], list[str]]]:
    """Return many drawn fields and cells, which PostgreSQL can store."""
    rows: list[tuple[dict[str, Any], list[str]]] = []

    @given(contents())
    def draw(row: tuple[dict[str, Any], list[str]]) -> None:
        rows.append(row)

    draw()
    return rows


def test_both_databases_restore_what_python_restores(
    engine: Engine, drawn: list[tuple[dict[str, Any], list[str]]]
) -> None:
    shortener = Shortener(("description", "urls"))
    short = [(dict(shortener.shortened(fields, raw)), raw) for fields, raw in drawn]
    with engine.begin() as connection:
        full = restored_in_sql(connection, short)
    assert any(map(is_reference, (value for fields, _ in short for value in fields.values())))
    assert full == [fields for fields, _ in drawn]
    assert [list(fields) for fields in full] == [list(fields) for fields, _ in drawn]


def test_records_store_references_and_readers_have_the_full_values(
    engine: Engine, knowledge_base: str, run_rules: Run
) -> None:
    number = run_rules(RULES, FILE).load_id
    assert number is not None
    full = {"description": LONG, "key": "m-p1", "name": "Port", "source_urls": URLS}
    with reading(engine) as connection:
        first, second = stored(connection)
        assert first == {
            **full,
            "description": {"cell": 2},
            "source_urls": {"cell": 3, "separator": "|"},
        }
        assert second["description"] == "Short."
        question = Question("records", {"load": (str(number),)})
        as_text = [row["fields"] for row in execute(connection, question).by_name()]
        assert as_text[0] == orjson.dumps(full).decode()
        view = text(f"SELECT fields FROM v_records WHERE load = {number} ORDER BY id")  # noqa: S608
        assert list(connection.scalars(view)) == as_text
        searched = Question("records", {"load": (str(number),)}, where=("fields ~ copper",))
        assert len(list(execute(connection, searched).rows)) == 1
        entity_id = connection.execute(
            text("SELECT id FROM entity WHERE key = 'm-p1'")
        ).scalar_one()
        claims = {claim.field: claim.value for claim in claims_about(connection, entity_id)}
        assert (claims["description"], claims["source_urls"]) == (LONG, URLS)
        hit = HitEntity(entity_id, "m-p1", "project", "", LONG)
        texts = texts_of(connection, [hit], lambda entry: entry.text == LONG)
        (described,) = (entry for entry in texts[entity_id] if entry.text == LONG)
        assert described.source == "rules"
        (projects,) = new_records(connection, [number], 5, lambda _: ["description", "source_urls"])
        assert next(iter(projects.first.rows)) == (LONG, URLS)
        new = {row[4]: row[6] for row in differences(connection, number).rows if row[2] == "P1"}
        assert (new["description"], new["source_urls"]) == (LONG, URLS)
    for command in (("query", "records", "-f", "json"), ("show", "m-p1", "-f", "json"),
                    ("diff", str(number)), ("search", "copper")):  # fmt: skip
        assert '"cell"' not in answer("--db", knowledge_base, *command).replace("\\", "")
    assert violations(engine) == []
    assert (rebuild(engine).records, rebuild(engine).entities) == (0, 0)


@pytest.mark.later_on_postgresql
def test_an_edition_says_unchanged_or_what_changed_and_is_undone(
    engine: Engine, run_rules: Run
) -> None:
    first = run_rules(RULES, FILE)
    # Other rules, so that the rows are read again and compared by their digests.
    again = run_rules(RULES.replace('title = "t"', 'title = "u"'), FILE)
    also = run_rules(RULES + "\n[records.fields.kind]\nconstant = 'port'\n", FILE)
    assert (again.counts.unchanged, again.counts.changed) == (2, 0)
    assert (also.counts.changed, also.changed_fields) == (2, {"projects": {"kind": 2}})
    later = run_rules(RULES, FILE.replace(LONG, LATER))
    assert later.load_id is not None
    assert later.changed_fields == {"projects": {"description": 1, "kind": 2}}
    with reading(engine) as connection:
        assert stored(connection)[0]["description"] == {"cell": 2}
        assert stored(connection, record_version)[0]["description"] == {"cell": 2}
        changes = [row[4:] for row in differences(connection, later.load_id).rows if row[2] == "P1"]
        assert ("description", LONG, LATER) in changes
    assert violations(engine) == []
    undo_load(engine, later.load_id)
    assert described(engine) == [LONG, "Short."]
    assert first.load_id is not None
    assert violations(engine) == []


def described(engine: Engine) -> list[Any]:
    """Return the descriptions of records in full, and compare them with those of projects."""
    with reading(engine) as connection:
        own = select(full_fields(record), record.c.entity_id).where(
            record.c.load_id > seeds(connection)
        )
        rows = connection.execute(own.order_by(record.c.external_id)).all()
        statement = text("SELECT id, description FROM entity")
        descriptions: dict[int, Any] = {
            row.id: row.description for row in connection.execute(statement)
        }
    assert [descriptions[entity_id] for _, entity_id in rows] == [
        row[0]["description"] for row in rows
    ]
    return [row[0]["description"] for row in rows]


@pytest.mark.later_on_postgresql
def test_a_load_that_is_read_again_refers_to_its_own_cells(engine: Engine, load: Load) -> None:
    first = load("projects", f'id,name,description\n1,Port,"{LONG}"\n2,Road,"{LATER}"\n')
    second = load("projects", f'description,name,id\n"{LATER}",Port,1\n"{LATER}",Road,2\n')
    assert (second.counts.changed, second.counts.unchanged) == (1, 1)
    with reading(engine) as connection:
        assert [fields["description"] for fields in stored(connection)] == [
            {"cell": 0},
            {"cell": 2},
        ]
    assert first.load_id is not None
    undo_load(engine, first.load_id)
    with reading(engine) as connection:
        assert [fields["description"] for fields in stored(connection)] == [
            {"cell": 0},
            {"cell": 0},
        ]
    assert described(engine) == [LATER, LATER]
    assert violations(engine) == []


@pytest.mark.later_on_postgresql
def test_records_that_were_stored_in_full_remain_valid(engine: Engine, run_rules: Run) -> None:
    run_rules(RULES, FILE)
    with migrating(engine) as connection:
        downgrade(connection, "0023")
        full = stored(connection)
        upgrade(connection)
        update_kinds(connection)
    assert (full[0]["description"], full[0]["source_urls"]) == (LONG, URLS)
    assert described(engine) == [LONG, "Short."]
    assert violations(engine) == []
    same = run_rules(RULES.replace('title = "t"', 'title = "u"'), FILE)
    assert (same.counts.unchanged, same.counts.changed) == (2, 0)
    changed = run_rules(RULES, FILE.replace("Port", "Harbour"))
    assert changed.changed_fields == {"projects": {"name": 1}}
    with reading(engine) as connection:
        assert stored(connection)[0]["description"] == {"cell": 2}
    assert violations(engine) == []


@pytest.mark.later_on_postgresql
@pytest.mark.parametrize(
    ("reference", "violated"),
    few_of(
        [
            ('{"cell":99}', SAID),
            ('{"cell":3}', SAID),
            ('{"cell":2,"separator":"|"}', SAID),
            ('{"cell":-1}', TYPES),
            ('{"cell":"a"}', TYPES),
            ('{"cell":2,"separator":"/"}', TYPES),
        ],
        2,
    ),
)
def test_a_damaged_reference_is_reported(
    engine: Engine, knowledge_base: str, run_rules: Run, reference: str, violated: str
) -> None:
    number = run_rules(RULES, FILE).load_id
    with writing(engine) as connection:
        (first, _) = stored(connection)
        damaged = {**first, "description": orjson.loads(reference)}
        own = (record.c.load_id == number) & (record.c.external_id == "P1")
        connection.execute(update(record).where(own).values(fields=damaged))
    assert failed(knowledge_base) == [violated]
    for command in (("query", "records"), ("show", "m-p1"), ("diff", str(number)),
                    ("db", "rebuild"), ("search", "port")):  # fmt: skip
        result = run("--db", knowledge_base, *command)
        assert result.exit_code in {0, 1, 3, 4, 5}, (command, result.output)
        assert result.exception is None or isinstance(result.exception, SystemExit), command


def long_columns() -> Iterator[tuple[str, str]]:
    """Yield each noun with its long columns."""
    return ((layout.noun, name) for layout in LAYOUTS for name in layout.long)


def test_no_fact_and_no_sql_is_made_of_long_columns() -> None:
    names = {name for _, name in long_columns()}
    assert names == {"description", "source_urls"}
    for layout in LAYOUTS:
        rules = [rule for rule in layout.facts if not isinstance(rule, Classified)]
        derived = {rule.column for rule in rules} | {*layout.organization_columns}
        values = {value.name for value in layout.values} | {
            *(layout.own.values if layout.own else ())
        }
        assert not (derived | values | {layout.subject, *layout.identity}) & names
    assert not names & set(CONTESTED)
    sources = Path(bricoop.query.__path__[0]).rglob("*.py")
    read = {
        name
        for path in sources
        for name in re.findall(r'c\.fields\["(\w+)"\]', path.read_text(encoding="utf-8"))
    }
    assert "url" in read
    assert not read & names
    assert orjson.dumps({"cell": 1}).decode()[:-2] == MARK
