"""SQL that unfolds the JSON fields of a record into rows."""

from typing import Any

from sqlalchemy import Text, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias

from bricoop.db.types import Name


class _JsonEach(FunctionElement[Any]):
    """A table of the keys and values of a JSON object."""

    inherit_cache = True
    name = "json_each"


def json_fields(fields: Any) -> TableValuedAlias:
    """Return the keys and values of a JSON column as a table: a row for each key, with its text.

    Args:
        fields: the column of a table in the same FROM clause.
    """
    each = _JsonEach(fields)
    return each.table_valued(column("key", Name), column("value", Text), joins_implicitly=True)


@compiles(_JsonEach, "sqlite")
def _in_sqlite(element: _JsonEach, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_JsonEach, "postgresql")
def _in_postgresql(element: _JsonEach, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each_text({compiler.process(element.clauses, **options)})"
