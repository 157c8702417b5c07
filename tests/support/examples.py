"""Numbers of Hypothesis examples: few in `make test`, many in `make test-full`."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

#: The profile of `make test`: few examples, the same in each run, so that it fails only by a change.
SHORT = "short"
#: The profile of `make test-full`, which tries other examples in each run.
LONG = "long"
_TIMES = 10


def register_profiles() -> None:
    """Register both profiles, and select the short one."""
    # No deadline, as tests must not fail on a busy machine.
    untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(SHORT, untimed, derandomize=True)
    settings.register_profile(LONG, untimed)
    settings.load_profile(SHORT)


def examples(few: int) -> int:
    """Return the number of examples of a test: `few`, or ten times as many in the long profile."""
    return few * _TIMES if settings.get_current_profile_name() == LONG else few


def few_of(values: Iterable[Any], number: int) -> list[Any]:
    """Return values for `parametrize`, of which `make test` takes that many from all over.

    A tuple has the values of several arguments.
    """
    listed = [value if isinstance(value, tuple) else (value,) for value in values]
    few = {index * len(listed) // number for index in range(number)}
    return [
        pytest.param(*value, marks=() if index in few else pytest.mark.full)
        for index, value in enumerate(listed)
    ]
