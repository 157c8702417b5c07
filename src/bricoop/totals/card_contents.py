"""The contents of a card besides its rows: building them, and comparing them with today's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from bricoop.domain.amounts import plain
from bricoop.query.notes.unrecorded import unrecorded
from bricoop.query.provenance import provenance_of
from bricoop.totals.document import CardTable
from bricoop.totals.total import Figure, Total

#: Keys that identify an entry of a list, as the order of entries may change.
_KEYS = ("source", "step", "key", "load")
#: Keys of figures that are compared elsewhere, together with the rows.
_COUNTED = frozenset({"unit", "rows", "amount"})
#: Keys of figures and their steps that only name what is gone, if they are missing today.
_NAMES = frozenset({"source", "step", "title"})
_LOADS = "loads"
#: Numbers in notes, and words that differ where a number is 1.
_NUMBER = re.compile(r"-?\d|no$")
_FORMS = {"are": "is", "were": "was", "have": "has", "them": "it"}
#: The length of paths to the keys of a figure or source.
_OWN = 3

Way = tuple[str, ...]


@dataclass(frozen=True)
class Different:
    """A value on a card that differs today.

    Attributes:
        way: the path of the value: name of the list, identifier of the entry, and so on.
        before: the value on the card.
        now: the value today; None if there is none.
    """

    way: Way
    before: Any
    now: Any

    @property
    def name(self) -> str:
        """The path as text, such as `figures.example.falls.pledges.rows`."""
        return ".".join(self.way)


def contents_of(connection: Connection, counted: Total) -> dict[str, Any]:
    """Return the figures, notes and sources of a total as plain data for a card."""
    question = counted.counting.question
    behind = provenance_of(connection, question)
    return {
        "figures": [_figure(figure) for figure in counted.figures],
        "notes": [*counted.notes, *unrecorded(connection, question)],
        "sources": [_source(asdict(source)) for source in behind.sources],
    }


def contents_on(table: CardTable) -> dict[str, Any]:
    """Return the figures, notes and sources of a card as plain data."""
    built: dict[str, Any] = msgspec.to_builtins(
        {"figures": table.figures, "notes": table.notes, "sources": table.sources}
    )
    return built


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Different]:
    """Yield the values on a card that differ today, except for the figures themselves.

    Sources, loads and notes that are new today are no differences. Loads that are missing today
    were undone or replaced, which the comparison of rows reports. A source that is missing today is
    one difference, from its title to None, and a note with other numbers today is one, too. So is a
    step that a waterfall no longer has, or has now, with what it leaves out as a mapping.
    """
    yield from _note_differences(before["notes"], now["notes"])
    keys_now = {source["key"] for source in now["sources"]}
    for source in before["sources"]:
        if source["key"] not in keys_now:
            yield Different(("sources", source["key"]), source["title"], None)
    steps = [*_step_differences(before["figures"], now["figures"])]
    yield from steps
    compared = {step.way for step in steps}
    today = dict(_leaves(now))
    for way, value in _leaves(before):
        if way[0] == "notes" or (way[0] == "sources" and way[1] not in keys_now):
            continue
        if way[:-1] in compared:
            continue
        is_counted = way[0] == "figures" and len(way) == _OWN and way[-1] in _COUNTED
        is_name = way[0] == "figures" and way[-1] in _NAMES and way not in today
        if is_counted or is_name or today.get(way) == value:
            continue
        if _LOADS not in way or way in today:
            yield Different(way, value, today.get(way))


def _step_differences(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[Different]:
    """Yield the steps that only one of two waterfalls of the same figure has."""
    figures = {_name(figure): _steps(figure) for figure in now}
    for figure in before:
        name, earlier = _name(figure), _steps(figure)
        steps = figures.get(name, earlier)
        for step in [*earlier, *steps]:
            if step not in earlier or step not in steps:
                way = ("figures", name, "falls", step)
                yield Different(way, earlier.get(step), steps.get(step))


def _steps(figure: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {fall["step"]: fall for fall in figure["falls"]}


def _note_differences(before: Sequence[str], now: Sequence[str]) -> Iterator[Different]:
    new = {_without_numbers(note): note for note in now if note not in before}
    for note in before:
        if note not in now:
            yield Different(("notes", note), note, new.get(_without_numbers(note)))


def _without_numbers(note: str) -> tuple[str, ...]:
    """Return the words of a note, the same whatever its numbers and the forms that agree."""
    words = (word.strip(".,:;") for word in note.split())
    return tuple(
        "#" if _NUMBER.match(word) else _FORMS.get(word, word).rstrip("s") for word in words
    )


def _leaves(data: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _leaves(value, (*way, name))
    elif isinstance(data, list | tuple):
        for entry in data:
            yield from _leaves(entry, (*way, _name(entry)))
    else:
        yield way, data


def _name(entry: Any) -> str:
    """Return the identifier of an entry of a list; a text identifies itself."""
    if not isinstance(entry, dict):
        return str(entry)
    return str(next(entry[key] for key in _KEYS if key in entry))


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "source": figure.source,
        "unit": figure.unit,
        "rows": figure.rows,
        "amount": plain(figure.amount),
        "estimated_rows": figure.estimated_rows,
        "estimated": plain(figure.estimated),
        "everything": {
            "rows": figure.all_rows,
            "without_amount": figure.all_without_amount,
            "amount": plain(figure.all_amount),
        },
        "falls": [{**asdict(fall), "amount": plain(fall.amount)} for fall in figure.falls],
    }


def _source(source: dict[str, Any]) -> dict[str, Any]:
    loads = [
        {**load, "finished": load["finished"].strftime("%Y-%m-%dT%H:%M:%SZ")}
        for load in source["loads"]
    ]
    return {**source, "loads": loads}
