"""Apply a table of rules for kinds, and the rule for short names, to all projects."""

from collections.abc import Iterator

from sqlalchemy import Connection, select, update

from bricoop.db.bulk import update_rows
from bricoop.db.schema import knowledge_base, project, record
from bricoop.domain.batches import in_batches
from bricoop.domain.nouns import PROJECTS
from bricoop.domain.project_kinds.rule_table import RuleTable, shipped_table
from bricoop.ingest.editions.choose_values import main_kinds
from bricoop.ingest.editions.short_names import set_short_names
from bricoop.ingest.facts.project_kinds import derive_kinds, kinds_of

_BATCH = 1000


def choose_rules(connection: Connection, table: RuleTable | None = None) -> bool:
    """Note which rules the kinds of projects follow from; nothing is derived yet.

    Args:
        connection: an open transaction that holds the writers' lock.
        table: the rules to use from now on; None for a user's table that the knowledge base has
            already, or else that of this version of bricoop.

    Returns:
        Whether other rules were used before.
    """
    columns = (knowledge_base.c.kinds_digest, knowledge_base.c.kinds_table)
    row = connection.execute(select(*columns)).first()
    if row is None:
        # A damaged knowledge base, which `db check` reports.
        return False
    digest, own = row
    shipped = shipped_table().digest
    rules_digest = table.digest if table else digest if own is not None else shipped
    if digest == rules_digest:
        return False
    text = table.text if table and rules_digest != shipped else None
    values = {"kinds_digest": rules_digest, "kinds_table": text}
    connection.execute(update(knowledge_base).values(values))
    return True


def update_kinds(connection: Connection, table: RuleTable | None = None) -> int | None:
    """Derive all kinds again if they were derived by other rules.

    Args:
        connection: an open transaction that holds the writers' lock.
        table: as for `choose_rules`.

    Returns:
        The number of projects that have a kind, or None if nothing had to be done.
    """
    if not choose_rules(connection, table):
        return None
    kinds = kinds_of(connection)
    for ids in _pages(connection):
        derive_kinds(connection, ids, kinds)
    return _set_values(connection)


def _pages(connection: Connection) -> Iterator[list[int]]:
    last = 0
    while True:
        own = select(record.c.id).where(record.c.noun == PROJECTS.name, record.c.id > last)
        ids = list(connection.scalars(own.order_by(record.c.id).limit(_BATCH)))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _set_values(connection: Connection) -> int:
    has_kind = 0
    for ids in in_batches(list(connection.scalars(select(project.c.id))), _BATCH):
        kinds = main_kinds(connection, ids)
        has_kind += len(kinds)
        rows = [{"the_id": project_id, "kind": kinds.get(project_id)} for project_id in ids]
        update_rows(connection, project, rows)
        set_short_names(connection, ids)
    return has_kind
