"""Spark as a DB-API driver: statements of lakes, translated, with rows read as they are fetched."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import uuid4

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from bricoop.db.spark_sql import VIEW, Growing, UntranslatableError, translated

apilevel = "2.0"
#: Threads may share the module, but not connections.
threadsafety = 1
#: Parameters are written `$1`, `$2`, as those of DuckDB; the driver names them.
paramstyle = "numeric_dollar"

#: Numbers outside of this range are not BIGINT.
_LONG = 2**63
#: The class of an error, as Spark writes it before its sentence: the innermost one says most.
_CLASS = re.compile(r"\[([A-Z][A-Z0-9_.]+)\] ([^\n]*)")


class Error(Exception):
    """Spark reported an error; the message is one line."""


class NotSupportedError(Error):
    """A statement cannot be translated."""


class SparkConnection:
    """A session of Spark whose views read the files of a lake."""

    def __init__(self, session: Any, close: Callable[[], None]) -> None:
        """Use a session that is prepared already.

        Args:
            session: a session of Spark.
            close: ends the session.
        """
        self._session = session
        self._close = close

    def cursor(self) -> "SparkCursor":
        """Return a new cursor, which reads its rows as they are fetched."""
        return SparkCursor(self._session)

    def close(self) -> None:
        """End the session."""
        self._close()


class SparkCursor:
    """Executes statements, and fetches rows a partition of the result at a time."""

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, session: Any) -> None:
        """Use a session."""
        self._session = session
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self._view = ""
        self.description: list[tuple[Any, ...]] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement of the lake dialect.

        Raises:
            NotSupportedError: it cannot be translated.
            Error: Spark cannot execute it.
        """
        sizes = tuple(len(value) if _is_list(value) else None for value in parameters)
        try:
            text, growing = translated(statement, sizes)
        except UntranslatableError as error:
            message = f"the statement has a part that is not translated ({error})"
            raise NotSupportedError(message) from error
        with translating(self._session):
            named = _named(parameters)
            if growing is not None:
                self._view = f"growing_{uuid4().hex}"
                _grow(self._session, growing, named, self._view)
                text = text.replace(VIEW, self._view)
            frame = self._session.sql(text, args=named)
            self.description = [(name, *[None] * 6) for name in frame.columns]
            self._rows = map(tuple, frame.toLocalIterator(prefetchPartitions=True))

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, or None."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return the next rows."""
        with translating(self._session):
            return [*islice(self._rows, size or self.arraysize)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all further rows."""
        with translating(self._session):
            return [*self._rows]

    def close(self) -> None:
        """Forget the rows that were not fetched."""
        self._rows = iter(())
        if self._view:
            with suppress(Error), translating(self._session):
                self._session.catalog.dropTempView(self._view)
            self._view = ""


def _grow(session: Any, growing: Growing, parameters: dict[str, Any], view: str) -> None:
    """Create the view of a table that grows, with all its rows, which are few: names of entities.

    They are kept here between the steps, as Spark fails to plan unions of earlier results.
    """
    step = growing.step.replace(VIEW, view)
    first = session.sql(growing.first, args=parameters).toDF(*growing.columns)
    schema = first.schema
    rows = fresh = set(map(tuple, first.collect()))
    while fresh:
        session.createDataFrame([*fresh], schema).createOrReplaceTempView(view)
        fresh = set(map(tuple, session.sql(step, args=parameters).collect())) - rows
        rows = rows | fresh
    session.createDataFrame([*rows], schema).createOrReplaceTempView(view)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _named(parameters: Sequence[Any]) -> dict[str, Any]:
    """Return parameters by the names that a translated statement has for them."""
    named: dict[str, Any] = {}
    for number, value in enumerate(parameters, start=1):
        if _is_list(value):
            named |= {f"p{number}_{index}": _bound(item) for index, item in enumerate(value)}
        else:
            named[f"p{number}"] = _bound(value)
    return named


def _bound(value: Any) -> Any:
    """Return a value as Spark takes it; a decimal without exponent, which its size follows from."""
    if isinstance(value, Decimal):
        return Decimal(format(value, "f"))
    is_long = isinstance(value, int) and not -_LONG <= value < _LONG
    return Decimal(value) if is_long else value


@contextmanager
def translating(session: Any) -> Iterator[None]:
    """Raise errors of Spark as `Error`, and stop its work when the user interrupts.

    Raises:
        Error: Spark reported an error, or does not answer any more.
    """
    try:
        yield
    except KeyboardInterrupt:
        session.interruptAll()
        raise
    except PySparkException as error:
        raise Error(reason_of(str(error))) from error
    except (Py4JError, OSError, EOFError) as error:
        raise Error(_java_reason(error)) from error


def _java_reason(error: Exception) -> str:
    """Return the exception of Java, which follows the call in Python."""
    match = re.search(r"\n: ([^\n]+)", str(error))
    return match[1] if match else "it does not answer any more"


def reason_of(message: str) -> str:
    """Return one line for a message of Spark, without the trace of Java.

    >>> reason_of("Job aborted: [FAILED_READ_FILE] Error. [FILE_NOT_EXIST] No file a. SQLSTATE: 1")
    '[FILE_NOT_EXIST] No file a.'
    """
    classes = _CLASS.findall(message)
    if not classes:
        return message.strip().partition("\n")[0]
    name, sentence = classes[-1]
    return f"[{name}] {sentence.partition(' SQLSTATE')[0]}"
