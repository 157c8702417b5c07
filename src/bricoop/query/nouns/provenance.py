"""The nouns of provenance: sources, loads and records."""

from bricoop.domain.vocabularies import SourceKind
from bricoop.query.nouns.noun import Field, Filter, Noun, Type
from bricoop.query.nouns.shared import BY_SOURCE, LOCATOR, SOURCE, by_kind, kind

SOURCE_NOUN = Noun(
    "sources",
    "Who says it: documents, datasets and standards.",
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
        Field("note", "what a reader must know"),
        Field("records", "how many records it gives", Type.INTEGER, in_table=True),
    ),
    (
        by_kind(SourceKind),
        Filter("tier", "a tier, 1 to 8"),
        Filter("year", "published in a year or span"),
        Filter("name", "part of the title"),
    ),
    "key",
    "sources --tier 4",
)

LOADS = Noun(
    "loads",
    "Runs of the door: what was loaded when, from which file.",
    (
        Field("key", "number of the load", Type.INTEGER, in_table=True),
        Field("name", "name of the file", in_table=True),
        Field("kind", "the noun that was loaded", in_table=True),
        Field("source", "key of the source", in_table=True),
        Field("rows_read", "rows read", Type.INTEGER, in_table=True),
        Field("rows_new", "of these, new", Type.INTEGER, in_table=True),
        Field("rows_changed", "of these, changed", Type.INTEGER, in_table=True),
        Field("rows_unchanged", "of these, unchanged", Type.INTEGER, in_table=True),
        Field("rows_rejected", "of these, rejected", Type.INTEGER),
        Field("started", "when it began, UTC", Type.MOMENT),
        Field("finished", "when it ended, UTC", Type.MOMENT, in_table=True),
        Field("profile", "the layout it was read by"),
        Field("sha256", "digest of the file"),
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
)

RECORDS = Noun(
    "records",
    "What one source says about one thing, as it says it.",
    (
        Field("id", "number of the record", Type.INTEGER),
        Field("kind", "the noun it was loaded as", in_table=True),
        Field("external_id", "its id within the source and noun", in_table=True),
        Field("about", "name of what it is about", in_table=True),
        Field("about_key", "key of what it is about"),
        Field("stated_name", "that name as the source prints it"),
        SOURCE,
        LOCATOR,
        Field("load", "number of the load that wrote it", Type.INTEGER, in_table=True),
        Field("gone_in", "number of the load whose edition no longer has it", Type.INTEGER),
        Field("fields", "what it says, cleaned, under native names: JSON"),
    ),
    (
        Filter("kind", "the noun it was loaded as"),
        Filter("about", "about any entity, by any of its names"),
        BY_SOURCE,
        Filter("load", "written by a load: its number"),
        Filter("name", "part of the name, as printed or as shown"),
        Filter("all", "also records that a later edition no longer has"),
    ),
    "id",
    "records --kind finance --source manufacturing-cooperation-paper",
)
