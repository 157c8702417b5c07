"""Writes TOML text; texts of the file are quoted, so that they cannot act as syntax."""

import json
from collections.abc import Iterable


def quoted(text: str) -> str:
    """Return a text as a TOML string, with control and formatting characters escaped.

    >>> quoted("a b")
    '"a b"'
    """
    whole = json.dumps(text, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else _escaped(character) for character in whole
    )


def listed(texts: Iterable[str]) -> str:
    """Return texts as a TOML array."""
    return f"[{', '.join(map(quoted, texts))}]"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (four digits)
