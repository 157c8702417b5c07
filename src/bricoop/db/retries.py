"""Repeats transactions that PostgreSQL rolled back because of others."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from bricoop.db.address import shown
from bricoop.db.waiting import tell_user
from bricoop.errors import TransactionConflictError

#: How often a transaction is tried at most.
MOST_ATTEMPTS = 5
#: Seconds before the second attempt, at most; the pause doubles with each further one.
_PAUSE = 0.2

_Result = TypeVar("_Result")


def retried(engine: Engine, attempt: Callable[[], _Result]) -> _Result:
    """Return the result of a function that writes in a transaction of its own.

    If PostgreSQL reports a serialization failure or a deadlock, the transaction was rolled back as
    a whole, and the function is called again, a limited number of times.

    Args:
        engine: the database.
        attempt: begins a transaction, writes and commits; a second call must do the same.

    Raises:
        TransactionConflictError: the last attempt failed in the same way.
    """
    for number in range(1, MOST_ATTEMPTS):
        try:
            return attempt()
        except TransactionConflictError:
            if number == 1:
                message = f"Another process changed the database {shown(engine.url)} as well; "
                tell_user(engine, f"{message}trying again, at most {MOST_ATTEMPTS - 1} times.")
            # Two writers that pause for the same time would meet again.
            time.sleep(random.uniform(0, _PAUSE * 2 ** (number - 1)))  # noqa: S311 (no secret)
    return attempt()
