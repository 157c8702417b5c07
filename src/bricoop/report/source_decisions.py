"""What a report on a source says of the decisions that it states."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from bricoop.domain.english import counted
from bricoop.identity.decision_list import DecisionFilter, ListedDecision, list_decisions
from bricoop.query.entity.citations import Citation
from bricoop.report.blocks import Column, Command, Extent, Line, Table
from bricoop.report.sections import Section

#: The largest number of decisions that are listed.
_MOST = 50
_COUNTS = (
    Column("relation", "Relation"), Column("status", "What became of it"),
    Column("number", "Decisions", number=True),
)  # fmt: skip
_LISTED = (
    Column("status", "What became of it"), Column("left_name", "Left"),
    Column("relation", "Relation"), Column("right_name", "Right"),
    Column("reviewer", "Decided by"), Column("decided_at", "When"), Column("why", "Why"),
)  # fmt: skip


def stated_decisions(connection: Connection, key: str) -> list[ListedDecision]:
    """Return the decisions of the source with a key, the latest first."""
    return list_decisions(connection, DecisionFilter(sources=(key,), is_stored=True))[::-1]


def decisions_in_words(decisions: Sequence[ListedDecision]) -> str:
    """Return the number of decisions, and of each relation: `3 decisions (2 different, ...)`."""
    relations = Counter(decision.relation for decision in decisions)
    of_each = ", ".join(f"{number:,} {name}" for name, number in relations.most_common())
    return f"{counted(len(decisions), 'decisions')} ({of_each})"


def stated_decisions_section(key: str, decisions: Sequence[ListedDecision]) -> Iterator[Section]:
    """Yield the section with the decisions of a source: their numbers, and the latest of them."""
    if not decisions:
        return
    counts = Counter((decision.relation, decision.status.value) for decision in decisions)
    whole = (Citation(key, None),)
    numbers = [
        Line((relation, status, number), whole)
        for (relation, status), number in sorted(counts.items())
    ]
    listed = [
        Line(
            tuple(str(getattr(decision, column.name)) or None for column in _LISTED),
            (Citation(key, decision.id),),
        )
        for decision in decisions[:_MOST]
    ]
    command = Command(
        "all decisions of the source", shlex.join(("bricoop", "decisions", "list", "--source", key))
    )
    extent = Extent(len(decisions), "decisions", "latest")
    blocks = (
        Table(_COUNTS, tuple(numbers), "By relation"),
        Table(_LISTED, tuple(listed), "Decisions", extent=extent, commands=(command,)),
    )
    yield Section("decisions", "Decisions", blocks)
