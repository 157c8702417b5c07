"""Reads what the records of sources state of projects, by a few statements for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from bricoop.db.full_fields import full_fields
from bricoop.db.schema import (
    alias,
    country,
    entity,
    entity_country,
    finance,
    participation,
    project,
    project_kind,
    record,
    source,
)
from bricoop.domain.capacity_units import CapacityUnit
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.vocabularies import CountryRole, Instrument, ParticipationRole
from bricoop.identity.compared_project import ComparedProject, Figure
from bricoop.identity.mentions import Mentions
from bricoop.identity.rarity import WordCounts
from bricoop.identity.stated_project import (
    StatedProject,
    compared_project,
    shared_value,
    words_of_names,
)

_PAGE = 2000
#: How many ids of records are read at a time, with what is stated beside them.
_RANGE = 50_000
#: How much of a description is read: names of works stand at its beginning.
_READ = 1000
_LENDS = (ParticipationRole.FUNDING.value, ParticipationRole.EXTENDING.value)
_BUILDS = (ParticipationRole.IMPLEMENTING.value, ParticipationRole.CONTRACTOR.value)
#: Capacities that names state as well.
_COMPARED_UNITS = (CapacityUnit.MEGAWATT.value, CapacityUnit.KILOMETRE.value)
_FINANCE = "finance"
_FIELDS = ("announced", "started", "capacity", "capacity_unit")
_DESCRIPTION = "description"


class ReadProjects(NamedTuple):
    """The projects of sources, by the key of the source.

    Attributes:
        projects: those that can be one with a project of another source, in the order of their
            records: with a country in which another source has projects as well.
        counts: how many there are, and have each word, those of other countries included.
    """

    projects: dict[str, list[ComparedProject]]
    counts: dict[str, WordCounts]


def read_projects(
    connection: Connection, sources: Mapping[int, str], alpha2: str = ""
) -> ReadProjects:
    """Return the projects of sources.

    Of a million projects, those in countries of no other source would take most of the memory, and
    are compared with nothing.

    Args:
        connection: an open connection.
        sources: keys of sources by their ids.
        alpha2: the code of the only country whose projects are compared; empty for all.
    """
    shared = _shared_countries(connection, sources)
    records = _Records(connection, sources, shared & {alpha2} if alpha2 else shared)
    mentions = Mentions(records.stated.values())
    projects: dict[str, list[ComparedProject]] = {key: [] for key in sources.values()}
    for record_ids in records.ranges():
        words = records.words_of_descriptions(mentions, record_ids)
        for record_id in record_ids:
            # What is no longer needed is dropped at once, as there may be hundreds of thousands.
            if stated := records.stated.pop(record_id, None):
                compared = compared_project(stated, words.get(record_id, frozenset()))
                projects[stated.source].append(compared)
    return ReadProjects(projects, records.counts)


def _shared_countries(connection: Connection, sources: Collection[int]) -> frozenset[str]:
    """Return the alpha-2 codes of the countries in which several of some sources have projects."""
    statement = (
        select(country.c.alpha2)
        .select_from(entity_country)
        .join(record, record.c.id == entity_country.c.record_id)
        .join(country, country.c.id == entity_country.c.country_id)
        .where(record.c.source_id.in_(sources), *_standing(PROJECTS.name))
        .where(entity_country.c.role == CountryRole.LOCATION.value)
        .group_by(country.c.alpha2)
        .having(func.count(record.c.source_id.distinct()) > 1)
    )
    return frozenset(connection.scalars(statement))


def sources_of_projects(connection: Connection) -> dict[int, str]:
    """Return the keys of the sources that describe projects, in their order, by id."""
    statement = (
        select(source.c.id, source.c.key)
        .where(
            select(record.c.id)
            .where(record.c.source_id == source.c.id, *_standing(PROJECTS.name))
            .exists()
        )
        .order_by(source.c.key)
    )
    return {row.id: row.key for row in connection.execute(statement)}


def _standing(noun: str) -> tuple[ColumnElement[bool], ...]:
    return record.c.noun == noun, record.c.gone_in.is_(None)


class _Records:
    """The records of the projects of sources that are compared, by their ids.

    They are read in ranges of ids, so that what is not kept is soon forgotten.

    Attributes:
        stated: what each record states.
        counts: how many projects each source has, and how many have each word.
    """

    def __init__(
        self, connection: Connection, sources: Mapping[int, str], countries: frozenset[str]
    ) -> None:
        self._connection = connection
        self._sources = sources
        self._countries = countries
        self._record_ids = range(0)
        self.stated: dict[int, StatedProject] = {}
        self.counts = {key: WordCounts() for key in sources.values()}
        self._own_fields = self._read_own_fields()
        for record_ids in self.ranges():
            self._record_ids = record_ids
            self._read_range()

    def ranges(self) -> Iterator[range]:
        """Yield the ids of all records, in ranges."""
        first, last = self._connection.execute(
            select(func.min(record.c.id), func.max(record.c.id))
        ).one()
        for start in range(first or 0, (last or 0) + 1, _RANGE):
            yield range(start, start + _RANGE)

    def _read_range(self) -> None:
        """Read what records of a range state; keep those with one of the countries."""
        stated = self._read_records()
        self._read_names(stated)
        self._read_countries(stated)
        sources: dict[int, int] = {}
        for record_id, (source_id, project_stated) in stated.items():
            words = words_of_names(project_stated)
            self.counts[project_stated.source].add(words, project_stated.countries)
            if not self._countries.isdisjoint(project_stated.countries):
                self.stated[record_id] = project_stated
                sources[record_id] = source_id
        if sources:
            self._read_kinds()
            self._read_participants()
            self._read_finance(sources)

    def words_of_descriptions(
        self, mentions: Mentions, record_ids: range
    ) -> dict[int, frozenset[str]]:
        """Return the words of descriptions that names of other projects have.

        Args:
            mentions: the words of names.
            record_ids: the range of the records.
        """
        self._record_ids = record_ids
        beginning = func.substr(entity.c.description, 1, _READ)
        rows = self._rows(
            select(record.c.id, beginning)
            .join(entity, entity.c.id == record.c.entity_id)
            .where(entity.c.description.is_not(None))
        )
        own = (
            (record_id, self._own_fields[record_id].get(_DESCRIPTION, "")[:_READ])
            for record_id in record_ids
            if record_id in self._own_fields
        )
        # Later ones replace earlier ones.
        return {
            record_id: mentions.of(self.stated[record_id], text)
            for record_id, text in chain(rows, own)
            if record_id in self.stated
        }

    def _rows(self, statement: Select[*tuple[Any, ...]]) -> Iterable[Row[*tuple[Any, ...]]]:
        """Return the rows of a statement on `record`, limited to projects of the sources."""
        limited = statement.where(record.c.source_id.in_(self._sources), *_standing(PROJECTS.name))
        if self._record_ids:
            limited = limited.where(self._is_in_range())
        # Pages are read by compiled code, and single rows are not.
        pages = self._connection.execute(limited.execution_options(yield_per=_PAGE)).partitions()
        return chain.from_iterable(pages)

    def _is_in_range(self) -> ColumnElement[bool]:
        return record.c.id.between(self._record_ids.start, self._record_ids.stop - 1)

    def _read_own_fields(self) -> dict[int, Mapping[str, Any]]:
        """Return the fields of records of projects that several records describe.

        What is shown of these projects may come from another record.
        """
        shared = (
            select(record.c.entity_id)
            .where(*_standing(PROJECTS.name))
            .group_by(record.c.entity_id)
            .having(func.count() > 1)
        )
        rows = self._rows(
            select(record.c.id, full_fields(record)).where(record.c.entity_id.in_(shared))
        )
        return {
            record_id: {name: fields[name] for name in (*_FIELDS, _DESCRIPTION) if name in fields}
            for record_id, fields in rows
        }

    def _read_records(self) -> dict[int, tuple[int, StatedProject]]:
        """Return what the records of the range state, with the id of the source."""
        rows = self._rows(
            select(
                record.c.id, record.c.source_id, record.c.external_id, entity.c.key, entity.c.name,
                project.c.announced, project.c.started, project.c.capacity,
                project.c.capacity_unit,
            )
            .join(entity, entity.c.id == record.c.entity_id)
            .join(project, project.c.id == record.c.entity_id)
            .order_by(record.c.id)
        )  # fmt: skip
        stated: dict[int, tuple[int, StatedProject]] = {}
        for record_id, source_id, external_id, key, name, *of_project in rows:
            own = self._own_fields.get(record_id)
            announced, started, size, unit = of_project if own is None else map(own.get, _FIELDS)
            stated[record_id] = (
                source_id,
                StatedProject(
                    key,
                    self._sources[source_id],
                    external_id,
                    name,
                    years=_years([started or announced]),
                    figures=(Figure(float(size or 0), unit),) if unit in _COMPARED_UNITS else (),
                ),
            )
        return stated

    def _read_names(self, stated: dict[int, tuple[int, StatedProject]]) -> None:
        """Use the names that the records state, which need not be the shown one."""
        names = self._several(
            select(alias.c.record_id, alias.c.name)
            .join(record, (record.c.id == alias.c.record_id))
            .where(alias.c.entity_id == record.c.entity_id)
            .order_by(alias.c.record_id, alias.c.position)
        )
        for record_id, (name, *others) in names.items():
            stated[record_id][1].name = name
            stated[record_id][1].other_names = tuple(others)

    def _read_countries(self, stated: dict[int, tuple[int, StatedProject]]) -> None:
        countries = self._several(
            select(entity_country.c.record_id, country.c.alpha2)
            .join(record, record.c.id == entity_country.c.record_id)
            .join(country, country.c.id == entity_country.c.country_id)
            .where(entity_country.c.role == CountryRole.LOCATION.value)
        )
        for record_id, codes in countries.items():
            stated[record_id][1].countries = shared_value(tuple(sorted(set(codes))))

    def _read_kinds(self) -> None:
        kinds = self._several(
            select(project_kind.c.record_id, project_kind.c.kind)
            .join(record, record.c.id == project_kind.c.record_id)
            .order_by(project_kind.c.record_id, project_kind.c.position)
        )
        for record_id, codes in kinds.items():
            if record_id in self.stated:
                self.stated[record_id].kinds = shared_value(tuple(codes))

    def _read_participants(self) -> None:
        lenders: defaultdict[int, set[str]] = defaultdict(set)
        builders: defaultdict[int, set[str]] = defaultdict(set)
        rows = self._rows(
            select(participation.c.record_id, participation.c.role, entity.c.name)
            .join(record, record.c.id == participation.c.record_id)
            .join(entity, entity.c.id == participation.c.organization_id)
            .where(participation.c.role.in_((*_LENDS, *_BUILDS)))
        )
        for record_id, role, name in rows:
            if record_id in self.stated:
                (lenders if role in _LENDS else builders)[record_id].add(name)
        for record_id, names in lenders.items():
            self.stated[record_id].lenders = shared_value(tuple(sorted(names)))
        for record_id, names in builders.items():
            self.stated[record_id].builders = shared_value(tuple(sorted(names)))

    def _read_finance(self, sources: Mapping[int, int]) -> None:
        """Give each record the finance of its id, or else all of its project in its source.

        Args:
            sources: the ids of the sources of the records that are kept, by their own ids.
        """
        by_id: defaultdict[tuple[int, int, str], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        by_project: defaultdict[tuple[int, int], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        financier = entity.alias("financier")
        columns = (
            record.c.source_id, record.c.external_id, finance.c.entity_id, finance.c.amount_usd,
            finance.c.date, finance.c.instrument, financier.c.name,
        )  # fmt: skip
        described = record.alias("described")
        in_range = select(described.c.entity_id).where(
            described.c.id.between(self._record_ids.start, self._record_ids.stop - 1)
        )
        rows = self._connection.execute(
            select(*columns)
            .join(record, record.c.id == finance.c.record_id)
            .join(financier, financier.c.id == finance.c.financier_id, isouter=True)
            .where(finance.c.entity_id.in_(in_range))
            .where(record.c.source_id.in_(self._sources), *_standing(_FINANCE))
        )
        for row in rows.all():
            by_id[row[0], row[2], row[1]].append(row)
            by_project[row[0], row[2]].append(row)
        if not by_project:
            return
        entities = self._rows(select(record.c.id, record.c.entity_id))
        for record_id, entity_id in entities:
            source_id = sources.get(record_id)
            if source_id is None:
                continue
            stated = self.stated[record_id]
            own = by_id.get((source_id, entity_id, stated.external_id))
            if money := own or by_project.get((source_id, entity_id)):
                _add_finance(stated, money)

    def _several(self, statement: Select[int, str]) -> dict[int, list[str]]:
        values: defaultdict[int, list[str]] = defaultdict(list)
        for record_id, value in self._rows(statement):
            values[record_id].append(value)
        return values


def _add_finance(stated: StatedProject, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    stated.amounts = tuple(float(row.amount_usd) for row in rows if row.amount_usd)
    stated.years = _years(row.date for row in rows) or stated.years
    instruments = {row.instrument for row in rows if row.instrument}
    stated.instruments = shared_value(tuple(sorted(instruments - {Instrument.UNSPECIFIED.value})))
    financiers = {row.name for row in rows if row.name}
    stated.lenders = shared_value(tuple(sorted({*stated.lenders, *financiers})))


def _years(dates: Iterable[str | None]) -> tuple[int, ...]:
    return tuple(sorted({int(date[:4]) for date in dates if date}))
