"""The progress line of a load on a terminal: rows, rows per second, and remaining time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from bricoop.domain.names import printable


class _RateColumn(ProgressColumn):
    """A column with the rows per second since the start."""

    def render(self, task: Task) -> Text:
        """Return the rate; empty before the first row."""
        rows = task.fields["rows"]
        return Text(f"{rows / task.elapsed:,.0f}/s" if rows and task.elapsed else "")


@contextmanager
def shown_progress(named: str) -> Iterator[Callable[[int, float | None], None]]:
    """Yield a callback for rows read and the share of the file; the line is removed at the end."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}: {task.fields[rows]:,} rows", markup=False),
        _RateColumn(),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, markup=False)
    # Drawn in the calling thread, at each batch: nothing changes in between.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as shown:
        task = shown.add_task(printable(named), total=None, rows=0)

        def update(rows: int, share: float | None) -> None:
            total = None if share is None else 1.0
            shown.update(task, total=total, completed=share or 0, rows=rows, refresh=True)

        yield update
