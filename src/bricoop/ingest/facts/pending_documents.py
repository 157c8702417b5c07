"""New entities whose rows are at hand: what search says of them need not be read back."""

from bricoop.db.search.parts import Parts, Shown, is_identifier, names_at_hand, parts_of_row
from bricoop.ingest.facts.derive import COLUMNS, HEAD, FactRows

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
    table: (attribute, len(HEAD) + COLUMNS[table].index(column))
    for table, (attribute, column) in _PARTS.items()
}


class PendingDocuments:
    """The parts of the documents of new entities, gathered from the rows that make them.

    Attributes:
        late: entities of which more is said than was at hand when they were new; their documents
            must be made of what the database says in the end.
    """

    def __init__(self, late: set[int]) -> None:
        """Begin with none; others may add to those that are late."""
        self.late = late
        self._parts_by_entity: dict[int, Parts] = {}
        self._named: dict[int, list[str]] = {}

    def take(self) -> tuple[dict[int, Parts], dict[int, list[str]]]:
        """Return the entities that came since this was last asked: their parts, and their names.

        Those that were left for the end have only names, as far as they were known.
        """
        parts_by_entity, self._parts_by_entity = self._parts_by_entity, {}
        named, self._named = self._named, {}
        names = {
            number: names_at_hand(entity_parts) for number, entity_parts in parts_by_entity.items()
        }
        return parts_by_entity, names | named

    def leave(self, entity_id: int) -> None:
        """Leave an entity for the end: what it shows must be chosen among several records."""
        pending = self._parts_by_entity.pop(entity_id, None)
        if pending is not None:
            self._named[entity_id] = names_at_hand(pending)
        self.late.add(entity_id)

    def add_entity(self, shown: Shown) -> None:
        """Add a new entity."""
        self._parts_by_entity[shown.id] = parts_of_row(shown)

    def add_record(self, entity_id: int, external_id: str) -> None:
        """Add what a record is known by in its source."""
        pending = self._parts_by_entity.get(entity_id)
        if pending is None:
            self.late.add(entity_id)
        elif is_identifier(external_id):
            pending.ids.add(external_id)

    def add_facts(self, facts: FactRows) -> None:
        """Add facts, by their tables."""
        for table, rows in facts.items():
            if table not in _PLACES:
                continue
            name, index = _PLACES[table]
            for row in rows:
                pending, value = self._parts_by_entity.get(row[2]), row[index]
                if pending is None:
                    self.late.add(row[2])
                elif value is not None:
                    getattr(pending, name).add(value)
