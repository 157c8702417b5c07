"""Count the problems and notes of a load, keep the first ones, and pass all on to a sink."""

from collections import defaultdict

from bricoop.domain.problem import Problem, Sink

#: How many problems, and notes, are kept in memory; the sink receives all.
_MOST_KEPT = 1000


class ProblemLog:
    """The problems and notes of one reading of a file.

    Attributes:
        first: the first problems.
        count: how many problems there are.
        notes: the first notes.
        note_count: how many notes there are.
        file_is_wrong: whether a problem concerns the file as a whole.
    """

    def __init__(self, sink: Sink, *, by_line: bool, again: bool = False) -> None:
        """Start empty.

        Args:
            sink: receives each problem and each note.
            by_line: whether to keep the problems of each row.
            again: whether the file was read before, so that the sink already has its notes.
        """
        self.first: list[Problem] = []
        self.count = 0
        self.notes: list[Problem] = []
        self.note_count = 0
        self._again = again
        self.file_is_wrong = False
        self._sink = sink
        self._by_line: dict[int, list[str]] | None = defaultdict(list) if by_line else None

    def add(self, problem: Problem) -> None:
        """Count a problem and pass it on."""
        self.count += 1
        if len(self.first) < _MOST_KEPT:
            self.first.append(problem)
        if not problem.line:
            self.file_is_wrong = True
        elif self._by_line is not None:
            self._by_line[problem.line].append(problem.sentence())
        self._sink(problem)

    def add_note(self, note: Problem) -> None:
        """Count a note, and pass it on unless an earlier reading of the file did."""
        self.note_count += 1
        if len(self.notes) < _MOST_KEPT:
            self.notes.append(note)
        if not self._again:
            self._sink(note)

    def of_rows(self) -> dict[int, str]:
        """Return the problems of each row as a text, by line."""
        return {line: " ".join(sentences) for line, sentences in (self._by_line or {}).items()}
