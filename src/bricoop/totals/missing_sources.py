"""The sources of a figure card of which a knowledge base has no records."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import decision, record, source
from bricoop.domain.document_faults import shown
from bricoop.domain.english import counted_or_no, enumerated
from bricoop.errors import BricoopError, NotFoundError
from bricoop.totals.card import Card

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
    """

    key: str
    title: str
    rows: int
    files: tuple[str, ...]

    def __str__(self) -> str:
        """Say what is missing, in one sentence."""
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
    """Return the sources of a card without any record or decision in the knowledge base."""
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
    rows = Counter(row.source for row in card.rows)
    return tuple(
        MissingSource(
            key,
            source_["title"],
            rows[key],
            tuple(dict.fromkeys(load["file"] for load in source_["loads"])),
        )
        for key, source_ in on_card.items()
        if key not in present
    )
