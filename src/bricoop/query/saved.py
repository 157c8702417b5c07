"""Questions in files: written as TOML, and read back as the same question."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from bricoop.domain.closeness import nearest
from bricoop.domain.names import normalise
from bricoop.errors import UsageError
from bricoop.query.catalog import noun_of
from bricoop.query.groups.grouping import Grouping
from bricoop.query.question import Question

_TEXTS = ("columns", "where", "raw")
_NUMBERS = ("limit", "offset")
_KNOWN = ("noun", "filters", *_TEXTS, "search", "sort", *_NUMBERS, "grouping")


def as_data(question: Question) -> dict[str, Any]:
    """Return a question as plain data: what it leaves unsaid is left out."""
    made: dict[str, Any] = {"noun": question.noun}
    for name in (*_TEXTS, "search", "sort", *_NUMBERS):
        value = getattr(question, name)
        if value not in ((), "", None, 0) or (name == "limit" and value == 0):
            made[name] = list(value) if isinstance(value, tuple) else value
    if question.filters:
        made["filters"] = {name: list(values) for name, values in question.filters.items()}
    if question.grouping is not None:
        grouping = {one.name: getattr(question.grouping, one.name) for one in fields(Grouping)}
        made["grouping"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in grouping.items()
            if value is not False
        }
    return made


def from_data(data: Mapping[str, Any], where: str) -> Question:
    """Return the question that plain data states.

    Args:
        data: as `as_data` gives it.
        where: where it stands, for messages.

    Raises:
        UsageError: it names what no question has, or a value is of another type.
    """
    _refuse_unknown(data, _KNOWN, where)
    noun = data.get("noun")
    if not isinstance(noun, str):
        raise UsageError(f"{where} does not say of what noun it asks.", 'Write: noun = "projects".')
    noun_of(noun)
    grouping = data.get("grouping")
    made: dict[str, Any] = {name: _texts(data.get(name, ()), name, where) for name in _TEXTS}
    made["filters"] = {
        name: _texts(values, name, where)
        for name, values in _table(data.get("filters", {}), "filters", where).items()
    }
    for name in ("search", "sort"):
        made[name] = _one(data.get(name, ""), str, name, where)
    made["offset"] = _number(data.get("offset", 0), "offset", where)
    limit = data.get("limit")
    made["limit"] = None if limit is None else _number(limit, "limit", where)
    made["grouping"] = None if grouping is None else _grouping(grouping, where)
    return Question(noun, **made)


def as_toml(question: Question) -> str:
    """Return a question as the text of a file that `read_question` reads."""
    import tomli_w  # noqa: PLC0415 (only a question that is saved needs it)

    return tomli_w.dumps(as_data(question))


def save_question(question: Question, path: str | Path) -> None:
    """Write a question to a file.

    Raises:
        UsageError: the file cannot be written.
    """
    path = Path(path)
    try:
        path.write_text(as_toml(question), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The file {path} cannot be written: {error.strerror}.") from error


def read_question(path: str | Path) -> Question:
    """Read a question from a file.

    Raises:
        FileUnreadableError: the file cannot be read, or is not TOML.
        UsageError: what it says is no question.
    """
    from bricoop.domain.toml import read_toml  # noqa: PLC0415 (only a question that was saved)

    data = read_toml(Path(path))
    return from_data(data, f"The question in {path}")


def _grouping(data: Any, where: str) -> Grouping:
    table = _table(data, "grouping", where)
    known = [one.name for one in fields(Grouping)]
    _refuse_unknown(table, known, f"{where}, under grouping,")
    made: dict[str, Any] = {}
    for name, value in table.items():
        if name in {"by", "measures"}:
            made[name] = _texts(value, name, where)
        else:
            made[name] = _one(value, bool, name, where)
    return Grouping(**made)


def _refuse_unknown(data: Mapping[str, Any], known: tuple[str, ...] | list[str], at: str) -> None:
    for name in data:
        if name not in known:
            near = nearest(name, {normalise(one): one for one in known})
            hint = f"Did you mean: {'; '.join(near)}?" if near else f"Known: {', '.join(known)}."
            raise UsageError(f"{at} has a key {name!r} that no question has.", hint)


def _texts(value: Any, name: str, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise UsageError(f"{where}: {name} is no list of texts.")
    return tuple(values)


def _one(value: Any, kind: type, name: str, where: str) -> Any:
    if not isinstance(value, kind):
        what = "text" if kind is str else "yes or no (true or false)"
        raise UsageError(f"{where}: {name} is no {what}.")
    return value


def _number(value: Any, name: str, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(f"{where}: {name} is no whole number.")
    return value


def _table(value: Any, name: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: {name} is no table.")
    return value
