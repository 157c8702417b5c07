"""Query plan of the noun `findings`."""

from bricoop.db.schema import entity, finding, link, record, source
from bricoop.domain.vocabularies import EntityKind, FindingKind
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Join, Tables

_SUBJECT = entity.alias("subject")

PLAN = Plan(
    tables=Tables(
        finding,
        (
            Join(record, record.c.id == finding.c.record_id),
            Join(source, source.c.id == record.c.source_id),
            Join(link, link.c.id == finding.c.link_id, outer=True),
            # A finding about its link alone has no other subject.
            Join(
                _SUBJECT,
                (_SUBJECT.c.id == finding.c.entity_id) & (_SUBJECT.c.kind != EntityKind.LINK.value),
                outer=True,
            ),
        ),
    ),
    identity=finding.c.record_id,
    scalars={
        "kind": finding.c.kind,
        "link": link.c.code,
        "statement": finding.c.statement,
        "subject": _SUBJECT.c.name,
        "source": source.c.key,
        "locator": record.c.locator,
    },
    about=finding.c.entity_id,
    is_record=True,
    filters={
        "kind": filters.coded(finding.c.kind, FindingKind),
        "link": filters.about(finding.c.link_id, EntityKind.LINK),
        "subject": filters.about(finding.c.entity_id),
        "source": filters.of_source(record.c.source_id),
        "name": filters.holding(finding.c.statement),
    },
    # Record ids follow the order of the source.
    order={"locator": finding.c.record_id, "link": link.c.position},
)
