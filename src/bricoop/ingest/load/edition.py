"""The files of one command, and which records they contain: several files may be one edition."""

from array import array

from bricoop.ingest.load.record_lines import RecordLines
from bricoop.ingest.profile.earlier_rows import EarlierRows
from bricoop.ingest.profile.rows import ProfileRows


class PartLines(RecordLines):
    """The lines of the records of one of several files, and the ids of these records.

    Attributes:
        ids: the ids, each at least once.
    """

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.ids = array("q")

    def note(self, record_id: int, line: int) -> None:
        """Set the line of a record's row."""
        super().note(record_id, line)
        self.ids.append(record_id)


class Edition:
    """Several files of one source that are loaded by one command, each by a load of its own.

    Attributes:
        is_complete: whether they are the whole dataset together. Then no two of them may have a row
            with the same id, and the last load marks records as gone that no file contains.
        loads: the loads that have been committed, in the order of the files.
        overwritten: how many records of earlier files have been changed since this was last reset.
    """

    def __init__(self, *, is_complete: bool) -> None:
        """Start with no file."""
        self.is_complete = is_complete
        self.loads: list[int] = []
        self.overwritten = 0
        self._names: list[str] = []
        #: The number of the file of each record, from 1.
        self._files = RecordLines()
        self._part = PartLines()
        self._overwritten_now: set[int] = set()
        self._has_records = False
        self._rows: ProfileRows | None = None
        self._earlier: list[EarlierRows] = []

    def begin_file(self) -> PartLines:
        """Begin to read the next file, or the same one again; return its lines, still empty."""
        self._part = PartLines()
        self._overwritten_now.clear()
        return self._part

    def follow(self, rows: ProfileRows, rules: int) -> None:
        """Have the rows of the file that is being read follow those of the earlier files.

        Args:
            rows: the reader of its rows.
            rules: how many rules for records the profile has.
        """
        self._earlier = self._earlier or [EarlierRows() for _ in range(rules)]
        self._rows = rows
        rows.follow(self._earlier)

    def end_file(self, name: str, load_id: int) -> None:
        """Keep the records of the file that was read, as its load is final."""
        self._names.append(name)
        self.loads.append(load_id)
        number = len(self._names)
        for record_id in self._part.ids:
            self._files.note(record_id, number)
        self._has_records = self._has_records or bool(self._part.ids)
        self.overwritten += len(self._overwritten_now)
        if self._rows is not None:
            self._rows.append_to_earlier(numbers_rows=self.is_complete)
            self._rows = None
        self.begin_file()

    @property
    def has_records(self) -> bool:
        """Whether any of the earlier files contains a record."""
        return self._has_records

    def file_of(self, record_id: int) -> str | None:
        """Return the name of the earlier file that contains a record, or None."""
        number = self._files.line(record_id)
        return self._names[number - 1] if number else None

    def note_overwritten(self, record_id: int) -> None:
        """Note that the file that is being read changes a record of an earlier file."""
        self._overwritten_now.add(record_id)
