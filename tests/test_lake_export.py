"""Exports of lakes: what their files and manifests hold, and that nothing is half written."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from sqlalchemy import Engine

import bricoop
from bricoop.errors import DataRejectedError
from bricoop.ingest.undo.undo_load import undo_load
from bricoop.lake.export import export_lake
from bricoop.lake.manifest import Manifest, manifest_path
from bricoop.lake.options import FileFormat, Layout
from bricoop.lake.parquet_files import ROW_GROUP
from support.command_line import answer, run
from support.joined import TIERS, decide, load_sources
from support.loading import Load

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.later_on_postgresql

_PLEDGE = "project,kind,amount_usd\nKuri Highway,pledge,1.5\n"
_CENTS = "id,project,kind,amount_usd\nb7,Kuri Bridges,pledge,0.000001\n"


@pytest.fixture
def joined(engine: Engine, load: Load) -> Engine:
    """A knowledge base of three sources."""
    load_sources(load)
    return engine


def loaded(load: Load, noun: str, text: str, source: str) -> int:
    """Load a file of one of the sources; return the number of the load."""
    load_id = load(noun, text, source=source, tier=TIERS[source]).load_id
    assert load_id is not None
    return load_id


def paths(manifest: Manifest, source: str = "") -> set[str]:
    """Return the paths of the files of a lake, or those of one source."""
    return {file.path for file in manifest.files if source in {"", file.source}}


def rows(folder: Path, manifest: Manifest, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of a lake."""
    files = [folder / file.path for file in manifest.tables[table]]
    return [row for path in files for row in pq.read_table(path, partitioning=None).to_pylist()]


def test_the_manifest_tells_what_the_files_hold(joined: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    manifest = export_lake(joined, folder).manifest
    on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert on_disk == paths(manifest) | {"manifest.json"}
    for file in manifest.files:
        content = (folder / file.path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
        assert pq.read_metadata(folder / file.path).num_rows == file.rows
    census = next(source for source in manifest.sources if source.key == "census")
    assert (census.finance_rows, census.amount_usd, census.records) == (2, "12", 8)
    assert {load.id for load in manifest.loads} >= set(census.loads)
    assert json.loads(manifest_path(folder).read_text())["schema"] == manifest.schema


def test_columns_have_types_that_need_no_reading_of_texts(joined: Engine, tmp_path: Path) -> None:
    manifest = export_lake(joined, tmp_path / "exports").manifest
    schemas = {
        name: pq.read_schema(tmp_path / "exports" / manifest.tables[name][0].path)
        for name in ("finance", "record", "project")
    }
    types = {name: str(schemas["finance"].field(name).type) for name in schemas["finance"].names}
    assert (types["amount_usd"], types["amount"]) == ("decimal128(24, 6)", "decimal128(38, 6)")
    assert (types["date"], types["date_year"]) == ("string", "int16")
    assert "started_year" in schemas["project"].names
    fields = schemas["record"].field("fields").type
    assert {fields[index].name for index in range(fields.num_fields)} >= {"status", "adjusted_usd"}
    (first, *_) = rows(tmp_path / "exports", manifest, "finance")
    assert (first["amount_usd"], first["date_year"]) == (Decimal("100.000000"), 2012)
    assert (tmp_path / "exports/record/source=atlas").is_dir()


def test_files_are_compressed_in_row_groups(joined: Engine, tmp_path: Path) -> None:
    manifest = export_lake(joined, tmp_path / "exports").manifest
    (file,) = manifest.tables["entity"]
    metadata = pq.read_metadata(tmp_path / "exports" / file.path)
    column = metadata.row_group(0).column(0)
    assert (metadata.num_row_groups, column.compression) == (1, "ZSTD")
    assert metadata.row_group(0).num_rows <= ROW_GROUP


def test_an_update_writes_what_changed_and_gives_what_a_whole_export_gives(
    joined: Engine, load: Load, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    former = export_lake(joined, folder).manifest
    assert export_lake(joined, folder).written == ()

    more = "id,name,kind,countries\nb9,Kuri Weigh Station,facility,Kenya\n"
    added = loaded(load, "projects", more, "bulletin")
    changes: tuple[tuple[str, Callable[[], object]], ...] = (
        ("bulletin", lambda: None),
        ("", lambda: decide(load)),
        ("", lambda: undo_load(joined, added)),
        ("census", lambda: loaded(load, "finance", _PLEDGE, "census")),
    )  # fmt: skip
    for number, (source, change) in enumerate(changes):
        change()
        updated = export_lake(joined, folder)
        whole = export_lake(joined, tmp_path / f"whole-{number}").manifest
        assert updated.manifest == whole
        assert updated.written
        if source:
            others = {"atlas", "bulletin", "census"} - {source}
            assert all(paths(former, other) == paths(whole, other) for other in others)
        former = whole
        on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
        assert on_disk == paths(whole)


def test_words_of_pages_that_changed_are_found_again(
    engine: Engine, load: Load, tmp_path: Path
) -> None:
    header = "id,name,kind,countries,description\n"
    lines = [f"p{n},Kuri Depot {n},facility,Kenya,Depot {n}\n" for n in range(2500)]
    load("projects", header + "".join(lines), source="census", tier=3)
    folder = tmp_path / "exports"
    former = export_lake(engine, folder).manifest

    # One of the first page, one of the last, and a new one.
    lines[10] = "p10,Kuri Depot 10,facility,Kenya,Beside the harbour\n"
    lines[2400] = "p2400,Kuri Store 2400,facility,Kenya,Depot 2400\n"
    lines.append("p2500,Kuri Depot 2500,facility,Kenya,Depot 2500\n")
    changed = load("projects", header + "".join(lines), source="census", tier=3)
    updated = export_lake(engine, folder).manifest
    assert updated.tables["search_index"] != former.tables["search_index"]
    assert updated == export_lake(engine, tmp_path / "whole").manifest

    assert changed.load_id is not None
    undo_load(engine, changed.load_id)
    assert export_lake(engine, folder).manifest == export_lake(engine, tmp_path / "again").manifest


def test_lost_and_damaged_files_are_written_again(joined: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    manifest = export_lake(joined, folder).manifest
    contents = {path: (folder / path).read_bytes() for path in paths(manifest)}
    lost, words = (manifest.tables[name][0].path for name in ("finance", "search_index"))
    (folder / lost).unlink()
    (folder / words).write_bytes(contents[words][:-1] + b"?")
    assert run("--db", f"lake:{folder}", "db", "check").exit_code == 5

    exported = export_lake(joined, folder)
    assert exported.manifest == manifest
    assert {file.path for file in exported.written} == {lost, words}
    assert {path: (folder / path).read_bytes() for path in paths(manifest)} == contents
    answer("--db", f"lake:{folder}", "db", "check")


def test_a_failed_export_leaves_the_former_lake(joined: Engine, load: Load, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    export_lake(joined, folder)
    before = answer("--db", f"lake:{folder}", "query", "finance", "-f", "json")
    text = "id,project,kind,amount,currency\nlong,Kuri Highway,pledge,1.1234567,CNY\n"
    loaded(load, "finance", text, "census")
    with pytest.raises(DataRejectedError) as refused:
        export_lake(joined, folder)
    assert "32 digits before the decimal point and 6 after it" in str(refused.value)
    assert "amount 1.1234567 has more (census/finance/long, line 2)" in str(refused.value)
    assert answer("--db", f"lake:{folder}", "query", "finance", "-f", "json") == before
    assert not list(folder.rglob("*.part"))


def test_a_rate_that_a_lake_would_cut_is_refused(
    joined: Engine, load: Load, tmp_path: Path
) -> None:
    text = "id,project,kind,interest_rate\nr,Kuri Highway,pledge,2.{}1\n"
    loaded(load, "finance", text.format("0" * 6), "census")
    lake = tmp_path / "exports"
    export_lake(joined, lake)
    words = ("query", "finance", "--where", "interest_rate > 2", "--columns", "interest_rate")
    assert "2.0000001" in answer("--db", f"lake:{lake}", *words)
    loaded(load, "finance", text.format("0" * 18), "census")
    with pytest.raises(DataRejectedError, match=r"interest_rate 2\.0000000000000000001 has more"):
        export_lake(joined, lake)


def test_a_folder_with_anything_else_is_left_alone(knowledge_base: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    refused = run("--db", knowledge_base, "export", "lake", str(folder))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "holds something else than a lake; nothing was written" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    file = folder / "notes.txt"
    assert run("--db", knowledge_base, "export", "lake", str(file)).exit_code == 2
    below = run("--db", knowledge_base, "export", "lake", str(file / "deeper"))
    assert (below.exit_code, "cannot be written" in below.stderr) == (5, True)


def test_a_lake_keeps_its_layout_and_format(knowledge_base: str, tmp_path: Path) -> None:
    folder = str(tmp_path / "exports")
    words = ("--db", knowledge_base, "export", "lake", folder)
    first = run(*words)
    assert (first.exit_code, f"bricoop --db lake:{folder} query" in first.stderr) == (0, True)
    refused = run(*words, "--layout", "wide")
    assert refused.exit_code == 2
    assert "Add --layout base --format parquet" in refused.stderr


def test_the_wide_layout_has_answers_and_claims(joined: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "wide"
    manifest = export_lake(joined, folder, Layout.WIDE).manifest
    projects = {row["key"]: row for row in rows(folder, manifest, "projects")}
    road = projects["lake-kuri-road"]
    assert (road["countries"], road["links"], road["started"], road["started_year"]) == (
        ["KEN"], ["facility", "trade"], "2012", 2012,
    )  # fmt: skip
    money = [row for row in rows(folder, manifest, "finance") if row["source"] == "census"]
    assert sum(row["amount_usd"] for row in money) == 12
    claims = rows(folder, manifest, "claims")
    assert {
        "noun": "projects", "external_id": "c1", "about": "kuri-highway", "field": "started",
        "value": "2011",
    }.items() <= next(
        claim for claim in claims if (claim["external_id"], claim["field"]) == ("c1", "started")
    ).items()  # fmt: skip
    assert export_lake(joined, folder, Layout.WIDE).written == ()
    refused = run("--db", f"lake:{folder}", "query", "projects")
    assert refused.exit_code == 5
    assert "has the layout 'wide', for other programs" in refused.stderr


def test_delta_tables_keep_earlier_versions(joined: Engine, load: Load, tmp_path: Path) -> None:
    folder = tmp_path / "delta"
    export_lake(joined, folder, file_format=FileFormat.DELTA)
    loaded(load, "finance", _CENTS, "bulletin")
    exported = export_lake(joined, folder, file_format=FileFormat.DELTA)
    assert {file.source for file in exported.written} <= {None, "bulletin"}
    table = str(folder / "finance")
    sums = [
        pl.scan_delta(table, version=version).select(pl.col("amount_usd").sum()).collect().item()
        for version in (0, 1)
    ]
    assert sums[1] - sums[0] == Decimal("0.000001")
    assert DeltaTable(table).version() == 1
    assert DeltaTable(str(folder / "country")).version() == 0
    words = ("query", "finance", "-f", "json")
    with bricoop.open(f"lake:{folder}") as kb:
        assert kb.query("finance", source="bulletin").count() == 2
    assert answer("--db", f"lake:{folder}", *words).count('"bulletin"') == 2


def test_python_exports_and_opens_a_lake(knowledge_base: str, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    with bricoop.open(knowledge_base) as kb:
        exported = kb.export_lake(folder)
        ports = [row.key for row in kb.query("projects", kind="port")]
        with pytest.raises(bricoop.UsageError, match="layout"):
            kb.export_lake(folder, layout="tall")
    assert exported.written
    assert exported.manifest.layout == "base"
    with bricoop.open(f"lake:{folder}") as lake:
        assert [row.key for row in lake.query("projects", kind="port")] == ports
