"""Amounts that are stated in US dollars are nominal US dollars, where no column said so."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOST = Decimal("9e12")
MICRO = Decimal("0.000001")
WIDE = Context(prec=200)
#: Whether a record has a value of its own, in the words of each database.
SAID = {
    "sqlite": "json_extract(fields, '$.amount_usd') IS NOT NULL",
    "postgresql": "fields ->> 'amount_usd' IS NOT NULL",
}
FOUND = """SELECT record_id, position, CAST(amount AS TEXT) FROM finance
    WHERE currency = 'USD' AND amount IS NOT NULL AND amount_usd IS NULL"""
SET = "UPDATE finance SET amount_usd = :dollars WHERE record_id = :record AND position = :position"


def upgrade() -> None:
    """Fill in what is nominal US dollars already."""
    connection = op.get_bind()
    whole_micros = connection.dialect.name == "sqlite"
    rows = []
    for record_id, position, text in connection.execute(sa.text(FOUND)).all():
        amount = Decimal(text)
        if abs(amount) <= MOST:
            exact = amount.quantize(MICRO, rounding=ROUND_HALF_EVEN, context=WIDE)
            dollars = int(exact.scaleb(6)) if whole_micros else exact
            rows.append({"dollars": dollars, "record": record_id, "position": position})
    if rows:
        connection.execute(sa.text(SET), rows)


def downgrade() -> None:
    """Empty it again, where the record does not say it itself."""
    said = SAID[op.get_bind().dialect.name]
    op.execute(
        "UPDATE finance SET amount_usd = NULL WHERE currency = 'USD'"  # noqa: S608 (our own names)
        f" AND record_id NOT IN (SELECT id FROM record WHERE noun = 'finance' AND {said})"
    )
