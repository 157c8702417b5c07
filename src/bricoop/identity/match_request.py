"""Which entities are compared, as it is asked for."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from bricoop.db.schema import country
from bricoop.domain.vocabularies import EntityKind
from bricoop.errors import UsageError
from bricoop.lookup.entities import find_entity


@dataclass(frozen=True)
class MatchRequest:
    """Which projects or organizations are compared.

    Attributes:
        left_source: a source, by key or title, whose entities are compared; empty for all.
        right_source: the source with whose entities they are compared; empty for all others.
        country: the only country whose entities are compared, by any name or code; empty for all.
        with_decided: whether pairs that are decided are among the proposals.
        only_new: whether only undecided pairs are proposed of which the latest loads brought one.
    """

    left_source: str = ""
    right_source: str = ""
    country: str = ""
    with_decided: bool = False
    only_new: bool = False

    def __post_init__(self) -> None:
        """Refuse what excludes each other.

        Raises:
            UsageError: decided pairs and new ones only are asked for.
        """
        if self.with_decided and self.only_new:
            raise UsageError("--new lists no decided pairs.", "Leave out --all or --new.")

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
