"""Compares new decisions with the earlier ones of the same reviewer on the same pairs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from bricoop.domain.references import Reference, parse_reference
from bricoop.domain.vocabularies import Relation
from bricoop.errors import UsageError
from bricoop.identity.own_decisions import decision_text, own_decisions
from bricoop.identity.record_decisions import NewDecision
from bricoop.identity.seen import has_changed, seen_of

_DIRECTED = frozenset({Relation.PART_OF, Relation.PHASE_OF, Relation.FINANCED_UNDER})
#: So many replaced decisions are named, and the others counted.
_NAMED = 10


def replacements(
    connection: Connection, reviewer: str, new: Sequence[NewDecision]
) -> tuple[str, ...]:
    """Return which earlier decisions of the reviewer new ones replace, in sentences.

    A decision that repeats an earlier one is none of these. It is no repetition if a record has
    changed since, or if it has another reason.

    Raises:
        UsageError: all new decisions are repetitions.
    """
    earlier = own_decisions(connection, reviewer, {each.pair for each in new})
    looks = seen_of(
        connection, {ref for row in earlier.values() for ref in (row.left_ref, row.right_ref)}
    )
    rows = {row.id: row for row in earlier.values()}
    repeated = [
        earlier[each.pair].id
        for each in new
        if each.pair in earlier and _repeats(each, earlier[each.pair], looks)
    ]
    if new and len(repeated) == len(new):
        raise UsageError(*_refusal(reviewer, [rows[number] for number in dict.fromkeys(repeated)]))
    texts = [
        f"This replaces what {row.reviewer} decided before: {decision_text(row)}."
        for number, row in rows.items()
        if number not in repeated
    ]
    left_out = len(texts) - _NAMED
    if left_out > 0:
        return (*texts[:_NAMED], f"This replaces {left_out:,} more decisions of {reviewer}.")
    return tuple(texts)


def _refusal(reviewer: str, repeated: Sequence[Row[Any]]) -> tuple[str, str]:
    more = f"; and {len(repeated) - 1:,} more" if len(repeated) > 1 else ""
    message = f"{reviewer} has decided so already: {decision_text(repeated[0])}{more}."
    return message, "Nothing was written; another relation or --why replaces it."


def _repeats(new: NewDecision, row: Row[Any], looks: Mapping[str, str]) -> bool:
    """Return whether a decision says no more than an earlier one of the same reviewer."""
    if new.relation != row.relation or new.why not in {"", row.why or ""}:
        return False
    if new.relation in _DIRECTED and _row(new.left) != _row(parse_reference(row.left_ref)):
        return False
    return not has_changed(row, looks)


def _row(ref: Reference) -> tuple[str, str]:
    return ref.source, ref.id
