"""Joins and parts what a person names: the decisions are recorded, and what follows is returned."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.vocabularies import Relation
from bricoop.identity.deciding import joining, parting, splitting
from bricoop.identity.outcome import Outcome, outcome_of
from bricoop.identity.record_decisions import NewDecision, record_decisions
from bricoop.identity.repeated_decisions import replacements
from bricoop.identity.reviewer import reviewer_named, source_of_decisions
from bricoop.identity.shared_countries import apart_by_country
from bricoop.identity.subject import subject_of


@dataclass(frozen=True)
class By:
    """Who decides, and why.

    Attributes:
        reviewer: the name of the reviewer; None for that in the environment.
        source: the key of the source of the decisions; None for the usual one of the reviewer.
        why: the reason, in words.
    """

    reviewer: str | None = None
    source: str | None = None
    why: str = ""


def decide(
    engine: Engine,
    names: tuple[str, str],
    relation: Relation | None,
    by: By,
    written: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Record what two things are to each other.

    Args:
        engine: the knowledge base.
        names: references, keys or names of both.
        relation: what they are to each other; None for one project or one organization.
        by: who decides, and why.
        written: called with the load id right after the commit.

    Raises:
        NotFoundError: a name means nothing.
        AmbiguousNameError: a name means several things.
        UsageError: the reviewer has decided so already, or they are the same row or not of a kind.
        DecisionRefusedError: the decision contradicts others.
    """
    reviewer = reviewer_named(by.reviewer)
    with reading(engine) as connection:
        subject, other = (subject_of(connection, name) for name in names)
        if relation is Relation.DIFFERENT:
            new = parting(connection, subject, other, by.why)
            notes: tuple[str, ...] = ()
        else:
            new = joining(connection, subject, other, relation, by.why)
            notes = apart_by_country(connection, subject, other)
    return _recorded(engine, new, reviewer, by, written, notes)


def split(
    engine: Engine,
    name: str,
    member: str | None,
    by: By,
    written: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Part one member of a cluster from all others, or all of them.

    Args:
        engine: the knowledge base.
        name: a reference, a key or a name of the cluster.
        member: a reference, an earlier key or a name of the member; None to part all.
        by: who decides, and why.
        written: called with the load id right after the commit.

    Raises:
        NotFoundError: a name means nothing.
        AmbiguousNameError: a name means several things.
        UsageError: there is nothing to part.
    """
    reviewer = reviewer_named(by.reviewer)
    with reading(engine) as connection:
        subject = subject_of(connection, name)
        of_member = None if member is None else subject_of(connection, member)
        new = splitting(connection, subject, of_member, by.why)
    return _recorded(engine, new, reviewer, by, written)


def _recorded(
    engine: Engine,
    new: list[NewDecision],
    reviewer: str,
    by: By,
    written: Callable[[int], object],
    notes: tuple[str, ...] = (),
) -> Outcome:
    """Record decisions, and return what they have come to, with these notes and others."""
    spec = source_of_decisions(reviewer, by.source)
    with reading(engine) as connection:
        notes = (*notes, *replacements(connection, reviewer, new))
    result = record_decisions(engine, new, reviewer, spec, written)
    if result.load_id is None:
        raise AssertionError(result)
    with reading(engine) as connection:
        outcome = outcome_of(connection, result.load_id, new)
    return replace(outcome, notes=(*notes, *outcome.notes))
