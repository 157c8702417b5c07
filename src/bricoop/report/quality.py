"""Scores of how well projects are documented, by AidData's formulas."""

from collections.abc import Iterator

from bricoop.query.entity.citations import Citation
from bricoop.query.entity.recorded import EntityProfile
from bricoop.query.nouns.entities import SCORES
from bricoop.report.blocks import Column, Line, Table
from bricoop.report.data import Filters, ReportQueries
from bricoop.report.sections import Section, table

_NOTE = "Scored by AidData's formulas; more points mean better documentation."
_SCORE, _MEANS = Column("score", "Score"), Column("means", "Means")
#: A score is from 0 to 5 points.
_POINTS = range(6)


def quality_section(profile: EntityProfile) -> Iterator[Section]:
    """Yield the section of the scores of a project, if any applies to it."""
    citations = tuple(
        dict.fromkeys(Citation(claim.source, claim.locator) for claim in profile.claims)
    )
    means = {score.name: score.help for score in SCORES}
    lines = [
        Line((name.replace("_", " "), value, means[name]), citations)
        for name, value in profile.scores.items()
        if value is not None
    ]
    columns = (_SCORE, Column("points", "Points", number=True), _MEANS)
    if lines:
        yield table("quality", "Data quality", columns, lines, _NOTE)


def quality_table(queries: ReportQueries, filters: Filters) -> Table:
    """Return the table of the number of projects by score and points, with means."""
    citations = queries.source_citations("projects", filters)
    lines = []
    for score in SCORES:
        counts = {
            None if count.code is None else int(count.code): count.number
            for count in queries.counts("projects", filters, score.name)
        }
        scored = {points: number for points, number in counts.items() if points is not None}
        number = sum(scored.values())
        mean = (
            sum(points * number_of_projects for points, number_of_projects in scored.items())
            / number
            if number
            else None
        )
        cells = (
            score.name.replace("_", " "),
            *(scored.get(points, 0) for points in _POINTS),
            None if mean is None else f"{mean:.1f}",
            counts.get(None, 0),
        )
        lines.append(Line(cells, citations))
    columns = (
        _SCORE,
        *(Column(f"points_{points}", f"{points}", number=True) for points in _POINTS),
        Column("mean", "Mean", number=True),
        Column("none", "Not applicable", number=True),
    )
    return Table(columns, tuple(lines), "Data quality: projects by points", _NOTE)
