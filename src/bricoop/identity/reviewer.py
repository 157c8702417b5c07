"""Who decides, and the source that the decisions of a reviewer belong to."""

from bricoop.domain.names import slug
from bricoop.errors import UsageError
from bricoop.ingest.clusters.judgements import RULE
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
