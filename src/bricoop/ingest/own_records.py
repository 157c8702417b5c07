"""Load rows that a person writes by hand, as records of a source of one's own."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from tempfile import NamedTemporaryFile

from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import source
from bricoop.errors import UsageError
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec

#: The tier of a new source of one's own, unless another one is stated: between those of research
#: and of news.
USUAL_TIER = 6
#: The locator of what has none in the source: a line of the file that is loaded for it would mean
#: nothing.
NO_LOCATOR = "command line"


def load_own_rows(
    engine: Engine,
    layout: Layout,
    rows: Sequence[Mapping[str, str]],
    spec: SourceSpec,
    named: str,
    written: Callable[[int], object],
) -> LoadResult:
    """Load rows by an ordinary load.

    Args:
        engine: the knowledge base.
        layout: the layout of the rows; columns that it does not have are left out.
        rows: the texts of the cells by column.
        spec: the source that states them; a new one gets the tier `USUAL_TIER` and a title made of
            its key, if it has none.
        named: what stands for the name of a file in the list of loads.
        written: called with the load id right after the commit.

    Returns:
        The result of the load.

    Raises:
        UsageError: a value is wrong.
    """
    with reading(engine) as connection:
        is_known = connection.scalar(select(source.c.id).where(source.c.key == spec.key))
    if is_known is None:
        title = spec.title or f"Notes of {spec.key}"
        spec = replace(spec, title=title, tier=spec.tier or USUAL_TIER, kind=spec.kind or "person")
    with NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv") as file:
        columns = [
            name
            for name in dict.fromkeys(name for row in rows for name in row)
            if layout.column(name)
        ]
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        request = LoadRequest(layout.noun, file.name, spec, named=named)
        try:
            return load_file(engine, replace(request, written=written))
        except RowsRejectedError as error:
            raise UsageError(error.result.problems[0].sentence()) from error
