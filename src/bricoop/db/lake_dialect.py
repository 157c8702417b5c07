"""The SQLAlchemy dialect of lakes: bricoop's own statements, in the SQL of DuckDB.

A lake only reads, so there are no transactions, no DDL and no inserts here. Each cursor is a DuckDB
connection of its own to the same tables, so that rows of one statement can be read while others
run; the published dialects share one result between all cursors, and fetch its rest into memory.
"""

from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import (
    PGCompiler,
    PGIdentifierPreparer,
    PGTypeCompiler,
)
from sqlalchemy.engine.default import DefaultDialect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import BindParameter

#: Digits and decimal places of decimals whose size a statement does not name. Without a size they
#: would be DECIMAL(18, 3) in DuckDB and DECIMAL(10, 0) in Spark, and digits would be lost silently.
DECIMAL_SIZE = (38, 6)


class LakeCompiler(PGCompiler):
    """Compiles statements as for PostgreSQL, but for fields of records, which are columns here."""

    def visit_json_getitem_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:  # type: ignore[override]
        """Return a field of a record: a part of the column `fields`, which holds text.

        The name must be a literal. It is filled in when the statement is executed, as statements
        that differ only in it share one compiled form.
        """
        del operator
        name: BindParameter[str] = binary.right
        column = self.process(binary.left, **kw)
        literal = self.visit_bindparam(name, literal_execute=True, **kw)  # type: ignore[no-untyped-call]
        value = f"{column}[{literal}]"
        if binary.type._type_affinity is not name.type._type_affinity:  # noqa: SLF001
            return f"CAST({value} AS {self.dialect.type_compiler_instance.process(binary.type)})"
        return value

    def visit_collation(self, element: Any, **kw: Any) -> str:
        """Return the collation of code points, which is the only one."""
        del element, kw
        return "binary"


class LakeTypeCompiler(PGTypeCompiler):
    """Names types; a decimal always has a size."""

    def visit_NUMERIC(self, type_: Any, **kw: Any) -> str:  # noqa: N802 (as SQLAlchemy calls it)
        """Return a decimal type with its size."""
        del kw
        size = (type_.precision, type_.scale or 0) if type_.precision else DECIMAL_SIZE
        return "DECIMAL({}, {})".format(*size)


class LakeDialect(DefaultDialect):
    """A dialect that only reads."""

    name = "lake"
    driver = "duckdb"
    statement_compiler = LakeCompiler
    type_compiler_cls = LakeTypeCompiler
    preparer = PGIdentifierPreparer
    supports_statement_cache = True
    supports_native_boolean = True
    supports_native_decimal = True
    supports_sane_rowcount = False
    default_paramstyle = "numeric_dollar"
    #: Read by the compiler of PostgreSQL: backslashes in literals stand for themselves.
    _backslash_escapes = False

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """Return the driver."""
        import bricoop.db.duckdb_driver as driver  # noqa: PLC0415 (only lakes need DuckDB)

        return driver

    def initialize(self, connection: Any) -> None:
        """Ask the server nothing."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin nothing, as files of a lake never change."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit nothing."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Take back nothing."""

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Execute a statement with its parameters in order."""
        del context
        values: Sequence[Any] = parameters or ()
        cursor.execute(statement, list(values))


class SparkLakeDialect(LakeDialect):
    """The same dialect, whose driver translates statements for Spark."""

    driver = "spark"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """Return the driver."""
        import bricoop.db.spark_driver as driver  # noqa: PLC0415 (only Spark needs it)

        return driver


def register_lake_dialect() -> None:
    """Make the dialects known to SQLAlchemy by their names."""
    for dialect in (LakeDialect, SparkLakeDialect):
        registry.register(f"{dialect.name}.{dialect.driver}", __name__, dialect.__name__)
