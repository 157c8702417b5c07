"""Full-text search for entities: ranked hits, snippets, and hints for searches without hits."""
