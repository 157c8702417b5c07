"""Loading: the pipeline that turns a file into records, entities and facts, and its undoing."""
