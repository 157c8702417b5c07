"""Countries, financiers or links side by side."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.lookup.entities import Found
from bricoop.query.compare import code_of
from bricoop.query.question import Question
from bricoop.report.blocks import Column, Extent, Line, Part, Table
from bricoop.report.charts import compared
from bricoop.report.countries import find_country
from bricoop.report.data import Asking, Filters, listing
from bricoop.report.differences import differences
from bricoop.report.money import money_compared
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section

_LEAST, _MOST = 2, 4
_OTHERS = {"financier": "Financiers", "country": "Countries"}
#: So many financiers or countries that only one has are listed.
_ALONE = 10
_KINDS = (EntityKind.COUNTRY, EntityKind.ORGANIZATION, EntityKind.LINK)
#: By which filter the rows of a subject are found, and which nouns have it.
_FILTERS = {
    EntityKind.COUNTRY: ("country", ("projects", "agreements", "policies", "statistics")),
    EntityKind.ORGANIZATION: ("financier", ("projects",)),
    EntityKind.LINK: ("link", ("projects", "agreements", "policies", "findings")),
}
_BY = {
    "projects": ("year", "link", "kind", "country", "status"),
    "agreements": ("year", "kind", "country"),
}


def compare_report(connection: Connection, request: Request) -> Report:
    """Return the report that sets two to four countries, financiers or links side by side.

    Raises:
        UsageError: there are too few or too many, or they are not of one kind.
        NotFoundError: nothing is known by one of the names.
        AmbiguousNameError: a name means several things.
    """
    if not _LEAST <= len(request.names) <= _MOST:
        number = len(request.names)
        there = "there is 1" if number == 1 else f"there are {number}"
        message = f"A comparison needs {_LEAST} to {_MOST} names, and {there}."
        raise UsageError(message, "Such as: bricoop report compare Kenya Mali.")
    kinds = [EntityKind(code_of("kind", EntityKind, request.of))] if request.of else [*_KINDS]
    found = [find_country(connection, name, kinds) for name in request.names]
    kind = _one_kind(found)
    name, nouns = _FILTERS[kind]
    asking = Asking(connection)
    subjects: dict[str, Filters] = {}
    for one in found:
        key = one.key.removeprefix("link-") if kind is EntityKind.LINK else one.key
        subjects[one.name] = {name: (key,)}
    sections = [*_sections(asking, subjects, nouns, name, request)]
    title = listing([*subjects])
    summary = f"{title} compared by what is recorded about each."
    titles = (title, f"compared as {_PLURALS[kind]}")
    return asking.finished("compare", "", titles, summary, sections)


_PLURALS = {
    EntityKind.COUNTRY: "countries",
    EntityKind.ORGANIZATION: "financiers",
    EntityKind.LINK: "links",
}


def _one_kind(found: list[Found]) -> EntityKind:
    kinds = {EntityKind(one.kind) for one in found}
    if len({one.key for one in found}) < len(found):
        message = "The same thing is named twice."
        raise UsageError(message, "Compare different ones.")
    if len(kinds) > 1 or not kinds <= set(_FILTERS):
        said = ", ".join(f"{one.name} ({one.kind})" for one in found)
        hint = "Name countries alone, financiers alone or links alone."
        raise UsageError(f"These cannot be compared: {said}.", hint)
    return kinds.pop()


def _sections(
    asking: Asking,
    subjects: Mapping[str, Filters],
    nouns: tuple[str, ...],
    by: str,
    request: Request,
) -> Iterator[Section]:
    yield _numbers(asking, subjects, nouns)
    countings = {
        name: request.counting(Question("finance", filters)) for name, filters in subjects.items()
    }
    yield money_compared(asking.connection, countings)
    for noun in [one for one in nouns if one in _BY]:
        parts: list[Part] = [
            drawn
            for one in _BY[noun]
            if one != by and (drawn := compared(asking, noun, subjects, one)) is not None
        ]
        if parts:
            yield Section(noun, noun.capitalize(), tuple(parts))
    if by != "financier":
        every = tuple(one for filters in subjects.values() for one in filters[by])
        yield from differences(asking, {by: every})
    yield from _alone(asking, subjects, by)


def _numbers(asking: Asking, subjects: Mapping[str, Filters], nouns: tuple[str, ...]) -> Section:
    columns = (
        Column("what", "What"),
        *(Column(f"of_{place}", name, number=True) for place, name in enumerate(subjects, 1)),
    )
    lines = []
    for noun in nouns:
        numbers = tuple(asking.number(noun, filters) for filters in subjects.values())
        if not any(numbers):
            continue
        said = tuple(
            dict.fromkeys(
                one
                for name, filters in subjects.items()
                for one in asking.speaking(noun, filters, name)
            )
        )
        lines.append(Line((noun, *numbers), said))
    return Section("numbers", "Numbers", (Table(columns, tuple(lines), is_whole=True),))


def _alone(asking: Asking, subjects: Mapping[str, Filters], by: str) -> Iterator[Section]:
    """Yield the section of what only one of them has: financiers, or countries."""
    other = "financier" if by != "financier" else "country"
    found = {
        name: {one.name: one for one in asking.counts("projects", filters, other) if one.code}
        for name, filters in subjects.items()
    }
    said = {
        name: asking.speaking_each("projects", filters, other) for name, filters in subjects.items()
    }
    parts = []
    for name, counts in found.items():
        others = {one for each, some in found.items() if each != name for one in some}
        alone = [one for one in counts.values() if one.name not in others]
        columns = (
            Column("subject", "Subject", usual=name),
            Column("name", other.capitalize()),
            Column("projects", "Projects", number=True),
        )
        lines = tuple(
            Line((name, one.name, one.number), said[name][str(one.code)]) for one in alone[:_ALONE]
        )
        if lines:
            several = _OTHERS[other].lower()
            extent = Extent(len(alone), several, ranked="with the most projects")
            parts.append(Table(columns, lines, f"Only {name}", extent=extent))
    if parts:
        yield Section("alone", f"{_OTHERS[other]} that only one has", tuple(parts))
