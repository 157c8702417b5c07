"""Presents decisions as rows: with what has become of them, or as a load file of its own."""

from collections.abc import Iterable

from bricoop.domain.cells import Row
from bricoop.domain.decision_status import Status
from bricoop.domain.vocabularies import Relation
from bricoop.identity.decision_list import ListedDecision
from bricoop.ingest.layouts.decisions import DECISIONS
from bricoop.query.nouns.noun import Field, Type
from bricoop.query.question import Answer

FIELDS = (
    Field("status", f"what has become of it: {', '.join(Status)}", in_table=True),
    Field("left", "reference to the left one", in_table=True),
    Field("left_name", "its name", in_table=True, label="name"),
    Field("relation", "what it is to the right one", in_table=True, codes=Relation),
    Field("right", "reference to the right one", in_table=True),
    Field("right_name", "its name", in_table=True, label="name"),
    Field("reviewer", "who decided", in_table=True),
    Field("decided_at", "when, UTC", in_table=True),
    Field("why", "the reason", in_table=True, sparse=True),
    Field("score", "the score of the pair at that time", Type.DECIMAL),
    Field("features", "what spoke for and against it"),
    Field("left_seen", "what the left one looked like"),
    Field("right_seen", "what the right one looked like"),
    Field("id", "its id in its source"),
    Field("replaces", "id of the reviewer's earlier decision on the pair"),
    Field("source", "key of its source"),
    Field("load", "the load that wrote it", Type.INTEGER, in_table=True, identifies=True),
)
_COLUMNS = tuple(column.name for column in DECISIONS.columns if column.name != "locator")
_LOADED = tuple(next(field for field in FIELDS if field.name == column) for column in _COLUMNS)


def decision_answer(listed: Iterable[ListedDecision], *, for_people: bool = False) -> Answer:
    """Return decisions as rows, with what has become of them.

    Args:
        listed: the decisions.
        for_people: whether fields that only programs need are left out.
    """
    positions = [
        position for position, field in enumerate(FIELDS) if field.in_table or not for_people
    ]
    rows = map(_row, listed)
    return Answer(
        None,
        tuple(FIELDS[position] for position in positions),
        (tuple(row[position] for position in positions) for row in rows),
    )


def decision_file(listed: Iterable[ListedDecision]) -> Answer:
    """Return the decisions that are stored as rows of a load file.

    An id that decisions of several sources have is prefixed by the source, as a file is of one.
    """
    stored = [each for each in listed if each.id]
    sources: dict[str, set[str]] = {}
    for each in stored:
        sources.setdefault(each.id, set()).add(each.source)
    positions = [FIELDS.index(field) for field in _LOADED]

    def rows() -> Iterable[Row]:
        for each in stored:
            number = f"{each.source} {each.id}" if len(sources[each.id]) > 1 else each.id
            cells = _row(each)
            yield (number, *(cells[position] for position in positions[1:]))

    return Answer(None, _LOADED, iter(rows()))


def _row(each: ListedDecision) -> Row:
    texts = (each.why, each.score, each.features, each.left_seen, each.right_seen, each.id,
             each.replaces, each.source, each.load)  # fmt: skip
    return (
        each.status.value,
        each.left_ref,
        each.left_name or None,
        each.relation,
        each.right_ref,
        each.right_name or None,
        each.reviewer,
        each.decided_at or None,
        *(text if text != "" else None for text in texts),
    )
