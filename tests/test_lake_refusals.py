"""What a lake refuses: everything that writes, and manifests and files that are not right."""

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.lake.export import export_lake
from bricoop.lake.manifest import manifest_path
from support.command_line import answer, run
from support.joined import decide, load_sources
from support.standing import Standing

pytestmark = pytest.mark.later_on_postgresql

ROOT = Path(__file__).parents[1]
_ME = ("--reviewer", "Ann")
_OWN = ("--source", "own", "--source-title", "Own notes", "--tier", "6")
#: What a lake cannot do, with the exit code and a part of the message.
REFUSED = {
    "load": (("load", "projects", "{file}", *_OWN), 5, "A lake only reads, so nothing was changed"),
    "undo": (("undo", "3"), 5, "A lake only reads"),
    "set": (("set", "lake-kuri-road", "status=completed", *_OWN), 5, "A lake only reads"),
    "note": (("note", "lake-kuri-road", "Seen", *_OWN), 5, "A lake only reads"),
    "same": (("same", "kuri-bridges", "kuri-toll-booths", *_ME), 5, "A lake only reads"),
    "upgrade": (("db", "upgrade"), 5, "A lake only reads"),
    "rebuild": (("db", "rebuild"), 5, "A lake only reads"),
    "copy": (("db", "copy", "{new}"), 5, "A lake cannot be copied to a database"),
    "backup": (("db", "backup", "{new}"), 5, "A lake cannot be copied to a database"),
    "export": (("export", "lake", "{new}"), 5, "A lake cannot be exported"),
    "cells": (("query", "projects", "--raw", "name=Kuri"), 5, "has no cells as they were read"),
    "unmerged": (("query", "projects", "--unmerged"), 5, "no rows but those that decisions joined"),
    "history": (("diff", "14"), 5, "A lake does not hold what this needs"),
    "write": (("sql", "COPY (SELECT 1) TO '{new}'"), 2, "it is not a single SELECT"),
    "two": (("sql", "SELECT 1; SELECT 2"), 2, "it is not a single SELECT"),
    "setting": (("sql", "SET threads = 1"), 2, "it is not a single SELECT"),
    "file": (("sql", "SELECT * FROM read_text('{file}')"), 2, "disabled by configuration"),
    "table": (("sql", "SELECT * FROM v_project"), 2, "Did you mean: project, project_kind, v_projects?"),
    "column": (("sql", "SELECT nam FROM v_projects"), 2, "refused the query"),
    "parameter": (("sql", "SELECT $1"), 2, "has parameters"),
    "syntax": (("sql", "SELEC 1"), 2, "refused the query"),
    "slow": (("sql", "SELECT count(*) FROM range(100000000000)", "--timeout", "0.2"), 5,
             "took longer than 0.2 s"),
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(standing: Standing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake."""
    load_sources(standing.load)
    decide(standing.load)
    folder = tmp_path_factory.mktemp("lake") / "exports"
    export_lake(standing.engine, folder)
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_lake_cannot_do_is_refused_in_a_sentence(
    lake: Path, tmp_path: Path, name: str
) -> None:
    words, code, message = REFUSED[name]
    file = tmp_path / "projects.csv"
    file.write_text("name\nKuri Tunnel\n")
    filled = [word.format(file=file, new=tmp_path / "new.sqlite") for word in words]
    before = answer("--db", f"lake:{lake}", "db", "check")
    refused = run("--db", f"lake:{lake}", *filled)
    assert (refused.exit_code, refused.stdout, message in refused.stderr) == (code, "", True), (
        refused.stderr
    )
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "new.sqlite").exists()
    assert answer("--db", f"lake:{lake}", "db", "check") == before


def _changed(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: {**manifest, **values}


def _path(path: str) -> Callable[[dict[str, Any]], object]:
    def change(manifest: dict[str, Any]) -> object:
        manifest["tables"]["country"][0]["path"] = path
        return manifest

    return change


#: Faults of manifests, with a part of the message.
FAULTY: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no object": (lambda _: [], "is not the manifest of a lake"),
    "other file": (lambda _: {"name": "x"}, "is not the manifest of a lake"),
    "other format": (_changed(format="iceberg"), "its format is 'iceberg'"),
    "newer": (_changed(format_version=2, more=1), "written by a newer version of bricoop"),
    "newer schema": (_changed(schema="9999"), "written by a newer version of bricoop"),
    "older schema": (_changed(schema="0001"), "Export it again"),
    "parent": (_path("../country.parquet"), "is not the path of a file in the folder"),
    "root": (_path("/etc/passwd"), "is not the path of a file in the folder"),
    "address": (_path("https://example.org/country.parquet"), "is not the path of a file"),
    "quote": (_path("country/a'b.parquet"), "is not the path of a file in the folder"),
    "absent": (_path("country/part-0.parquet"), "cannot be read"),
    "not text": (_path(["x"]), "is not the manifest of a lake"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_manifest_is_refused_with_its_place(lake: Path, tmp_path: Path, name: str) -> None:
    change, message = FAULTY[name]
    folder = tmp_path / "copy"
    shutil.copytree(lake, folder)
    manifest = json.loads(manifest_path(folder).read_text())
    manifest_path(folder).write_text(json.dumps(change(manifest)))
    refused = run("--db", f"lake:{folder}", "query", "projects")
    assert (refused.exit_code, refused.stdout, message in refused.stderr) == (5, "", True), (
        refused.stderr
    )
    assert str(folder) in refused.stderr


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("lake:", "The address of the lake cannot be read"),
        ("lake://host/lake", "The address of the lake cannot be read"),
        ("lake:{empty}", "is not a lake: it has no manifest.json"),
        ("lake:{empty}/missing", "is not a lake: it has no manifest.json"),
    ],
)
def test_a_folder_that_is_no_lake_is_refused(tmp_path: Path, address: str, message: str) -> None:
    refused = run("--db", address.format(empty=tmp_path), "query", "projects")
    assert (refused.exit_code, message in refused.stderr) == (5, True)
    assert not list(tmp_path.iterdir())


def test_altered_files_are_noticed(lake: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(lake, folder)
    (altered,) = (folder / "country").glob("*.parquet")
    content = bytearray(altered.read_bytes())
    content[40] ^= 1
    altered.write_bytes(content)
    failed = run("--db", f"lake:{folder}", "db", "check")
    assert failed.exit_code == 5
    assert "every file has the content that was written (country/part-" in failed.stderr
    assert "Error: The lake is damaged. Export the lake again" in failed.stderr


def test_the_views_of_lakes_are_those_of_postgresql(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("the views are written from those of PostgreSQL")
    script = runpy.run_path(str(ROOT / "tools" / "lake_views.py"))
    with reading(engine) as connection:
        written = script["lake_views"](connection)
    stored = script["PATH"].read_text(encoding="utf-8")
    assert stored == written, "run: python tools/lake_views.py ADDRESS"
