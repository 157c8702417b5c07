"""The tables of `bricoop show` on decisions: what was made one, and what else was decided."""

from collections.abc import Sequence

from bricoop.domain.cells import Cell
from bricoop.query.entity.decided import relation_in_words
from bricoop.query.entity.recorded import EntityProfile
from bricoop.render.table import Heading

_MEMBERS = (
    Heading("Source"), Heading("Id"), Heading("Key"), Heading("Name"), Heading("Where"),
    Heading("Relation", coded=True), Heading("Decided by"), Heading("When"), Heading("Why"),
)  # fmt: skip
_MEMBER_FIELDS = (
    "source", "id", "key", "name", "locator", "relation", "reviewer", "decided_at", "why",
)  # fmt: skip
_DECISIONS = (
    Heading("Verdict", coded=True), Heading("Relation"), Heading("Other"), Heading("Key"),
    Heading("Decided by"), Heading("When"), Heading("Why"), Heading("Source"), Heading("Where"),
)  # fmt: skip

TitledRows = tuple[str, Sequence[Heading], list[Sequence[Cell]]]


def members_table(profile: EntityProfile) -> TitledRows:
    """Return the table of what decisions made one; without rows if there is nothing."""
    rows: list[Sequence[Cell]] = [
        tuple(getattr(member, name) for name in _MEMBER_FIELDS) for member in profile.members
    ]
    return "One by decision", _MEMBERS, rows


def decisions_table(profile: EntityProfile) -> TitledRows:
    """Return the table of the other decisions that hold: related, different, contested ones."""
    rows: list[Sequence[Cell]] = [
        (
            entry.verdict, relation_in_words(entry), entry.other_name or entry.other,
            entry.other_key, entry.reviewer, entry.decided_at, entry.why, entry.source,
            entry.locator,
        )
        for entry in profile.decisions
        if not entry.is_within
    ]  # fmt: skip
    return "Other decisions", _DECISIONS, rows
