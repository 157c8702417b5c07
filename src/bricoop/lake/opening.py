"""Opens a lake: a database of DuckDB in memory whose views read the files of its manifest."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import StaticPool

from bricoop.db.address import lake_folder
from bricoop.db.lake_dialect import register_lake_dialect
from bricoop.errors import DatabaseError, MissingPackageError
from bricoop.lake.manifest import LakeFile, Manifest, base_manifest

#: Columns that statements name although a lake has none, by table: they are NULL.
EMPTY_COLUMNS = {
    "record": ("raw",),
    "source": ("checksum",),
    "load": ("checksum", "outcome"),
}
#: Tables that are views of others in a lake, or that are empty.
DERIVED_TABLES = {
    "search_document": "SELECT entity_id, name_length, key FROM search_index",
    "load_header": """SELECT CAST(NULL AS BIGINT) AS load_id,
        CAST(NULL AS VARCHAR) AS noun, CAST(NULL AS VARCHAR) AS columns,
        CAST(NULL AS VARCHAR) AS letters, CAST(NULL AS VARCHAR) AS origins WHERE false""",
}


def lake_engine(url: URL) -> Engine:
    """Return an engine that reads a lake.

    Args:
        url: the address `lake:FOLDER`, as `parse_address` returns it.

    Raises:
        DatabaseError: the folder is not a lake, or one of another version.
        MissingPackageError: DuckDB is not installed.
    """
    folder = lake_folder(url)
    manifest = base_manifest(folder)
    try:
        import duckdb  # noqa: PLC0415 (only lakes need it)

        from bricoop.db.duckdb_driver import DuckConnection  # noqa: PLC0415 (as above)
    except ImportError as error:
        raise MissingPackageError("A lake needs", "duckdb", "lake") from error
    database = duckdb.connect(":memory:", config=_settings())
    try:
        for statement in _statements(folder, manifest):
            database.execute(statement)
        _lock(database, folder, manifest)
    except duckdb.Error as error:
        raise _unreadable(folder, error) from error
    register_lake_dialect()
    return create_engine(
        url, creator=lambda: DuckConnection(database, _views()), poolclass=StaticPool
    )


def _settings() -> dict[str, Any]:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # Without it, DuckDB would write its temporary files into the working folder.
        "temp_directory": str(Path(tempfile.gettempdir()) / "bricoop-lake"),
        # As on PostgreSQL.
        "default_null_order": "nulls_last_on_asc_first_on_desc",
        "integer_division": True,
    }


def _lock(database: Any, folder: Path, manifest: Manifest) -> None:
    """Keep statements from reading any other file than those of the lake."""
    paths = [str(_path(folder, file)) for file in manifest.files]
    database.execute(f"SET allowed_paths = [{', '.join(map(_quoted, paths))}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def _statements(folder: Path, manifest: Manifest) -> Iterator[str]:
    from bricoop.lake.schema import lake_tables  # noqa: PLC0415 (a missing package is an error)

    for table in lake_tables():
        schema = table.arrow_schema()
        files = manifest.tables.get(table.name, ())
        columns = [f'"{field.name}"' for field in schema]
        empty = [f"CAST(NULL AS VARCHAR) AS {name}" for name in EMPTY_COLUMNS.get(table.name, ())]
        selected = ", ".join([*columns, *empty])
        # The names are bricoop's own, and the paths are checked and quoted.
        yield f'CREATE VIEW "{table.name}" AS SELECT {selected} FROM {_files(folder, files)}'  # noqa: S608
    for name, selected in DERIVED_TABLES.items():
        yield f"CREATE VIEW {name} AS {selected}"


def _files(folder: Path, files: tuple[LakeFile, ...]) -> str:
    listed = ", ".join(_quoted(str(_path(folder, file))) for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def _views() -> str:
    """Return the statements that create the views of nouns."""
    return Path(__file__).with_name("views.sql").read_text(encoding="utf-8")


def _path(folder: Path, file: LakeFile) -> Path:
    return (folder / file.path).resolve()


def _quoted(text: str) -> str:
    """Return an SQL literal; statements that create views take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _unreadable(folder: Path, error: Exception) -> DatabaseError:
    reason = str(error).strip().splitlines()[0].rstrip(".")
    message = f"The lake {folder} cannot be read: {reason}."
    return DatabaseError(message, "Export it again.")
