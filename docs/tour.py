"""Runs the commands and Python examples of the documentation, and inserts their output."""

import doctest
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bricoop.cli.app import app
from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.ingest.seeds import set_up
from bricoop.settings import default_database

ROOT = Path(__file__).parent.parent
PAGES = (
    "README.md",
    "docs/asking.md",
    "docs/cookbook.md",
    "docs/exporting.md",
    "docs/lakes.md",
    "docs/matching.md",
    "docs/trackers.md",
    "docs/profiles.md",
    "docs/python.md",
    "docs/scale.md",
    "docs/searching.md",
    "docs/sql.md",
    "docs/why.md",
)

#: The folder of published datasets, which are not part of the project, and their names on pages.
DATA = ROOT.parent / "shared" / "data"
_FILES = {
    "gcdf.csv": "gcdf3_africa_sample.csv",
    "adm1.csv": "gcdf3_africa_adm1.csv",
    "documents.csv": "bri_cooperation_years.csv",
}
_BLOCK = re.compile(r"```(console|csv|pycon|toml)(?: ([\w.]+))?\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^\$ bricoop ((?:.*\\\n)*.*)$", re.MULTILINE)
#: The word after `console` that marks commands on a knowledge base with published datasets.
_PUBLISHED = "published"
_PUBLISHED_FILE = "published.sqlite"
_ADDRESS = "BRICOOP_DATABASE_URL"


def with_output(text: str, data: Path | None = None) -> str:
    """Return a page's text with all outputs updated.

    Commands and Python run in order in an empty home and working folder with the folder `examples`
    only, and without settings of the environment. A block of CSV or TOML is written to the file
    that it names (CSV by default to `parks.csv`); TOML files that commands wrote are shown as they
    are. After `parks.csv` was rejected, its misspelt country is corrected.

    Args:
        text: the page.
        data: the folder of published datasets; without it, outputs that need it are kept.
    """
    with tempfile.TemporaryDirectory() as folder, _alone(Path(folder)):
        return _Page(data).with_output(text)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Use an empty home and working folder without other settings during the block."""
    before, environment = Path.cwd(), dict(os.environ)
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith(("BRICOOP_", "XDG_"))]:
        del os.environ[name]
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)


@cache
def _seeded() -> bytes:
    """Return a knowledge base with the seeds, with which each page begins."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seeded.sqlite"
        engine = make_engine(parse_address(str(path)))
        set_up(engine)
        engine.dispose()
        return path.read_bytes()


class _Page:
    """Runs the blocks of a page in order."""

    def __init__(self, data: Path | None) -> None:
        self._data = data
        self._names: dict[str, Any] = {}

    def with_output(self, text: str) -> str:
        default_database().parent.mkdir(parents=True)
        default_database().write_bytes(_seeded())
        Path("examples").symlink_to(ROOT / "examples")
        if self._data is not None:
            for name, file in _FILES.items():
                Path(name).symlink_to(self._data / file)
            Path(_PUBLISHED_FILE).write_bytes(_seeded())
        return _BLOCK.sub(self._block, text)

    def _block(self, block: re.Match[str]) -> str:
        kind, name, body = block.groups()
        if kind in {"csv", "toml"}:
            file = Path(name or "parks.csv")
            if kind == "csv" or not file.exists():
                file.write_text(body, encoding="utf-8")
            body = file.read_text(encoding="utf-8")
        elif kind == "pycon":
            body = self._python(body)
        elif name != _PUBLISHED:
            body = _commands(body)
        elif self._data is not None:
            with _published():
                body = _commands(body)
        return f"```{kind}{f' {name}' if name else ''}\n{body}```"

    def _python(self, body: str) -> str:
        """Run examples like an interactive interpreter, which prints values of expressions."""
        transcript = []
        for example in doctest.DocTestParser().get_examples(body):
            lines = example.source.splitlines()
            transcript += [
                f"{'...' if at else '>>>'} {line}".rstrip() for at, line in enumerate(lines)
            ]
            with redirect_stdout(io.StringIO()) as out:
                # `exec` is acceptable here: the pages are part of the project.
                exec(compile(example.source, "<page>", "single"), self._names)  # noqa: S102
            transcript += out.getvalue().splitlines()
        return "".join(f"{line}\n" for line in transcript)


@contextmanager
def _published() -> Iterator[None]:
    """Use a separate knowledge base for published datasets during the block."""
    os.environ[_ADDRESS] = _PUBLISHED_FILE
    try:
        yield
    finally:
        del os.environ[_ADDRESS]


def _commands(body: str) -> str:
    transcript = []
    for command in _COMMAND.findall(body):
        result = _run(command.replace("\\\n", " "))
        transcript.append(f"$ bricoop {command}\n{result.output}")
        if result.exit_code == 3:  # noqa: PLR2004 (data rejected)
            parks = Path("parks.csv")
            parks.write_text(parks.read_text(encoding="utf-8").replace("Egytp", "Egypt"))
    return "".join(transcript)


def _run(command: str) -> Any:
    return CliRunner().invoke(app, shlex.split(command))


if __name__ == "__main__":
    data_folder = DATA if DATA.is_dir() else None
    for page in PAGES:
        path = ROOT / page
        path.write_text(
            with_output(path.read_text(encoding="utf-8"), data_folder), encoding="utf-8"
        )
    without = (
        "" if data_folder else " Published datasets are not there: what is asked of them stays."
    )
    sys.stdout.write(f"Wrote the outputs of commands into {', '.join(PAGES)}.{without}\n")
