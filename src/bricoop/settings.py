"""Settings from the command line and the environment, and paths of bundled files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATABASE_VARIABLE = "BRICOOP_DATABASE_URL"
REVIEWER_VARIABLE = "BRICOOP_REVIEWER"


@dataclass(frozen=True)
class Settings:
    """The settings of one run.

    Attributes:
        database: a path or a database URL; empty for the per-user default.
        reviewer: who decides what is one thing; empty if that is not known.
    """

    database: str
    reviewer: str = ""

    @classmethod
    def read(
        cls,
        database: str | None,
        environment: Mapping[str, str] | None = None,
        reviewer: str | None = None,
    ) -> "Settings":
        """Return the settings; what is named on the command line wins over the environment."""
        env = os.environ if environment is None else environment
        return cls(
            database=database or env.get(DATABASE_VARIABLE, ""),
            reviewer=(reviewer or env.get(REVIEWER_VARIABLE, "")).strip(),
        )


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
