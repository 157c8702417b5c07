"""Record a note on an entity as a source of one's own, by an ordinary load."""

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.domain.vocabularies import EntityKind, FindingKind
from bricoop.errors import UsageError
from bricoop.ingest.clusters.named_member import NamedMember, named_member
from bricoop.ingest.layouts.facts import FINDINGS
from bricoop.ingest.own_records import NO_LOCATOR, load_own_rows
from bricoop.ingest.request import LoadResult
from bricoop.ingest.sources import SourceSpec
from bricoop.lookup.entities import EntityMatch

#: Characters of the digest of a text that are part of the id of its record.
_DIGITS = 16


def add_note(
    engine: Engine,
    typed: str,
    text: str,
    spec: SourceSpec,
    locator: str = "",
    written: Callable[[int], object] = lambda _: None,
) -> tuple[EntityMatch, LoadResult]:
    """Load a note on one entity; notes that the source has on it already stay.

    The same text again is the same record, whose locator may change.

    Args:
        engine: the knowledge base.
        typed: a name, code, key or reference of the entity or of a member of it.
        text: the text of the note.
        spec: the source that states it, as `load_own_rows` takes it.
        locator: where the source states it; empty if that is not known.
        written: called with the load id right after the commit.

    Returns:
        The entity or member, and the result of the load.

    Raises:
        NotFoundError: no entity matches.
        AmbiguousNameError: several entities match.
        UsageError: the text is empty or not valid, or the source is not described well.
    """
    if not text.strip():
        hint = "Write what it should say. `bricoop undo LOAD` takes a note back."
        raise UsageError("The text of the note is empty.", hint)
    with reading(engine) as connection:
        member = named_member(connection, typed)
    match = member.match
    digest = sha256(text.encode()).hexdigest()[:_DIGITS]
    row = {
        "id": f"{member.own_id} note {digest}",
        "kind": FindingKind.NOTE.value,
        **_about(member),
        "statement": text,
        "locator": locator or NO_LOCATOR,
    }
    return match, load_own_rows(engine, FINDINGS, [row], spec, f"note {match.key}", written)


def _about(member: NamedMember) -> dict[str, str]:
    """Return the cell that says which entity a finding is about."""
    if member.match.kind == EntityKind.LINK:
        return {"link": member.key.removeprefix("link-")}
    return {"subject": member.key}
