"""Lines of TOML for people: texts of a file are quoted so that nothing in them acts."""

import json
from collections.abc import Iterable, Sequence


class Lines:
    """Lines of a file in the making."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lines: list[str] = []

    def add(self, *lines: str) -> None:
        """Add lines."""
        self._lines.extend(lines)

    def text(self) -> str:
        """Return them as the content of a file, without blank lines at its end."""
        return "\n".join(self._lines).rstrip("\n") + "\n"


def quoted(text: str) -> str:
    """Return a text as TOML has it, in which control and formatting characters are escaped.

    >>> quoted("a b")
    '"a b"'
    """
    whole = json.dumps(text, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else _escaped(character) for character in whole
    )


def listed(texts: Iterable[str] | Sequence[str]) -> str:
    """Return texts as a list of TOML."""
    return f"[{', '.join(map(quoted, texts))}]"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (four digits)
