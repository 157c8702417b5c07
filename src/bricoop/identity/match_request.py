"""Which entities are compared, as it is asked for."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from bricoop.db.schema import country
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity


@dataclass(frozen=True)
class MatchRequest:
    """Which projects or organizations are compared.

    Attributes:
        left_source: a source, by key or title, whose entities are compared; empty for all.
        right_source: the source with whose entities they are compared; empty for all others.
        country: the only country whose entities are compared, by any name or code; empty for all.
    """

    left_source: str = ""
    right_source: str = ""
    country: str = ""

    def alpha2(self, connection: Connection) -> str:
        """Return the alpha-2 code of the country; empty for all.

        Raises:
            NotFoundError: the country is unknown.
            AmbiguousNameError: the name matches several.
        """
        if not self.country:
            return ""
        match = find_entity(connection, self.country, (EntityKind.COUNTRY,))
        statement = select(country.c.alpha2).where(country.c.id == match.id)
        return connection.scalars(statement).one()
