"""PyArrow, for all modules that read and write the tables of a lake."""

from bricoop.errors import MissingPackageError

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError as error:
    raise MissingPackageError("A lake needs", "pyarrow", "lake") from error

__all__ = ["pa", "parquet"]
