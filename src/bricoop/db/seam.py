"""The dialect seam of questions: what SQLite and PostgreSQL are asked in different words."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, any_, bindparam, func, select


def among(
    connection: Connection, column: Column[Any], values: Iterable[str | int]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values, bound as one parameter.

    An IN list of a thousand values costs a thousand parameters to write and to parse.
    """
    wanted = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, wanted, type_=ARRAY(column.type)))
    listed = func.json_each(json.dumps(wanted)).table_valued("value")
    return column.in_(select(listed.c.value))
