"""Runs the commands that documents show, and writes what they print under them."""

import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

from typer.testing import CliRunner

from bricoop.cli.app import app

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/exporting.md", "docs/searching.md", "docs/sql.md")
_BLOCK = re.compile(r"```(console|csv)(?: ([\w.]+))?\n(.*?)```", re.DOTALL)


def told(text: str) -> str:
    """Return a page's text with every command's output as it is now.

    The commands run one after another in an empty home folder and an empty working folder, in
    which a block of CSV is the file that it names, else `parks.csv`. A file that was refused is
    mended before the next command.
    """
    with tempfile.TemporaryDirectory() as folder:
        before, home = Path.cwd(), os.environ.get("HOME", "")
        os.chdir(folder)
        os.environ["HOME"] = folder
        try:
            CliRunner().invoke(app, ["query", "links"])
            return _BLOCK.sub(_run_block, text)
        finally:
            os.chdir(before)
            os.environ["HOME"] = home


def _run_block(block: re.Match[str]) -> str:
    kind, name, body = block.groups()
    parks = Path(name or "parks.csv")
    if kind == "csv":
        parks.write_text(body, encoding="utf-8")
        return block.group(0)
    said = []
    for command in re.findall(r"^\$ bricoop (.*)$", body, re.MULTILINE):
        result = CliRunner().invoke(app, shlex.split(command))
        said.append(f"$ bricoop {command}\n{result.output}")
        if result.exit_code == 3:  # noqa: PLR2004 (data rejected)
            parks.write_text(parks.read_text(encoding="utf-8").replace("Egytp", "Egypt"))
    return f"```console\n{''.join(said)}```"


if __name__ == "__main__":
    for page in PAGES:
        path = ROOT / page
        path.write_text(told(path.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"Wrote the outputs of commands into {', '.join(PAGES)}.\n")
