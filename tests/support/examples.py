"""How many examples Hypothesis tries: few in `make test`, many in `make test-full`."""

from hypothesis import settings

#: The profile of `make test`: few examples, the same in each run, so that it fails only by a change.
SHORT = "short"
#: The profile of `make test-full`, which tries other examples in each run.
LONG = "long"
_TIMES = 10


def register_profiles() -> None:
    """Make both profiles known, and choose the short one."""
    settings.register_profile(SHORT, derandomize=True)
    settings.register_profile(LONG)
    settings.load_profile(SHORT)


def examples(few: int) -> int:
    """Return how many examples a test tries: `few`, or ten times as many in the long profile."""
    return few * _TIMES if settings.get_current_profile_name() == LONG else few
