"""Names that entities had until a newer edition gave them others, for notes on new entities."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.sql import func

from bricoop.db.schema import entity, record, record_version
from bricoop.domain.names import normalise
from bricoop.domain.nouns import NAMED_KINDS
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.facts.derive import aliases
from bricoop.ingest.layouts.layout import Fields
from bricoop.ingest.layouts.registry import LAYOUT_OF_KIND


class FormerName(NamedTuple):
    """The entity that had a name, and the load that took the name from it."""

    key: str
    until: int


class FormerNames:
    """The former names of entities, by kind; they are read when they are first needed.

    They do not match names in cells: the name of another thing is often a former name as well, and
    what a row means must not depend on editions that were replaced.
    """

    def __init__(self, connection: Connection, load_id: int) -> None:
        """Read nothing yet; names that the load `load_id` itself replaces do not count."""
        self._connection = connection
        self._load_id = load_id
        self._by_name: dict[tuple[str, str], FormerName] | None = None

    def of(self, kind: EntityKind, name: str) -> FormerName | None:
        """Return the entity of a kind that had a name, or None."""
        if self._by_name is None:
            self._by_name = self._read()
        return self._by_name.get((kind.value, normalise(name))) if self._by_name else None

    def _read(self) -> dict[tuple[str, str], FormerName]:
        former: dict[tuple[str, str], FormerName] = {}
        for kind in NAMED_KINDS:
            for row in self._replaced(kind):
                if row.until >= self._load_id:
                    continue
                for name in _names(kind, row.before) - _names(kind, row.now):
                    former[kind, name] = FormerName(row.key, row.until)
        return former

    def _replaced(self, kind: EntityKind) -> list[Row[Any]]:
        """Return earlier versions of records with other names, and the load that replaced each."""
        layout = LAYOUT_OF_KIND[kind]
        later = record_version.alias()
        following = (
            select(func.min(later.c.load_id))
            .where(later.c.record_id == record_version.c.record_id)
            .where(later.c.load_id > record_version.c.load_id)
            .scalar_subquery()
        )
        before, now = record_version.c.fields, record.c.fields
        columns = ("name", *(column for column, _, _ in layout.name_columns))
        differs = or_(
            *(
                before[column].as_string().is_distinct_from(now[column].as_string())
                for column in columns
            )
        )
        statement = (
            select(
                entity.c.key,
                before.label("before"),
                now.label("now"),
                func.coalesce(following, record.c.load_id).label("until"),
            )
            .join(record, record.c.id == record_version.c.record_id)
            .join(entity, entity.c.id == record.c.entity_id)
            .where(record.c.noun == layout.noun, differs)
            .order_by(record_version.c.load_id, record_version.c.record_id)
        )
        return list(self._connection.execute(statement))


def _names(kind: EntityKind, fields: Fields) -> set[str]:
    """Return the normalised names in the fields of a record; none if they were damaged."""
    if not isinstance(fields.get("name"), str):
        return set()
    return {normalised for _, normalised, _, _ in aliases(LAYOUT_OF_KIND[kind], fields)}
