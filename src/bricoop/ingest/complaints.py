"""What is wrong with a file, counted, and kept as far as somebody wants it."""

from collections import defaultdict

from bricoop.domain.problem import Problem, Sink

#: So many problems are kept in memory; a sink sees them all.
_KEPT = 1000


class Complaints:
    """The problems of one run.

    Attributes:
        first: the first of them.
        count: how many there are.
        file_is_wrong: whether one is of the file as a whole.
    """

    def __init__(self, sink: Sink, *, by_line: bool) -> None:
        """Begin with none; with `by_line`, all that is wrong with each row is kept."""
        self.first: list[Problem] = []
        self.count = 0
        self.file_is_wrong = False
        self._sink = sink
        self._by_line: dict[int, list[str]] | None = defaultdict(list) if by_line else None

    def add(self, problem: Problem) -> None:
        """Count a problem and pass it on."""
        self.count += 1
        if len(self.first) < _KEPT:
            self.first.append(problem)
        if not problem.line:
            self.file_is_wrong = True
        elif self._by_line is not None:
            self._by_line[problem.line].append(problem.sentence())
        self._sink(problem)

    def of_rows(self) -> dict[int, str]:
        """Return all that is wrong with each row, by its line."""
        return {line: " ".join(said) for line, said in (self._by_line or {}).items()}
