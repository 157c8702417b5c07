"""A file that was loaded before is not read again, and its load says what reading it would say."""

import gzip
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from bricoop.db.engine import reading, writing
from bricoop.db.schema import load, load_header
from bricoop.errors import UsageError
from bricoop.ingest import load_log
from bricoop.ingest.counts import Created
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.model import Controls
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load
from support.profile_rules import MONEY, PROJECTS, profile_text
from support.state import state, table_rows

pytestmark = pytest.mark.later_on_postgresql

BANKS = """
[[records]]
noun = "organizations"
id = ["Banks"]
each = ["Banks"]
needs = ["name"]
[records.fields]
name = "Banks"
"""
SKIP = '\n[[skip]]\nwhen = { No = "total" }\nbecause = "totals"\n'
NEEDY = PROJECTS.replace('id = ["No"]', 'id = ["No"]\nneeds = ["name"]')
MONEY_IF_ANY = MONEY.replace('id = ["No"]', 'id = ["No"]\nneeds = ["amount"]')
PROFILE = profile_text(NEEDY, MONEY_IF_ANY, BANKS, SKIP)
ROWS = (
    "No,Name,Country,Amount,Banks\nP1,Ports of the lake,Kenya,10,Bank A|Bank B\n"
    "P2,Road,Uganda,4,Bank A\n"
)
#: A row without finance, one without a record, and one that a rule leaves out.
MIXED = f"{ROWS}P3,Dam,Kenya,,|Bank C\nP4,,Kenya,,\ntotal,,,14,\n"
CHANGED = ROWS.replace("Road", "Highway")
MOMENTS = {"started_at", "finished_at"}


class Loads:
    """Loads text by a profile, as files of one folder."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Write the files of the loads into a folder."""
        self.engine, self.folder = engine, folder

    def request(
        self, content: str | bytes, profile: str = PROFILE, name: str = "d.csv"
    ) -> LoadRequest:
        """Return the request to load text by a profile, after writing both."""
        path, rules = self.folder / name, self.folder / "rules.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        rules.write_text(profile, encoding="utf-8")
        own = profile_of(str(rules))
        return LoadRequest("", str(path), own.source, profile=own, form=own.form)

    def __call__(
        self, content: str | bytes = ROWS, profile: str = PROFILE, **more: Any
    ) -> LoadResult:
        """Load text by a profile."""
        return load_file(self.engine, replace(self.request(content, profile), **more))

    def native(self, rows: str, noun: str = "projects", source: str = "rules") -> LoadResult:
        """Load a native file of a source."""
        path = self.folder / "native.csv"
        path.write_text(rows, encoding="utf-8")
        spec = SourceSpec(source, title="Rules", tier=6)
        return load_file(self.engine, LoadRequest(noun, str(path), spec))


@pytest.fixture
def loads(engine: Engine, tmp_path: Path) -> Loads:
    return Loads(engine, tmp_path)


def is_short(result: LoadResult) -> bool:
    """Return whether a load knew its file, and so did not read the rows."""
    return any(note.startswith("It is the same file as in load ") for note in result.notes)


def number(result: LoadResult) -> int:
    assert result.load_id is not None
    return result.load_id


def reported(result: LoadResult) -> LoadResult:
    """Return a result without the number of its load and the note on the file."""
    notes = [note for note in result.notes if not note.startswith("It is the same file")]
    return replace(result, load_id=None if result.load_id is None else 0, notes=tuple(notes))


def registered(engine: Engine, load_id: int) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Return the register row and the headers of a load, without what differs between files."""
    hidden = {"id", "file_sha256", "checksum", "outcome", *MOMENTS}
    with reading(engine) as connection:
        row = connection.execute(select(load).where(load.c.id == load_id)).mappings().one()
        headers = select(load_header).where(load_header.c.load_id == load_id)
        columns = sorted(tuple(header[1:]) for header in connection.execute(headers))
    return {name: value for name, value in row.items() if name not in hidden}, columns


@pytest.mark.parametrize("rows", [ROWS, MIXED], ids=["every row", "some rows without a record"])
def test_a_known_file_is_reported_and_registered_as_if_it_were_read(
    loads: Loads, rows: str
) -> None:
    progress: list[int] = []
    assert not is_short(loads(rows))
    before = table_rows(loads.engine)
    short = loads(rows, progress=lambda read, _: progress.append(read))
    read = loads(rows.rstrip("\n"))
    assert (is_short(short), is_short(read)) == (True, False)
    assert short.counts.unchanged == len(rows.splitlines()) - 1 - 2 * (rows is MIXED)
    assert progress == [short.counts.read]
    assert reported(short) == reported(read)
    assert registered(loads.engine, number(short)) == registered(loads.engine, number(read))
    assert table_rows(loads.engine) == before


def test_the_note_names_the_newest_load_of_the_file(loads: Loads) -> None:
    first, second = number(loads()), loads()
    assert second.notes == (f"It is the same file as in load {first}: no row was read again.",)
    assert f"load {second.load_id}:" in loads().notes[0]
    assert not is_short(loads(CHANGED))
    # The second edition is known as well, although some of its rows are those of the first.
    assert reported(again := loads(CHANGED)) == reported(loads(CHANGED.rstrip("\n")))
    assert is_short(again)


def test_a_dry_run_of_a_known_file_writes_nothing(loads: Loads) -> None:
    loads()
    tried: list[int] = []
    result = loads(dry_run=True, tried=lambda _, load_id: tried.append(load_id))
    assert (is_short(result), result.load_id, len(tried)) == (True, None, 1)
    with reading(loads.engine) as connection:
        assert connection.execute(select(load).where(load.c.id == tried[0])).first() is None


def test_a_packed_file_is_known_by_its_bytes_on_disk(loads: Loads) -> None:
    packed = gzip.compress(ROWS.encode())
    first, second = loads(packed), loads(packed)
    assert (is_short(second), second.notes[:-1]) == (True, first.notes)
    assert not is_short(loads(gzip.compress(ROWS.encode(), mtime=1)))
    assert not is_short(loads(ROWS))


def test_notes_on_a_known_file_are_repeated(loads: Loads) -> None:
    rows = f"{ROWS}\n"
    assert loads(rows).notes == loads(rows).notes[:-1] == ("Skipped 1 blank row.",)


def test_notes_on_values_appear_only_where_these_are_read(loads: Loads) -> None:
    rows = ROWS.replace("Name,", "Name,,").replace("lake,", "lake,x,").replace("Road,", "Road,,")
    first, read, short = loads(rows), loads(rows), loads(rows)
    assert [is_short(result) for result in (first, read, short)] == [False, False, True]
    assert short.notes[:-1] == read.notes
    assert "Column 3 has no name" in str(read.notes)


def change_natively(loads: Loads) -> None:
    assert loads.native("id,name\nP1,Other\n").counts.changed == 1


def change_by_another_profile(loads: Loads) -> None:
    # The row counts as unchanged, as all its cells are.
    other = PROFILE.replace('constant = "commitment"', 'constant = "pledge"')
    assert loads(ROWS, other).counts.changed == 0


def remove(loads: Loads) -> None:
    assert loads(ROWS.rsplit("P2", 1)[0], complete=True).gone


def bring_back(loads: Loads) -> None:
    remove(loads)
    assert loads(ROWS.rstrip("\n")).counts.back == 1


def undo_the_first(loads: Loads) -> None:
    with reading(loads.engine) as connection:
        first = connection.execute(select(load.c.id).order_by(load.c.id.desc())).scalars().first()
    undo_load(loads.engine, int(first or 0))


def change_and_undo(loads: Loads) -> None:
    undo_load(loads.engine, number(loads(CHANGED)))


def undo_another_source(loads: Loads) -> None:
    undo_load(loads.engine, number(loads.native("id,name\n1,Bridge\n", source="other")))


def name_a_country(loads: Loads) -> None:
    rows = "alpha2,alpha3,name,aliases\nKE,KEN,Kenya,Kenia\n"
    loads.native(rows, "countries", "other")


def by_hand(statement: str) -> Callable[[Loads], None]:
    def alter(loads: Loads) -> None:
        with writing(loads.engine) as connection:
            connection.execute(text(statement))
            connection.commit()

    return alter


LATER = {
    "changed natively": change_natively,
    "changed by another profile": change_by_another_profile,
    "removed": remove,
    "brought back": bring_back,
    "undone": undo_the_first,
    "a later load undone": change_and_undo,
    "another source undone": undo_another_source,
    "a country with another name": name_a_country,
    "damaged": by_hand("UPDATE load SET outcome = '{\"size\": 1' WHERE outcome IS NOT NULL"),
    "damaged otherwise": by_hand("UPDATE load SET outcome = '[]' WHERE outcome IS NOT NULL"),
}


@pytest.mark.parametrize("change", LATER.values(), ids=LATER)
def test_rows_are_read_again_after_a_change(loads: Loads, change: Callable[[Loads], None]) -> None:
    loads()
    change(loads)
    assert not is_short(loads())
    # From then on the file is known again, with all its rows unchanged.
    again = loads()
    assert (is_short(again), again.counts.unchanged) == (True, 2)


def test_rows_are_read_again_if_records_are_missing(loads: Loads) -> None:
    loads()
    by_hand(
        "UPDATE record SET entity_id = NULL, gone_in = load_id, standing = -load_id"
        " WHERE external_id = 'P1' AND noun = 'finance'"
    )(loads)
    assert not is_short(loads())


def test_loads_that_change_nothing_of_the_source_do_not_matter(loads: Loads) -> None:
    first = loads()
    loads.native("id,name\nP9,Railway of another source\n", source="other")
    loads(ROWS.rstrip("\n"))
    counts = replace(first.counts, new=0, unchanged=first.counts.new)
    again = loads()
    assert (is_short(again), reported(again)) == (
        True, replace(reported(first), counts=counts, created=Created()),
    )  # fmt: skip


def test_other_rules_options_and_totals_are_noticed(
    loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = loads.request(ROWS)
    loads()
    profile = request.profile
    assert profile is not None
    form = replace(request.form, encoding="ascii")
    for more in (
        {"form": form},
        {"form": replace(request.form, header_row=1)},
        {"profile": replace(profile, controls=Controls(rows=2))},
        {"source": SourceSpec("another", title="Another", tier=6)},
    ):
        assert not is_short(load_file(loads.engine, replace(request, **more))), more
    with pytest.raises(RowsRejectedError):
        load_file(
            loads.engine, replace(request, profile=replace(profile, controls=Controls(rows=3)))
        )
    assert not is_short(load_file(loads.engine, loads.request(ROWS, name="d.txt")))
    assert not is_short(loads(ROWS, PROFILE.replace("totals", "sums")))
    assert is_short(loads())
    monkeypatch.setattr(load_log, "__version__", "0.0.0")
    assert not is_short(loads())


def test_a_variant_is_one_of_the_rules(loads: Loads) -> None:
    variants = '[variants.a]\ndecimal = "."\n[variants.b]\ndecimal = ","\n'
    profile = PROFILE.replace("[styles]\n\n", "") + variants
    loads(ROWS, profile, variant="a")
    assert not is_short(loads(ROWS, profile, variant="b"))
    assert is_short(loads(ROWS, profile, variant="a"))


def test_a_complete_edition_is_known_only_by_a_complete_one(loads: Loads) -> None:
    loads()
    loads(ROWS.replace("P2,", "P5,"))
    complete = loads(complete=True)
    assert (is_short(complete), complete.gone["projects"]) == (False, 1)
    again = loads(complete=True)
    assert (is_short(again), again.gone, again.counts.gone) == (True, {}, 0)
    assert is_short(loads())
    assert is_short(loads(complete=True))


def test_files_with_refused_or_doubtful_rows_are_read_again(loads: Loads, tmp_path: Path) -> None:
    wrong = f"{ROWS}P3,Dam,Atlantis,1,\n"
    rejects = tmp_path / "rejects.csv"
    for _ in range(3):
        result = loads(wrong, rejects=rejects)
        assert (is_short(result), result.counts.rejected) == (False, 1)
    doubtful = f"{ROWS}P3,RÃ­o,Kenya,1,\n"
    notes = [loads(doubtful).row_note_count for _ in range(3)]
    assert min(notes) == max(notes) == 1


def test_rows_without_a_record_are_reported_to_those_who_listen(loads: Loads) -> None:
    loads(MIXED)
    lines: list[int] = []
    assert not is_short(loads(MIXED, sink=lambda problem: lines.append(problem.line)))
    assert lines == [5, 6]
    assert is_short(loads(MIXED))


def test_native_files_are_read(loads: Loads) -> None:
    for _ in range(2):
        assert loads.native("id,name\n1,Bridge\n").notes == ()


def test_undoing_a_load_of_a_known_file_changes_nothing(loads: Loads) -> None:
    empty = state(loads.engine)
    first = number(loads())
    before = state(loads.engine)
    undo_load(loads.engine, number(loads()))
    assert state(loads.engine) == before
    undo_load(loads.engine, first)
    assert state(loads.engine) == empty


@pytest.mark.parametrize("second", [ROWS, ROWS.rstrip("\n")], ids=["known", "read"])
def test_undoing_the_first_of_two_loads_is_refused_either_way(loads: Loads, second: str) -> None:
    first, newer = number(loads()), loads(second)
    assert is_short(newer) == (second == ROWS)
    before = state(loads.engine)
    message = f"left some rows of load {first} unchanged"
    with pytest.raises(UsageError, match=message):
        undo_load(loads.engine, first)
    assert state(loads.engine) == before


def test_pipes_are_known_once_they_are_copied(loads: Loads, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    results = []
    for _ in range(3):
        request = replace(loads.request(ROWS), path=str(pipe))
        writer = threading.Thread(target=pipe.write_text, args=(ROWS,))
        writer.start()
        results.append(load_file(loads.engine, request))
        writer.join()
    # The first was not copied, as its source had no records.
    assert [is_short(result) for result in results] == [False, False, True]
