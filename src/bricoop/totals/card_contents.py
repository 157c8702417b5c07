"""What a card tells its reader besides the rows: written, and compared with what it is today."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from bricoop.domain.amounts import plain
from bricoop.query.provenance import provenance_of
from bricoop.query.unrecorded import unrecorded
from bricoop.totals.document import CardTable
from bricoop.totals.total import Figure, Total

#: What tells entries of a list apart, whatever their order.
_KEYS = ("source", "step", "key", "load")
#: What is compared with the rows themselves.
_COUNTED = frozenset({"unit", "rows", "amount"})
_LOADS = "loads"
#: The depth at which a figure or source has its own keys.
_OWN = 3

Way = tuple[str, ...]


@dataclass(frozen=True)
class Different:
    """What a card says besides its figures, and is otherwise today.

    Attributes:
        way: where the card says it: the list, what its entry is known by, and so on to the name.
        before: what it says.
        now: what would be there today; None where nothing would.
    """

    way: Way
    before: Any
    now: Any

    @property
    def name(self) -> str:
        """Where the card says it, in a text: `figures.example.falls.pledges.rows`."""
        return ".".join(self.way)


def contents_of(connection: Connection, counted: Total) -> dict[str, Any]:
    """Return figures, notes and sources as plain data, as a card has them."""
    question = counted.counting.question
    behind = provenance_of(connection, question)
    return {
        "figures": [_figure(figure) for figure in counted.figures],
        "notes": [*counted.notes, *unrecorded(connection, question)],
        "sources": [_source(asdict(source)) for source in behind.sources],
    }


def contents_on(table: CardTable) -> dict[str, Any]:
    """Return the same as a card has it."""
    built: dict[str, Any] = msgspec.to_builtins(
        {"figures": table.figures, "notes": table.notes, "sources": table.sources}
    )
    return built


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Different]:
    """Yield what a card says besides the amounts that count, and is not so today.

    Sources, loads and notes that are new since are not on the card, so it says nothing of them. A
    load that is no longer behind the rows was undone or replaced, which the rows tell.
    """
    today = dict(_leaves(now))
    for way, value in _leaves(before):
        is_counted = way[0] == "figures" and len(way) == _OWN and way[-1] in _COUNTED
        if is_counted or today.get(way) == value:
            continue
        if _LOADS not in way or way in today:
            yield Different(way, value, today.get(way))


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
    """Return what an entry of a list is known by; a text by itself."""
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
