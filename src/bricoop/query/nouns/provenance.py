"""Nouns of provenance: sources, loads, records and disagreements."""

from bricoop.domain import nouns
from bricoop.domain.vocabularies import EntityKind, Relation, SourceKind
from bricoop.query.nouns.noun import Field, Filter, Noun, Type
from bricoop.query.nouns.shared import (
    BY_COUNTRY,
    BY_LINK,
    BY_NAME,
    BY_REGION,
    BY_SOURCE,
    LOCATOR,
    SOURCE,
    by_kind,
    kind,
)

SOURCE_NOUN = Noun(
    nouns.SOURCES,
    (
        Field("key", "stable key", in_table=True),
        Field("name", "title", in_table=True),
        kind(SourceKind),
        Field("tier", "1 (government) to 8 (social media)", Type.INTEGER, in_table=True),
        Field("tier_name", "what the tier means", in_table=True),
        Field("authors", "authors"),
        Field("publisher", "publisher"),
        Field("published", "when it was published", Type.DATE, in_table=True),
        Field("edition", "edition"),
        Field("url", "web address"),
        Field("archived_url", "address of an archived copy"),
        Field("licence", "licence"),
        Field("language", "ISO 639 code"),
        Field("note", "note for the reader"),
        Field("records", "number of records from it", Type.INTEGER, in_table=True),
        Field(
            "decisions",
            "number of decisions from it, if there are any",
            Type.INTEGER,
            in_table=True,
            sparse=True,
        ),
    ),
    (
        by_kind(SourceKind),
        Filter("tier", "a tier, 1 to 8"),
        Filter("year", "published in a year or range"),
        Filter("name", "part of the title"),
    ),
    "key",
    "sources --tier 4",
    is_merged=False,
)

LOADS = Noun(
    nouns.LOADS,
    (
        Field("key", "number of the load", Type.INTEGER, in_table=True, identifies=True),
        Field("name", "name of the file", in_table=True),
        Field("kind", "the noun that was loaded", in_table=True),
        Field("source", "key of the source", in_table=True),
        Field("rows_read", "rows read", Type.INTEGER, in_table=True),
        Field("rows_new", "rows that were new", Type.INTEGER, in_table=True),
        Field("rows_changed", "rows that changed", Type.INTEGER, in_table=True),
        Field("rows_unchanged", "rows that did not change", Type.INTEGER, in_table=True),
        Field("rows_rejected", "rows that were rejected", Type.INTEGER),
        Field("rows_skipped", "rows read that a rule of the profile left out", Type.INTEGER),
        Field("rows_nothing", "rows read that produced no record", Type.INTEGER),
        Field("started", "when it began, UTC", Type.MOMENT),
        Field("finished", "when it ended, UTC", Type.MOMENT, in_table=True),
        Field("profile", "profile it was read with"),
        Field("sha256", "SHA-256 of the file"),
        Field("tool_version", "version of bricoop"),
        Field("undone", "when it was undone, UTC", Type.MOMENT),
    ),
    (
        BY_SOURCE,
        Filter("kind", "the noun that was loaded"),
        Filter("name", "part of the file's name"),
        Filter("all", "also loads that were undone"),
    ),
    "key",
    "loads --source manufacturing-cooperation-paper",
    is_merged=False,
)

DISAGREEMENTS = Noun(
    nouns.DISAGREEMENTS,
    (
        Field("about", "entity that sources disagree about", in_table=True),
        Field("kind", "kind of entity", codes=EntityKind),
        Field("field", "field they disagree on", in_table=True),
        Field("shown", "value that bricoop shows", in_table=True),
        Field(
            "says",
            "value of the other source, or of another place in the same source",
            in_table=True,
        ),
        Field(
            "shown_amount",
            "for money: total of the source that is shown",
            Type.DECIMAL,
            in_table=True,
            base=("unit",),
            based="{unit}",
            money=True,
        ),
        Field(
            "amount",
            "for money: total of the other source, in the same currency and prices",
            Type.DECIMAL,
            in_table=True,
            base=("unit",),
            based="{unit}",
            money=True,
        ),
        Field(
            "unit",
            "for money: currency and prices of both totals, and the kind of flow",
            in_table=True,
        ),
        Field("shown_source", "key of the source that is shown", in_table=True),
        Field("shown_locator", "place in that source"),
        Field("source", "key of the other source", in_table=True),
        Field("locator", "place in that source", in_table=True),
        Field("rule", "rule that chose the value shown"),
        Field("about_key", "key of the entity"),
    ),
    (
        Filter("about", "about an entity, by any of its names"),
        Filter("kind", "a kind of entity", EntityKind),
        BY_LINK,
        BY_COUNTRY,
        BY_REGION,
        Filter("source", "either of the two sources: key or title, or a part of either"),
        BY_NAME,
    ),
    "about",
    "disagreements --country Belarus",
)

RECORDS = Noun(
    nouns.RECORDS,
    (
        Field("id", "number of the record", Type.INTEGER, identifies=True),
        Field("kind", "noun it was loaded as", in_table=True),
        Field("external_id", "id, unique within the source and noun", in_table=True),
        Field("about", "name of the entity it is about", in_table=True),
        Field("about_key", "key of the entity it is about"),
        Field("stated_name", "name as the source prints it"),
        SOURCE,
        LOCATOR,
        Field(
            "load",
            "number of the load that wrote it",
            Type.INTEGER,
            in_table=True,
            identifies=True,
        ),
        Field(
            "gone_in",
            "number of the load whose edition no longer contains it",
            Type.INTEGER,
            identifies=True,
        ),
        Field("fields", "cleaned values by field name, as JSON"),
        Field("url", "web address of the row at its source, where one is recorded", extra=True),
    ),
    (
        Filter("kind", "noun it was loaded as"),
        Filter("about", "about an entity, by any of its names"),
        BY_SOURCE,
        Filter("load", "written by a load: its number"),
        Filter("name", "part of the name, as printed or as shown"),
        Filter("all", "also records that a later edition no longer contains"),
    ),
    "id",
    "records --kind finance --source manufacturing-cooperation-paper",
)

DECISIONS = Noun(
    nouns.DECISIONS,
    (
        Field("id", "id, unique within the source"),
        Field("left_ref", "reference to the left record or organization", in_table=True),
        Field("relation", "what it is to the right one", in_table=True, codes=Relation),
        Field("right_ref", "reference to the right one", in_table=True),
        Field("reviewer", "who decided, or `rule:` and the name of a rule", in_table=True),
        Field("decided_at", "when, UTC", in_table=True),
        Field("why", "the reason, in words", in_table=True, sparse=True),
        Field("score", "score of the pair at that time", Type.DECIMAL),
        Field("features", "what spoke for and against it"),
        Field("left_seen", "what the left one looked like"),
        Field("right_seen", "what the right one looked like"),
        Field("replaces", "id of the reviewer's earlier decision on the pair"),
        Field("source", "key of the source", in_table=True),
        Field("locator", "place in the source"),
        Field("load", "number of the load that wrote it", Type.INTEGER, identifies=True),
    ),
    (
        BY_SOURCE,
        Filter("relation", "what both are to each other", Relation),
        Filter("reviewer", "part of the name of who decided"),
        Filter("load", "written by a load: its number"),
        Filter("name", "part of what either looked like, or of a reference"),
    ),
    "decided_at",
    "decisions --relation different",
    is_merged=False,
)

#: The nouns of provenance, in the order of the help text.
NOUNS = (SOURCE_NOUN, LOADS, RECORDS, DISAGREEMENTS, DECISIONS)
