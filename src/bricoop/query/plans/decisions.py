"""Query plan of the noun `decisions`: what reviewers decided, as it was recorded."""

from bricoop.db.schema import decision, source
from bricoop.domain.vocabularies import Relation
from bricoop.query.conditions import filters
from bricoop.query.plan import Plan
from bricoop.query.tables import Join, Tables

PLAN = Plan(
    tables=Tables(decision, (Join(source, source.c.id == decision.c.source_id),)),
    identity=decision.c.id,
    scalars={
        "id": decision.c.external_id,
        "left_ref": decision.c.left_ref,
        "relation": decision.c.relation,
        "right_ref": decision.c.right_ref,
        "reviewer": decision.c.reviewer,
        "decided_at": decision.c.decided_at,
        "why": decision.c.why,
        "score": decision.c.score,
        "features": decision.c.features,
        "left_seen": decision.c.left_seen,
        "right_seen": decision.c.right_seen,
        "replaces": decision.c.replaces,
        "source": source.c.key,
        "locator": decision.c.locator,
        "load": decision.c.load_id,
    },
    filters={
        "source": filters.of_source(decision.c.source_id),
        "relation": filters.coded(decision.c.relation, Relation),
        "reviewer": filters.holding(decision.c.reviewer),
        "load": filters.of_load(decision.c.load_id),
        "name": filters.holding(
            decision.c.left_ref, decision.c.right_ref, decision.c.left_seen, decision.c.right_seen
        ),
    },
)
