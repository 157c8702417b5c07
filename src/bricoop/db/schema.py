"""All tables in one module; importing it registers them with the metadata."""

from bricoop.db.base import metadata
from bricoop.db.models.entities import (
    agreement,
    country,
    entity,
    link,
    organization,
    policy,
    project,
)
from bricoop.db.models.facts import (
    FACTS,
    agreement_party,
    alias,
    entity_country,
    entity_link,
    entity_region,
    finance,
    finding,
    location,
    observation,
    organization_role,
    participation,
)
from bricoop.db.models.provenance import (
    knowledge_base,
    load,
    load_effect,
    load_header,
    record,
    record_version,
    source,
)
from bricoop.db.models.search import search_document, search_state, search_word

__all__ = [
    "FACTS",
    "agreement",
    "agreement_party",
    "alias",
    "country",
    "entity",
    "entity_country",
    "entity_link",
    "entity_region",
    "finance",
    "finding",
    "knowledge_base",
    "link",
    "load",
    "load_effect",
    "load_header",
    "location",
    "metadata",
    "observation",
    "organization",
    "organization_role",
    "participation",
    "policy",
    "project",
    "record",
    "record_version",
    "search_document",
    "search_state",
    "search_word",
    "source",
]
