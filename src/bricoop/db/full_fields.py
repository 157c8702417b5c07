"""SQL for the fields of records with their full values, where long ones are stored as references.

The same as `domain.cell_references.restored`, so that whatever reads fields, Python or SQL, reads
them as if they were stored in full. A reference to a missing cell gives no value; `db check`
reports the record, as its digest does not match.
"""

from typing import Any

from sqlalchemy import ColumnClause, Table, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON

from bricoop.db.types import Document
from bricoop.domain.cell_references import BLANKS, MARK

#: JSON_PATCH replaces the values of keys and leaves everything else as it was written. The list is
#: split by making its separators those of a JSON list.
_SQLITE = """CASE WHEN instr(<fields>, '<mark>') = 0 THEN <fields> ELSE json_patch(<fields>, (
    SELECT json_group_object(key, json(CASE
        WHEN separator IS NULL THEN json_quote(cell)
        ELSE (
            SELECT json_group_array(trim(part.value, <blanks>))
            FROM json_each('[' || replace(json_quote(cell), separator, '","') || ']') AS part
            WHERE trim(part.value, <blanks>) <> '')
        END))
    FROM (
        SELECT key, json_extract(value, '$.separator') AS separator,
            trim(json_extract(<raw>, '$[' || json_extract(value, '$.cell') || ']'), <blanks>)
                AS cell
        FROM json_each(<fields>) WHERE type = 'object'))) END"""
#: The object is put together as text: functions that make objects would add spaces.
_POSTGRESQL = """CASE WHEN strpos(CAST(<fields> AS text), '<mark>') = 0 THEN <fields> ELSE (
    SELECT CAST('{' || string_agg(to_json(field.key) || ':' || CASE
        WHEN json_typeof(field.value) <> 'object' THEN CAST(field.value AS text)
        WHEN field.value ->> 'separator' IS NULL
        THEN coalesce(CAST(to_json(btrim(cell, <blanks>)) AS text), 'null')
        ELSE '[' || coalesce((
            SELECT string_agg(CAST(to_json(btrim(text, <blanks>)) AS text), ',' ORDER BY number)
            FROM unnest(string_to_array(cell, field.value ->> 'separator'))
                WITH ORDINALITY AS part (text, number)
            WHERE btrim(text, <blanks>) <> ''), '') || ']'
        END, ',' ORDER BY field.number) || '}' AS json)
    FROM json_each(<fields>) WITH ORDINALITY AS field (key, value, number)
    CROSS JOIN LATERAL (
        SELECT <raw> ->> CASE WHEN json_typeof(field.value) = 'object'
            THEN CAST(field.value ->> 'cell' AS integer) END AS cell) AS referenced) END"""


class _FullFields(FunctionElement[dict[str, Any]]):
    """The full fields, from the columns `fields` and `raw` of a record."""

    inherit_cache = True
    type: JSON[Any] = Document


def full_fields(table: Table) -> _FullFields:
    """Return the fields of the rows of `record` or `record_version`, with their full values."""
    return _FullFields(table.c.fields, table.c.raw)


@compiles(_FullFields, "sqlite")
def _in_sqlite(element: _FullFields, compiler: SQLCompiler, **options: Any) -> str:
    blanks = f"char({', '.join(str(ord(blank)) for blank in BLANKS)})"
    return _written(_SQLITE, blanks, element, compiler, options)


@compiles(_FullFields, "postgresql")
def _in_postgresql(element: _FullFields, compiler: SQLCompiler, **options: Any) -> str:
    blanks = f"({' || '.join(f'chr({ord(blank)})' for blank in BLANKS)})"
    return _written(_POSTGRESQL, blanks, element, compiler, options)


def _written(
    template: str, blanks: str, element: _FullFields, compiler: SQLCompiler, options: dict[str, Any]
) -> str:
    fields, raw = (compiler.process(column, **options) for column in element.clauses)
    filled = template.replace("<fields>", fields).replace("<raw>", raw)
    return filled.replace("<blanks>", blanks).replace("<mark>", MARK)


@compiles(_FullFields, "lake")
def _in_lake(element: _FullFields, compiler: SQLCompiler, **options: Any) -> str:
    """Return the column that a lake has beside the fields: all as JSON, with full values."""
    document: ColumnClause[Any] = column("document", _selectable=next(iter(element.clauses)).table)
    return compiler.process(document, **options)
