"""Turns validation errors of msgspec into messages that name the key as its author wrote it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from bricoop.domain.names import printable, shortened
from bricoop.domain.suggestions import nearest
from bricoop.errors import UsageError

#: The path to a value: keys of tables, and indexes of lists counted from 0.
Keys = tuple[str | int, ...]

#: How msgspec writes a key of a mapping in a path: it does not name the key.
_ANY = "..."
#: Shown instead of a key of a mapping that cannot be determined.
_SOME = "*"
_AT = re.compile(r"^(?P<said>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)
_TOKEN = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<place>\d+|\.\.\.)\]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_BOUND = re.compile(r"Expected `([^`]+)` (<=|>=|<|>) (\S+)")
_LENGTH = re.compile(r"Expected `([^`]+)` of length (<=|>=)? ?(\d+)(?:, got (\d+))?")
_CHOICE = re.compile(r"Invalid enum value (.*)", re.DOTALL)
_TYPES = {
    "str": "text", "int": "a whole number", "float": "a number", "bool": "true or false",
    "array": "a list", "object": "a table", "date": "a date", "datetime": "a date and time",
    "time": "a time of day", "null": "empty", "decimal": "a number",
}  # fmt: skip
#: The same in the terms of JSON.
_JSON_TYPES = _TYPES | {"object": "an object"}
_LIMITS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_SHOWN = 60


class BadKeyError(ValueError):
    """Raised in the `__post_init__` of a struct whose own validation failed.

    Attributes:
        keys: the path from the struct to the value; empty for the table as a whole.
        fault: what is wrong with it, to follow the key: `is not a number`.
        hint: what to do.
    """

    def __init__(self, key: str | Keys, fault: str, hint: str = "") -> None:
        """Set the key or path, the fault and the hint."""
        super().__init__(fault)
        self.keys: Keys = ((key,) if key else ()) if isinstance(key, str) else key
        self.said = fault
        self.hint = hint


def explain(
    error: msgspec.ValidationError,
    form: Any,
    where: str,
    data: Any,
    within: Keys = (),
    *,
    is_json: bool = False,
) -> UsageError:
    """Return the error for users that explains a validation error of msgspec.

    Args:
        error: what msgspec raised.
        form: the expected type.
        where: which file it is, for messages.
        data: the plain data that were converted, or None; without them, keys of mappings cannot
            be named.
        within: the path of the data within the file.
        is_json: whether the document is JSON, which has objects for tables.
    """
    match = _AT.match(str(error))
    path = match["path"] if match else None
    tokens: list[str | int] = []
    for token in _TOKEN.finditer(path or ""):
        index = token["place"]
        tokens.append(token["name"] or (_ANY if index == _ANY else int(index)))
    keys = _with_free_keys(tokens, form, data, str(error))
    fault = match["said"] if match else str(error)
    if fault == "Invalid decimal string":
        return _no_number(_at(data, keys), (*within, *keys), where)
    kinds = _types_at(form, tokens)
    if "matching regex" in fault:
        value = _at(data, keys)
        was = f"is {shown(value)!r}; it" if isinstance(value, str) else ""
        must = f"{was} must be {_description(kinds) or 'of another form'}".lstrip()
        return UsageError(f"{where}: {key_path((*within, *keys))} {must}.")
    types = _JSON_TYPES if is_json else _TYPES
    return _refusal(fault, error.__cause__, kinds, (*within, *keys), where, types)


def key_path(keys: Sequence[str | int]) -> str:
    """Format a path as users write it; lists are counted from 1.

    >>> key_path(("records", 1, "fields", "amount"))
    'records[2].fields.amount'
    """
    steps = []
    for key in keys:
        if isinstance(key, int):
            steps.append(f"[{key + 1}]")
        else:
            is_bare = key == _SOME or (_BARE.fullmatch(key) and len(key) <= _SHOWN)
            name = key if is_bare else f'"{shown(key)}"'
            steps.append(f".{name}" if steps else name)
    return "".join(steps)


def shown(text: str, longest: int = _SHOWN) -> str:
    """Return a text from a file for a message: control characters escaped, and truncated."""
    return printable(shortened(text, longest))


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """Return a hint with the known names that are most similar, or with all of them."""
    near = nearest(name[:_SHOWN], {key: key for key in names})
    return f"Did you mean: {'; '.join(near)}?" if near else f"Known: {', '.join(names)}."


def _no_number(value: Any, keys: Keys, where: str) -> UsageError:
    text = f"is {shown(value)!r}, which" if isinstance(value, str) else "is text that"
    hint = "Write it plainly, without marks between thousands: 1000000 or 0.5."
    return UsageError(f"{where}: {key_path(keys)} {text} is not a number.", hint)


def _refusal(
    fault: str,
    cause: BaseException | None,
    kinds: Sequence[inspect.Type],
    keys: Keys,
    where: str,
    types: Mapping[str, str],
) -> UsageError:
    hint = ""
    kind = next(
        (member for member in _flat(kinds) if not isinstance(member, inspect.NoneType)), None
    )
    if isinstance(cause, BadKeyError):
        keys = (*keys, *cause.keys)
        fault, hint = cause.said, cause.hint
    elif unknown := _UNKNOWN.fullmatch(fault):
        keys = (*keys, unknown[1])
        fault, hint = "is not a known key", did_you_mean(unknown[1], _fields_of(kind))
    elif missing := _MISSING.fullmatch(fault):
        key = key_path((*keys, missing[1]))
        return UsageError(f"{where}: the key {key} is missing.")
    elif choice := _CHOICE.fullmatch(fault):
        fault = f"is {shown(choice[1])}"
        hint = f"It must be one of: {', '.join(_choices_of(kind))}."
    else:
        fault = _sentence(fault, types)
    at = f": {key_path(keys)}" if keys else ""
    return UsageError(f"{where}{at} {fault}.", hint)


def _sentence(fault: str, types: Mapping[str, str]) -> str:
    if fault == "Number out of range":
        return "is out of range"
    if match := _TYPE.fullmatch(fault):
        return f"is {_typed(match[2], types)}; it must be {_typed(match[1], types)}"
    if match := _BOUND.fullmatch(fault):
        bound = match[3].removesuffix(".0")
        return f"must be {_typed(match[1], types)} of {_LIMITS[match[2]]} {bound}"
    if match := _LENGTH.fullmatch(fault):
        if match[2] == ">=" and match[3] == "1":
            return "is empty"
        many = f"{_LIMITS[match[2]]} {match[3]}" if match[2] else match[3]
        return f"must have {many} {'characters' if match[1] == 'str' else 'items'}"
    return f"is not right: {shown(fault, 200)}"


def _typed(names: str, types: Mapping[str, str]) -> str:
    words = [types.get(name.strip(), name.strip()) for name in names.split("|")]
    return " or ".join(dict.fromkeys(word for word in words if word != "empty")) or "empty"


def _with_free_keys(tokens: Sequence[str | int], form: Any, data: Any, fault: str) -> Keys:
    """Return a path in which the keys of mappings are named.

    msgspec writes `[...]` for any key of a mapping, and stops at the first error. So the shortest
    prefix of the mapping that causes the same error ends with the key; a binary search finds it.
    """
    keys: list[str | int] = []
    for token in tokens:
        if token != _ANY:
            keys.append(token)
            continue
        table = _at(data, keys)
        if not isinstance(table, Mapping) or not table:
            keys.append(_SOME)
            continue
        items = list(table.items())
        low, high = 1, len(items)
        while low < high:
            middle = (low + high) // 2
            if _error_of(_replaced(data, keys, dict(items[:middle])), form) == fault:
                high = middle
            else:
                low = middle + 1
        keys.append(str(items[low - 1][0]))
    return tuple(keys)


def _error_of(data: Any, form: Any) -> str:
    try:
        msgspec.convert(data, form, strict=True)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _at(data: Any, keys: Sequence[str | int]) -> Any:
    for key in keys:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _replaced(data: Any, keys: Sequence[str | int], value: Any) -> Any:
    if not keys:
        return value
    copy: Any = dict(data) if isinstance(data, Mapping) else list(data)
    copy[keys[0]] = _replaced(data[keys[0]], keys[1:], value)
    return copy


def _types_at(form: Any, tokens: Sequence[str | int]) -> list[inspect.Type]:
    kinds = [inspect.type_info(form)]
    for token in tokens:
        kinds = [inner for kind in kinds for inner in _inner(kind, token)]
    return kinds


def _description(kinds: Sequence[inspect.Type]) -> str:
    """Return the description of a type: `Meta(description=...)`."""
    for kind in kinds:
        if isinstance(kind, inspect.Metadata) and kind.extra_json_schema:
            return str(kind.extra_json_schema.get("description", ""))
        if isinstance(kind, inspect.UnionType):
            return _description(kind.types)
    return ""


def _inner(kind: inspect.Type, token: str | int) -> Iterator[inspect.Type]:
    for member in _flat([kind]):
        if isinstance(member, inspect.StructType):
            yield from (field.type for field in member.fields if field.encode_name == token)
        elif isinstance(member, inspect.DictType) and token == _ANY:
            yield member.value_type
        elif isinstance(member, inspect.ListType | inspect.VarTupleType) and isinstance(token, int):
            yield member.item_type
        elif isinstance(member, inspect.TupleType) and isinstance(token, int):
            yield member.item_types[token]


def _flat(kinds: Sequence[inspect.Type]) -> Iterator[inspect.Type]:
    """Yield types with unions resolved; structs first, as only they have known keys."""
    every: list[inspect.Type] = []
    for kind in kinds:
        plain = kind.type if isinstance(kind, inspect.Metadata) else kind
        every.extend(plain.types if isinstance(plain, inspect.UnionType) else [plain])
    return iter(sorted(every, key=lambda kind: not isinstance(kind, inspect.StructType)))


def _fields_of(kind: inspect.Type | None) -> list[str]:
    return (
        [field.encode_name for field in kind.fields] if isinstance(kind, inspect.StructType) else []
    )


def _choices_of(kind: inspect.Type | None) -> list[str]:
    if isinstance(kind, inspect.LiteralType):
        return [str(value) for value in kind.values]
    if isinstance(kind, inspect.EnumType):
        return [str(member.value) for member in kind.cls]
    return []
