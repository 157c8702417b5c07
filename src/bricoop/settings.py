"""Settings from the command line and the environment, and paths of bundled files."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bricoop.errors import UsageError

DATABASE_VARIABLE = "BRICOOP_DATABASE_URL"
REVIEWER_VARIABLE = "BRICOOP_REVIEWER"
WAIT_VARIABLE = "BRICOOP_WAIT"
ENGINE_VARIABLE = "BRICOOP_ENGINE"
#: The longest wait in seconds, about 23 days; PostgreSQL counts milliseconds in 32 bits.
_LONGEST = 2_000_000
_SECONDS = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Settings:
    """The settings of one run.

    Attributes:
        database: a path or a database URL; empty for the per-user default.
        reviewer: who decides what is one thing; empty if that is not known.
        wait: how many seconds to wait for another process that writes; None for the default of the
            database.
        engine: what counts in a lake: empty for DuckDB, or where Spark is.
    """

    database: str
    reviewer: str = ""
    wait: float | None = None
    engine: str = ""

    @classmethod
    def read(
        cls,
        database: str | None,
        environment: Mapping[str, str] | None = None,
        reviewer: str | None = None,
        wait: float | None = None,
        engine: str | None = None,
    ) -> "Settings":
        """Return the settings; what is named on the command line wins over the environment.

        Raises:
            UsageError: BRICOOP_WAIT is no number of seconds.
        """
        env = os.environ if environment is None else environment
        return cls(
            database=database or env.get(DATABASE_VARIABLE, ""),
            reviewer=(reviewer or env.get(REVIEWER_VARIABLE, "")).strip(),
            wait=_environment_wait(env) if wait is None else wait,
            engine=(engine or env.get(ENGINE_VARIABLE, "")).strip(),
        )


def seconds_of(text: str) -> float:
    """Return a number of seconds, such as `30` or `0.5`.

    Raises:
        ValueError: the text is no such number, or one of more than 2,000,000.
    """
    if not _SECONDS.fullmatch(text) or float(text) > _LONGEST:
        message = f"{text!r} is no number of seconds from 0 to {_LONGEST:,}"
        raise ValueError(message)
    return float(text)


def _environment_wait(environment: Mapping[str, str]) -> float | None:
    text = environment.get(WAIT_VARIABLE, "").strip()
    try:
        return seconds_of(text) if text else None
    except ValueError as error:
        raise UsageError(f"{WAIT_VARIABLE}: {error}.", "Write a number such as 30.") from error


def default_database() -> Path:
    """Return the path of the per-user database: one SQLite file in the user's data folder."""
    import platformdirs  # noqa: PLC0415 (only asked for when no database is named)

    return platformdirs.user_data_path("bricoop", appauthor=False) / "bricoop.sqlite"


def resource_folder(name: str) -> Path:
    """Return the folder of `migrations` or `seeds`.

    In a checkout it is at the top level; in an installed package it is inside the package.
    """
    here = Path(__file__).resolve().parent
    packaged = here / name
    return packaged if packaged.is_dir() else here.parent.parent / name
