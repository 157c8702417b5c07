"""Who decides, and the source that the decisions of a reviewer belong to."""

from sqlalchemy import Connection, select

from bricoop.db.schema import load, source
from bricoop.domain.names import printable, slug
from bricoop.domain.nouns import DECISIONS
from bricoop.domain.reviewer_names import RULE, has_control_characters, reviewer_key
from bricoop.domain.vocabularies import SourceKind
from bricoop.errors import UsageError
from bricoop.ingest.own_records import USUAL_TIER
from bricoop.ingest.sources import SourceSpec
from bricoop.settings import REVIEWER_VARIABLE, Settings

#: Beginning of the usual title of a source of decisions.
DECISIONS_OF = "Decisions of "


def reviewer_named(typed: str | None) -> str:
    """Return the name of the reviewer, by default that in the environment.

    Raises:
        UsageError: nobody is named, or a rule, or the name has control characters.
    """
    if typed is not None and not typed.strip():
        message = "The name of the reviewer is empty."
        raise UsageError(message, f"Leave --reviewer out to decide as {REVIEWER_VARIABLE} says.")
    reviewer = Settings.read(None, reviewer=typed).reviewer
    if not reviewer:
        message = "A decision needs a reviewer."
        raise UsageError(message, f"Name yourself with --reviewer or {REVIEWER_VARIABLE}.")
    if has_control_characters(reviewer):
        message = f"The name of the reviewer has control characters: {printable(reviewer)}."
        raise UsageError(message, "Write it without them.")
    if reviewer_key(reviewer).startswith(RULE):
        message = f"{reviewer!r} is the name of a rule, and not of a person."
        raise UsageError(message, f"Leave out {RULE!r}.")
    return reviewer


def source_of_decisions(reviewer: str, key: str | None = None) -> SourceSpec:
    """Return the source of the decisions of a reviewer.

    Args:
        reviewer: the reviewer.
        key: the key of the source, if it is another one than usual.
    """
    return SourceSpec(key or f"decisions-of-{slug(reviewer)}")


def described_source(connection: Connection, spec: SourceSpec, reviewer: str) -> SourceSpec:
    """Return the description of a source of decisions, completed by what is stored or usual.

    Args:
        connection: an open connection.
        spec: what is stated of the source.
        reviewer: who decided.

    Raises:
        UsageError: the source has rows of other nouns, and is no person.
    """
    columns = (source.c.title, source.c.tier, source.c.kind)
    stored = connection.execute(select(*columns).where(source.c.key == spec.key)).first()
    kind = SourceKind.OTHER if reviewer.startswith(RULE) else SourceKind.PERSON
    usual = (f"{DECISIONS_OF}{reviewer}", USUAL_TIER, kind.value)
    title, tier, kind_stored = stored or usual
    of_people = {SourceKind.PERSON, SourceKind.OTHER}
    if kind_stored not in of_people and _has_other_rows(connection, spec):
        message = f"{spec.key} is a source of other rows ({title}), and not one of decisions."
        raise UsageError(message, f"Leave --source out for {source_of_decisions(reviewer).key}.")
    return spec.over(SourceSpec(spec.key, title=title, tier=tier, kind=kind_stored))


def _has_other_rows(connection: Connection, spec: SourceSpec) -> bool:
    """Return whether a source has loads of other nouns than decisions."""
    others = (
        select(load.c.id)
        .join(source, source.c.id == load.c.source_id)
        .where(source.c.key == spec.key, load.c.noun != DECISIONS.name)
        .where(load.c.undone_at.is_(None))
    )
    return connection.scalar(others.limit(1)) is not None
