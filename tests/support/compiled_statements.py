"""Compiled statements that all engines of a test run share.

SQLAlchemy compiles each statement once for an engine. Nearly each test opens engines of its own,
so that a quarter of the time of all tests was spent on compiling the same statements again.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import Compiled, Dialect
from sqlalchemy.util import LRUCache

#: Statements that are kept; those of all tests are about twice as many.
_CAPACITY = 3000


class CompiledStatements(LRUCache[Any, Compiled]):
    """A cache of compiled statements, whose keys begin with what dialects have in common."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the compiled statement, or the default."""
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, value: Compiled) -> None:
        """Add a compiled statement."""
        super().__setitem__(_shared(key), value)


def _shared(key: Any) -> tuple[Any, ...]:
    """Return the key of a statement, with all that its compilation takes of the dialect."""
    dialect, *statement = key
    return (*_identity(dialect), *statement)


def _identity(dialect: Dialect) -> tuple[Any, ...]:
    version = getattr(dialect, "server_version_info", None)
    return type(dialect), version, getattr(dialect, "_json_serializer", None)


def share_compiled_statements() -> None:
    """Let the connections of all engines use one cache."""
    cache = CompiledStatements(_CAPACITY)

    def use_cache(connection: Connection) -> None:
        connection.execution_options(compiled_cache=cache)

    event.listen(Engine, "engine_connect", use_cache)
