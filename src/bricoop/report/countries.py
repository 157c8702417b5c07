"""Finds the country of a report, and refuses regions of the world with a hint."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import AmbiguousNameError, NotFoundError, UsageError
from bricoop.lookup.entities import EntityMatch, find_entity
from bricoop.query.conditions.regions import is_region


def find_country(
    connection: Connection, name: str, kinds: Sequence[EntityKind] = (EntityKind.COUNTRY,)
) -> EntityMatch:
    """Find the entity of a name among some kinds, by default countries only.

    Raises:
        NotFoundError: nothing is known by that name.
        AmbiguousNameError: several entities have that name.
        UsageError: the name is that of a region of the world, on which there are no reports.
    """
    try:
        return find_entity(connection, name, kinds)
    except (AmbiguousNameError, NotFoundError) as error:
        if EntityKind.COUNTRY not in kinds or not is_region(connection, name):
            raise
        message = f"{name!r} is a region, and reports are on countries."
        hint = f"Its rows: bricoop query projects --region {name!r}."
        raise UsageError(message, hint) from error
