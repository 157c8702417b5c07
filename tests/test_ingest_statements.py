"""The statements of an edition and of undoing are as many for 120 changed rows as for 12."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, event

from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.sources import SourceSpec
from bricoop.ingest.undo.undo_load import undo_load

pytestmark = pytest.mark.later_on_postgresql

#: Both fit into one batch of rows, which PostgreSQL updates by a statement.
FEW, MANY = 12, 48


class Edition(NamedTuple):
    """A load of a file with a number of rows.

    Attributes:
        noun: what the rows are.
        columns: the header, as CSV.
        row: writes the row with a number, as CSV; empty for none.
        source: the key of the source.
    """

    noun: str
    columns: str
    row: Callable[[int], str]
    source: str = "one"

    def load(self, engine: Engine, folder: Path, rows: int) -> int:
        """Load the file as a complete edition; return the id of the load."""
        path = folder / "edition.csv"
        lines = [line for line in map(self.row, range(rows)) if line]
        path.write_text("\n".join([self.columns, *lines, ""]), encoding="utf-8")
        spec = SourceSpec(self.source, title=self.source, tier=4)
        result = load_file(engine, LoadRequest(self.noun, str(path), spec, complete=True))
        assert result.load_id is not None
        return result.load_id


_PROJECTS = "id,name,kind,countries,financiers"
FIRST = Edition("projects", _PROJECTS, lambda n: f"{n},Hub {n},port,Kenya,Bank {n}")
#: Each row has another name, and another organization in place of one that goes.
RENAMED = Edition("projects", _PROJECTS, lambda n: f"{n},Port {n},road,Ghana,Fund {n}")
#: Every other row is missing.
SHORTER = Edition("projects", _PROJECTS, lambda n: f"{n},Hub {n},port,," if n % 2 else "")
_FINANCE = "id,project,kind,amount,currency"
PAIRS = Edition("finance", _FINANCE, lambda n: f"{n},Dam {n // 2},pledge,{n + 1}.5,CNY")
#: Every other record is about another project; the first one's name comes from the other record.
MOVED = Edition(
    "finance", _FINANCE, lambda n: f"{n},{'Dam' if n % 2 else 'Lake'} {n // 2},pledge,{n + 2},CNY"
)
#: Rows about the same projects, which are told apart by their countries.
OTHERS = Edition(
    "projects",
    "name,kind,countries",
    lambda n: f"Hub {n},airport,{'Kenya' if n % 2 else 'Peru'}",
    "two",
)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield the list of the statements that are executed meanwhile."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def unequal(few: list[str], many: list[str]) -> list[str]:
    """Return the statements that were executed a different number of times."""
    return [text for text in {*few, *many} if few.count(text) != many.count(text)]


@pytest.mark.parametrize(
    ("first", "second"),
    [(FIRST, RENAMED), (FIRST, SHORTER), (PAIRS, MOVED), (FIRST, OTHERS)],
    ids=["renamed", "shorter", "moved", "others"],
)
@pytest.mark.parametrize("undoes_older", [False, True], ids=["newest", "older"])
def test_statements_do_not_depend_on_the_number_of_rows(
    engine: Engine, tmp_path: Path, first: Edition, second: Edition, *, undoes_older: bool
) -> None:
    executed = []
    # The first round also creates the sources.
    for rows in (2, FEW, MANY):
        older = first.load(engine, tmp_path, rows)
        with counted(engine) as of_load:
            newer = second.load(engine, tmp_path, rows)
        with counted(engine) as of_undo:
            result = undo_load(engine, older if undoes_older else newer)
        assert result.again == ((newer,) if undoes_older else ())
        undo_load(engine, newer if undoes_older else older)
        executed.append((of_load, of_undo))
    _, (load_of_few, undo_of_few), (load_of_many, undo_of_many) = executed
    assert unequal(load_of_few, load_of_many) == []
    assert unequal(undo_of_few, undo_of_many) == []
