"""Collects what the rules of a profile make of one row."""

from collections.abc import Sequence

from bricoop.domain.problem import Problem
from bricoop.ingest.profile.row_translator import Absent
from bricoop.ingest.transform.validate import PreparedRow


class RowRecords:
    """The records of one row, and its problems.

    Attributes:
        problems: all problems of the row.
        records: the new or changed records, each with the number of its rule.
        same: for each rule, the numbers of stored records that are unchanged.
        ids: noun and id of each of these records.
        absent: the reasons why the row lacks a record.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Start without records; `problems` are those of the row as a whole."""
        self.problems = list(problems)
        self.records: list[tuple[int, PreparedRow]] = []
        self.same: dict[int, list[int]] = {}
        self.ids: list[tuple[str, str]] = []
        self.absent: list[str] = []

    def add(
        self, index: int, own_id: tuple[str, str], outcome: PreparedRow | Absent | list[Problem]
    ) -> None:
        """Add what a rule made of the row: a record, the reason for its absence, or problems.

        Args:
            index: the number of the rule.
            own_id: noun and id of the record.
            outcome: the record, or what stands for it.
        """
        if isinstance(outcome, PreparedRow):
            self.ids.append(own_id)
            self.records.append((index, outcome))
        elif isinstance(outcome, Absent):
            self.absent.append(f"no {' and no '.join(outcome.fields)}")
        else:
            self.problems.extend(outcome)
