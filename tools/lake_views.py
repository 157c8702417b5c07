"""Write the views of lakes from those of PostgreSQL, so that both have the same columns and rows.

Usage: python tools/lake_views.py ADDRESS, that of a knowledge base on PostgreSQL
"""

import re
import sys
from pathlib import Path

from sqlalchemy import Connection, text

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.types import LAKE_DIGITS
from bricoop.query.catalog import NOUNS
from bricoop.query.plans.finance import TERMS

PATH = Path(__file__).parent.parent / "src/bricoop/lake/views.sql"
_HEAD = "-- The views of lakes. Written by tools/lake_views.py from those of PostgreSQL.\n"
_VIEWS = text("SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema()")
_FIELD = re.compile(r"\((\w+\.fields) ->> ('\w+')::text\)")
_NUMBER = re.compile(r"\((\w+\.fields\['(\w+)'\])\)::numeric")
#: The fields of records with full values, which a lake has as a column.
_DOCUMENT = re.compile(
    r"\(\s*CASE\s+WHEN \(strpos\(\((\w+)\.fields\)::text.*?END\)::text AS fields", re.DOTALL
)


def lake_views(connection: Connection) -> str:
    """Return the statements that create the views of a lake.

    Args:
        connection: an open connection to a knowledge base on PostgreSQL.
    """
    names = {noun.view for noun in NOUNS}
    views = {
        name: _rewritten(definition)
        for name, definition in connection.execute(_VIEWS)
        if name in names
    }
    return _HEAD + "".join(f"\nCREATE VIEW {name} AS\n{views[name]}\n" for name in sorted(views))


def _rewritten(definition: str) -> str:
    definition = _DOCUMENT.sub(r"\1.document AS fields", definition)
    definition = _FIELD.sub(r"(\1[\2])", definition)
    definition = _NUMBER.sub(
        lambda match: f"({match[1]})::DECIMAL({LAKE_DIGITS}, {TERMS[match[2]]})", definition
    )
    return definition.replace("::numeric", f"::DECIMAL({LAKE_DIGITS}, 6)").rstrip()


def main() -> None:
    """Write the file."""
    engine = make_engine(parse_address(sys.argv[1]))
    with reading(engine) as connection:
        PATH.write_text(lake_views(connection), encoding="utf-8")


if __name__ == "__main__":
    main()
