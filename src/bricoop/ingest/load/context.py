"""What all that works on one load shares."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from bricoop.db.bulk import Bulk
from bricoop.db.checksums import ContentSum
from bricoop.db.deferred import Deferred
from bricoop.db.ids import Ids
from bricoop.domain.problem import Origin
from bricoop.ingest.facts.pending_documents import PendingDocuments
from bricoop.ingest.load.record_lines import RecordLines
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.resolve.name_filter import NameFilter
from bricoop.ingest.resolve.resolver import Resolver


@dataclass(frozen=True)
class LoadContext:
    """One load at work, in an open transaction whose writer's lock is held.

    Attributes:
        bulk: takes new rows.
        numbers: the next free numbers.
        places: the countries and regions that names may mean.
        resolver: the entities that names may mean.
        source_id: who says what is loaded.
        load_id: the load.
        origin: where its rows come from.
        seen: the records that its rows have spoken of.
        touched: the entities of which something else is said now than was when they were new.
        pending: the new entities that wait for their documents in the search index.
        name_filter: what the database may hold, so that it is not asked for all else.
        deferred: the indexes that may be away while the load goes on.
        contents: the sum of what its records say.
    """

    bulk: Bulk
    numbers: Ids
    places: KnownPlaces
    resolver: Resolver
    source_id: int = 0
    load_id: int = 0
    origin: Origin = field(default_factory=lambda: Origin(""))
    seen: RecordLines = field(default_factory=RecordLines)
    touched: set[int] = field(default_factory=set)
    pending: PendingDocuments = field(default_factory=lambda: PendingDocuments(set()))
    name_filter: NameFilter = field(default_factory=NameFilter)
    deferred: Deferred = field(default_factory=Deferred)
    contents: ContentSum = field(default_factory=ContentSum)

    @property
    def connection(self) -> Connection:
        """The open transaction."""
        return self.bulk.connection

    @staticmethod
    def on(
        bulk: Bulk,
        numbers: Ids,
        source_id: int = 0,
        load_id: int = 0,
        origin: Origin | None = None,
    ) -> "LoadContext":
        """Return the work of a load on an open transaction; what the database knows is read."""
        connection = bulk.connection
        touched: set[int] = set()
        name_filter, deferred = NameFilter(), Deferred()
        return LoadContext(
            bulk,
            numbers,
            KnownPlaces(connection),
            Resolver(connection, name_filter, deferred),
            source_id,
            load_id,
            origin or Origin(""),
            touched=touched,
            pending=PendingDocuments(touched),
            name_filter=name_filter,
            deferred=deferred,
        )
