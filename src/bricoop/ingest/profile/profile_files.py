"""Finds the files of profiles: those shipped with bricoop by name, others by path."""

from collections.abc import Sequence
from pathlib import Path

from bricoop.domain.document_faults import shown
from bricoop.domain.suggestions import nearest
from bricoop.errors import FileUnreadableError, NotFoundError
from bricoop.settings import resource_folder


def shipped() -> tuple[str, ...]:
    """Return the names of the profiles shipped with bricoop."""
    return tuple(sorted(path.stem for path in profiles_folder().glob("*.toml")))


def links_table() -> Path:
    """Return the path of the table of links shipped with bricoop."""
    return profiles_folder() / "maps" / "sector-links.csv"


def text_of(named: str) -> str:
    """Return the text of a shipped profile.

    Raises:
        NotFoundError: no profile of that name is shipped with bricoop.
    """
    if named not in shipped():
        raise NotFoundError("shipped profile", shown(named), _nearest(named))
    return (profiles_folder() / f"{named}.toml").read_text(encoding="utf-8")


def path_of(named: str) -> Path:
    """Return the path of a profile, given its name or its path.

    Raises:
        NotFoundError: there is no such profile; the error lists similar names.
        FileUnreadableError: the file is missing, or does not end in .toml.
    """
    if named in shipped():
        return profiles_folder() / f"{named}.toml"
    path = Path(named)
    if path.suffix != ".toml" or not _is_file(path):
        raise _no_profile(named, path)
    return path


def profiles_folder() -> Path:
    """Return the folder of the profiles shipped with bricoop."""
    return resource_folder("profiles")


def _no_profile(named: str, path: Path) -> NotFoundError | FileUnreadableError:
    """Return the error for a text that is neither the name nor the file of a profile."""
    if path.suffix == ".toml":
        hint = "`bricoop profiles` lists those that come with bricoop."
        if path.stem in shipped():
            hint = f"The profile that comes with bricoop is called {path.stem}, without .toml."
        return FileUnreadableError(f"There is no file {shown(named)}.", hint)
    if _is_file(path):
        message = f"The file {shown(named)} is not a profile: its name does not end in .toml."
        return FileUnreadableError(message, "Rename it if it is one.")
    return NotFoundError("profile", shown(named), _nearest(named))


def _nearest(named: str) -> Sequence[str]:
    """Return the shipped profiles with similar names, or all if there are none."""
    return nearest(shown(named), {name: name for name in shipped()}) or shipped()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # The name is too long for the file system, or contains a NUL character.
        return False
