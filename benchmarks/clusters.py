"""Measures what clusters cost: a total that adds sources, and a load beside them.

    python benchmarks/clusters.py [PROJECTS]

Two sources are made up, one with nine tenths of the projects, with a row of finance for each, and
decisions that make deals of both sources one: 6 projects of 100 are in a cluster. A total over both
and a load of one project are measured before the decisions and after them.
"""

import shutil
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from generate import write_decisions, write_finance, write_projects
from sqlalchemy import Engine, func, select

from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine, reading
from bricoop.db.schema import cluster_member
from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest
from bricoop.ingest.seeds import set_up
from bricoop.ingest.sources import SourceSpec
from bricoop.query.question import Question
from bricoop.totals.parse import counting_of
from bricoop.totals.total import total

#: The share of the projects that are in a cluster, two in each.
_CLUSTERED = 0.06
_RUNS = 5


def main(projects: int) -> None:
    """Print the figures for so many projects."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.sqlite"
        engine = make_engine(parse_address(str(path)))
        set_up(engine)
        few = projects // 10
        for source, number, seed in (("many", projects - few, 7), ("few", few, 8)):
            file = Path(folder) / f"{source}.csv"
            write_projects(file, number, seed, rich=True)
            _load(engine, "projects", file, source)
            write_finance(file, number, seed + 4)
            _load(engine, "finance", file, source)
        before = _figures(engine, Path(folder), "before")
        decisions = Path(folder) / "decisions.csv"
        write_decisions(decisions, round(projects * _CLUSTERED / 2), "many", "few")
        seconds = _load(engine, "decisions", decisions, "decided")
        with reading(engine) as connection:
            members = connection.scalar(select(func.count()).select_from(cluster_member))
        print(f"{projects:,} projects, {members:,} of them joined to others in {seconds:.1f} s")
        after = _figures(engine, Path(folder), "after")
        for name, first, second in zip(("total", "load of a project"), before, after, strict=True):
            print(f"  {name}: {first:.2f} s without clusters, {second:.2f} s with them, ", end="")
            print(f"ratio {second / first:.2f}")
        engine.dispose()


def _figures(engine: Engine, folder: Path, name: str) -> tuple[float, float]:
    """Return the processor times of a total that adds both sources, and of loading a project."""
    counting = counting_of(Question("finance"), "signed", None, add=True)
    seconds = []
    for _ in range(_RUNS):
        start = time.process_time()
        with reading(engine) as connection:
            total(connection, counting)
        seconds.append(time.process_time() - start)
    engine.dispose()
    copy = folder / "copy.sqlite"
    shutil.copy(folder / "made.sqlite", copy)
    file = folder / f"{name}.csv"
    file.write_text(f"id,name,countries\n1,Tolo Bridge {name},Kenya\n", encoding="utf-8")
    of_copy = make_engine(parse_address(str(copy)))
    load_seconds = _load(of_copy, "projects", file, "other")
    of_copy.dispose()
    return median(seconds), load_seconds


def _load(engine: Engine, noun: str, file: Path, source: str) -> float:
    """Load a file; return the processor time."""
    start = time.process_time()
    spec = SourceSpec(source, title=source, tier=5)
    result = load_file(engine, LoadRequest(noun, str(file), spec))
    if result.problem_count:
        raise RuntimeError(result.problems[:3])
    return time.process_time() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
