"""The choices of an export."""

from enum import StrEnum


class Layout(StrEnum):
    """Which tables a lake has."""

    BASE = "base"  #: those of the database, which bricoop itself can ask
    WIDE = "wide"  #: answers and claims, for other programs


class FileFormat(StrEnum):
    """In which form the tables of a lake are stored."""

    PARQUET = "parquet"
    DELTA = "delta"  #: Parquet with the logs of Delta Lake
