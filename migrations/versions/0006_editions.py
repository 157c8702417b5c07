"""Editions: records that are gone, and the headers under which records keep their cells."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ABOUT = "(entity_id IS NULL) = (gone_in IS NOT NULL)"
SAYS = "What one source says about one entity, whole, with the place where it says so"
GONE = "; what the load `gone_in` found gone from its dataset is about nothing any more."
#: Long texts are packed in a third of the time, where the server was built to do so.
PACKED = """
DO $$ BEGIN
    EXECUTE 'ALTER TABLE record ALTER COLUMN fields SET COMPRESSION lz4';
    EXECUTE 'ALTER TABLE record ALTER COLUMN raw SET COMPRESSION lz4';
    EXECUTE 'ALTER TABLE entity ALTER COLUMN description SET COMPRESSION lz4';
EXCEPTION WHEN OTHERS THEN NULL;
END $$
"""
Columns = dict[tuple[int, str], dict[str, None]]


def upgrade() -> None:
    """Make the table of headers, let records be gone, and keep cells as lists."""
    op.create_table(
        "load_header",
        sa.Column("load_id", ID, nullable=False, autoincrement=False),
        sa.Column("noun", NAME, nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("letters", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "noun", name="pk_load_header"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_load_header_load_id"),
        comment="The columns whose cells the records of a load and noun keep, in the order of"
        " `raw`, and those from which each field was read.",
    )
    op.add_column("load", sa.Column("rows_gone", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("load", sa.Column("rules_sha256", NAME, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("load", "rows_gone", server_default=None)
        _alter_record()
        op.execute(PACKED)
    else:
        _remake_record()
    op.create_index("ix_record_gone_in", "record", ["gone_in"])
    _turn("record", "record_version", to_lists=True)


def downgrade() -> None:
    """Keep cells under their headers again; what is gone is forgotten."""
    op.execute("DELETE FROM record WHERE gone_in IS NOT NULL")
    _turn("record", "record_version", to_lists=False)
    op.drop_index("ix_record_gone_in", "record")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_record_about"), "record")
        op.drop_column("record", "gone_in")
        op.alter_column("record", "entity_id", nullable=False)
        op.create_table_comment("record", f"{SAYS}.")
    else:
        _remake_record(back=True)
    op.drop_column("load", "rules_sha256")
    op.drop_column("load", "rows_gone")
    op.drop_table("load_header")


def _alter_record() -> None:
    op.alter_column("record", "entity_id", nullable=True)
    op.add_column("record", sa.Column("gone_in", ID, nullable=True))
    op.create_foreign_key("fk_record_gone_in", "record", "load", ["gone_in"], ["id"])
    op.create_check_constraint(op.f("ck_record_about"), "record", ABOUT)
    op.create_table_comment("record", f"{SAYS}{GONE}")


def _remake_record(*, back: bool = False) -> None:
    """Make the table anew: SQLite cannot let a column be empty afterwards."""
    more = () if back else _gone()
    op.create_table(
        "record_made",
        sa.Column("locator", NAME, nullable=True),
        sa.Column("stated_name", NAME, nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("id", ID, nullable=False, autoincrement=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("load_id", ID, nullable=False),
        sa.Column("entity_id", ID, nullable=not back),
        sa.Column("noun", NAME, nullable=False),
        sa.Column("external_id", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_record_entity_id"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_record_load_id"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_record_source_id"),
        sa.UniqueConstraint(
            "source_id", "noun", "external_id", name="uq_record_source_id_noun_external_id"
        ),
        *more,
    )
    names = (
        "locator, stated_name, fields, raw, digest, id, source_id, load_id, entity_id, noun, "
        "external_id"
    )
    op.execute(f"INSERT INTO record_made ({names}) SELECT {names} FROM record")  # noqa: S608 (our own names)
    op.drop_table("record")
    op.rename_table("record_made", "record")
    op.create_index("ix_record_entity_id", "record", ["entity_id"])
    op.create_index("ix_record_load_id", "record", ["load_id"])


def _gone() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("gone_in", ID, nullable=True),
        sa.ForeignKeyConstraint(["gone_in"], ["load.id"], name="fk_record_gone_in"),
        sa.CheckConstraint(
            "(entity_id IS NULL) = (gone_in IS NOT NULL)", name=op.f("ck_record_about")
        ),
    )


def _turn(*tables: str, to_lists: bool) -> None:
    """Turn the cells of every record from texts under headers into lists, or back."""
    connection = op.get_bind()
    columns: Columns = defaultdict(dict)
    if to_lists:
        for name in tables:
            for row in _contents(name):
                columns[row.load_id, row.noun].update(dict.fromkeys(row.raw))
        _keep(columns)
    else:
        found = sa.table("load_header", *map(sa.column, ("load_id", "noun")),
                         sa.column("columns", sa.JSON))  # fmt: skip
        for row in connection.execute(sa.select(found)):
            columns[row.load_id, row.noun] = dict.fromkeys(row.columns)
    for name in tables:
        made = sa.table(name, sa.column("id"), sa.column("raw", sa.JSON))
        change = sa.update(made).where(made.c.id == sa.bindparam("the_id"))
        change = change.values(raw=sa.bindparam("the_raw", type_=sa.JSON))
        for row in _contents(name):
            header = columns[row.load_id, row.noun]
            raw = (
                [row.raw.get(one, "") for one in header]
                if to_lists
                else {one: cell for one, cell in zip(header, row.raw, strict=True) if cell}
            )
            connection.execute(change, {"the_id": row.id, "the_raw": raw})


def _contents(name: str) -> Iterator[Any]:
    """Yield the number, load, noun and cells of every record or earlier version of one."""
    columns: list[sa.ColumnClause[Any]] = [sa.column(one) for one in ("id", "load_id")]
    made = sa.table(name, *columns, sa.column("raw", sa.JSON), sa.column("noun"),
                    sa.column("record_id"))  # fmt: skip
    said = sa.table("record", sa.column("id"), sa.column("noun")).alias("said")
    statement = sa.select(made.c.id, made.c.load_id, made.c.raw)
    if name == "record":
        statement = statement.add_columns(made.c.noun)
    else:
        statement = statement.add_columns(said.c.noun).join(said, said.c.id == made.c.record_id)
    yield from op.get_bind().execute(statement).all()


def _keep(columns: Columns) -> None:
    documents = (sa.column(name, sa.JSON) for name in ("columns", "letters", "origins"))
    header = sa.table("load_header", sa.column("load_id"), sa.column("noun"), *documents)
    for (load_id, noun), names in columns.items():
        # Headers of files in a native layout are the names of the fields.
        origins = {"_".join(name.lower().split()): [name] for name in names}
        op.get_bind().execute(
            sa.insert(header).values(
                load_id=load_id, noun=noun, columns=list(names), letters=[], origins=origins
            )
        )
