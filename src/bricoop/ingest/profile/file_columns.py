"""The columns of one file, matched with a profile, and those whose cells records store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bricoop.domain.header import Header
from bricoop.domain.problem import Origin
from bricoop.ingest.profile.cells import used_by
from bricoop.ingest.profile.field_origins import origins_of
from bricoop.ingest.profile.header_check import refuse_misfits
from bricoop.ingest.profile.model import Profile, RecordRule, Styles
from bricoop.ingest.profile.unpivot import Unpivoted, unpivoted


@dataclass(frozen=True)
class FileColumns:
    """The columns of a file, followed by the virtual ones that `[unpivot]` creates.

    Attributes:
        origin: the file.
        names: the columns, by the names used in rules.
        printed: the same columns, by their headings in the file.
        width: the number of columns of the file itself.
        unpivoted: the columns that become rows, or None.
        whole_numbers: the positions of the columns of whole numbers.
    """

    origin: Origin
    names: Sequence[str]
    printed: Sequence[str]
    width: int
    unpivoted: Unpivoted | None
    whole_numbers: frozenset[int] = frozenset()

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each column in a row, by name."""
        return {name: position for position, name in enumerate(self.names)}

    @property
    def created(self) -> frozenset[str]:
        """The names of the virtual columns."""
        return frozenset(self.names[self.width :])

    @property
    def spread(self) -> frozenset[str]:
        """The names of the columns that become rows."""
        unpivoted_columns = self.unpivoted.columns if self.unpivoted else ()
        return frozenset(self.names[position] for position, _ in unpivoted_columns)


def file_columns(
    profile: Profile, styles: Styles, origin: Origin, header: Sequence[str]
) -> FileColumns:
    """Match the headings of a file with a profile.

    Raises:
        DataRejectedError: columns are missing or duplicated, or none becomes rows.
    """
    printed = [" ".join(cell.split()) for cell in header]
    names, width, columns = profile.named(printed), len(printed), None
    # Virtual columns come last, so that positions of the columns of the file stay as they are.
    if rule := profile.unpivot:
        used = {name for record in profile.records for name in used_by(record)}
        columns = unpivoted(rule, printed, used, styles.empty, origin.file)
        names, printed = ([*cells, rule.name, rule.value] for cells in (names, printed))
    refuse_misfits(names, profile, origin.file, header)
    whole_numbers = frozenset(
        position for position, name in enumerate(names) if name in profile.whole_numbers
    )
    return FileColumns(origin, names, printed, width, columns, whole_numbers)


class KeptColumns(NamedTuple):
    """The columns whose cells the records of one noun store.

    Attributes:
        header: the names of the columns, with the origins of fields.
        positions: their positions in a row.
    """

    header: Header
    positions: Sequence[int]


def kept_columns(profile: Profile, styles: Styles, columns: FileColumns) -> dict[str, KeptColumns]:
    """Return by noun the columns that records store; the first record stores the whole row."""
    rules: dict[str, list[RecordRule]] = {}
    for rule in profile.records:
        rules.setdefault(rule.noun, []).append(rule)
    names = dict(zip(columns.names, columns.printed, strict=True))
    columns_by_noun = {}
    for noun, own_rules in rules.items():
        positions = _kept_positions(own_rules, columns, whole=noun == profile.records[0].noun)
        printed = tuple(columns.printed[position] for position in positions)
        origins = origins_of(own_rules, names, styles)
        columns_by_noun[noun] = KeptColumns(
            Header(printed, origins, columns.origin.letters(printed)), positions
        )
    return columns_by_noun


def _kept_positions(
    rules: Sequence[RecordRule], columns: FileColumns, *, whole: bool
) -> Sequence[int]:
    """Return the positions of the columns that are used, or of all but virtual ones.

    A record made of one cell of the columns that become rows stores only that cell of them.
    """
    used = {name for rule in rules for name in used_by(rule)}
    created = columns.created
    passed_over = created | columns.spread if used & created else created
    return [
        position
        for position, name in enumerate(columns.names)
        if name in used or (whole and name not in passed_over)
    ]
