"""The nouns of provenance: sources and loads."""

from bricoop.domain.vocabularies import SourceKind
from bricoop.query.nouns.noun import Field, Filter, Noun, Type
from bricoop.query.nouns.shared import BY_SOURCE, KIND, by_kind

SOURCE_NOUN = Noun(
    "sources",
    "Who says it: documents, datasets and standards.",
    (
        Field("key", "stable key", in_table=True),
        Field("name", "title", in_table=True),
        KIND,
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
