"""The section of disagreements: the value shown, the other values, their sources, and the rule."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from bricoop.db.claims import RULE, decided_by
from bricoop.db.dialect import in_values
from bricoop.db.schema import country, entity, source
from bricoop.domain.amounts import told_apart
from bricoop.domain.names import normalise
from bricoop.domain.nouns import CODED
from bricoop.domain.vocabularies import label
from bricoop.query.entity.citations import Citation
from bricoop.query.entity.recorded import precedences_of
from bricoop.query.execute import narrowed
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.report.blocks import Column, Line, Table
from bricoop.report.data import Filters, ReportQueries, Rows
from bricoop.report.sections import Section
from bricoop.report.tables import MAX_ROWS, truncated_table

_COLUMNS = (
    Column("about", "About"),
    Column("field", "Field"),
    Column("shown", "Shown"),
    Column("says", "Other value"),
    Column("rule", "Why it is shown"),
)
_PAIR_COLUMNS = (
    Column("shown_source", "Source shown"),
    Column("source", "Other source"),
    Column("count", "Times", number=True),
)
_MONEY_NOTE = "Amounts are summed by source and kind of flow."
_SAME_SOURCE = "the same source"


def differences(queries: ReportQueries, filters: Filters, about: str = "") -> Iterator[Section]:
    """Yield the section of the values on which sources disagree, if there are any.

    Args:
        queries: reads the knowledge base.
        filters: the filters that select the disagreements.
        about: the name of the only entity that they are about; its column is then hidden.
    """
    counts = _counts(queries.connection, filters)
    number = sum(count.number for count in counts)
    if not number:
        return
    pairs = _pairs(queries.connection, counts)
    rows = queries.rows("disagreements", _of_first(queries.connection, filters, counts), MAX_ROWS)
    note = f"Shown is the value of {RULE}."
    if any(row["amount"] is not None for row in rows):
        note = f"{note} {_MONEY_NOTE}"
    columns = (replace(_COLUMNS[0], usual=about), *_COLUMNS[1:])
    table = Table(columns, tuple(_lines(queries, rows)), "", note)
    if number > MAX_ROWS:
        table = truncated_table(table, "disagreements", filters, number)
    tables = [table]
    if len(pairs) > 1:
        tables.append(_pair_table(pairs))
    yield Section("differences", "Where sources differ", tuple(tables))


class _Pair(NamedTuple):
    """The keys of two sources, and how often they disagree."""

    displayed: str
    other: str
    number: int


class _Count(NamedTuple):
    """How often two sources disagree on an entity, all by their ids."""

    entity_id: int
    displayed_id: int
    other_id: int
    number: int


def _counts(connection: Connection, filters: Filters) -> list[_Count]:
    """Return the numbers of disagreements on each entity, which are computed once."""
    by_source = Grouping(("shown_source", "source"))
    plan, conditions = narrowed(connection, Question("disagreements", filters, grouping=by_source))
    columns = [plan.tables.base.c[name] for name in ("entity_id", "shown_source_id", "source_id")]
    statement = (
        select(*columns, func.count())
        .select_from(plan.tables.needed(*columns, *conditions))
        .where(*conditions)
        .group_by(*columns)
    )
    return list(map(_Count._make, connection.execute(statement)))


def _of_first(connection: Connection, filters: Filters, counts: Sequence[_Count]) -> Filters:
    """Return filters for the entities that come first, and have at least the rows that are shown.

    Disagreements on a few entities are computed much faster than all of them.
    """
    if "about" in filters:
        return filters
    ids = {count.entity_id for count in counts}
    first = (
        select(entity.c.key)
        .where(in_values(connection, entity.c.id, sorted(ids)))
        .order_by(entity.c.normalised, entity.c.id)
        .limit(MAX_ROWS)
    )
    return {**filters, "about": tuple(connection.scalars(first))}


def _pairs(connection: Connection, counts: Sequence[_Count]) -> list[_Pair]:
    """Return how often each pair of sources disagrees, in the order of their keys."""
    keys: dict[int, str] = dict(connection.execute(select(source.c.id, source.c.key)).all())
    numbers: Counter[tuple[str, str]] = Counter()
    for count in counts:
        numbers[keys[count.displayed_id], keys[count.other_id]] += count.number
    return [
        _Pair(*pair, numbers[pair])
        for pair in sorted(numbers, key=lambda pair: [(normalise(key), key) for key in pair])
    ]


def _pair_table(pairs: Sequence[_Pair]) -> Table:
    """Return the table of how often each pair of sources disagrees."""
    lines = tuple(
        Line(
            (displayed, _SAME_SOURCE if other == displayed else other, number),
            tuple(dict.fromkeys((Citation(displayed, None), Citation(other, None)))),
        )
        for displayed, other, number in pairs
    )
    return Table(_PAIR_COLUMNS, lines, "By pair of sources")


def _lines(queries: ReportQueries, rows: Rows) -> Iterator[Line]:
    """Yield a line for each different value of a source, with the citations of all its records."""
    precedences = precedences_of(queries.connection)
    named = select(country.c.alpha3, entity.c.name).join(entity, entity.c.id == country.c.id)
    countries = {row.alpha3: row.name for row in queries.connection.execute(named)}
    citations_of: dict[tuple[Any, ...], list[Citation]] = {}
    for row in rows:
        shown, other = (precedences[row[name]] for name in ("shown_source", "source"))
        cells = (*_cells(row, countries), decided_by(shown, other))
        citations_of.setdefault((row["about_key"], row["source"], *cells), []).extend(
            _citations(row)
        )
    for key, cited in citations_of.items():
        yield Line(key[2:], tuple(dict.fromkeys(cited)))


def _cells(row: dict[str, Any], countries: Mapping[str, str]) -> tuple[str, ...]:
    """Return the cells of a disagreement: entity, field, value shown, other value."""
    if row["amount"] is not None:
        shown, says = told_apart(row["shown_amount"], row["amount"])
        return row["about"], f"money ({row['unit']})", shown, says
    values = [row[name] for name in ("shown", "says")]
    if row["field"] in CODED:
        values = [label(code) for code in values]
    elif row["field"] == "country":
        values = [countries.get(code, code) for code in values]
    return (row["about"], row["field"].replace("_", " "), *values)


def _citations(row: dict[str, Any]) -> Iterator[Citation]:
    """Yield the citations of the value shown and of the other value."""
    yield Citation(row["shown_source"], row["shown_locator"])
    yield Citation(row["source"], row["locator"])
