"""Sources, loads, identities and the version have checksums, as nothing else follows into them.

How they are made is written down here once more, as it was when this migration was.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = ("knowledge_base", "source", "load", "entity")
SOURCE = (
    "id", "key", "title", "kind", "tier", "authors", "publisher", "published", "edition", "url",
    "archived_url", "licence", "language", "note",
)  # fmt: skip
LOAD = (
    "id", "source_id", "noun", "profile", "file_name", "file_sha256", "tool_version", "started_at",
    "finished_at", "rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_rejected",
    "rows_gone", "rows_skipped", "rows_nothing", "rules_sha256", "undone_at",
)  # fmt: skip
RECORDS = (
    "SELECT load_id, noun, external_id, locator, stated_name, digest FROM record",
    """SELECT v.load_id, r.noun, r.external_id, v.locator, v.stated_name, v.digest
        FROM record_version AS v JOIN record AS r ON r.id = v.record_id""",
)
HEADERS = (
    "SELECT load_id, noun, CAST(columns AS TEXT), CAST(letters AS TEXT), CAST(origins AS TEXT)"
    " FROM load_header"
)
EFFECTS = "SELECT load_id, said_in, table_name, CAST(row AS TEXT) FROM load_effect"
PART = 5000

Sums = defaultdict[int, int]


def upgrade() -> None:
    """Add the checksums of what is there; what was altered before cannot be told any more."""
    for name in TABLES:
        op.add_column(name, sa.Column("checksum", NAME, nullable=True))
    op.add_column("record", sa.Column("standing", ID, nullable=True))
    op.execute("UPDATE record SET standing = coalesce(entity_id, -gone_in)")
    _entities()
    _sources()
    _loads()
    _base()


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("record", "standing")
    for name in TABLES:
        op.drop_column(name, "checksum")


def _entities() -> None:
    connection = op.get_bind()
    last = -1
    page = sa.text(
        "SELECT id, kind, key FROM entity WHERE id > :last AND merged_into IS NULL"
        " ORDER BY id LIMIT :part"
    )
    while rows := connection.execute(page, {"last": last, "part": PART}).all():
        last = rows[-1][0]
        made = {row.id: {"id": row.id, "kind": row.kind, "key": row.key} for row in rows}
        _set("entity", {number: _checksum(one) for number, one in made.items()})


def _sources() -> None:
    rows = _texts("source", SOURCE)
    _set("source", {int(row["id"]): _checksum(row) for row in rows})


def _loads() -> None:
    records: Sums = defaultdict(int)
    headers: Sums = defaultdict(int)
    effects: Sums = defaultdict(int)
    for statement in RECORDS:
        for load_id, *values in _rows(statement):
            records[load_id] += _number(values)
    for load_id, noun, *documents in _rows(HEADERS):
        headers[load_id] += _number([noun, *map(_canonical, documents)])
    for load_id, said_in, table_name, row in _rows(EFFECTS):
        effects[load_id] += _number([said_in, table_name, _canonical(row)])
    made = {}
    for row in _texts("load", LOAD):
        number = int(row["id"])
        parts = {"records": records, "headers": headers, "effects": effects}
        sums = {name: f"{one[number] % (1 << 128):032x}" for name, one in parts.items()}
        made[number] = _checksum([_checksum(row), sums])
    _set("load", made)


def _base() -> None:
    connection = op.get_bind()
    for version, created_at in list(_rows("SELECT version, created_at FROM knowledge_base")):
        made = _checksum({"version": version, "created_at": created_at})
        connection.execute(sa.text("UPDATE knowledge_base SET checksum = :made"), {"made": made})


def _set(table: str, made: Mapping[int, str]) -> None:
    if made:
        statement = f"UPDATE {table} SET checksum = :made WHERE id = :id"  # noqa: S608 (our names)
        rows = [{"id": number, "made": one} for number, one in made.items()]
        op.get_bind().execute(sa.text(statement), rows)


def _texts(table: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Return rows as texts, without what is absent."""
    columns = ", ".join(f"CAST({name} AS TEXT) AS {name}" for name in names)
    rows = op.get_bind().execute(sa.text(f"SELECT {columns} FROM {table}"))  # noqa: S608 (our names)
    return [
        {name: value for name, value in row.items() if value is not None} for row in rows.mappings()
    ]


def _rows(statement: str) -> Iterator[Any]:
    yield from op.get_bind().execute(sa.text(statement).execution_options(yield_per=PART))


def _number(values: Any) -> int:
    return int.from_bytes(hashlib.blake2b(orjson.dumps(values), digest_size=16).digest())


def _checksum(values: Any) -> str:
    whole = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


def _canonical(document: str) -> str:
    try:
        return json.dumps(json.loads(document), sort_keys=True)
    except ValueError:
        return document
