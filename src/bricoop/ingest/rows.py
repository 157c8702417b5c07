"""What rows become: a record in a native layout, or several by the rules of a profile."""

from collections.abc import Sequence
from typing import Protocol

from bricoop.domain.problem import Origin, Problem
from bricoop.errors import DataRejectedError
from bricoop.ingest.clean import Places
from bricoop.ingest.finish import Prepared
from bricoop.ingest.prepare import Preparer
from bricoop.ingest.profile.controls import Tally
from bricoop.ingest.profile.model import Profile, Styles
from bricoop.ingest.profile.translate import Translator, columns_of
from bricoop.ingest.readers.table import SourceRow

#: The records that a row becomes, by the place of their noun.
Records = Sequence[Sequence[Prepared]]


class Rows(Protocol):
    """Prepares the rows of one file."""

    def prepare(self, row: SourceRow) -> tuple[Records, list[Problem]]:
        """Return a row's records, one sequence for each noun, and all that is wrong with it."""

    def finish(self) -> list[Problem]:
        """Return what is wrong with the file as a whole, once all its rows have been prepared."""


class NativeRows:
    """Rows of a native layout: each is one record."""

    def __init__(self, preparer: Preparer) -> None:
        """Prepare rows by a preparer."""
        self._preparer = preparer

    def prepare(self, row: SourceRow) -> tuple[Records, list[Problem]]:
        """Return the row's record, or all that is wrong with it."""
        found = self._preparer.prepare(row)
        return (((found,),), []) if isinstance(found, Prepared) else ((), found)

    def finish(self) -> list[Problem]:
        """Return nothing: a native file promises nothing as a whole."""
        return []


class ProfileRows:
    """Rows of a published layout: each becomes a record of every noun that the profile names."""

    def __init__(
        self,
        profile: Profile,
        styles: Styles,
        origin: Origin,
        header: Sequence[str],
        places: Places,
    ) -> None:
        """Match the header with the profile.

        Raises:
            DataRejectedError: columns are missing, or there twice.
        """
        self._file = origin.file
        self._origin = origin
        self._header = [" ".join(cell.split()) for cell in header]
        self._refuse_misfits(profile)
        self._tally = Tally(profile.controls, styles.numbers, origin)
        self._translators = [
            Translator(rule, origin, styles, places, whole=number == 0)
            for number, rule in enumerate(profile.records)
        ]

    def prepare(self, row: SourceRow) -> tuple[Records, list[Problem]]:
        """Return the row's records, or all that is wrong with it."""
        header = self._header
        if len(row.cells) != len(header):
            extra = row.cells[len(header) :]
            if len(row.cells) < len(header) or any(cell.strip() for cell in extra):
                rule = f"the row has {len(row.cells)} cells, the header {len(header)}"
                hint = "Is a separator missing, or one too many outside quotes?"
                cell = extra[0] if extra else ""
                return (), [self._origin.problem(row.line, "", cell, rule, hint)]
        cells = {name: cell for name, cell in zip(header, row.cells, strict=False) if cell}
        problems = [
            self._origin.problem(row.line, name, cell, "has a NUL character", "Remove it.")
            for name, cell in cells.items()
            if "\0" in cell
        ]
        self._tally.count(cells)
        records: list[Sequence[Prepared]] = []
        for translator in self._translators:
            made, wrong = translator.prepare(row, cells)
            records.append(made)
            problems.extend(wrong)
        return ((), problems) if problems else (records, [])

    def finish(self) -> list[Problem]:
        """Return which control totals do not hold."""
        return self._tally.problems()

    def _refuse_misfits(self, profile: Profile) -> None:
        if not any(self._header):
            raise DataRejectedError(f"{self._file} is empty: it has no header.")
        twice = sorted({name for name in self._header if name and self._header.count(name) > 1})
        if twice:
            raise DataRejectedError(f"{self._file} has columns twice: {', '.join(twice)}.")
        missing = [name for name in needed_by(profile) if name not in self._header]
        if missing:
            message = f"{self._file} lacks columns of the layout {profile.name}: "
            hint = f"`bricoop profiles show {profile.name}` lists what it needs."
            raise DataRejectedError(f"{message}{', '.join(missing)}.", hint)


def needed_by(profile: Profile) -> tuple[str, ...]:
    """Return the columns without which a file has another layout, in the profile's order."""
    used = list(profile.required)
    for record in profile.records:
        used.extend(record.id)
        for rule in record.fields:
            used.extend(rule.columns if len(rule.columns) == 1 else ())
            used.extend(name for name in columns_of(rule) if name not in rule.columns)
    return tuple(dict.fromkeys(used))
