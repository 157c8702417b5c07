"""Generated editions of a file: counted, kept apart by source, and undone exactly."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from bricoop.db.engine import reading
from bricoop.db.headers import headers_of
from bricoop.db.schema import FACTS, entity, record
from bricoop.db.schema import load as loads
from bricoop.ingest.counts import Counts
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from support.examples import examples
from support.state import state
from support.undoing import undone_afterwards

QUIETLY = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
Table = list[list[str]]
HEADER = ["id", "key", "name", "kind", "countries", "financiers", "aliases", "description"]
#: Wrong values of cells, and their corrections.
MENDED = {"prt": "port", "Belrus": "Belarus", "no name": "", "x\0y": "xy"}
PROFILE = """
title = "Editions"
[source]
key = "notes"
title = "My notes"
tier = 5
[[records]]
noun = "projects"
id = ["id"]
[records.fields]
key = "key"
name = "name"
kind = "kind"
countries = { column = "countries", separator = [";"] }
aliases = { columns = ["aliases"], all = true, separator = [";"] }
[[records]]
noun = "participations"
id = ["id"]
needs = ["organization"]
[records.fields]
project = "key"
organization = "financiers"
role = { constant = "funding" }
"""


def rows_of(*, bad: bool, alike: bool = False) -> st.SearchStrategy[Table]:
    """Return tables of rows, in which cells may be bad, and ids alike."""
    kinds, countries = ["port", "road", ""], ["Belarus", "Kenya", "Kenya; Mali", ""]
    words = ["", "one", "two\nlines", '"=;,', "z" * 300]
    if bad:
        kinds, countries, words = [*kinds, "prt"], [*countries, "Belrus"], [*words, "x\0y"]
    cells = st.tuples(
        st.integers(1, 6), st.sampled_from(["Hub", "Port"]), st.sampled_from(kinds),
        st.sampled_from(countries), st.sampled_from(["", "Bank A", "Bank B", "CDB"]),
        st.sampled_from(["", "Other {}", "Old {}; Neu {}"]), st.sampled_from(words),
    )  # fmt: skip
    unique = None if alike else lambda row: row[0]
    return st.lists(cells.map(row_of), max_size=6, unique_by=unique)


def row_of(values: tuple[int, str, str, str, str, str, str]) -> list[str]:
    """Return a row whose key and names are unique."""
    number, name, *more, others, words = values
    names = others.format(number, number)
    return [str(number), f"key-{number}", f"{name} {number}", *more, names, words]


def request(folder: Path, rows: Table, layout: str, **more: Any) -> LoadRequest:
    """Return a request to load rows, as a native file or by the profile of this file."""
    data = folder / "edition.csv"
    with data.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    return request_for(data, layout, **more)


def request_for(data: Path, layout: str, **more: Any) -> LoadRequest:
    """Return a request to load a file."""
    if layout == "native":
        source = SourceSpec("notes", title="My notes", tier=5)
        return LoadRequest("projects", str(data), source, **more)
    profile = data.parent / "edition.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    custom = profile_of(str(profile))
    return LoadRequest("", str(data), custom.source, profile=custom, **more)


def spoken(engine: Engine) -> dict[str, list[str]]:
    """Return all records and facts by keys and names, without ids, lines and order."""
    with reading(engine) as connection:
        # An organization that only cells name is known by that name.
        keys = {
            row.id: row.name if row.kind == "organization" else row.key
            for row in connection.execute(select(entity))
        }
        living = connection.execute(select(record).where(record.c.gone_in.is_(None))).all()
        headers = headers_of(connection, [(row.load_id, row.noun) for row in living])
        ids = {row.id: (row.source_id, row.noun, row.external_id) for row in living}
        contents = {
            "record": sorted(
                repr((ids[row.id], keys[row.entity_id], sorted(row.fields.items()),
                      headers[row.load_id, row.noun].said(row.raw)))
                for row in living
            ),
            "entity": sorted(
                repr((row.kind, keys[row.id], row.name, row.description))
                for row in connection.execute(select(entity))
            ),
        }  # fmt: skip
        for table in FACTS:
            rows = connection.execute(select(table)).mappings()
            contents[table.name] = sorted(repr(by_key(dict(row), keys, ids)) for row in rows)
    return contents


def by_key(row: dict[str, Any], keys: dict[int, str], ids: dict[int, Any]) -> dict[str, Any]:
    """Return a fact with keys for numbers; a name by mention is any record's that mentions it."""
    lent = "normalised" in row and row["position"] < 0
    for name, value in row.items():
        if name == "record_id":
            row[name] = None if lent else ids[value]
        elif name.endswith("_id") and value is not None:
            row[name] = keys[value]
    return {**row, "position": None} if lent else row


def mended(rows: Table) -> Table:
    """Return rows with their wrong cells corrected."""
    return [[MENDED.get(cell, cell) for cell in row] for row in rows]


def tried(engine: Engine, load_request: LoadRequest) -> LoadResult:
    """Load a file that may be refused; return the result."""
    try:
        return load_file(engine, load_request)
    except RowsRejectedError as error:
        return error.result


def standing(engine: Engine) -> int:
    """Return the number of current projects of the source."""
    of_notes = (
        select(func.count()).select_from(record).where(record.c.external_id.regexp_match("^[1-6]$"))
    )
    with reading(engine) as connection:
        chosen = of_notes.where(record.c.noun == "projects", record.c.gone_in.is_(None))
        return int(connection.execute(chosen).scalar_one())


def kept(engine: Engine, result: LoadResult) -> Counts:
    """Return the counts that the register has of a load."""
    columns = (loads.c.rows_new, loads.c.rows_changed, loads.c.rows_unchanged,
               loads.c.rows_rejected, loads.c.rows_gone)  # fmt: skip
    with reading(engine) as connection:
        counts = connection.execute(select(*columns).where(loads.c.id == result.load_id)).one()
    return Counts(*counts)


def check_counts(
    engine: Engine, folder: Path, tables: list[tuple[Table, str]], layout: str
) -> None:
    """Load tables one after the other, and check the counts of each."""
    rejects = folder / "rejects.csv"
    with undone_afterwards(engine):
        for rows, way in tables:
            before = standing(engine)
            load_request = request(folder, rows, layout)
            load_request = replace(
                load_request,
                rejects=rejects if way == "rejects" else None,
                # A file without rows is never complete.
                complete=way == "complete" and any(map(any, rows)),
            )
            result = tried(engine, load_request)
            counts = result.counts
            assert counts.read == sum(map(any, rows))
            assert min(counts.new, counts.changed, counts.unchanged, counts.rejected) >= 0
            if result.load_id is None:
                assert standing(engine) == before
                continue
            assert kept(engine, result) == replace(counts, back=0)
            assert counts.back <= counts.new
            assert (way == "rejects") >= bool(counts.rejected)
            assert standing(engine) == before + counts.new - counts.gone
            if load_request.complete:
                assert standing(engine) == counts.read


BLANK = ["" for _ in HEADER]
EDITIONS = st.lists(
    st.tuples(
        rows_of(bad=True, alike=True).map(lambda rows: [*rows[:2], BLANK, *rows[2:]]),
        st.sampled_from(["plain", "rejects", "complete"]),
    ),
    min_size=1,
    max_size=4,
)


HUB = (1, "Hub", "port", "Belarus")


@example(
    tables=[
        ([row_of((*HUB, "Bank A", "", ""))], "plain"),
        ([row_of((*HUB, "", "", ""))], "complete"),
    ],
    layout="profile",
)
@settings(deadline=None, max_examples=examples(5), suppress_health_check=QUIETLY)
@given(tables=EDITIONS, layout=st.sampled_from(["native", "profile"]))
def test_every_row_of_every_edition_is_counted_once(
    quick: Engine, tmp_path: Path, tables: list[tuple[Table, str]], layout: str
) -> None:
    try:
        check_counts(quick, tmp_path, tables, layout)
    finally:
        (tmp_path / "rejects.csv").unlink(missing_ok=True)


def check_mending(engine: Engine, folder: Path, rows: Table, layout: str) -> None:
    """Load the good rows, then the corrected ones, and compare with a single load of all."""
    rejects = folder / "rejects.csv"
    rejects.unlink(missing_ok=True)
    bad = [row for row in rows if mended([row]) != [row]]
    with undone_afterwards(engine):
        load_file(engine, request(folder, mended(rows), layout))
        whole = spoken(engine)
    with undone_afterwards(engine):
        counts = load_file(engine, request(folder, rows, layout, rejects=rejects)).counts
        assert (counts.new, counts.rejected) == (len(rows) - len(bad), len(bad))
        assert rejects.exists() == bool(bad)
        if not bad:
            return
        with rejects.open(encoding="utf-8", newline="") as stream:
            header, *left_out = csv.reader(stream)
        assert header == ["bricoop_problems", "bricoop_line", "bricoop_load", *HEADER]
        assert [row[3:] for row in left_out] == bad
        assert all(row[0].startswith("Refused: ") for row in left_out)
        with rejects.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *mended(left_out)])
        assert load_file(engine, request_for(rejects, layout)).counts.new == len(bad)
        assert spoken(engine) == whole


@settings(deadline=None, max_examples=examples(4), suppress_health_check=QUIETLY)
@given(rows=rows_of(bad=True), layout=st.sampled_from(["native", "profile"]))
def test_rejected_rows_mended_say_what_one_load_of_all_would(
    quick: Engine, tmp_path: Path, rows: Table, layout: str
) -> None:
    check_mending(quick, tmp_path, rows, layout)


def check_edition(engine: Engine, folder: Path, first: Table, second: Table, layout: str) -> None:
    """Load a complete second edition, compare with loading it alone, and undo it."""
    with undone_afterwards(engine):
        load_file(engine, request(folder, second, layout))
        alone = spoken(engine)
    with undone_afterwards(engine):
        load_file(engine, request(folder, first, layout))
        before = state(engine)
        result = load_file(engine, request(folder, second, layout, complete=True))
        assert spoken(engine) == alone
        state(engine)
        assert result.load_id is not None
        undo_load(engine, result.load_id)
        assert state(engine) == before


@settings(deadline=None, max_examples=examples(4), suppress_health_check=QUIETLY)
@given(
    first=rows_of(bad=False),
    second=rows_of(bad=False).filter(bool),
    layout=st.sampled_from(["native", "profile"]),
)
def test_a_complete_second_edition_is_as_if_it_were_the_only_one(
    quick: Engine, tmp_path: Path, first: Table, second: Table, layout: str
) -> None:
    check_edition(quick, tmp_path, first, second, layout)


@pytest.mark.later_on_postgresql
@pytest.mark.parametrize("knowledge_base", ["postgresql"], indirect=True)
@settings(deadline=None, max_examples=examples(2), suppress_health_check=QUIETLY)
@given(
    first=rows_of(bad=False),
    second=rows_of(bad=False).filter(bool),
    wrong=rows_of(bad=True),
    layout=st.sampled_from(["native", "profile"]),
)
def test_a_server_takes_any_edition_as_well(
    engine: Engine, tmp_path: Path, first: Table, second: Table, wrong: Table, layout: str
) -> None:  # fmt: skip
    check_edition(engine, tmp_path, first, second, layout)
    check_mending(engine, tmp_path, wrong, layout)
