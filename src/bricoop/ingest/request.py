"""What is to be loaded, and what a load did, as values."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bricoop.domain.problem import Problem
from bricoop.domain.vocabularies import EntityKind
from bricoop.ingest.profile.model import Profile
from bricoop.ingest.readers.form import NATIVE, Form
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.write import Counts

Sink = Callable[[Problem], None]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class LoadRequest:
    """What is to be loaded.

    Attributes:
        noun: the noun whose native layout the file has; empty where a profile says what it has.
        path: the file; `-` is standard input.
        source: who says what the file says.
        profile: the published layout that the file has, or None for a native one.
        variant: which of the profile's number styles the file has, where it has several.
        form: how the file is to be read.
        dry_run: whether everything is to be taken back at the end.
        sink: is given every problem as it is found.
        progress: is given the number of rows read so far.
    """

    noun: str
    path: str
    source: SourceSpec
    profile: Profile | None = None
    variant: str = ""
    form: Form = NATIVE
    dry_run: bool = False
    sink: Sink = field(default=lambda _: None)
    progress: Progress = field(default=lambda _: None)


@dataclass(frozen=True)
class LoadResult:
    """What a load did, or would do.

    Attributes:
        load_id: its number, or None where nothing was written.
        noun: the noun loaded.
        file: the file as the user named it.
        source: the source's key.
        counts: what became of the rows.
        created: how many entities of each kind were made because a cell names them.
        records: how many records of each noun the rows became.
        problems: the first problems found.
        problem_count: how many were found.
        notes: what the reader of the file accepted, each in a sentence.
    """

    load_id: int | None
    noun: str
    file: str
    source: str
    counts: Counts
    created: dict[EntityKind, int]
    records: dict[str, int]
    problems: list[Problem]
    problem_count: int
    notes: tuple[str, ...] = ()
