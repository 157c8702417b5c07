"""Lists the rows of a step between two totals: pairs side by side, and rows of one source."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.cells import Row
from bricoop.domain.nouns import NounSpec
from bricoop.domain.suggestions import nearest
from bricoop.domain.vocabularies import ProjectStatus
from bricoop.errors import NotFoundError
from bricoop.query.nouns.noun import Field, Noun, Type
from bricoop.query.question import Answer
from bricoop.totals.rows import EVERYTHING
from bricoop.totals.why.attribution import ONLY, Attribution
from bricoop.totals.why.candidates import open_candidates
from bricoop.totals.why.causes import Cause
from bricoop.totals.why.comparison import Comparison
from bricoop.totals.why.lines import Line, PairedLines, Shown, single_lines
from bricoop.totals.why.paired_rows import Side


def _of_side(side: Side) -> tuple[Field, ...]:
    def field(name: str, text: str, type_: Type = Type.TEXT, **more: Any) -> Field:
        # A list of rows that only one source has needs no columns of the other.
        return Field(f"{side}_{name}", text, type_, label=f"{side} {name}", sparse=True, **more)

    return (
        field("id", "id of its row within the source", in_table=True),
        field("project", "name of its project", in_table=True),
        field("status", "status of its project", codes=ProjectStatus),
        field("date", "date of its money", Type.DATE, in_table=True),
        field("amount", "its amount in the price base", Type.DECIMAL, in_table=True, money=True),
        field("counts", "whether it counts in the total", Type.YES_NO),
    )


FIELDS = (
    Field("step", "the step"),
    Field("family", "rows with the same number are related by decisions", Type.INTEGER,
          identifies=True),
    *_of_side(Side.LEFT),
    *_of_side(Side.RIGHT),
    Field("change", "what it adds to the difference of the totals", Type.DECIMAL, in_table=True,
          money=True),
    Field("reason", "why a row does not count, or which row it repeats", in_table=True,
          sparse=True),
    Field("candidate", "how likely the other source has it as well", in_table=True, sparse=True),
    Field("candidate_id", "id of the likeliest project of the other source", in_table=True,
          sparse=True, label="candidate id"),
    Field("candidate_name", "name of that project", sparse=True),
)  # fmt: skip
ROWS = Noun(NounSpec("why", rows="The rows of steps between two totals."), FIELDS, (), "step", "")


def listed(connection: Connection, comparison: Comparison, step: str) -> Answer:
    """Return the rows of a step between two totals, or of all steps for `everything`.

    The changes of the rows of a step add up to its amount. Rows that decisions relate are sorted by
    what they change, and those of one source alone by their amounts.

    Raises:
        NotFoundError: there is no such step.
    """
    causes = _causes(step)
    attribution = Attribution(connection, comparison)
    paired = PairedLines(connection, attribution)
    candidates = None
    if not ONLY.isdisjoint(causes):
        question = comparison.counting.question
        candidates = open_candidates(connection, question, comparison.sides, attribution.paired)

    def lines() -> Iterator[Line]:
        for cause in causes:
            yield from paired.of(cause)
            if cause in ONLY and candidates is not None:
                rows = attribution.single_rows(in_order=True)
                of_cause = (row for row in rows if Cause.only(row.side) is cause)
                yield from single_lines(connection, of_cause, candidates)

    return Answer(ROWS, FIELDS, map(_cells, lines()))


def _causes(step: str) -> tuple[Cause, ...]:
    names = [cause.value for cause in Cause]
    if step == EVERYTHING:
        return tuple(Cause)
    if step in names:
        return (Cause(step),)
    choices = [*names, EVERYTHING]
    raise NotFoundError("step", step, nearest(step, {name: name for name in choices}) or choices)


def _cells(line: Line) -> Row:
    nothing = (None,) * len(Shown._fields)
    sides = [cell for side in Side for cell in line.rows.get(side, nothing)]
    ends: tuple[str | None, ...] = (None, None, None)
    if line.candidate is not None:
        likeness, number, name = line.candidate
        ends = (likeness.value, number or None, name or None)
    return (line.cause.value, line.family, *sides, line.change, line.reason or None, *ends)
