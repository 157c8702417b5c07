"""An open database, of which every question is asked in a consistent snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from bricoop.api.arguments import speaking_python
from bricoop.api.snapshot import Snapshot
from bricoop.api.taking_snapshots import snapshot_for, unmerged_snapshot
from bricoop.db.address import shown
from bricoop.errors import UsageError
from bricoop.query.question import Question


class OpenDatabase:
    """An open database; `close` it, or use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        """Wrap the engine of a database that has been set up."""
        self._engine = engine
        self._is_closed = False

    def __enter__(self) -> Self:
        """Return the knowledge base."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Close the knowledge base."""
        self.close()

    def __repr__(self) -> str:
        """Return the class name and the address, without a password."""
        return f"{type(self).__name__}({self.address!r})"

    @property
    def address(self) -> str:
        """The path of the database, or its URL without the password."""
        return shown(self._engine.url)

    def close(self) -> None:
        """Close all connections; later calls raise UsageError."""
        self._is_closed = True
        self._engine.dispose()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Yield a consistent snapshot, for several queries whose results must agree.

        Raises:
            DatabaseError: the database cannot be reached or read.
            UsageError: the knowledge base is closed.
        """
        with self._state() as state:
            yield state

    @contextmanager
    def snapshot_for(self, question: Question) -> Iterator[Snapshot]:
        """Yield a snapshot on which a question can be asked; one without decisions if it says so.

        Raises:
            DatabaseError: the database cannot be reached, read, or copied to leave decisions out.
            UsageError: the knowledge base is closed, or decisions play no part in the rows.
        """
        with self._state(question=question) as state:
            yield state

    @contextmanager
    def _state(
        self, *typed: object, question: Question | None = None, unmerged: bool = False
    ) -> Iterator[Snapshot]:
        """Yield a snapshot; translate error messages except for the values in `typed`."""
        with speaking_python(self.address, *typed):
            engine = self._open_engine()
            state = unmerged_snapshot(engine) if unmerged else snapshot_for(engine, question)
            with state as snapshot:
                yield snapshot

    def _open_engine(self) -> Engine:
        if self._is_closed:
            raise UsageError("The knowledge base is closed.", "Open it with bricoop.open().")
        return self._engine
