"""Write the register of loads: file, source, counts, reading rules and headers of each."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from bricoop.db.checksums import set_load_checksum
from bricoop.db.schema import load, load_header
from bricoop.domain.cell_choice import as_data
from bricoop.domain.header import Header
from bricoop.ingest.counts import Counts
from bricoop.ingest.load.context import LoadContext
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.request import LoadRequest
from bricoop.version import __version__

#: Increased whenever the same rules read the same cells differently than before.
_READING = 3


def open_load(
    work: LoadContext,
    request: LoadRequest,
    file_name: str,
    rules: str | None,
    headers: Mapping[str, Header],
) -> None:
    """Insert a load into the register, with the header of the records of each noun."""
    now = datetime.now(UTC)
    work.connection.execute(
        load.insert().values(
            id=work.load_id,
            source_id=work.source_id,
            noun=next(iter(headers)),
            profile=request.profile.name if request.profile else "native",
            # Only the name: the path would disclose the folders of the user's machine.
            file_name=Path(file_name).name,
            file_sha256="",
            tool_version=__version__,
            started_at=now,
            finished_at=now,
            rules_sha256=rules,
            edition=_edition_of(work),
            **_counted(Counts()),
        )
    )
    work.connection.execute(
        load_header.insert(),
        [
            {
                "load_id": work.load_id,
                "noun": noun,
                "columns": list(header.columns),
                "letters": list(header.letters),
                "origins": {name: as_data(choices) for name, choices in header.origins.items()},
            }
            for noun, header in headers.items()
        ],
    )


def _edition_of(work: LoadContext) -> int | None:
    """Return the first load of the complete edition of several files; None if there is none."""
    edition = work.edition
    if edition is None or not edition.is_complete:
        return None
    return edition.loads[0] if edition.loads else work.load_id


def close_load(work: LoadContext, counts: Counts, sha256: str, outcome: str | None) -> None:
    """Store the counts of a load, the digest of its file, its outcome, and a checksum of all."""
    work.connection.execute(
        update(load)
        .where(load.c.id == work.load_id)
        .values(
            file_sha256=sha256,
            finished_at=datetime.now(UTC),
            outcome=outcome,
            **_counted(counts),
        )
    )
    set_load_checksum(work.connection, work.load_id, work.contents)


def rules_digest(profile: Profile, styles: Styles, header: Sequence[str]) -> str:
    """Return a digest of the reading rules: with an equal one, equal cells give equal records."""
    rules = (__version__, _READING, profile.records, profile.columns, profile.skip, profile.unpivot)
    style = (styles.numbers, styles.dates, styles.two_digit_years, sorted(styles.empty))
    whole = repr((*rules, *style, list(header)))
    return hashlib.sha256(whole.encode()).hexdigest()


def loads_by(connection: Connection, rules: str) -> set[int]:
    """Return the ids of the loads with the same digest of reading rules."""
    return set(connection.scalars(select(load.c.id).where(load.c.rules_sha256 == rules)))


def _counted(counts: Counts) -> dict[str, int]:
    return {
        "rows_read": counts.read,
        "rows_new": counts.new,
        "rows_changed": counts.changed,
        "rows_unchanged": counts.unchanged,
        "rows_rejected": counts.rejected,
        "rows_gone": counts.gone,
        "rows_skipped": counts.skipped,
        "rows_nothing": counts.nothing,
    }
