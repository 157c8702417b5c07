"""Chooses the decisions that join or part what a person names, and refuses what means nothing."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import deal_member
from bricoop.domain.english import with_article
from bricoop.domain.nouns import FINANCE
from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import (
    JOINING,
    RELATIONS_OF_ORGANIZATIONS,
    RELATIONS_OF_RECORDS,
    EntityKind,
    Relation,
)
from bricoop.errors import UsageError
from bricoop.identity.record_decisions import NewDecision
from bricoop.identity.seen import seen_of
from bricoop.identity.subject import Subject
from bricoop.identity.units import Unit
from bricoop.ingest.clusters.homes import HomeRecord
from bricoop.ingest.clusters.judgements import Verdict, judgements
from bricoop.ingest.clusters.row_references import references_of_rows

#: More pairs are hardly meant, and are too many to look through.
_MOST_PAIRS = 20_000
_LISTED = 10
_MONEY = FINANCE.name


def joining(
    connection: Connection,
    subject: Subject,
    other: Subject,
    relation: Relation | None = None,
    why: str = "",
) -> list[NewDecision]:
    """Return the decision that two are one, or that the first is a part of the second.

    Args:
        connection: an open connection.
        subject: the first.
        other: the second.
        relation: what they are to each other; None for one project or one organization.
        why: the reason, in words.

    Raises:
        UsageError: both texts mean the same, they are of different kinds, or it is unclear which
            money is meant.
    """
    kind = _common_kind(subject, other)
    is_organization = kind is EntityKind.ORGANIZATION
    relation = relation or (Relation.SAME if is_organization else Relation.SAME_PROJECT)
    allowed = RELATIONS_OF_ORGANIZATIONS if is_organization else RELATIONS_OF_RECORDS
    if relation not in allowed:
        message = f"{relation.value} is not a relation of {kind.value}s."
        raise UsageError(message, f"Relations of {kind.value}s: {', '.join(allowed)}.")
    if relation is Relation.SAME_DEAL:
        deals = (_money_of(connection, subject), _money_of(connection, other))
        if deals[0].id == deals[1].id:
            message = f"{subject.typed} and {other.typed} are the same deal: {deals[0].ref}."
            raise UsageError(message, _to_see(subject))
        return [NewDecision(deals[0].ref, deals[1].ref, relation, why)]
    if subject.entity.id == other.entity.id:
        return [_on_joined(connection, subject, other, relation, why)]
    return [NewDecision(_ref(subject, relation), _ref(other, relation), relation, why)]


def _on_joined(
    connection: Connection, subject: Subject, other: Subject, relation: Relation, why: str
) -> NewDecision:
    """Return the decision on two that are one already: it confirms, or says what else they are.

    It names them as the decision did that joined them, so that both are on one pair.

    Raises:
        UsageError: both texts mean the same row or organization, or they are one through others.
    """
    if set(subject.chosen) & set(other.chosen):
        raise UsageError(_one_already(subject, other), _to_name_one(subject))
    own_refs = (_ref(subject, relation), _ref(other, relation))
    joined = _joined_refs(connection, subject, other)
    is_by_name = subject.chosen[0].home == other.chosen[0].home
    if relation not in JOINING and (joined is None or is_by_name):
        reason = "as their names are equal" if is_by_name else "through decisions on others"
        message = f"{subject.typed} and {other.typed} are one {subject.entity.kind.value}, {reason}"
        raise UsageError(f"{message}.", "`bricoop different` parts them.")
    is_organization = subject.entity.kind is EntityKind.ORGANIZATION
    return NewDecision(*(joined if joined and is_organization else own_refs), relation, why)


def _joined_refs(
    connection: Connection, subject: Subject, other: Subject
) -> tuple[Reference, Reference] | None:
    """Return how the newest decision names two that it joined; None if there is none on them.

    Of projects, only a decision on the rows that are meant counts, or on the money of these rows.
    """
    first, second = (
        {str(ref): ref for unit in each.chosen for ref in unit.refs if _is_of_row(ref, unit)}
        for each in (subject, other)
    )
    newest = None
    for judgement in judgements(connection, {*first, *second}):
        pair = judgement.deciding.pair
        if judgement.verdict is Verdict.JOINED:
            for left_ref, right_ref in (pair, pair[::-1]):
                if left_ref in first and right_ref in second:
                    newest = (first[left_ref], second[right_ref])
    return newest


def _is_of_row(ref: Reference, unit: Unit) -> bool:
    return ref.is_organization or (ref.source, ref.id) == (unit.ref.source, unit.ref.id)


def parting(
    connection: Connection, subject: Subject, other: Subject, why: str = ""
) -> list[NewDecision]:
    """Return the decisions that two are different.

    Raises:
        UsageError: they are of different kinds, or both texts mean the same.
    """
    kind = _common_kind(subject, other)
    if subject.entity.id != other.entity.id:
        return [NewDecision(subject.chosen[0].ref, other.chosen[0].ref, Relation.DIFFERENT, why)]
    if set(subject.chosen) & set(other.chosen):
        message = _same(subject, other)
        if len(subject.units) == 1 and kind is EntityKind.ORGANIZATION:
            raise UsageError(f"{message}: they are names of it in its sources.", _to_see(subject))
        raise UsageError(f"{message}: {subject.entity.name}.", _to_name(subject.units))
    return list(_apart(connection, product(subject.chosen, other.chosen), why))


def splitting(
    connection: Connection, subject: Subject, member: Subject | None, why: str = ""
) -> list[NewDecision]:
    """Return the decisions that part a member from all others, or all members from each other.

    Args:
        connection: an open connection.
        subject: what is split.
        member: what is parted from the rest; None to part all.
        why: the reason, in words.

    Raises:
        UsageError: there is nothing to part.
    """
    units = subject.units
    name = subject.entity.name
    if member is not None and member.entity.id != subject.entity.id:
        raise UsageError(f"{member.typed} is not one with {name}.", _to_name(units))
    if len(units) == 1:
        raise UsageError(f"{name} is one row only, {units[0].ref}.", _to_see(subject))
    if member is None:
        number = len(units)
        if number * (number - 1) // 2 > _MOST_PAIRS:
            message = f"{name} has {number:,} members, too many to part all of them."
            raise UsageError(message, "Name a record to part from the others.")
        return list(_apart(connection, combinations(units, 2), why))
    rest = [unit for unit in units if unit not in member.chosen]
    if not rest:
        message = f"{member.typed} means all of {name}, so there is nothing to part it from."
        raise UsageError(message, _to_name(units))
    return list(_apart(connection, product(member.chosen, rest), why))


def _apart(
    connection: Connection, pairs: Iterable[tuple[Unit, Unit]], why: str
) -> Iterator[NewDecision]:
    """Yield decisions on pairs of units, and on all references by which these are one now."""
    unit_pairs = list(pairs)
    unit_of = {ref: unit for pair in unit_pairs for unit in pair for ref in unit.refs}
    refs = {str(ref): ref for ref in unit_of}
    decided = {frozenset((str(unit.ref), str(other.ref))) for unit, other in unit_pairs}
    for unit, other in unit_pairs:
        yield NewDecision(unit.ref, other.ref, Relation.DIFFERENT, why)
    parted = {frozenset(pair) for pair in unit_pairs}
    projects = references_of_rows(connection, [text for text in refs if refs[text].noun == _MONEY])
    for judgement in judgements(connection, refs):
        if judgement.verdict is not Verdict.JOINED:
            continue
        pair = [refs[text] for text in judgement.deciding.pair if text in refs]
        rows = frozenset(projects.get(text, text) for text in judgement.deciding.pair)
        if rows in decided and not any(row.relates_money for row in judgement.newest):
            continue
        if frozenset(unit_of[ref] for ref in pair) in parted:
            yield NewDecision(pair[0], pair[1], Relation.DIFFERENT, why)


def _common_kind(subject: Subject, other: Subject) -> EntityKind:
    if subject.entity.kind is not other.entity.kind:
        message = ", and ".join(
            f"{each.entity.name} is {with_article(each.entity.kind.value)}"
            for each in (subject, other)
        )
        message += "."
        raise UsageError(message, "Name two projects, or two organizations.")
    return subject.entity.kind


def _same(subject: Subject, other: Subject) -> str:
    """Return in words that two texts, or one that was typed twice, mean the same entity."""
    kind = subject.entity.kind.value
    if subject.typed == other.typed:
        return f"{subject.typed} is the same {kind} on both sides"
    return f"{subject.typed} and {other.typed} mean the same {kind}"


def _one_already(subject: Subject, other: Subject) -> str:
    if subject.chosen == other.chosen and len(subject.chosen) == 1:
        return f"{_same(subject, other)}: {subject.chosen[0].ref}."
    both = f"{subject.typed} and {other.typed}"
    kind = subject.entity.kind.value
    return f"{both} are one {kind} already: {subject.entity.name} ({subject.entity.key})."


def _ref(subject: Subject, relation: Relation) -> Reference:
    """Return the reference that stands for a subject; money that is named for itself stays so."""
    if subject.ref is not None and relation is not Relation.SAME_PROJECT:
        return subject.ref
    return subject.chosen[0].ref


def _money_of(connection: Connection, subject: Subject) -> HomeRecord:
    """Return the record of the only deal that a subject means.

    Raises:
        UsageError: there is no money, or several deals.
    """
    records = [each for unit in subject.chosen for each in unit.money]
    own = [each for each in records if each.ref == subject.ref]
    if own:
        return own[0]
    deals = _deals(connection, records)
    by_deal = {deals[each.id]: each for each in reversed(records)}
    if len(by_deal) == 1:
        return next(iter(by_deal.values()))
    name = subject.entity.name
    if not records:
        message = f"{name} has no record of finance, so it is no deal."
        raise UsageError(message, "Use --relation same-project.")
    looks = seen_of(connection, [str(each.ref) for each in by_deal.values()])
    listed = "; ".join(f"{ref} ({look})" for ref, look in sorted(looks.items())[:_LISTED])
    message = f"{name} has {len(by_deal):,} records of finance: {listed}."
    raise UsageError(message, "Name one of them by its reference.")


def _deals(connection: Connection, records: Sequence[HomeRecord]) -> dict[int, int]:
    """Return the deal of each record: the first record of it, or the record itself."""
    ids = [each.id for each in records]
    joined = select(deal_member.c.record_id, deal_member.c.deal_id).where(
        in_values(connection, deal_member.c.record_id, ids)
    )
    return {number: number for number in ids} | dict(connection.execute(joined).all())


def _to_see(subject: Subject) -> str:
    return f"`bricoop decisions list --about {subject.entity.key}` lists decisions on it."


def _to_name_one(subject: Subject) -> str:
    """Return which members may be named, or where decisions on a subject are listed."""
    return _to_name(subject.units) if len(subject.units) > 1 else _to_see(subject)


def _to_name(units: Sequence[Unit]) -> str:
    refs = ", ".join(str(unit.ref) for unit in units[:_LISTED])
    return f"Name {'one' if len(units) == 1 else 'some'} of: {refs}."
