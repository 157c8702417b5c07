"""Counts vague names in the code, such as `one` or `found`, against a maximum.

Names should be specific terms such as `row`, `field`, `matches` or `claims`. Variables, arguments,
exceptions and attributes that classes declare are counted; `vague_names.toml` has the maximum,
which may only be lowered. `make lint` runs it: python tools/vague_names.py. `--list` prints the
location of each vague name, and `--lower` stores the current number as the maximum.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIMIT = ROOT / "tools" / "vague_names.toml"


class Binding(NamedTuple):
    """A binding of a name, with its location."""

    path: Path
    line: int
    name: str


def bindings(path: Path) -> Iterator[Binding]:
    """Yield the names that a file binds; of attributes, those that its classes declare."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield Binding(path, node.lineno, node.id)
        elif isinstance(node, ast.arg):
            yield Binding(path, node.lineno, node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield Binding(path, node.lineno, node.name)


def main(arguments: list[str]) -> str | None:
    """Run the check, and return an error message if it fails."""
    settings = tomllib.loads(LIMIT.read_text(encoding="utf-8"))
    vague, most = set(settings["names"]), int(settings["most"])
    every = [
        binding
        for folder in ("src", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for binding in bindings(path)
    ]
    hits = [binding for binding in every if binding.name.strip("_") in vague]
    if "--list" in arguments:
        for path, line, name in sorted(hits):
            print(f"{path.relative_to(ROOT)}:{line}: {name}")
    if "--lower" in arguments:
        text = LIMIT.read_text(encoding="utf-8")
        LIMIT.write_text(text.replace(f"most = {most}", f"most = {len(hits)}"), encoding="utf-8")
        return None
    print(f"{len(hits)} of {len(every)} names are vague ({len(hits) / len(every):.1%})")
    if len(hits) > most:
        return f"There may be {most}. Find them with: python tools/vague_names.py --list"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
