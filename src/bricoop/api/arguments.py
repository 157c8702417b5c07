"""Messages that name options of the command line, said with the arguments of Python instead."""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from bricoop.errors import BricoopError

#: An option, and perhaps its value: quoted for a shell, or a word.
_OPTION = (
    r"(?P<mark>`?)--(?P<name>[a-z][a-z-]*)"
    r"(?: (?P<value>(?:'[^']*'|\"[^\"]*\")+|[^\s.,;:)'`]+(?:\.\d+)?))?(?P=mark)"
)
#: A command, or a text in quotes: these stay as they are.
_VERBATIM = (
    r"`bricoop [^`]*`",
    r"(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)",
    r"(?<!\w)\"(?:[^\"\\]|\\.)*\"(?!\w)",
)
#: What arguments are called that have other names than their options.
_RENAMED = {"group-by": "by", "measure": "measures", "source-title": "title", "db": "database"}
#: Options that are there or not.
_SWITCHES = frozenset(
    {"add-sources", "all", "complete", "dry-run", "long-cells", "share", "subtotals"}
)
#: Words that follow an option in a sentence and are no value of it.
_WORDS = frozenset(
    {
        "add", "adds", "and", "are", "cannot", "draws", "has", "if", "in", "is", "leave", "leaves",
        "lists", "needs", "of", "only", "or", "out", "reads", "was", "with", "works", "would",
    }
)  # fmt: skip


def in_python(text: str, *typed: object) -> str:
    """Return a message with arguments where it has options.

    Args:
        text: a message of the command line.
        typed: what the script passed, such as a path: it stays as it is, and so do quoted texts.

    >>> in_python("--group-by kind separates them, --counted '!no' leaves them out.")
    "by='kind' separates them, counted='!no' leaves them out."
    >>> in_python("Describe it with --source-title and --tier, or use --long-cells.")
    'Describe it with `title` and `tier`, or use long_cells=True.'
    """
    own = {str(value) for value in typed if "--" in str(value)}
    verbatim = "|".join([*map(re.escape, sorted(own, key=len, reverse=True)), *_VERBATIM])
    return re.sub(f"{verbatim}|{_OPTION}", _argument, text)


@contextmanager
def speaking_python(*typed: object) -> Iterator[None]:
    """Say what is refused within with the arguments of Python.

    Args:
        typed: what the script passed.
    """
    try:
        yield
    except BricoopError as error:
        error.message = in_python(error.message, *typed)
        error.hint = in_python(error.hint, *typed)
        error.args = (error.message,)
        raise


def _argument(match: re.Match[str]) -> str:
    option, value = match["name"], match["value"]
    if not option:
        return match[0]
    name = _RENAMED.get(option, option.replace("-", "_"))
    after = f" {value}" if value else ""
    if option in _SWITCHES:
        return f"{name}=True{after}"
    if not value or value in _WORDS:
        return f"`{name}`{after}"
    return f"{name}={value if value.isdigit() else repr(''.join(shlex.split(value)))}"
