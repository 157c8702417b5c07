"""Writes decisions, which are only ever added, and refuses those that contradict others."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from decimal import Decimal

from sqlalchemy import func, select

from bricoop.db.bulk import Rows, insert_rows
from bricoop.db.checksums import decision_digest
from bricoop.db.dialect import in_values
from bricoop.db.schema import decision
from bricoop.domain.header import Header
from bricoop.domain.nouns import FINANCE, PROJECTS
from bricoop.domain.problem import Problem, RowNotes
from bricoop.domain.references import parse_reference
from bricoop.ingest.clusters.derive import derive_clusters, suspend_clusters, update_clusters
from bricoop.ingest.clusters.judgements import Judgement
from bricoop.ingest.clusters.plan import Plan
from bricoop.ingest.clusters.row_references import references_of_rows
from bricoop.ingest.counts import Became, Counts, Created
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.load.writer import Known
from bricoop.ingest.transform.rows import Same
from bricoop.ingest.transform.validate import PreparedRow

_COLUMNS = (
    "id", "load_id", "source_id", "external_id", "locator", "left_ref", "right_ref", "relation",
    "reviewer", "decided_at", "why", "score", "features", "left_seen", "right_seen", "replaces",
    "digest",
)  # fmt: skip
#: Up to this number of new decisions, only the clusters that they concern are derived again.
_FEW = 500


class DecisionWriter:
    """Writes the decisions of a load into an open transaction.

    It has the attributes and methods of `Writer`, of which decisions need few.
    """

    def __init__(self, work: LoadContext, layout: Layout, header: Header) -> None:
        """Start with nothing written."""
        self.counts = Counts()
        self.became: dict[int, Became] = {}
        self.changes: Counter[str] = Counter()
        self.created = Created()
        self.row_notes = RowNotes()
        self._work = work
        self._layout = layout
        self._header = header
        self._written: set[str] = set()
        self._lines: dict[int, int] = {}
        self._refs: set[str] = set()
        self._last = work.connection.scalar(select(func.max(decision.c.id))) or 0

    def said_before(self, ids: Sequence[str], loads: Container[int]) -> dict[str, Same]:  # noqa: ARG002 (as `Writer`)
        """Return no rows: decisions have no profile."""
        return {}

    def leave(self, record_ids: Iterable[int], line: int) -> None:
        """Do nothing: see `said_before`."""

    def look_up(self, batch: Sequence[PreparedRow]) -> Known:  # noqa: ARG002 (as above)
        """Return nothing: decisions are no records."""
        return {}

    def write(self, batch: Sequence[PreparedRow], records: Known) -> list[Problem]:  # noqa: ARG002 (as above)
        """Write a batch; return the problems of the rows that were refused."""
        problems: list[Problem] = []
        rows = []
        digests = self._digests_of(batch)
        projects = self._projects_of_mixed(batch)
        for row in batch:
            digest = decision_digest(row.fields)
            earlier = digests.setdefault(row.external_id, digest)
            if earlier != digest:
                problems.append(self._changed(row))
            elif row.fields["left"] == row.fields["right"]:
                problems.append(self._not_two(row))
            elif project := projects.get(row.line):
                problems.append(self._mixed(row, project))
            elif row.external_id in self._written:
                self._count(row, Became.UNCHANGED)
            else:
                self._written.add(row.external_id)
                rows.append(self._values(row, digest))
                self._count(row, Became.NEW)
        self.counts.rejected += len(problems)
        insert_rows(self._work.connection, [Rows(decision, _COLUMNS, rows)])
        return problems

    def _digests_of(self, batch: Sequence[PreparedRow]) -> dict[str, str]:
        """Return the digests of the decisions that have the ids of a batch already."""
        ids = [row.external_id for row in batch]
        own = select(decision.c.external_id, decision.c.digest).where(
            decision.c.source_id == self._work.source_id,
            in_values(self._work.connection, decision.c.external_id, ids),
        )
        digests = dict(self._work.connection.execute(own).all())
        self._written |= digests.keys()
        return digests

    def settle(self) -> None:
        """Do nothing: no values have to be chosen."""

    def derive(self) -> tuple[list[Problem], tuple[str, ...]]:
        """Derive clusters from the decisions of the load.

        Returns:
            The problems of decisions that contradict others, and notes on the file.
        """
        if not self._lines:
            return [], ()
        connection = self._work.connection
        if len(self._lines) <= _FEW:
            plan: Plan | None = update_clusters(connection, self._refs, self._work.known_places)
        else:
            plan = derive_clusters(connection, suspend_clusters(connection))
        if plan is None:
            return [], ()
        return [*self._contradictions(plan)], tuple(self._notes(plan))

    def _values(self, row: PreparedRow, digest: str) -> tuple[object, ...]:
        self._last += 1
        fields = row.fields
        self._lines[self._last] = row.line
        self._refs |= {fields["left"], fields["right"]}
        self._work.contents.add(self._layout.noun, row.external_id, row.locator, None, digest)
        score = Decimal(fields["score"]) if "score" in fields else None
        texts = (fields.get(name) for name in ("features", "left_seen", "right_seen", "replaces"))
        return (
            self._last, self._work.load_id, self._work.source_id, row.external_id, row.locator,
            fields["left"], fields["right"], fields["relation"], fields["reviewer"],
            fields["decided_at"], fields.get("why"), score, *texts, digest,
        )  # fmt: skip

    def _count(self, row: PreparedRow, became: Became) -> None:
        self.became[row.line] = became
        if became is Became.NEW:
            self.counts.new += 1
        else:
            self.counts.unchanged += 1

    def _changed(self, row: PreparedRow) -> Problem:
        rule = "is the id of another decision of this source, and decisions are never changed"
        return self._problem(row.line, "id", row.external_id, rule, "Give the new one another id.")

    def _not_two(self, row: PreparedRow) -> Problem:
        rule = "is the same as the left one"
        return self._problem(
            row.line, "right", row.fields["right"], rule, "Name two different ones."
        )

    def _projects_of_mixed(self, batch: Sequence[PreparedRow]) -> dict[int, str]:
        """Return the project of the money that rows compare with a project, by line.

        Money that has no project of its own can be compared with projects.
        """
        mixed: dict[int, str] = {}
        for row in batch:
            refs = {parse_reference(row.fields[side]) for side in ("left", "right")}
            if {ref.noun for ref in refs} == {FINANCE.name, PROJECTS.name}:
                mixed[row.line] = next(str(ref) for ref in refs if ref.noun == FINANCE.name)
        projects = references_of_rows(self._work.connection, mixed.values()) if mixed else {}
        return {line: projects[ref] for line, ref in mixed.items() if ref in projects}

    def _mixed(self, row: PreparedRow, project: str) -> Problem:
        rule = "is of another noun than the left one"
        hint = f"Write two of finance, or two of projects: {project}."
        return self._problem(row.line, "right", row.fields["right"], rule, hint)

    def _problem(self, line: int, column: str, value: str, rule: str, hint: str) -> Problem:
        name = self._header.column_of((), column) or column
        return self._work.origin.problem(line, name, value, rule, hint)

    def _contradictions(self, plan: Plan) -> Iterable[Problem]:
        """Yield a problem for each new decision that would make one of what is different."""
        for refused in plan.refused:
            join, block = refused.join.decision, refused.block.decision
            rows = {row.id: row for judgement in (join, block) for row in judgement.holding}
            for number in sorted(rows.keys() & self._lines.keys()):
                row = rows[number]
                rule, hint = _contradiction(join, block, is_join=row in join.holding)
                yield self._problem(self._lines[number], "right", row.right_ref, rule, hint)

    def _notes(self, plan: Plan) -> Iterable[str]:
        absent = sorted(self._refs & plan.absent)
        if absent:
            named = ", ".join(absent[:3]) + (", ..." if len(absent) > 3 else "")  # noqa: PLR2004
            yield (
                f"{len(absent):,} of the records that they name are not in this knowledge base"
                f" ({named}): decisions on them take effect when these are loaded."
            )


def _contradiction(join: Judgement, block: Judgement, *, is_join: bool) -> tuple[str, str]:
    """Return which rule a new decision breaks, and what to do about it.

    Args:
        join: a judgement that two are one.
        block: the judgement that keeps them apart, through others or directly.
        is_join: whether the new decision is part of the former.
    """
    first, second = block.deciding.pair
    others = [ref for ref in join.deciding.pair if ref not in {first, second}]
    through = f", through {' and '.join(others)}" if others else ""
    if is_join:
        reviewer = block.deciding.reviewer
        rule = f"would make {first} and {second} one{through}, but {reviewer} judged them different"
        return (
            rule,
            "`bricoop decisions list` lists decisions; `bricoop undo LOAD` takes them back.",
        )
    joined, other = join.deciding.pair
    rule = (
        f"would part {first} and {second}, which are one{through}: {join.deciding.reviewer} judged"
        f" {joined} and {other} to be one"
    )
    return rule, "`bricoop split` parts one of them from all others."
