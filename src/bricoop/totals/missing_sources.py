"""The sources of a figure card of which a knowledge base has no records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import decision, record, source
from bricoop.domain.document_faults import shown
from bricoop.domain.english import counted, counted_or_no, enumerated
from bricoop.domain.nouns import DECISIONS
from bricoop.errors import BricoopError, NotFoundError
from bricoop.ingest.clusters.judgements import decisions
from bricoop.totals.card import Card
from bricoop.totals.used_decisions import used_decision

#: How many files of a source are named, and how many sources of a card.
_MOST = 5


@dataclass(frozen=True)
class MissingSource:
    """A source of a card that is not in the knowledge base.

    Attributes:
        key: its key.
        title: its title on the card.
        rows: how many of its rows count on the card.
        files: the names of the files from which they were loaded.
        decisions: for a source of decisions only: how many decisions that the card was counted with
            the knowledge base lacks, whatever source states them; else 0.
    """

    key: str
    title: str
    rows: int
    files: tuple[str, ...]
    decisions: int = 0

    def __str__(self) -> str:
        """Say what is missing, in one sentence."""
        if self.decisions:
            return (
                f"This knowledge base has no decisions of the source {shown(self.key)} "
                f"({shown(self.title)}), and lacks {counted(self.decisions, 'decisions')} that the "
                "card was counted with."
            )
        rows = counted_or_no(self.rows, "rows")
        return (
            f"This knowledge base has no records of the source {shown(self.key)} "
            f"({shown(self.title)}), of which the card counts {rows}."
        )

    @property
    def advice(self) -> str:
        """What to do, in one sentence."""
        named = [shown(name) for name in self.files[:_MOST]]
        named += [f"{len(self.files) - _MOST:,} more files"] if len(self.files) > _MOST else []
        files = enumerated(named) or "its files"
        if self.decisions:
            return (
                f"Load {files} by `bricoop decisions load`, or what `bricoop decisions export` "
                "writes in a knowledge base that has them."
            )
        return (
            f"Load {files} as the source {shown(self.key)} first, or use --db to name the "
            "knowledge base that has it."
        )


class SourceMissingError(NotFoundError):
    """A card asks for something that is unknown, as a source of it is missing."""

    def __init__(self, missing: Sequence[MissingSource], error: NotFoundError) -> None:
        """Build the message from the missing sources and from what was not found."""
        sentences = [str(source_) for source_ in missing[:_MOST]]
        message = f"{error.message} {' '.join(sentences)}"
        BricoopError.__init__(self, message, missing[0].advice)
        self.closest = error.closest


def missing_sources(connection: Connection, card: Card) -> tuple[MissingSource, ...]:
    """Return the sources of a card without any record or decision in the knowledge base.

    Decisions may be of another source here, as of who loaded an export: a source of decisions only
    is missing if decisions of the card are missing, too.
    """
    on_card = {source_["key"]: source_ for source_ in card.contents["sources"]}
    has_records = or_(
        *(
            select(table.c.id).where(table.c.source_id == source.c.id).exists()
            for table in (record, decision)
        )
    )
    present = set(
        connection.scalars(
            select(source.c.key).where(in_values(connection, source.c.key, on_card), has_records)
        )
    )
    lacking = _lacking_decisions(connection, card)
    if not lacking:
        present |= {key for key, source_ in on_card.items() if is_of_decisions(source_)}
    rows = Counter(row.source for row in card.rows)
    return tuple(
        MissingSource(
            key,
            source_["title"],
            rows[key],
            tuple(dict.fromkeys(load["file"] for load in source_["loads"])),
            lacking if is_of_decisions(source_) else 0,
        )
        for key, source_ in on_card.items()
        if key not in present
    )


def is_of_decisions(source_on_card: Mapping[str, Any]) -> bool:
    """Return whether a source of a card states nothing but decisions."""
    nouns = {load["noun"] for load in source_on_card["loads"]}
    return nouns == {DECISIONS.name}


def _lacking_decisions(connection: Connection, card: Card) -> int:
    """Return how many decisions of a card are not in the knowledge base, whether used or not."""
    refs = {ref for used in card.decisions or () for ref in (used.left_ref, used.right_ref)}
    stored = {used_decision(row) for row in decisions(connection, refs)} if refs else set()
    return sum(used not in stored for used in card.decisions or ())
