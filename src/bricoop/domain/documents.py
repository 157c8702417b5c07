"""Reads untrusted TOML and JSON files within limits, and validates them against msgspec structs.

An invalid document is refused with an error that names the file and the key. A document that would
cost much memory or time is refused before it is parsed.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from bricoop.domain.document_faults import Keys, explain, key_path, shown
from bricoop.domain.limits import DOCUMENT_DEPTH, JSON_SIZE, TOML_SIZE, Limit
from bricoop.errors import FileUnreadableError, UsageError

_Document = TypeVar("_Document")

#: A non-empty text.
Text = Annotated[str, Meta(min_length=1)]
Texts = tuple[Text, ...]
#: One text, or a non-empty list of texts.
Some = Text | Annotated[Texts, Meta(min_length=1)]

#: The strings and comments of TOML; without them, brackets can be counted.
_TEXTS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_CHUNKS = re.compile(r"[^\n=,\[\]{}]+")
#: An escaped NUL in JSON. After an odd number of further backslashes it is no escape.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the tables of documents; unknown keys are refused."""


def several(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return one text, several or none as a tuple."""
    return (value,) if isinstance(value, str) else value or ()


def read_toml(path: Path, form: type[_Document], where: str) -> _Document:
    """Read a TOML file and validate it.

    Args:
        path: the file.
        form: the `msgspec.Struct` of its root table.
        where: how messages name the file: `The profile parks.toml`.

    Raises:
        FileUnreadableError: it cannot be read, is too large or too deep, or is not TOML.
        UsageError: it does not have the form; the message names the key.
    """
    return checked(toml_data(path, where), form, where)


def toml_data(path: Path, where: str) -> dict[str, Any]:
    """Read a TOML file of limited size and depth as plain data.

    Raises:
        FileUnreadableError: it cannot be read, is too large or too deep, or is not TOML.
    """
    raw = _content(path, TOML_SIZE, where)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(raw, where) from error
    _refuse_deep(text, where)
    try:
        return tomllib.loads(text, parse_float=_exact)
    except tomllib.TOMLDecodeError as error:
        message = f"{where} is not valid TOML: {shown(str(error), 200)}."
        raise FileUnreadableError(message) from error
    except RecursionError as error:
        raise FileUnreadableError(f"{where} is nested too deeply.") from error
    except ValueError as error:
        # Integers of more than 4300 digits, and exponents beyond those of `Decimal`.
        raise FileUnreadableError(f"{where} has a number that is out of range.") from error


def json_content(path: Path, where: str) -> bytes:
    """Read the bytes of a JSON file of limited size.

    Raises:
        FileUnreadableError: it cannot be read, is too large, or holds a NUL character.
    """
    raw = _content(path, JSON_SIZE, where)
    if rb"\u0000" in raw and _NUL.search(raw):
        raise FileUnreadableError(f"{where} holds a NUL character.", "Remove it.")
    return raw


def json_as(raw: bytes, form: type[_Document], where: str) -> _Document:
    """Decode and validate JSON at once, so that unexpected content takes no memory.

    Raises:
        FileUnreadableError: it is too deep, or is not JSON.
        UsageError: it does not have the form; the message names the key.
    """
    try:
        return msgspec.json.decode(raw, type=form)
    except msgspec.ValidationError as error:
        raise explain(error, form, where, _plain(raw), is_json=True) from error
    except RecursionError as error:
        raise FileUnreadableError(f"{where} is nested too deeply.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{where} is not valid JSON: {shown(str(error), 200)}."
        raise FileUnreadableError(message) from error


def _plain(raw: bytes) -> Any:
    """Return JSON as plain data, to name keys in errors; None if it is large or invalid."""
    try:
        return msgspec.json.decode(raw) if len(raw) <= TOML_SIZE.value else None
    except (msgspec.MsgspecError, RecursionError):
        return None


def checked(data: Any, form: type[_Document], where: str, within: Keys = ()) -> _Document:
    """Validate plain data and return them as a struct.

    Args:
        data: what a decoder returned.
        form: the `msgspec.Struct` to return.
        where: how messages name the file.
        within: the path of the data within the file, for messages.

    Raises:
        UsageError: it does not have the form; the message names the key.
    """
    for keys, text in _texts(data):
        if "\0" in text:
            raise UsageError(f"{where}: {key_path((*within, *keys))} holds a NUL character.")
    try:
        return msgspec.convert(data, form, strict=True)
    except msgspec.ValidationError as error:
        raise explain(error, form, where, data, within) from error
    except RecursionError as error:
        raise UsageError(f"{where} is nested too deeply.") from error


def _exact(text: str) -> Decimal:
    """Parse a float of TOML as an exact decimal: a float would change its digits.

    Raises:
        ValueError: the exponent is beyond the limits of `Decimal`.
    """
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error


def _content(path: Path, largest: Limit, where: str) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(largest.value + 1)
    except FileNotFoundError as error:
        message = f"{where} cannot be read: there is no file {shown(str(path), 200)}."
        raise FileUnreadableError(message) from error
    except (OSError, ValueError) as error:
        # ValueError: a NUL character in the path.
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise FileUnreadableError(f"{where} cannot be read: {reason}.") from error
    if len(raw) > largest.value:
        raise FileUnreadableError(f"{where} is larger than {largest}.")
    return raw


def _not_utf8(raw: bytes, where: str) -> FileUnreadableError:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "Save it as UTF-8."
        return FileUnreadableError(f"{where} is not UTF-8 text: see line {line}.", hint)
    return FileUnreadableError(f"{where} is not UTF-8 text.")


def _refuse_deep(text: str, where: str) -> None:
    """Refuse deep nesting before parsing, as dotted keys of n parts cost the parser n² steps."""
    depth, deepest = 0, DOCUMENT_DEPTH.value
    structure = _TEXTS.sub('""', text)
    for mark in re.finditer(r"[\[\]{}]", structure):
        depth += 1 if mark[0] in "[{" else -1
        if depth > deepest:
            line = structure.count("\n", 0, mark.start()) + 1
            at = f" (near line {line})" if structure.count("\n") == text.count("\n") else ""
            message = f"{where} is nested more than {deepest} levels deep{at}."
            raise FileUnreadableError(message)
        depth = max(depth, 0)
    if any(chunk[0].count(".") > deepest for chunk in _CHUNKS.finditer(structure)):
        raise FileUnreadableError(f"{where} has a key of more than {deepest} parts.")


def _texts(data: Any) -> Iterator[tuple[Keys, str]]:
    """Yield every string in plain data, including keys, with its path."""
    waiting: list[tuple[Keys, Any]] = [((), data)]
    while waiting:
        keys, value = waiting.pop()
        if isinstance(value, str):
            yield keys, value
        elif isinstance(value, Mapping):
            for name, child in value.items():
                yield (*keys, name), str(name)
                waiting.append(((*keys, name), child))
        elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
            waiting.extend(((*keys, number), child) for number, child in enumerate(value))
