"""Random mutations of documents: other types, missing keys, deep nesting."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

#: Replacements of values, of all types of JSON and TOML.
STRANGE: tuple[Any, ...] = (
    "", " ", "\0", "\x1b[31m\u202e", "x" * 5000, "{", "%", "*", "/etc/passwd", "../up.csv", "1e400",
    "1,000,000", "\U0001f600", 0, 1, -1, 2**31, 2**63, 10**30, True, False, 0.5, Decimal("1e400"),
    float("nan"), float("inf"), date(2019, 3, 14), [], {}, [[]], [{}], {"a": 1}, ["a", 1], [""],
    {"": ""}, {"x": ["y"]}, ["a"] * 600, "name", "projects", "kind = port", "%d", "{#}", ["%y", "%m"],
)  # fmt: skip


def mutated(document: Any, random: Random, times: int) -> Any:
    """Return a copy of plain data with random changes."""
    for _ in range(times):
        paths = list(_paths(document))
        document = _changed(document, random.choice(paths), random)
    return document


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _paths(inner, (*path, position))


def _changed(value: Any, path: tuple[Any, ...], random: Random) -> Any:
    if path:
        copy = dict(value) if isinstance(value, dict) else list(value)
        copy[path[0]] = _changed(value[path[0]], path[1:], random)
        return copy
    ways: list[Any] = [random.choice(STRANGE), _deep(value, random.choice((1, 2, 40)), random)]
    if isinstance(value, dict) and value:
        gone = random.choice(list(value))
        ways.append({key: inner for key, inner in value.items() if key != gone})
        key = random.choice(("x", "columm", "\x1b", "name"))
        ways.append({**value, key: random.choice(STRANGE)})
    if isinstance(value, list) and value:
        ways.append([*value, random.choice(value)])
    if isinstance(value, str):
        position = random.randrange(len(value) + 1)
        mark = random.choice(("{", "}", "*", "\0", "%", "9", ";"))
        ways.append(value[:position] + mark + value[position:])
    return random.choice(ways)


def _deep(value: Any, levels: int, random: Random) -> Any:
    for _ in range(levels):
        value = [value] if random.random() < 0.5 else {"x": value}
    return value
