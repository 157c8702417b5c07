"""Files in TOML, read into plain data; what they must not say is refused by its key."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bricoop.domain.closeness import nearest
from bricoop.errors import FileUnreadableError, UsageError


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file says.

    Raises:
        FileUnreadableError: the file cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileUnreadableError(f"The file {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileUnreadableError(f"The file {path} is not TOML: {error}.") from error


def check_keys(
    data: Any, known: Mapping[str, type], where: str, required: Sequence[str] = ()
) -> None:
    """Refuse what is no table of known keys with values of their types.

    Args:
        data: what the file says there.
        known: the keys that there may be, and of what type their values are.
        where: where it stands, for messages.
        required: the keys that there must be.

    Raises:
        UsageError: the message names the key.
    """
    if not isinstance(data, Mapping):
        raise UsageError(f"{where} is no table.")
    for name, value in data.items():
        if name not in known:
            near = nearest(name, {one: one for one in known})
            hint = f"Did you mean: {'; '.join(near)}?" if near else f"It has: {', '.join(known)}."
            raise UsageError(f"{where}: {name} is no key of it.", hint)
        if not isinstance(value, known[name]) or isinstance(value, bool):
            raise UsageError(f"{where}: {name} is a {type(value).__name__}.")
    for name in required:
        if name not in data:
            raise UsageError(f"{where}: {name} is missing.")


def texts(given: Sequence[Any], name: str, where: str) -> tuple[str, ...]:
    """Return a list of texts.

    Raises:
        UsageError: it holds what is no text.
    """
    if not all(isinstance(one, str) for one in given):
        raise UsageError(f"{where}: {name} holds what is no text.")
    return tuple(given)
