"""SQL that unfolds the JSON fields of a record into rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, column, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias

from bricoop.db.types import Name


class _JsonEach(FunctionElement[Any]):
    """A table of the keys and values of a JSON object."""

    inherit_cache = True
    name = "json_each"


def json_fields(fields: Any, names: Sequence[str]) -> TableValuedAlias:
    """Return the keys and values of a JSON column as a table: a row for each key, with its text.

    Args:
        fields: the column of a table in the same FROM clause.
        names: the keys that the statement needs; a lake returns no others.
    """
    each = _JsonEach(fields, *(literal(name, Name, literal_execute=True) for name in names))
    return each.table_valued(column("key", Name), column("value", Text), joins_implicitly=True)


@compiles(_JsonEach, "sqlite")
def _in_sqlite(element: _JsonEach, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(_column_of(element), **options)})"


@compiles(_JsonEach, "postgresql")
def _in_postgresql(element: _JsonEach, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each_text({compiler.process(_column_of(element), **options)})"


@compiles(_JsonEach, "lake")
def _in_lake(element: _JsonEach, compiler: SQLCompiler, **options: Any) -> str:
    """Return a subquery, as the fields of a lake are parts of a column, and not JSON."""
    column, *names = (compiler.process(clause, **options) for clause in element.clauses)
    values = ", ".join(f"{column}[{name}]" for name in names)
    return f"LATERAL (SELECT unnest([{', '.join(names)}]) AS key, unnest([{values}]) AS value)"


def _column_of(element: _JsonEach) -> Any:
    return next(iter(element.clauses))
