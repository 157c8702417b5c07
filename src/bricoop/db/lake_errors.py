"""What a lake cannot do, and what messages of DuckDB and Spark mean there."""

import re

from sqlalchemy import URL

from bricoop.db.address import is_lake, shown
from bricoop.errors import DatabaseError

_HINT = "Name the database that it was exported from with --db."
#: What DuckDB reports if a table is not in a lake, and if its files were replaced meanwhile.
_NO_TABLE = re.compile(r"Table with name (\w+) does not exist")
_NO_FILE = ("No files found", "Cannot open file", "No such file")
#: The same of Spark.
_NO_FILE_ON_SPARK = ("FILE_NOT_EXIST", "PATH_NOT_FOUND", "FileNotFoundException")
_NO_TABLE_ON_SPARK = re.compile(r"TABLE_OR_VIEW_NOT_FOUND\] The table or view `(\w+)`")


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
    """Return the error for a message of DuckDB or Spark about the lake, or None for another one."""
    if match := _NO_TABLE.search(reason) or _NO_TABLE_ON_SPARK.search(reason):
        message = f"A lake does not hold what this needs: the table {match[1]} of a database."
        return DatabaseError(message, _HINT)
    if any(words in reason for words in _NO_FILE):
        message = f"A file of the lake {shown(url)} is missing: {reason}."
        return DatabaseError(message, "If it was exported again meanwhile, run this again.")
    if any(words in reason for words in _NO_FILE_ON_SPARK):
        message = f"A file of the lake {shown(url)} is missing where Spark reads it: {reason}."
        hint = "Each machine must see the folder under the same path; see docs/spark.md."
        return DatabaseError(message, hint)
    if url.get_driver_name() == "spark":
        message = f"Spark cannot answer this from the lake {shown(url)}: {reason}."
        return DatabaseError(message, "Leave out --engine: DuckDB counts in the same lake.")
    return None
