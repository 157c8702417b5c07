"""What a lake cannot do, and what messages of DuckDB mean there."""

import re

from sqlalchemy import URL

from bricoop.db.address import is_lake, shown
from bricoop.errors import DatabaseError

_HINT = "Name the database that it was exported from with --db."
#: What DuckDB reports if a table is not in a lake, and if its files were replaced meanwhile.
_NO_TABLE = re.compile(r"Table with name (\w+) does not exist")
_NO_FILE = ("No files found", "Cannot open file", "No such file")


def refuse_lake(url: URL, reason: str = "A lake only reads, so nothing was changed") -> None:
    """Refuse what needs a database if an address is that of a lake.

    Args:
        url: the address.
        reason: a sentence without its full stop.

    Raises:
        DatabaseError: it is a lake.
    """
    if is_lake(url):
        raise DatabaseError(f"{reason}: {shown(url)}.", _HINT)


def lake_error(url: URL, reason: str) -> DatabaseError | None:
    """Return the error for a message of DuckDB that tells something about the lake, or None."""
    if match := _NO_TABLE.search(reason):
        message = f"A lake does not hold what this needs: the table {match[1]} of a database."
        return DatabaseError(message, _HINT)
    if any(words in reason for words in _NO_FILE):
        message = f"A file of the lake {shown(url)} is missing: {reason}."
        return DatabaseError(message, "If it was exported again meanwhile, run this again.")
    return None
