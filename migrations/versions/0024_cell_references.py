"""Long values in the fields of records are references to cells, which the view of records restores.

Records stay as they are; loads write references from now on. An older version would show these, so
undoing puts the full values back. SQLite's search index also buffers half as many new words: with
more, a large load left pages in the file that its merged parts had filled.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: The fields of a row of records with their full values.
FULL_FIELDS = {
    "sqlite": """CASE WHEN instr({fields}, '{mark}') = 0 THEN {fields}
        ELSE json_patch({fields}, (
            SELECT json_group_object(key, json(CASE
                WHEN separator IS NULL THEN json_quote(cell)
                ELSE (
                    SELECT json_group_array(trim(part.value, {blanks}))
                    FROM json_each(
                        '[' || replace(json_quote(cell), separator, '","') || ']'
                    ) AS part
                    WHERE trim(part.value, {blanks}) <> '')
                END))
            FROM (
                SELECT key, json_extract(value, '$.separator') AS separator,
                    trim(json_extract({raw}, '$[' || json_extract(value, '$.cell') || ']'),
                        {blanks}) AS cell
                FROM json_each({fields}) WHERE type = 'object'))) END""",
    "postgresql": """CASE WHEN strpos(CAST({fields} AS text), '{mark}') = 0 THEN {fields}
        ELSE (
            SELECT CAST('{open}' || string_agg(to_json(field.key) || ':' || CASE
                WHEN json_typeof(field.value) <> 'object' THEN CAST(field.value AS text)
                WHEN field.value ->> 'separator' IS NULL
                THEN coalesce(CAST(to_json(btrim(cell, {blanks})) AS text), 'null')
                ELSE '[' || coalesce((
                    SELECT string_agg(CAST(to_json(btrim(text, {blanks})) AS text), ','
                        ORDER BY number)
                    FROM unnest(string_to_array(cell, field.value ->> 'separator'))
                        WITH ORDINALITY AS part (text, number)
                    WHERE btrim(text, {blanks}) <> ''), '') || ']'
                END, ',' ORDER BY field.number) || '{close}' AS json)
            FROM json_each({fields}) WITH ORDINALITY AS field (key, value, number)
            CROSS JOIN LATERAL (
                SELECT {raw} ->> CASE WHEN json_typeof(field.value) = 'object'
                    THEN CAST(field.value ->> 'cell' AS integer) END AS cell) AS referenced) END""",
}
#: A space, a tab, a line feed, a carriage return and a no-break space.
BLANKS = {
    "sqlite": "char(32, 9, 10, 13, 160)",
    "postgresql": "(chr(32) || chr(9) || chr(10) || chr(13) || chr(160))",
}
WORDS = {"mark": '{"cell":', "open": "{", "close": "}"}
HAS_REFERENCE = {
    "sqlite": "instr(fields, '{\"cell\":') > 0",
    "postgresql": "strpos(CAST(fields AS text), '{\"cell\":') > 0",
}
RECORDS = """SELECT r.id AS id, r.noun AS kind, r.external_id AS external_id, e.name AS about,
        e.key AS about_key, r.stated_name AS stated_name, s.key AS source,
        r.locator AS locator, r.load_id AS load, r.gone_in AS gone_in,
        CAST({fields} AS text) AS fields
    FROM record AS r JOIN source AS s ON s.id = r.source_id
    LEFT JOIN entity AS e ON e.id = r.entity_id
    WHERE r.gone_in IS NULL"""
BUFFERED = "INSERT INTO search_index (search_index, rank) VALUES ('hashsize', {size})"


def upgrade() -> None:
    """Make the view of records again, by their full fields."""
    _make_records(_full_fields("r.fields", "r.raw"))
    _buffer(8388608)


def downgrade() -> None:
    """Store the full fields of records, and make the view again as it was."""
    connection = op.get_bind()
    condition = HAS_REFERENCE[connection.dialect.name]
    full = _full_fields("fields", "raw")
    for table in ("record", "record_version"):
        connection.exec_driver_sql(f"UPDATE {table} SET fields = {full} WHERE {condition}")  # noqa: S608
    _make_records("r.fields")
    _buffer(16777216)


def _full_fields(fields: str, raw: str) -> str:
    dialect = op.get_bind().dialect.name
    return FULL_FIELDS[dialect].format(fields=fields, raw=raw, blanks=BLANKS[dialect], **WORDS)


def _make_records(fields: str) -> None:
    op.execute("DROP VIEW v_records")
    op.get_bind().exec_driver_sql(f"CREATE VIEW v_records AS {RECORDS.format(fields=fields)}")


def _buffer(size: int) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(BUFFERED.format(size=size))
