"""Answers the question which projects of different sources may be one; writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bricoop.domain.english import agree, counted
from bricoop.errors import UsageError
from bricoop.identity.latest_loads import latest_projects
from bricoop.identity.match_notes import notes_on_candidates
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.open_pairs import open_pairs
from bricoop.identity.paused_collector import paused_collector
from bricoop.identity.proposals import Coverage, Proposal, propose
from bricoop.identity.read_projects import read_projects, sources_of_projects
from bricoop.identity.weights import shipped_weights
from bricoop.lookup.sources import find_source


@dataclass(frozen=True)
class Matches:
    """Pairs of projects that may be one.

    Attributes:
        proposals: the pairs, the likeliest first.
        coverage: what was compared.
        weights_version: the version of the weights that the scores come from.
        notes: what was not compared, in sentences.
    """

    proposals: tuple[Proposal, ...]
    coverage: Coverage
    weights_version: int
    notes: tuple[str, ...]


def match_projects(connection: Connection, request: MatchRequest) -> Matches:
    """Propose pairs of projects of different sources that may be one.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: both sources are the same, or a source describes no projects.
    """
    every = compare_projects(connection, request)
    proposals, notes = open_pairs(connection, every.proposals, request, latest_projects)
    return replace(every, proposals=proposals, notes=(*every.notes, *notes))


def compare_projects(connection: Connection, request: MatchRequest) -> Matches:
    """Compare projects of different sources, without looking up what was decided on them.

    Pairs that are one project already are among the proposals.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: both sources are the same, or a source describes no projects.
    """
    sources = sources_of_projects(connection)
    left_id = _chosen(connection, request.left_source, sources)
    right_id = _chosen(connection, request.right_source, sources)
    if left_id is not None and left_id == right_id:
        message = f"{sources[left_id]} is compared with other sources only."
        raise UsageError(message, "Name two sources, or one of them.")
    alpha2 = request.alpha2(connection)
    weights = shipped_weights()
    only = next((sources[chosen] for chosen in (left_id, right_id) if chosen is not None), "")
    with paused_collector():
        read = read_projects(connection, _ordered(sources, left_id, right_id), alpha2)
        proposals, coverage = propose(read.projects, read.counts, weights, alpha2, only)
    notes = tuple(_notes(coverage, weights.candidates.candidates))
    return Matches(tuple(proposals), coverage, weights.version, notes)


def _ordered(
    sources: Mapping[int, str], left_id: int | None, right_id: int | None
) -> dict[int, str]:
    """Return the sources that are compared; of two, the first is the left one of their pairs."""
    if left_id is not None and right_id is not None:
        return {left_id: sources[left_id], right_id: sources[right_id]}
    order = sorted(sources, key=lambda source_id: (source_id != left_id, source_id == right_id))
    return {source_id: sources[source_id] for source_id in order}


def _chosen(connection: Connection, typed: str, sources: Mapping[int, str]) -> int | None:
    if not typed:
        return None
    source_id = find_source(connection, typed)
    if source_id not in sources:
        listed = ", ".join(sources.values()) or "none"
        raise UsageError(f"{typed} describes no projects.", f"Sources that do: {listed}.")
    return source_id


def _notes(coverage: Coverage, scored: int) -> Iterator[str]:
    if sum(map(bool, coverage.projects.values())) < 2:  # noqa: PLR2004 (a pair has two sources)
        listed = ", ".join(key for key, number in coverage.projects.items() if number)
        yield f"Nothing was compared: only {listed or 'no source'} describes such projects."
    if number := coverage.without_country:
        were = agree(number, "was", "were")
        yield f"{counted(number, 'projects')} without a country {were} not compared."
    yield from notes_on_candidates("projects", coverage.cut, scored, coverage.skipped_words)
    if number := coverage.skipped_amounts:
        yield f"{counted(number, 'amounts')} that too many projects have were not looked up."
