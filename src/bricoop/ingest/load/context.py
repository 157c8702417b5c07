"""State shared by all components of one load."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bricoop.db.checksums import ContentSum
from bricoop.db.deferred import Deferred
from bricoop.db.ids import Ids
from bricoop.domain.problem import Origin
from bricoop.ingest.facts.pending_documents import PendingDocuments
from bricoop.ingest.facts.project_kinds import RecordKinds, kinds_of
from bricoop.ingest.load.edition import Edition
from bricoop.ingest.load.record_lines import RecordLines
from bricoop.ingest.readers.rejected_rows import RejectedRows
from bricoop.ingest.resolve.known_places import KnownPlaces
from bricoop.ingest.resolve.name_filter import NameFilter
from bricoop.ingest.resolve.resolver import Resolver


@dataclass(frozen=True)
class LoadContext:
    """Shared state of a load in an open transaction whose write lock is held.

    Attributes:
        connection: the open transaction.
        numbers: allocates ids.
        known_places: resolves names of countries and regions.
        resolver: resolves names of other entities.
        kinds: returns the kinds of projects.
        source_id: the source of the load.
        load_id: the load.
        origin: the file, for the locations in messages.
        seen: the line of each record that the file has contained so far.
        touched: ids of entities whose search documents must be built anew.
        pending: the search documents of new entities, before they are written.
        name_filter: Bloom filter over the names, keys and ids that the database may hold.
        deferred: the indexes that may be dropped during the load and created at its end.
        contents: the checksum of the load's records.
        namesakes: by project that another row of the source describes, the number of rows of the
            load that have its name and other ids, and describe projects of their own.
        rejected: what the file says about rows that an earlier load left out.
        edition: the files of the same command that were loaded before; None if there is one file.
    """

    connection: Connection
    numbers: Ids
    known_places: KnownPlaces
    resolver: Resolver
    kinds: RecordKinds
    source_id: int = 0
    load_id: int = 0
    origin: Origin = field(default_factory=lambda: Origin(""))
    seen: RecordLines = field(default_factory=RecordLines)
    touched: set[int] = field(default_factory=set)
    pending: PendingDocuments = field(default_factory=lambda: PendingDocuments(set()))
    name_filter: NameFilter = field(default_factory=NameFilter)
    deferred: Deferred = field(default_factory=Deferred)
    contents: ContentSum = field(default_factory=ContentSum)
    namesakes: Counter[int] = field(default_factory=Counter)
    rejected: RejectedRows = field(default_factory=RejectedRows)
    edition: Edition | None = None

    def has_read(self, record_id: int) -> bool:
        """Return whether the file has contained a record, or an earlier file of its command."""
        if self.seen.line(record_id):
            return True
        return self.edition is not None and self.edition.file_of(record_id) is not None

    @staticmethod
    def on(
        connection: Connection,
        numbers: Ids,
        source_id: int = 0,
        load_id: int = 0,
        origin: Origin | None = None,
        *,
        with_names: bool = True,
    ) -> "LoadContext":
        """Return the context of a load on an open transaction; countries and regions are read.

        Args:
            connection: the transaction.
            numbers: the ids that are free.
            source_id: the source.
            load_id: the load.
            origin: the file.
            with_names: whether rows name countries and regions otherwise than by codes.
        """
        touched: set[int] = set()
        name_filter, deferred = NameFilter(), Deferred()
        return LoadContext(
            connection,
            numbers,
            KnownPlaces(connection, with_names=with_names),
            Resolver(connection, name_filter, deferred),
            kinds_of(connection),
            source_id,
            load_id,
            origin or Origin(""),
            touched=touched,
            pending=PendingDocuments(touched),
            name_filter=name_filter,
            deferred=deferred,
        )
