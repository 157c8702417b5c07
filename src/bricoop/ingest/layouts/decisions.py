"""The native layout of decisions on what is one thing."""

from datetime import UTC, datetime, timedelta

from bricoop.domain import nouns
from bricoop.domain.dates import parse_partial_date
from bricoop.domain.references import parse_reference
from bricoop.domain.reviewer_names import has_control_characters
from bricoop.domain.vocabularies import Relation
from bricoop.ingest.layouts.clean import BadValueError, Places, choice, decimal, short, text
from bricoop.ingest.layouts.layout import Column, Layout, codes
from bricoop.ingest.layouts.shared import ID, LOCATOR


def reference(cell: str, known_places: Places) -> str:
    """Return a reference to a record or an organization in its written form."""
    try:
        return str(parse_reference(short(cell, known_places)))
    except ValueError as error:
        hint = "`bricoop query records` lists sources, nouns and ids."
        raise BadValueError(str(error), hint) from error


def reviewer(cell: str, known_places: Places) -> str:
    """Return the name of a reviewer, without characters that control a terminal."""
    name = short(cell, known_places)
    if has_control_characters(name):
        raise BadValueError("has control characters", "Write the name of who decided.")
    return name


def moment(cell: str, known_places: Places) -> str:
    """Return a date, or a date with a time in UTC, as ISO 8601 text."""
    if "T" in cell:
        try:
            time = datetime.fromisoformat(cell)
        except ValueError:
            time = None
        if time is not None and time.tzinfo is not None and not time.utcoffset():
            return _not_later(time.strftime("%Y-%m-%dT%H:%M:%SZ"))
    else:
        try:
            date = parse_partial_date(short(cell, known_places))
        except ValueError:
            pass
        else:
            return _not_later(date)
    rule = "is not a date or a time in UTC"
    raise BadValueError(rule, "Write 2026-11-30 or 2026-11-30T14:05:00Z.")


def _not_later(text: str) -> str:
    """Return a date or time unless it is in the future: it would replace all decisions until then.

    A day of tolerance is for other time zones.
    """
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if text[: len(tomorrow)] > tomorrow[: len(text)]:
        raise BadValueError("is in the future", "Write the day on which it was decided.")
    return text


DECISIONS = Layout(
    nouns.DECISIONS,
    columns=(
        ID,
        Column(
            "left",
            reference,
            "SOURCE/projects/ID, SOURCE/finance/ID, or organization:NAME",
            "example/projects/96203",
            required=True,
        ),
        Column("right", reference, "the same", "other/projects/CM.013", required=True),
        Column("relation", choice(Relation), codes(Relation), "same-project", required=True),
        Column("reviewer", reviewer, "who decided", "me", required=True),
        Column(
            "decided_at",
            moment,
            "when: 2026-11-30 or 2026-11-30T14:05:00Z",
            "2026-11-30",
            required=True,
        ),
        Column("why", text, "the reason, in words"),
        Column("score", decimal, "the score of the pair when it was decided"),
        Column("features", text, "what spoke for and against it"),
        Column("left_seen", text, "what the left one looked like: name, country, year, amount"),
        Column("right_seen", text, "what the right one looked like"),
        Column("replaces", short, "id of the reviewer's earlier decision on the pair"),
        LOCATOR,
    ),
    identity=("left", "right", "relation", "reviewer", "decided_at"),
    subject="left",
    may_create=False,
)

LAYOUTS = (DECISIONS,)
