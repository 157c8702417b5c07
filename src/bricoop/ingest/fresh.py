"""New entities whose rows are at hand: what search says of them need not be read back."""

from bricoop.db.search.parts import Parts, Shown, is_identifier, parts_of_row
from bricoop.ingest.derive import COLUMNS, HEAD, FactRows

#: Which column of a table of facts belongs to which part of a document.
_PARTS = {
    "alias": ("names", "name"),
    "finding": ("about", "statement"),
    "location": ("spots", "name"),
    "participation": ("parties", "organization_id"),
    "agreement_party": ("parties", "party_id"),
    "finance": ("parties", "financier_id"),
    "entity_country": ("places", "country_id"),
    "entity_region": ("places", "region_id"),
}
_PLACES = {
    table: (part, len(HEAD) + COLUMNS[table].index(column))
    for table, (part, column) in _PARTS.items()
}


class Fresh:
    """The parts of the documents of new entities, gathered from the rows that make them.

    Attributes:
        late: entities of which more is said than was at hand when they were new; their documents
            must be made of what the database says in the end.
    """

    def __init__(self, late: set[int]) -> None:
        """Begin with none; others may add to those that are late."""
        self.late = late
        self._found: dict[int, Parts] = {}

    def taken(self) -> dict[int, Parts]:
        """Return the entities that came since this was last asked, and their parts."""
        found, self._found = self._found, {}
        return found

    def leave(self, entity_id: int) -> None:
        """Leave an entity for the end: what it shows must be chosen among several records."""
        self._found.pop(entity_id, None)
        self.late.add(entity_id)

    def add_entity(self, shown: Shown) -> None:
        """Add a new entity."""
        self._found[shown.id] = parts_of_row(shown)

    def add_record(self, entity_id: int, external_id: str) -> None:
        """Add what a record is known by in its source."""
        parts = self._found.get(entity_id)
        if parts is None:
            self.late.add(entity_id)
        elif is_identifier(external_id):
            parts.ids.add(external_id)

    def add_facts(self, facts: FactRows) -> None:
        """Add facts, by their tables."""
        for table, rows in facts.items():
            if table not in _PLACES:
                continue
            name, place = _PLACES[table]
            for row in rows:
                parts, said = self._found.get(row[2]), row[place]
                if parts is None:
                    self.late.add(row[2])
                elif said is not None:
                    getattr(parts, name).add(said)
