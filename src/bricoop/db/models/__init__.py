"""The tables: provenance, entities and facts."""
