"""Who decides, and the source that the decisions of a reviewer belong to."""

from sqlalchemy import Connection, select

from bricoop.db.schema import source
from bricoop.domain.names import slug
from bricoop.domain.reviewer_names import RULE
from bricoop.domain.vocabularies import SourceKind
from bricoop.errors import UsageError
from bricoop.ingest.own_records import USUAL_TIER
from bricoop.ingest.sources import SourceSpec
from bricoop.settings import REVIEWER_VARIABLE, Settings


def reviewer_named(typed: str | None) -> str:
    """Return the name of the reviewer, by default that in the environment.

    Raises:
        UsageError: nobody is named, or a rule.
    """
    reviewer = Settings.read(None, reviewer=typed).reviewer
    if not reviewer:
        message = "A decision needs a reviewer."
        raise UsageError(message, f"Name yourself with --reviewer or {REVIEWER_VARIABLE}.")
    if reviewer.startswith(RULE):
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
    """
    columns = (source.c.title, source.c.tier, source.c.kind)
    stored = connection.execute(select(*columns).where(source.c.key == spec.key)).first()
    kind = SourceKind.OTHER if reviewer.startswith(RULE) else SourceKind.PERSON
    usual = (f"Decisions of {reviewer}", USUAL_TIER, kind.value)
    title, tier, kind_stored = stored or usual
    return spec.over(SourceSpec(spec.key, title=title, tier=tier, kind=kind_stored))
