"""Search documents of new entities, built from their rows without reading these back."""

from bricoop.db.search.parts import Parts, Shown, is_identifier, names_at_hand, parts_of_row
from bricoop.ingest.facts.derive import COLUMNS, HEAD, FactRows

#: For each table of facts, the part of a search document that it fills, and from which column.
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
    """The parts of the search documents of new entities, gathered from rows before their insertion.

    Attributes:
        late: ids of entities that got further records or facts after their document was built;
            their documents are built from the database at the end of the load.
    """

    def __init__(self, late: set[int]) -> None:
        """Start empty; `late` is shared with other code that adds to it."""
        self.late = late
        self._parts_by_entity: dict[int, Parts] = {}
        self._named: dict[int, list[str]] = {}

    def take(self) -> tuple[dict[int, Parts], dict[int, list[str]]]:
        """Return and forget the document parts of the entities added since the last call.

        Returns:
            The parts by entity, and the names, as far as known, of entities whose documents were
            postponed.
        """
        parts_by_entity, self._parts_by_entity = self._parts_by_entity, {}
        named, self._named = self._named, {}
        return parts_by_entity, named

    def leave(self, entity_id: int) -> None:
        """Postpone the document of an entity to the end: several records determine its values."""
        pending = self._parts_by_entity.pop(entity_id, None)
        if pending is not None:
            self._named[entity_id] = names_at_hand(pending)
        self.late.add(entity_id)

    def add_entity(self, shown: Shown) -> None:
        """Add a new entity."""
        self._parts_by_entity[shown.id] = parts_of_row(shown)

    def add_record(self, entity_id: int, external_id: str) -> None:
        """Add the id of a record in its source to the document of its entity."""
        pending = self._parts_by_entity.get(entity_id)
        if pending is None:
            self.late.add(entity_id)
        elif is_identifier(external_id):
            pending.ids.add(external_id)

    def add_facts(self, facts: FactRows) -> None:
        """Add facts, given by table."""
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
