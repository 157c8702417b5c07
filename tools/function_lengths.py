"""Fails if a function has more than 40 lines, or a command of the command line more than 15.

The lines of its body count, without docstring, blank lines and comments. Parameters do not count: a
command has as many as it has options. `make lint` runs it: python tools/function_lengths.py.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_LINES, MAX_COMMAND_LINES = 40, 15
#: Without migrations, which are append-only, and tests, which tell one story from begin to end.
FOLDERS = ("src", "tools", "benchmarks", "docs")
#: Functions that may be longer, as `path:name`, each with the reason.
EXCEPTIONS: dict[str, str] = {}
_ROOT = Path(__file__).parents[1]
_COMMANDS = _ROOT / "src/bricoop/cli"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print the functions that are too long; return the exit code."""
    targets = set(_targets())
    used, too_long = set(), 0
    for path in sorted(path for folder in FOLDERS for path in (_ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for function in _functions(ast.parse(text)):
            lines = body_lines(function, text.splitlines())
            is_command = path.parent == _COMMANDS and (
                _is_registered(function) or function.name in targets
            )
            name = f"{path.relative_to(_ROOT).as_posix()}:{function.name}"
            most = MAX_COMMAND_LINES if is_command else MAX_LINES
            if lines <= most:
                continue
            if name in EXCEPTIONS:
                used.add(name)
                continue
            too_long += 1
            kind = "command" if is_command else "function"
            print(f"{name} (line {function.lineno}): {lines} lines, a {kind} has at most {most}")
    for name in sorted(EXCEPTIONS.keys() - used):
        print(f"{name} is no longer too long: remove its exception")
    return int(too_long > 0 or EXCEPTIONS.keys() != used)


def body_lines(function: _Function, source: list[str]) -> int:
    """Return the number of lines of a function's body that are neither blank nor only comments.

    Args:
        function: the function.
        source: the lines of its file.
    """
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    lines = (line.strip() for line in source[body[0].lineno - 1 : function.end_lineno])
    return sum(bool(line) and not line.startswith("#") for line in lines)


def _functions(tree: ast.AST) -> Iterator[_Function]:
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield node


def _is_registered(function: _Function) -> bool:
    """Return whether a function is decorated by `@app.command(...)` or `@app.callback(...)`."""
    calls = (node.func for node in function.decorator_list if isinstance(node, ast.Call))
    return any(_is_registering(call) for call in calls)


def _is_registering(call: ast.expr) -> bool:
    return isinstance(call, ast.Attribute) and call.attr in {"command", "callback"}


def _targets() -> Iterator[str]:
    """Yield the names of the commands that are not decorated.

    They are named by `entry(...)`, registered by `app.command(...)(function)`, or an inner function
    `run` of a function that makes commands.
    """
    yield "run"
    for path in _COMMANDS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "entry":
                yield ast.unparse(node.args[-1]).strip("'")
            elif isinstance(node.func, ast.Call) and _is_registering(node.func.func):
                yield from (argument.id for argument in node.args if isinstance(argument, ast.Name))


if __name__ == "__main__":
    sys.exit(main())
