"""The request and the result of a load, as dataclasses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from bricoop.domain.problem import Problem, Sink
from bricoop.domain.project_kinds.rule_table import RuleTable
from bricoop.ingest.counts import Counts, Created
from bricoop.ingest.load.edition import Edition
from bricoop.ingest.profile.model import Profile
from bricoop.ingest.readers.file_options import NATIVE, FileOptions
from bricoop.ingest.sources import SourceSpec

#: Callback: the number of rows read, and the share of the file read, or None if not known.
Progress = Callable[[int, float | None], None]


def ignore(_: Problem) -> None:
    """Receive problems and notes, and do nothing."""


@dataclass(frozen=True)
class LoadRequest:
    """A file to load, and how.

    Attributes:
        noun: the noun whose native layout the file has; empty if there is a profile.
        path: the file; `-` is standard input.
        named: the name of the file in messages, if not its path.
        source: the source to which the records are attributed.
        profile: the profile of a published layout, or None for a native one.
        variant: the name of the profile's number style, if it has several.
        kinds: the rules for kinds of projects that the knowledge base uses from now on; None for
            those that it uses already.
        form: the options for reading the file.
        complete: whether the file is a complete edition, so that records of its nouns that it does
            not contain are marked as gone.
        edition: the files of the same command that were loaded before; None if there is one file.
            Their records are not marked as gone either.
        rejects: the file for refused rows while the others are loaded; None means that one refused
            row stops the load.
        dry_run: whether to roll back at the end.
        sink: receives every problem and note as it is found.
        begins: called before each reading of the file, with True if the sink will receive the
            problems of the last reading once more.
        progress: called with the progress of the load.
        filling: what empty cells hold, by column; native layouts only.
        tried: in a dry run, called with the connection and the load id before the rollback.
        written: called with the load id right after the commit.
    """

    noun: str
    path: str
    source: SourceSpec
    named: str | None = None
    profile: Profile | None = None
    variant: str = ""
    kinds: RuleTable | None = None
    form: FileOptions = NATIVE
    complete: bool = False
    edition: Edition | None = None
    rejects: Path | None = None
    dry_run: bool = False
    sink: Sink = ignore
    filling: Mapping[str, str] = field(default_factory=dict)
    begins: Callable[[bool], object] = field(default=lambda _: None)
    progress: Progress = field(default=lambda _, __: None)
    tried: Callable[[Connection, int], object] = field(default=lambda _, __: None)
    written: Callable[[int], object] = field(default=lambda _: None)

    @property
    def nouns(self) -> list[str]:
        """The nouns of the records in the file, in the order of the profile's rules."""
        return [rule.noun for rule in self.profile.records] if self.profile else [self.noun]


@dataclass(frozen=True)
class LoadResult:
    """The result of a load, or of a dry run.

    Attributes:
        load_id: the id of the load, or None if nothing was written.
        noun: the first noun of the load.
        file: the name of the file.
        source: the key of the source.
        counts: counts of the rows.
        created: counts of the entities that were created because a cell names them.
        records: the number of records of each noun.
        changed_fields: for each noun, the number of records that changed in each field; columns
            that no field is read from are counted under their header.
        gone: for each noun, the number of records that are no longer in the file.
        problems: the first problems.
        problem_count: the number of all problems.
        notes: notes on the file as a whole, one sentence each.
        nothing: reasons why rows produced no record, such as `no name`, with their number.
        skipped: rules by which rows were left out, with their number.
        row_notes: the first notes on cells and rows that were loaded but should be checked.
        row_note_count: the number of all such notes.
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
        """Whether the load changed anything that could be undone."""
        counts = self.counts
        return bool(counts.new or counts.changed or any(self.gone.values()) or self.created.counts)
