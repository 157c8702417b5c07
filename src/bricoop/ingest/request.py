"""What is to be loaded, and what a load did, as values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from bricoop.domain.problem import Problem, Sink
from bricoop.ingest.counts import Counts, Created
from bricoop.ingest.profile.model import Profile
from bricoop.ingest.readers.file_options import NATIVE, FileOptions
from bricoop.ingest.sources import SourceSpec

#: Is given how many rows have been read, and which share of the file, where that can be told.
Progress = Callable[[int, float | None], None]


@dataclass(frozen=True)
class LoadRequest:
    """What is to be loaded.

    Attributes:
        noun: the noun whose native layout the file has; empty where a profile says what it has.
        path: the file; `-` is standard input.
        named: what the file is called, where that is not its path.
        source: who says what the file says.
        profile: the published layout that the file has, or None for a native one.
        variant: which of the profile's number styles the file has, where it has several.
        form: how the file is to be read.
        complete: whether the file holds all that the source still says in its nouns, so that what
            it does not hold is gone.
        rejects: where rows that are wrong are to be written while the others are loaded; None
            means that one wrong row stops the load.
        dry_run: whether everything is to be taken back at the end.
        sink: is given every problem and every note as it is found.
        begins: is called before each reading of the file, with True where the sink gets what the
            last reading gave it once more.
        progress: is told how far the load has come.
        tried: in a dry run, is given the connection and the load's number when everything is
            written, before it is taken back.
        written: is told the load's number as soon as it stays written, whatever happens then.
    """

    noun: str
    path: str
    source: SourceSpec
    named: str | None = None
    profile: Profile | None = None
    variant: str = ""
    form: FileOptions = NATIVE
    complete: bool = False
    rejects: Path | None = None
    dry_run: bool = False
    sink: Sink = field(default=lambda _: None)
    begins: Callable[[bool], object] = field(default=lambda _: None)
    progress: Progress = field(default=lambda _, __: None)
    tried: Callable[[Connection, int], object] = field(default=lambda _, __: None)
    written: Callable[[int], object] = field(default=lambda _: None)

    @property
    def nouns(self) -> list[str]:
        """The nouns of the records that its rows become, in the order of the profile's rules."""
        return [rule.noun for rule in self.profile.records] if self.profile else [self.noun]


@dataclass(frozen=True)
class LoadResult:
    """What a load did, or would do.

    Attributes:
        load_id: its number, or None where nothing was written.
        noun: the noun loaded.
        file: the file as the user named it.
        source: the source's key.
        counts: what became of the rows.
        created: the entities that were made because a cell names them.
        records: how many records of each noun the rows became.
        changed_fields: for each noun how many of its records changed in each field; a column that
            no field is read from stands under its header.
        gone: how many records of each noun the file no longer holds.
        problems: the first problems found.
        problem_count: how many were found.
        notes: what the reader of the file accepted, each in a sentence.
        nothing: why rows became no record, such as `no name`, and how many did so.
        skipped: by which rules rows were left out, and how many were.
        row_notes: the first notes on cells and rows that are loaded and should be looked at.
        row_note_count: how many of these there are.
    """

    load_id: int | None
    noun: str
    file: str
    source: str
    counts: Counts
    created: Created
    records: dict[str, int]
    changed_fields: dict[str, dict[str, int]]
    gone: dict[str, int]
    problems: list[Problem]
    problem_count: int
    notes: tuple[str, ...] = ()
    nothing: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    row_notes: Sequence[Problem] = ()
    row_note_count: int = 0

    @property
    def has_changes(self) -> bool:
        """Whether the load made or changed anything: without, there is nothing to undo."""
        counts = self.counts
        return bool(counts.new or counts.changed or any(self.gone.values()) or self.created.counts)
