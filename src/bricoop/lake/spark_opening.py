"""Opens a lake on Spark: a session whose views read the files of its manifest."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import StaticPool

from bricoop.db.address import lake_folder
from bricoop.db.lake_dialect import register_lake_dialect
from bricoop.db.spark_master import Master, master_of
from bricoop.errors import MissingPackageError
from bricoop.lake.manifest import LakeFile, Manifest, base_manifest
from bricoop.lake.opening import DERIVED_TABLES, EMPTY_COLUMNS
from bricoop.lake.spark_settings import spark_settings

if TYPE_CHECKING:
    from bricoop.db.spark_driver import SparkConnection

#: The types of Spark, by the names of those of Arrow.
_TYPES = {
    "bool": "BOOLEAN", "double": "DOUBLE", "int16": "SMALLINT", "int32": "INT", "int64": "BIGINT",
    "string": "STRING",
}  # fmt: skip
#: Characters by which Spark would look for several files.
_PATTERNS = str.maketrans({character: f"\\{character}" for character in "\\{}[]*?"})


def spark_engine(url: URL, engine: str) -> Engine:
    """Return an engine that reads a lake through Spark, which is connected to when first asked.

    Args:
        url: the address `lake:FOLDER`, as `parse_address` returns it.
        engine: where Spark is, as `--engine` names it.

    Raises:
        UsageError: that cannot be read.
        DatabaseError: the folder is not a lake, or one of another version.
        MissingPackageError: Spark is not installed.
    """
    master = master_of(engine)
    folder = lake_folder(url)
    manifest = base_manifest(folder)
    for module, package in (("pyspark", "pyspark"), ("sqlglot", "sqlglot")):
        try:
            __import__(module)
        except ImportError as error:
            raise MissingPackageError("Spark needs", package, "spark") from error
    register_lake_dialect()
    return create_engine(
        url.set(drivername="lake+spark"),
        creator=lambda: _connection(master, folder, manifest),
        poolclass=StaticPool,
    )


def _connection(master: Master, folder: Path, manifest: Manifest) -> "SparkConnection":
    from bricoop.db.spark_session import connect  # noqa: PLC0415 (only Spark needs it)

    return connect(master, lambda session: _prepare(session, folder, manifest))


def _prepare(session: Any, folder: Path, manifest: Manifest) -> None:
    """Set what answers depend on, and create the views."""
    from bricoop.db.spark_sql import translated  # noqa: PLC0415 (only Spark needs it)
    from bricoop.lake.schema import lake_tables  # noqa: PLC0415 (a missing package is an error)

    for name, value in spark_settings(manifest).items():
        session.conf.set(name, value)
    for table in lake_tables():
        columns = ", ".join(map(_column, table.arrow_schema()))
        paths = [_path(folder, file) for file in manifest.tables.get(table.name, ())]
        empty = (f"CAST(NULL AS STRING) AS {name}" for name in EMPTY_COLUMNS.get(table.name, ()))
        frame = session.read.schema(columns).parquet(*paths).selectExpr("*", *empty)
        frame.createOrReplaceTempView(table.name)
    for name, selected in DERIVED_TABLES.items():
        session.sql(translated(selected, ()).text).createOrReplaceTempView(name)


def _column(field: Any) -> str:
    return f"`{field.name}` {_type(field.type)}"


def _type(arrow: Any) -> str:
    """Return the type of Spark for one of Arrow.

    >>> from bricoop.lake.schema import DOLLARS
    >>> _type(DOLLARS)
    'DECIMAL(24, 6)'
    """
    name = str(arrow)
    if name.startswith("struct"):
        return f"STRUCT<{', '.join(f'`{inner.name}`: {_type(inner.type)}' for inner in arrow)}>"
    return name.replace("decimal128", "DECIMAL") if "(" in name else _TYPES[name]


def _path(folder: Path, file: LakeFile) -> str:
    """Return the address of a file, which is that of a folder of each machine."""
    return f"file://{(folder / file.path).resolve()}".translate(_PATTERNS)
