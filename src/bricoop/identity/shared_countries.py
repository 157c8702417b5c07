"""Says where two that are joined lie, if they share no country."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from bricoop.db.dialect import in_values
from bricoop.db.schema import entity, entity_country, organization
from bricoop.domain.english import enumerated
from bricoop.domain.vocabularies import EntityKind
from bricoop.identity.subject import Subject

#: So many countries are named, and the others counted.
_NAMED = 3


def apart_by_country(connection: Connection, subject: Subject, other: Subject) -> tuple[str, ...]:
    """Return a sentence if both have countries, and share none; otherwise nothing.

    The countries of a project are those that the records state which are meant; that of an
    organization is its home country.
    """
    both = [_countries(connection, each) for each in (subject, other)]
    if not all(both) or both[0] & both[1]:
        return ()
    both_in_words = [
        f"{each.chosen[0].name or each.entity.name} is in {_in_words(names)}"
        for each, names in zip((subject, other), both, strict=True)
    ]
    return (f"They share no country: {', and '.join(both_in_words)}.",)


def _countries(connection: Connection, subject: Subject) -> set[str]:
    """Return the names of the countries of a subject."""
    if subject.entity.kind is EntityKind.ORGANIZATION:
        statement = (
            select(entity.c.name)
            .join(organization, organization.c.country_id == entity.c.id)
            .where(organization.c.id == subject.entity.id)
        )
    else:
        records = [record.id for unit in subject.chosen for record in unit.records]
        statement = (
            select(entity.c.name)
            .join(entity_country, entity_country.c.country_id == entity.c.id)
            .where(in_values(connection, entity_country.c.record_id, records))
            .where(entity_country.c.entity_id == subject.entity.id)
        )
    return set(connection.scalars(statement))


def _in_words(names: Collection[str]) -> str:
    ordered = sorted(names)
    more = [f"{len(ordered) - _NAMED:,} more"] if len(ordered) > _NAMED else []
    return enumerated([*ordered[:_NAMED], *more])
