"""The kinds of projects: as their records state them, or else by the table of rules."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, select

from bricoop.db.bulk import Rows, insert_rows
from bricoop.db.dialect import in_values
from bricoop.db.full_fields import full_fields
from bricoop.db.schema import knowledge_base, project_kind, record
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.project_kinds.classifier import Classifier, shipped_classifier
from bricoop.domain.project_kinds.rule_table import parse_rules
from bricoop.domain.vocabularies import Basis

#: Kind, basis and rule, as in the table `project_kind`.
Kind = tuple[str, str, str | None]
COLUMNS = ("kind", "basis", "rule")
_STATED, _BY_RULE = Basis.STATED.value, Basis.BY_RULE.value
_BATCH = 1000


class RecordKinds:
    """Returns the kinds of projects from the fields of their records."""

    def __init__(self, classifier: Classifier) -> None:
        """Use the rules of a classifier for records that state no kind."""
        self._classifier = classifier
        #: A load asks twice for each record: for its facts, and for the values of a new project.
        self._last: tuple[Mapping[str, Any] | None, Sequence[Kind]] = (None, ())

    def of(self, fields: Mapping[str, Any]) -> Sequence[Kind]:
        """Return the kinds of a record with these full fields, the main one first."""
        if self._last[0] is not fields:
            self._last = (fields, self._kinds(fields))
        return self._last[1]

    def _kinds(self, fields: Mapping[str, Any]) -> Sequence[Kind]:
        if "kind" in fields:
            return [(fields["kind"], _STATED, None)]
        kinds = self._classifier.kinds(
            fields["name"],
            sector=fields.get("sector", ""),
            description=fields.get("description", ""),
        )
        return [(by_rule.kind, _BY_RULE, by_rule.rule) for by_rule in kinds]


def kinds_of(connection: Connection) -> RecordKinds:
    """Return the kinds of records by the table of rules that the knowledge base uses.

    Raises:
        UsageError: the table in the knowledge base was altered and cannot be read.
    """
    table = connection.scalar(select(knowledge_base.c.kinds_table))
    return RecordKinds(shipped_classifier() if table is None else _own_classifier(table))


@lru_cache(maxsize=2)
def _own_classifier(table: str) -> Classifier:
    return Classifier(parse_rules(table, "in the knowledge base"))


def derive_kinds(connection: Connection, record_ids: Iterable[int], kinds: RecordKinds) -> None:
    """Derive the kinds of the projects that records are about again; other records are left out.

    The main kind of each project must be set afterwards, by `choose_values` or `set_main_kinds`.
    """
    columns = (record.c.id, record.c.entity_id, full_fields(record).label("fields"))
    for ids in in_batches(record_ids, _BATCH):
        connection.execute(
            delete(project_kind).where(in_values(connection, project_kind.c.record_id, ids))
        )
        rows = connection.execute(
            select(*columns)
            .where(in_values(connection, record.c.id, ids), record.c.noun == PROJECTS.name)
            .where(record.c.gone_in.is_(None))
        )
        facts = [
            (row.id, position, row.entity_id, *kind)
            for row in rows
            for position, kind in enumerate(kinds.of(row.fields))
        ]
        head = ("record_id", "position", "entity_id")
        insert_rows(connection, [Rows(project_kind, (*head, *COLUMNS), facts)])
