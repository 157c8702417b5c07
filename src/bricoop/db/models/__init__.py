"""Table definitions: provenance, entities, facts and search."""
