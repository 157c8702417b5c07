"""Which projects of one source may be projects of the other: pairs that nobody has decided yet."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, finance, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import AmbiguousNameError, NotFoundError
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.matches import compare_projects
from bricoop.identity.proposals import Proposal, Tier
from bricoop.identity.read_projects import sources_of_projects
from bricoop.lookup.entities import find_entity
from bricoop.query.question import Question
from bricoop.totals.why.paired_rows import Family, PairedRows, Side
from bricoop.totals.why.related_rows import SourceRow

_NEGATED = "!"
_BATCH = 1000


class Likeness(StrEnum):
    """Why a row may be in the other source as well, the likeliest first."""

    SAME_PROJECT = "same project"  #: its project has rows of both, and no two of them are paired
    STRONG = Tier.STRONG.value
    LIKELY = Tier.LIKELY.value
    POSSIBLE = Tier.POSSIBLE.value
    SAME_MONEY = Tier.SAME_MONEY.value


class Candidate(NamedTuple):
    """The likeliest project of the other source that a project may be.

    Attributes:
        likeness: how likely that is.
        id: its id within its source; empty for the same project.
        name: its name; empty for the same project.
    """

    likeness: Likeness
    id: str = ""
    name: str = ""


class Candidates(NamedTuple):
    """The open candidates of the projects of two sources.

    Attributes:
        by_project: the likeliest candidate of each project, by its source and key.
        country: the key of the only country whose projects were compared; empty for all.
        is_complete: whether the projects of both sources were compared; if not, one of them
            describes none.
    """

    by_project: Mapping[tuple[Side, str], Candidate]
    country: str
    is_complete: bool


def open_candidates(
    connection: Connection, question: Question, sides: Mapping[str, Side], paired: PairedRows
) -> Candidates:
    """Return the candidates of projects that are in no pair yet.

    A project is no candidate if a deal of it is paired with one of the other source already, or if
    both are different by decision.

    Args:
        connection: an open connection.
        question: the question; if it names one country, only projects there are compared.
        sides: the side of each source by its key.
        paired: what decisions relate.
    """
    shared = {
        (side, key): Candidate(Likeness.SAME_PROJECT)
        for key in _shared_projects(connection, sides)
        for side in Side
    }
    if not sides.keys() <= set(sources_of_projects(connection).values()):
        return Candidates(shared, "", is_complete=False)
    left_source, right_source = sides
    country = _country(connection, question)
    request = MatchRequest(left_source, right_source, country)
    proposals = compare_projects(connection, request).proposals
    by_project: dict[tuple[Side, str], Candidate] = {}
    settled = _settled(connection, paired.families, sides)
    for proposal in proposals:
        if not proposal.is_one and not _is_different(proposal, paired.different):
            # The likeliest come first.
            for (side, key), candidate in _both_ways(proposal, settled):
                by_project.setdefault((side, key), candidate)
    return Candidates(by_project | shared, country, is_complete=True)


def _both_ways(
    proposal: Proposal, settled: Collection[SourceRow]
) -> Iterator[tuple[tuple[Side, str], Candidate]]:
    """Yield both projects of a pair, each with the other as its candidate, unless it is settled."""
    pair = (proposal.left_project, proposal.right_project)
    for side, project, other in zip(Side, pair, pair[::-1], strict=True):
        if _row(other) not in settled:
            likeness = Likeness(proposal.tier.value)
            yield (side, project.key), Candidate(likeness, other.external_id, other.name)


def _row(project: ComparedProject) -> SourceRow:
    return project.source, project.external_id


def _is_different(proposal: Proposal, different: Collection[frozenset[SourceRow]]) -> bool:
    return frozenset({_row(proposal.left_project), _row(proposal.right_project)}) in different


def _settled(
    connection: Connection, families: Iterable[Family], keys: Collection[str]
) -> set[SourceRow]:
    """Return the projects, by source and id, all deals of which are deals of both sources."""
    sides_of: defaultdict[int, set[Side]] = defaultdict(set)
    for family in families:
        for row in family:
            sides_of[row.deal].add(row.side)
    in_both = {
        row.record_id
        for family in families
        for row in family
        if len(sides_of[row.deal]) == len(Side)
    }
    rows_of: defaultdict[SourceRow, list[tuple[int, bool]]] = defaultdict(list)
    for batch in in_batches(sorted(in_both), _BATCH):
        for key, number, record_id, is_own in connection.execute(
            _money_of_projects(connection, batch, keys)
        ):
            rows_of[key, number].append((record_id, is_own))
    return {row for row, money in rows_of.items() if _of_row(money) <= in_both}


def _of_row(money: Iterable[tuple[int, bool]]) -> set[int]:
    """Return the rows of finance with the id of a project, or else all of the project."""
    own = {record_id for record_id, is_own in money if is_own}
    return own or {record_id for record_id, _ in money}


def _money_of_projects(
    connection: Connection, record_ids: Collection[int], keys: Collection[str]
) -> Select[str, str, int, bool]:
    """Select the rows of finance of the projects that some of them are on.

    The columns are the source and the id of each record of a project, the record of a row of
    finance of the same source, and whether its id is the same.
    """
    described = record.alias("described")
    projects = select(finance.c.entity_id).where(
        in_values(connection, finance.c.record_id, record_ids)
    )
    return (
        select(
            source.c.key,
            described.c.external_id,
            record.c.id,
            record.c.external_id == described.c.external_id,
        )
        .join(source, source.c.id == described.c.source_id)
        .join(finance, finance.c.entity_id == described.c.entity_id)
        .join(record, record.c.id == finance.c.record_id)
        .where(record.c.source_id == described.c.source_id, source.c.key.in_(keys))
        .where(described.c.noun == PROJECTS.name, described.c.gone_in.is_(None))
        .where(described.c.entity_id.in_(projects))
    )


def _shared_projects(connection: Connection, keys: Collection[str]) -> Iterator[str]:
    """Yield the keys of the projects on which both sources state money."""
    statement = (
        select(entity.c.key)
        .join(finance, finance.c.entity_id == entity.c.id)
        .join(record, record.c.id == finance.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(source.c.key.in_(keys))
        .group_by(entity.c.key)
        .having(func.count(record.c.source_id.distinct()) > 1)
    )
    yield from connection.scalars(statement)


def _country(connection: Connection, question: Question) -> str:
    """Return the country that a question names, if it names one; else an empty text."""
    values = question.filters.get("country", ())
    if len(values) != 1 or values[0].startswith(_NEGATED):
        return ""
    try:
        return find_entity(connection, values[0], (EntityKind.COUNTRY,)).key
    except (AmbiguousNameError, NotFoundError):
        # It is a region, in whose countries any project may lie.
        return ""
