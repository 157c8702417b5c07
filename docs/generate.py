"""Generates the reference pages of the documentation from the program."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from bricoop.cli.app import app
from bricoop.domain.limits import LIMITS
from bricoop.ingest.layouts.registry import LAYOUTS
from bricoop.query.catalog import NOUNS
from bricoop.query.nouns.noun import Field
from bricoop.query.search.hits import HITS

HERE = Path(__file__).parent
MADE = "<!-- What follows is made from the nouns by `make docs`. -->"
LIMITS_TABLE = "<!-- The table is generated from bricoop.domain.limits by `make docs`. -->"
EXIT_CODES = (
    "Exit codes: 0 done · 1 unexpected · 2 wrong usage · 3 data rejected, problems listed · "
    "4 not found or ambiguous · 5 database missing, unreachable or of another version · "
    "129 terminal closed · 130 interrupted · 143 terminated."
)


def commands() -> str:
    """Return the page on commands."""
    blocks = [
        "# Commands",
        "Made from the commands themselves by `make docs`. Every command also takes `--help`.",
        EXIT_CODES,
    ]
    for path, command in _walk(get_command(app), ("bricoop",)):
        blocks.append(f"## {' '.join(path)}")
        blocks.append(_help(command.help))
        blocks.extend(f"    {example}" for example in getattr(command, "examples", ()))
        blocks.append("\n".join(_parameters(command)))
    blocks.append("# Fields of rows")
    for noun in (*NOUNS, HITS):
        blocks.append(f"## {noun.name}")
        blocks.append("\n".join(f"- `{field.name}`: {field.help}" for field in noun.fields))
    return "\n\n".join(block for block in blocks if block) + "\n"


def load_files() -> str:
    """Return the page on the columns of load files."""
    blocks = [
        "# Load files",
        "Made from the layouts by `make docs`. [How to load your own data](loading.md).",
    ]
    for layout in LAYOUTS:
        blocks.append(f"## {layout.noun}")
        blocks.append(layout.spec.row)
        rows = (
            f"| `{column.name}` | {'yes' if column.required else ''} | {column.help} |"
            for column in layout.columns
        )
        blocks.append(
            "\n".join(["| column | required | what it holds |", "| --- | --- | --- |", *rows])
        )
    return "\n\n".join(blocks) + "\n"


def sql() -> str:
    """Return the page on SQL: the hand-written part, and then each view with its columns."""
    by_hand, mark, _ = (HERE / "sql.md").read_text(encoding="utf-8").partition(MADE)
    blocks = [f"{by_hand}{mark}", "## The views"]
    for noun in NOUNS:
        blocks.append(f"### {noun.view}")
        blocks.append(noun.help)
        rows = (f"| `{field.name}` | {_kind(field)} | {field.help} |" for field in noun.usual)
        blocks.append(
            "\n".join(["| column | type | what it holds |", "| --- | --- | --- |", *rows])
        )
    return "\n\n".join(blocks) + "\n"


def limits() -> str:
    """Return the page on limits: the hand-written part, and then the table."""
    by_hand, mark, _ = (HERE / "limits.md").read_text(encoding="utf-8").partition(LIMITS_TABLE)
    rows = (f"| {limit.area} | {limit.measure} | {limit} | {limit.beyond} |" for limit in LIMITS)
    table = "\n".join(
        ["| area | what | at most | beyond it |", "| --- | --- | ---: | --- |", *rows]
    )
    return f"{by_hand}{mark}\n\n{table}\n"


def _kind(field: Field) -> str:
    return "list" if field.many else field.type.value


PAGES = {"commands.md": commands, "load-files.md": load_files, "sql.md": sql, "limits.md": limits}


def _walk(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield (*path, name), command
            yield from _walk(command, (*path, name))
        else:
            yield (*path, name), command


def _help(text: str) -> str:
    lines = [line.strip() for line in text.replace("\b", "").splitlines()]
    return "\n".join(
        f"\n    {line.removeprefix('Example: ')}\n" if line.startswith("Example: ") else line
        for line in lines
    ).strip()


def _parameters(command: Any) -> Iterator[str]:
    for parameter in command.params:
        name = ", ".join(parameter.opts) if parameter.opts[0].startswith("-") else parameter.metavar
        yield f"- `{name}`: {parameter.help}"


if __name__ == "__main__":
    for page, write in PAGES.items():
        (HERE / page).write_text(write(), encoding="utf-8")
    sys.stdout.write(f"Wrote {', '.join(PAGES)}.\n")
