"""Chooses the strong pairs that a rule makes one, and records its decisions in one load."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, record, source
from bricoop.domain.batches import in_batches
from bricoop.domain.clusters import Clusters, Pair
from bricoop.domain.english import agree, counted, enumerated
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.reviewer_names import RULE
from bricoop.domain.vocabularies import Relation
from bricoop.identity.match_request import MatchRequest
from bricoop.identity.match_rows import exact, reasons
from bricoop.identity.matches import match_projects
from bricoop.identity.organizations.matches import match_organizations
from bricoop.identity.proposals import Proposal, Tier
from bricoop.identity.read_pair_decisions import AnyProposal
from bricoop.identity.record_decisions import NewDecision, record_decisions
from bricoop.identity.reference_entities import entities_of
from bricoop.identity.reviewer import source_of_decisions
from bricoop.ingest.clusters.judgements import Verdict, judgements

_WHY = "a strong pair of bricoop match"
_BATCH = 1000


@dataclass(frozen=True)
class Acceptance:
    """What a rule is to make one.

    Attributes:
        noun: what the pairs are of, in the plural.
        reviewer: the name of the rule, with the version of the weights.
        decisions: its decisions.
        sources: of which sources the pairs are, with how many of them, most first.
        notes: which strong pairs are left out, in sentences.
    """

    noun: str
    reviewer: str
    decisions: tuple[NewDecision, ...]
    sources: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def strong_projects(connection: Connection, request: MatchRequest) -> Acceptance:
    """Return the pairs of projects to accept: no project with two rows of one source.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: both sources are the same, or a source describes no projects.
    """
    matches = match_projects(connection, request)
    chosen, notes = _undecided(matches.proposals)
    chosen, of_different = _without_different(connection, chosen)
    chosen, of_one_source = _without_rivals(connection, chosen)
    sources = Counter(
        enumerated((pair.left_project.source, pair.right_project.source)) for pair in chosen
    )
    return Acceptance(
        "projects",
        _rule(matches.weights_version),
        tuple(_decision(pair, Relation.SAME_PROJECT) for pair in chosen),
        _most_first(sources),
        (*notes, *of_different, *of_one_source),
    )


def strong_organizations(connection: Connection, request: MatchRequest) -> Acceptance:
    """Return the pairs of organizations to accept.

    Raises:
        NotFoundError: a source or country is unknown.
        AmbiguousNameError: a name matches several.
        UsageError: a source names no organizations.
    """
    matches = match_organizations(connection, request)
    chosen, notes = _undecided(matches.proposals)
    chosen, of_several = _without_shared_names(connection, chosen)
    chosen, of_different = _without_different(connection, chosen)
    sources = Counter(
        key
        for pair in chosen
        for key in {*pair.left_organization.sources, *pair.right_organization.sources}
    )
    return Acceptance(
        "organizations",
        _rule(matches.weights_version),
        tuple(_decision(pair, Relation.SAME) for pair in chosen),
        _most_first(sources),
        (*notes, *of_several, *of_different),
    )


def accept(
    engine: Engine, acceptance: Acceptance, written: Callable[[int], object] = lambda _: None
) -> int:
    """Record the decisions of a rule in one load; return its id.

    Args:
        engine: the knowledge base.
        acceptance: the decisions, at least one.
        written: called with the load id right after the commit.

    Raises:
        DecisionRefusedError: one contradicts decisions that were made meanwhile; nothing was
            written.
    """
    spec = source_of_decisions(acceptance.reviewer)
    result = record_decisions(engine, acceptance.decisions, acceptance.reviewer, spec, written)
    if result.load_id is None:
        raise AssertionError(result)
    return result.load_id


def _rule(version: int) -> str:
    return f"{RULE}{Tier.STRONG.value}@{version}"


def _decision(pair: AnyProposal, relation: Relation) -> NewDecision:
    features = "; ".join(reasons(pair))
    return NewDecision(*pair.refs, relation, _WHY, exact(pair.score.points), features)


def _undecided(
    proposals: Sequence[AnyProposal],
) -> tuple[list[AnyProposal], tuple[str, ...]]:
    """Return the strong pairs, the likeliest first, without those that reviewers look at."""
    strong = [pair for pair in proposals if pair.tier is Tier.STRONG]
    chosen = [pair for pair in strong if pair.decision is None]
    reason = "left to reviewers, who are unsure, disagree, or are to look again"
    return chosen, _note(len(strong) - len(chosen), reason)


def _without_different(
    connection: Connection, pairs: Sequence[AnyProposal]
) -> tuple[list[AnyProposal], tuple[str, ...]]:
    """Leave out what would make one of what was judged different, also through others."""
    apart = [each for each in judgements(connection) if each.verdict is Verdict.DIFFERENT]
    refs = {ref for each in apart for ref in each.deciding.pair}
    keys = {ref: referred.key for ref, referred in entities_of(connection, refs).items()}
    groups = Clusters(str)
    groups.keep_apart(
        Pair(*(keys[ref] for ref in each.deciding.pair))
        for each in apart
        if keys.keys() >= set(each.deciding.pair)
    )
    groups.join(Pair(*pair.keys, position) for position, pair in enumerate(pairs))
    refused = {join.join.decision for join in groups.refused}
    chosen = [pair for position, pair in enumerate(pairs) if position not in refused]
    return chosen, _note(len(refused), "left out, as {they} would make one of what is different")


def _without_rivals(
    connection: Connection, pairs: Sequence[Proposal]
) -> tuple[list[Proposal], tuple[str, ...]]:
    """Leave out what would make one project of rows of one source that are none so far."""
    sources = _sources(connection, {key for pair in pairs for key in pair.keys})
    groups = {key: _Group({key}, own) for key, own in sources.items()}
    chosen = []
    for pair in pairs:
        group, other = (groups[key] for key in pair.keys)
        if group is not other:
            if group.sources & other.sources:
                continue
            group.members |= other.members
            group.sources |= other.sources
            groups |= dict.fromkeys(other.members, group)
        chosen.append(pair)
    reason = "left out, as {they} would make one project of two rows of one source"
    return chosen, _note(len(pairs) - len(chosen), reason)


@dataclass
class _Group:
    """Projects that become one: their keys, and the sources that describe them."""

    members: set[str]
    sources: set[str]


def _sources(connection: Connection, keys: Collection[str]) -> dict[str, set[str]]:
    """Return the sources that describe projects, by the keys of the projects."""
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for batch in in_batches(sorted(keys), _BATCH):
        statement = (
            select(entity.c.key, source.c.key)
            .join(record, record.c.entity_id == entity.c.id)
            .join(source, source.c.id == record.c.source_id)
            .where(record.c.noun == PROJECTS.name, in_values(connection, entity.c.key, batch))
            .distinct()
        )
        for key, source_key in connection.execute(statement):
            sources[key].add(source_key)
    return dict(sources)


def _without_shared_names(
    connection: Connection, pairs: Sequence[AnyProposal]
) -> tuple[list[AnyProposal], tuple[str, ...]]:
    """Leave out organizations by whose name a decision would not find them."""
    named = entities_of(connection, {str(ref) for pair in pairs for ref in pair.refs})
    chosen = [pair for pair in pairs if all(str(ref) in named for ref in pair.refs)]
    reason = "left out, as several organizations have the name"
    return chosen, _note(len(pairs) - len(chosen), reason)


def _most_first(numbers: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(numbers.items(), key=lambda item: (-item[1], item[0])))


def _note(number: int, reason: str) -> tuple[str, ...]:
    are, they = agree(number, "is", "are"), agree(number, "it", "they")
    text = f"{counted(number, 'strong pairs')} {are} {reason.format(they=they)}."
    return (text,) if number else ()
