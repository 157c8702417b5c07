"""Builds the report that compares two to four countries, financiers or links."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from bricoop.domain.english import enumerated
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.lookup.entities import EntityMatch
from bricoop.query.conditions.comparisons import code_of
from bricoop.query.question import Question
from bricoop.report import why
from bricoop.report.blocks import Block, Column, Extent, Line, Table
from bricoop.report.charts import comparison_chart
from bricoop.report.countries import find_country
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.disagreements import differences
from bricoop.report.money import money_compared
from bricoop.report.notes import without_notes
from bricoop.report.request import Request
from bricoop.report.sections import Report, Section

_MIN_NAMES, _MAX_NAMES = 2, 4
_PLURAL_OF = {"financier": "Financiers", "country": "Countries"}
#: Financiers or countries that only one subject has are listed up to this number.
_MAX_EXCLUSIVE = 10
_KINDS = (EntityKind.COUNTRY, EntityKind.ORGANIZATION, EntityKind.LINK)
#: For each kind of subject, the filter that selects its rows, and the nouns that have it.
_FILTERS = {
    EntityKind.COUNTRY: ("country", ("projects", "agreements", "policies", "statistics")),
    EntityKind.ORGANIZATION: ("financier", ("projects",)),
    EntityKind.LINK: ("link", ("projects", "agreements", "policies", "findings")),
}
_CHART_DIMENSIONS = {
    "projects": ("year", "link", "kind", "country", "status"),
    "agreements": ("year", "kind", "country"),
}


def compare_report(connection: Connection, request: Request) -> Report:
    """Build the report that compares two to four countries, financiers or links.

    Raises:
        UsageError: there are too few or too many, or they are not of one kind.
        NotFoundError: nothing is known by one of the names.
        AmbiguousNameError: several entities have one of the names.
    """
    if not _MIN_NAMES <= len(request.names) <= _MAX_NAMES:
        number = len(request.names)
        actual = "there is 1" if number == 1 else f"there are {number}"
        message = f"A comparison needs {_MIN_NAMES} to {_MAX_NAMES} names, and {actual}."
        raise UsageError(message, "Such as: bricoop report compare Kenya Mali.")
    kinds = [EntityKind(code_of("kind", EntityKind, request.of))] if request.of else [*_KINDS]
    entities = [find_country(connection, name, kinds) for name in request.names]
    kind = _common_kind(entities)
    name, nouns = _FILTERS[kind]
    queries = ReportQueries(connection)
    subjects: dict[str, Filters] = {}
    for entity in entities:
        key = entity.key.removeprefix("link-") if kind is EntityKind.LINK else entity.key
        subjects[entity.name] = {name: (key,)}
    sections = [*_sections(queries, subjects, nouns, name, request)]
    title = enumerated([*subjects])
    summary = f"{title} compared by what is recorded about each."
    titles = (title, f"compared as {_PLURALS[kind]}")
    return queries.report("compare", "", titles, summary, sections)


_PLURALS = {
    EntityKind.COUNTRY: "countries",
    EntityKind.ORGANIZATION: "financiers",
    EntityKind.LINK: "links",
}


def _common_kind(entities: list[EntityMatch]) -> EntityKind:
    """Return the kind of all entities; refuse duplicates, and entities of several kinds."""
    kinds = {EntityKind(entity.kind) for entity in entities}
    if len({entity.key for entity in entities}) < len(entities):
        message = "The same thing is named twice."
        raise UsageError(message, "Compare different ones.")
    if len(kinds) > 1 or not kinds <= set(_FILTERS):
        listed = ", ".join(f"{entity.name} ({entity.kind})" for entity in entities)
        hint = "Name countries alone, financiers alone or links alone."
        raise UsageError(f"These cannot be compared: {listed}.", hint)
    return kinds.pop()


def _sections(
    queries: ReportQueries,
    subjects: Mapping[str, Filters],
    nouns: tuple[str, ...],
    by: str,
    request: Request,
) -> Iterator[Section]:
    yield _row_counts(queries, subjects, nouns)
    countings = {
        name: request.counting(Question("finance", filters)) for name, filters in subjects.items()
    }
    yield money_compared(queries.connection, countings)
    yield from why.of_subjects(queries.connection, countings)
    for noun in [noun for noun in nouns if noun in _CHART_DIMENSIONS]:
        drawings: list[Block] = [
            drawn
            for dimension in _CHART_DIMENSIONS[noun]
            if dimension != by
            and (drawn := comparison_chart(queries, noun, subjects, dimension)) is not None
        ]
        if drawings:
            yield Section(noun, noun.capitalize(), tuple(drawings))
    if by != "financier":
        keys = tuple(key for filters in subjects.values() for key in filters[by])
        yield from differences(queries, {by: keys})
    yield from _exclusive(queries, subjects, by)


def _row_counts(
    queries: ReportQueries, subjects: Mapping[str, Filters], nouns: tuple[str, ...]
) -> Section:
    """Return the section of the number of rows of each noun for each subject."""
    columns = (
        Column("what", "What"),
        *(Column(f"of_{number}", name, number=True) for number, name in enumerate(subjects, 1)),
    )
    lines = []
    for noun in nouns:
        numbers = tuple(
            queries.number(noun, without_notes(noun, filters)) for filters in subjects.values()
        )
        if not any(numbers):
            continue
        citations = tuple(
            dict.fromkeys(
                citation
                for name, filters in subjects.items()
                for citation in queries.source_citations(noun, without_notes(noun, filters), name)
            )
        )
        lines.append(Line((noun, *numbers), citations))
    return Section("numbers", "Numbers", (Table(columns, tuple(lines), is_whole=True),))


def _exclusive(
    queries: ReportQueries, subjects: Mapping[str, Filters], by: str
) -> Iterator[Section]:
    """Yield the section of financiers, or of countries, that only one of the subjects has."""
    other = "financier" if by != "financier" else "country"
    counts_of = {
        name: {
            count.name: count for count in queries.counts("projects", filters, other) if count.code
        }
        for name, filters in subjects.items()
    }
    citations = {
        name: queries.citations_by("projects", filters, other) for name, filters in subjects.items()
    }
    tables = []
    for name, counts in counts_of.items():
        others = {
            other_name
            for subject, counted in counts_of.items()
            if subject != name
            for other_name in counted
        }
        exclusive = [count for count in counts.values() if count.name not in others]
        columns = (
            Column("subject", "Subject", usual=name),
            Column("name", other.capitalize()),
            Column("projects", "Projects", number=True),
        )
        lines = tuple(
            Line((name, count.name, count.number), citations[name][str(count.code)])
            for count in exclusive[:_MAX_EXCLUSIVE]
        )
        if lines:
            plural = _PLURAL_OF[other].lower()
            extent = Extent(len(exclusive), plural, ranked="with the most projects")
            tables.append(Table(columns, lines, f"Only {name}", extent=extent))
    if tables:
        yield Section("alone", f"{_PLURAL_OF[other]} that only one has", tuple(tables))
