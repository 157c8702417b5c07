"""Query plan of the noun `loads`; by default without loads that were undone."""

from bricoop.db.schema import load, source
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Join, Tables

PLAN = Plan(
    tables=Tables(load, (Join(source, source.c.id == load.c.source_id),)),
    identity=load.c.id,
    scalars={
        "key": load.c.id,
        "name": load.c.file_name,
        "kind": load.c.noun,
        "source": source.c.key,
        "rows_read": load.c.rows_read,
        "rows_new": load.c.rows_new,
        "rows_changed": load.c.rows_changed,
        "rows_unchanged": load.c.rows_unchanged,
        "rows_rejected": load.c.rows_rejected,
        "rows_skipped": load.c.rows_skipped,
        "rows_nothing": load.c.rows_nothing,
        "started": load.c.started_at,
        "finished": load.c.finished_at,
        "profile": load.c.profile,
        "sha256": load.c.file_sha256,
        "tool_version": load.c.tool_version,
        "undone": load.c.undone_at,
    },
    filters={
        "source": filters.of_source(load.c.source_id),
        "kind": filters.holding(load.c.noun),
        "name": filters.holding(load.c.file_name),
    },
    always=load.c.undone_at.is_(None),
)
