"""The tables of a database that a lake does not have."""

#: Tables that only loading and undoing read, and those of the search index of a database.
NOT_IN_LAKE = frozenset(
    {
        "load_effect", "load_header", "record_version", "search_document", "search_state",
        "search_word",
    }
)  # fmt: skip
