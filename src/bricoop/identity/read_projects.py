"""Reads what the records of sources state of projects, by a few statements for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

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
from bricoop.identity.stated_project import StatedProject, compared_project

_PAGE = 2000
#: How much of a description is read: names of works stand at its beginning.
_READ = 1000
_LENDS = (ParticipationRole.FUNDING.value, ParticipationRole.EXTENDING.value)
_BUILDS = (ParticipationRole.IMPLEMENTING.value, ParticipationRole.CONTRACTOR.value)
#: Capacities that names state as well.
_COMPARED_UNITS = (CapacityUnit.MEGAWATT.value, CapacityUnit.KILOMETRE.value)
_FINANCE = "finance"
_FIELDS = ("announced", "started", "capacity", "capacity_unit")
_DESCRIPTION = "description"


def read_projects(
    connection: Connection, sources: Mapping[int, str]
) -> dict[str, list[ComparedProject]]:
    """Return the projects of sources, in the order of their records, by the key of the source.

    Args:
        connection: an open connection.
        sources: keys of sources by their ids.
    """
    records = _Records(connection, sources)
    mentions = Mentions(records.stated.values())
    found_words = records.words_of_descriptions(mentions)
    projects: dict[str, list[ComparedProject]] = {key: [] for key in sources.values()}
    for record_id, stated in records.stated.items():
        compared = compared_project(stated, found_words.get(record_id, frozenset()))
        projects[stated.source].append(compared)
    return projects


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
    """The records of the projects of sources, by their ids, and what they state."""

    def __init__(self, connection: Connection, sources: Mapping[int, str]) -> None:
        self._connection = connection
        self._sources = sources
        self.stated: dict[int, StatedProject] = {}
        self.source_of: dict[int, int] = {}
        self._own_fields = self._read_own_fields()
        self._read_records()
        self._read_names()
        self._read_countries()
        self._read_kinds()
        self._read_participants()
        self._read_finance()

    def words_of_descriptions(self, mentions: Mentions) -> dict[int, frozenset[str]]:
        """Return the words of descriptions that names of other projects have."""
        beginning = func.substr(entity.c.description, 1, _READ)
        rows = self._rows(
            select(record.c.id, beginning)
            .join(entity, entity.c.id == record.c.entity_id)
            .where(entity.c.description.is_not(None))
        )
        own = (
            (record_id, fields.get(_DESCRIPTION, "")[:_READ])
            for record_id, fields in self._own_fields.items()
        )
        # Later ones replace earlier ones.
        return {
            record_id: mentions.of(self.stated[record_id], text)
            for record_id, text in chain(rows, own)
        }

    def _rows(self, statement: Select[*tuple[Any, ...]]) -> Iterable[Row[*tuple[Any, ...]]]:
        """Return the rows of a statement on `record`, limited to projects of the sources."""
        limited = statement.where(record.c.source_id.in_(self._sources), *_standing(PROJECTS.name))
        return self._connection.execute(limited.execution_options(yield_per=_PAGE))

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

    def _read_records(self) -> None:
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
        for record_id, source_id, external_id, key, name, *of_project in rows:
            own = self._own_fields.get(record_id)
            announced, started, size, unit = of_project if own is None else map(own.get, _FIELDS)
            self.source_of[record_id] = source_id
            self.stated[record_id] = StatedProject(
                key,
                self._sources[source_id],
                external_id,
                name,
                years=_years([started or announced]),
                figures=(Figure(float(size or 0), unit),) if unit in _COMPARED_UNITS else (),
            )

    def _read_names(self) -> None:
        """Use the names that the records state, which need not be the shown one."""
        names = self._several(
            select(alias.c.record_id, alias.c.name)
            .join(record, (record.c.id == alias.c.record_id))
            .where(alias.c.entity_id == record.c.entity_id)
            .order_by(alias.c.record_id, alias.c.position)
        )
        for record_id, (name, *others) in names.items():
            self.stated[record_id].name = name
            self.stated[record_id].other_names = tuple(others)

    def _read_countries(self) -> None:
        countries = self._several(
            select(entity_country.c.record_id, country.c.alpha2)
            .join(record, record.c.id == entity_country.c.record_id)
            .join(country, country.c.id == entity_country.c.country_id)
            .where(entity_country.c.role == CountryRole.LOCATION.value)
        )
        for record_id, codes in countries.items():
            self.stated[record_id].countries = tuple(sorted(set(codes)))

    def _read_kinds(self) -> None:
        kinds = self._several(
            select(project_kind.c.record_id, project_kind.c.kind)
            .join(record, record.c.id == project_kind.c.record_id)
            .order_by(project_kind.c.record_id, project_kind.c.position)
        )
        for record_id, codes in kinds.items():
            self.stated[record_id].kinds = tuple(codes)

    def _read_participants(self) -> None:
        for roles, attribute in ((_LENDS, "lenders"), (_BUILDS, "builders")):
            names = self._several(
                select(participation.c.record_id, entity.c.name)
                .join(record, record.c.id == participation.c.record_id)
                .join(entity, entity.c.id == participation.c.organization_id)
                .where(participation.c.role.in_(roles))
            )
            for record_id, organizations in names.items():
                setattr(self.stated[record_id], attribute, tuple(sorted(set(organizations))))

    def _read_finance(self) -> None:
        """Give each record the finance of its id, or else all of its project in its source."""
        by_id: defaultdict[tuple[int, int, str], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        by_project: defaultdict[tuple[int, int], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        financier = entity.alias("financier")
        columns = (
            record.c.source_id, record.c.external_id, finance.c.entity_id, finance.c.amount_usd,
            finance.c.date, finance.c.instrument, financier.c.name,
        )  # fmt: skip
        rows = self._connection.execute(
            select(*columns)
            .join(record, record.c.id == finance.c.record_id)
            .join(financier, financier.c.id == finance.c.financier_id, isouter=True)
            .where(record.c.source_id.in_(self._sources), *_standing(_FINANCE))
        )
        for row in rows:
            by_id[row[0], row[2], row[1]].append(row)
            by_project[row[0], row[2]].append(row)
        entities = self._rows(select(record.c.id, record.c.entity_id))
        for record_id, entity_id in entities:
            stated = self.stated[record_id]
            source_id = self.source_of[record_id]
            own = by_id.get((source_id, entity_id, stated.external_id))
            _add_finance(stated, own or by_project.get((source_id, entity_id), []))

    def _several(self, statement: Select[int, str]) -> dict[int, list[str]]:
        values: defaultdict[int, list[str]] = defaultdict(list)
        for record_id, value in self._rows(statement):
            values[record_id].append(value)
        return values


def _add_finance(stated: StatedProject, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    stated.amounts = tuple(float(row.amount_usd) for row in rows if row.amount_usd)
    stated.years = _years(row.date for row in rows) or stated.years
    stated.instruments = tuple(
        {row.instrument for row in rows if row.instrument} - {Instrument.UNSPECIFIED.value}
    )
    financiers = {row.name for row in rows if row.name}
    stated.lenders = tuple(sorted({*stated.lenders, *financiers}))


def _years(dates: Iterable[str | None]) -> tuple[int, ...]:
    return tuple(sorted({int(date[:4]) for date in dates if date}))
