"""Charts of numbers of rows by year, kind or country, and maps of countries and locations."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bricoop.domain.english import agree, counted
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.vocabularies import Basis
from bricoop.query.entity.citations import Citation
from bricoop.report.blocks import Block, Chart, ChartKind, Map, Point, Series, Shade
from bricoop.report.data import UNKNOWN, Count, Filters, ReportQueries

#: Categories beyond these are left out of a chart, which would become too long to read.
_MAX_BARS = 12
#: Locations beyond these are left off a map, where points would cover each other.
_MAX_POINTS = 2_000
_DIMENSION_TITLES = {
    "year": "Year",
    "kind": "Kind",
    "link": "Link",
    "status": "Status",
    "country": "Country",
}


def charts(
    queries: ReportQueries, noun: str, filters: Filters, dimensions: Sequence[str]
) -> Iterator[Chart]:
    """Yield a chart of the number of rows by each dimension that has at least two values."""
    citations = queries.source_citations(noun, filters)
    for by in dimensions:
        drawn = chart(queries, noun, filters, by, citations)
        if drawn is not None:
            yield drawn


def charts_and_maps(
    queries: ReportQueries,
    noun: str,
    filters: Filters,
    dimensions: Sequence[str],
    *maps: Map | None,
) -> list[Block]:
    """Return charts of rows by each dimension, and the maps that are not None."""
    drawn: list[Block] = [*charts(queries, noun, filters, dimensions)]
    return drawn + [map_ for map_ in maps if map_ is not None]


def chart(
    queries: ReportQueries, noun: str, filters: Filters, by: str, citations: tuple[Citation, ...]
) -> Chart | None:
    """Return the chart of the number of rows by a dimension; None for fewer than two values."""
    counts = queries.counts(noun, filters, by)
    known = [count for count in counts if count.code is not None]
    unknown = sum(count.number for count in counts if count.code is None)
    if len(known) < 2:  # noqa: PLR2004 (one bar is no picture)
        return None
    title = f"{noun.capitalize()} by {by}"
    notes = []
    if by == "year":
        notes.append(_year_note(noun))
        counts, kind = _with_empty_years(known), ChartKind.COLUMNS
        if unknown:
            notes.append(f"{unknown:,} without a year {agree(unknown, 'is', 'are')} not shown.")
    else:
        kind = ChartKind.BARS
        shown = known[:_MAX_BARS]
        if len(known) > _MAX_BARS:
            notes.append(f"The {_MAX_BARS} largest of {len(known):,}.")
        counts = [*shown, *([Count(None, UNKNOWN, unknown)] if unknown else ())]
        if noun == PROJECTS.name and by == "kind":
            notes += _rule_notes(queries, filters)
    return Chart(
        f"{noun}_by_{by}",
        title,
        kind,
        _DIMENSION_TITLES.get(by, by.capitalize()),
        tuple(_category(queries, by, count) for count in counts),
        (Series(noun.capitalize(), tuple(count.number for count in counts)),),
        note=" ".join(notes),
        citations=citations,
    )


def _rule_notes(queries: ReportQueries, filters: Filters) -> Iterator[str]:
    """Yield a note on how many projects have a kind that no source states."""
    for count in queries.counts(PROJECTS.name, filters, "kind_basis"):
        if count.code == Basis.BY_RULE:
            have = agree(count.number, "has its kind", "have their kinds")
            yield f"{counted(count.number, 'projects')} {have} by rule, not from a source."


def comparison_chart(
    queries: ReportQueries, noun: str, subjects: Mapping[str, Filters], by: str
) -> Chart | None:
    """Return a chart with a series for each subject; None for fewer than two categories."""
    counts_of = {
        name: {count.code: count for count in queries.counts(noun, filters, by)}
        for name, filters in subjects.items()
    }
    unknown = {
        name: counts.pop(None).number for name, counts in counts_of.items() if None in counts
    }
    counts_by_code = {
        code: count for counts in counts_of.values() for code, count in counts.items()
    }
    if len(counts_by_code) < 2:  # noqa: PLR2004 (one bar is no picture)
        return None
    if by == "year":
        codes = [count.code for count in _with_empty_years(list(counts_by_code.values()))]
    else:
        codes = _most_frequent(counts_of.values())
    series = tuple(
        Series(name, tuple(counts[code].number if code in counts else 0 for code in codes))
        for name, counts in counts_of.items()
    )
    most = f"The {_MAX_BARS} largest of {len(counts_by_code):,}."
    notes = (
        _year_note(noun) if by == "year" else "",
        most if len(codes) < len(counts_by_code) else "",
        _unknown_note(by, unknown),
    )
    return Chart(
        f"{noun}_by_{by}",
        f"{noun.capitalize()} by {by}",
        ChartKind.LINES if by == "year" else ChartKind.GROUPED,
        _DIMENSION_TITLES.get(by, by.capitalize()),
        tuple(
            _category(queries, by, counts_by_code.get(code, Count(code, str(code), 0)))
            for code in codes
        ),
        series,
        note=" ".join(filter(None, notes)),
        citations=_citations_of_subjects(queries, noun, subjects),
    )


def _citations_of_subjects(
    queries: ReportQueries, noun: str, subjects: Mapping[str, Filters]
) -> tuple[Citation, ...]:
    """Return the citations of the rows of all subjects, each once."""
    citations = (
        citation
        for name, filters in subjects.items()
        for citation in queries.source_citations(noun, filters, name)
    )
    return tuple(dict.fromkeys(citations))


def _most_frequent(counted: Iterable[Mapping[str | None, Count]]) -> list[str | None]:
    """Return the codes with the most rows over all subjects, as many as a chart has bars."""
    sums: Counter[str | None] = Counter()
    for counts in counted:
        sums.update({code: count.number for code, count in counts.items()})
    return sorted(sums, key=lambda code: (-sums[code], str(code)))[:_MAX_BARS]


def country_map(queries: ReportQueries, noun: str, filters: Filters) -> Map | None:
    """Return the map of rows by country; None for fewer than two countries."""
    counts = [count for count in queries.counts(noun, filters, "country") if count.code is not None]
    if len(counts) < 2:  # noqa: PLR2004 (one country needs no map of the world)
        return None
    return Map(
        f"{noun}_by_country",
        f"Where {noun} are",
        noun.capitalize(),
        tuple(Shade(str(count.code), count.name, count.number) for count in counts),
        note=f"{noun.capitalize()} of several countries count in each of them.",
        citations=queries.source_citations(noun, filters),
    )


def location_map(
    queries: ReportQueries, filters: Filters, countries: tuple[str, ...] = (), title: str = "Places"
) -> Map | None:
    """Return the map of the locations of projects; None where no source gives any.

    Args:
        queries: reads the knowledge base.
        filters: the filters that select the projects.
        countries: alpha-3 codes of countries that must be visible as a whole.
        title: its heading.
    """
    rows = queries.rows("locations", filters, _MAX_POINTS)
    if not rows:
        return None
    points = tuple(
        Point(
            row["latitude"],
            row["longitude"],
            _point_label(row),
            row["precision"],
            row["name"] or "",
        )
        for row in rows
    )
    note = ""
    if len(rows) == _MAX_POINTS:
        number = queries.number("locations", filters)
        note = f"The first {_MAX_POINTS:,} of {number:,} places." if number > _MAX_POINTS else ""
    return Map(
        "places",
        title,
        "Projects",
        (),
        points,
        note=note,
        citations=queries.source_citations("locations", filters),
        frame=countries,
    )


def _category(queries: ReportQueries, by: str, count: Count) -> str:
    """Return the name of a category.

    Names of links are looked up apart from the other labels, because a kind may have the same code
    as a link, such as `facility`.
    """
    return queries.links.get(str(count.code), count.name) if by == "link" else count.name


def _point_label(row: Mapping[str, str | None]) -> str:
    name, project = row["name"], row["project"] or ""
    return f"{name}: {project}" if name else project


def _with_empty_years(counts: Sequence[Count]) -> list[Count]:
    """Return counts for all years from the first to the last, zero for years without rows."""
    by_year = {int(count.code): count for count in counts}
    years = range(min(by_year), max(by_year) + 1)
    return [by_year.get(year, Count(str(year), str(year), 0)) for year in years]


def _unknown_note(by: str, unknown: Mapping[str, int]) -> str:
    """Return the sentence on rows that are not in a chart because they lack the dimension."""
    numbers = "; ".join(f"{name} {number:,}" for name, number in unknown.items() if number)
    return f"Not shown because they have no {by}: {numbers}." if numbers else ""


def _year_note(noun: str) -> str:
    """Return the sentence on which date of an entity gives its year."""
    first = {
        "projects": "By the first known date: announced, started or completed.",
        "agreements": "By the first known date: signed, in force or ended.",
    }
    return first.get(noun, "")
