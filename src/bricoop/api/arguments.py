"""Messages that name options of the command line, said with the arguments of Python instead."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bricoop.errors import BricoopError

#: An option, and perhaps its value: in quotes, or a word.
_OPTION = re.compile(r"--(?P<name>[a-z][a-z-]*)(?: (?P<value>'[^']*'|[^\s.,;:)']+(?:\.\d+)?))?")
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
        "lists", "needs", "of", "only", "or", "reads", "was", "with", "works", "would",
    }
)  # fmt: skip


def in_python(text: str) -> str:
    """Return a message with arguments where it has options.

    >>> in_python("--group-by kind separates them, --counted '!no' leaves them out.")
    "by='kind' separates them, counted='!no' leaves them out."
    >>> in_python("Describe it with --source-title and --tier, or use --long-cells.")
    'Describe it with title and tier, or use long_cells=True.'
    """
    return _OPTION.sub(_argument, text)


@contextmanager
def speaking_python() -> Iterator[None]:
    """Say what is refused within with the arguments of Python."""
    try:
        yield
    except BricoopError as error:
        error.message, error.hint = in_python(error.message), in_python(error.hint)
        error.args = (error.message,)
        raise


def _argument(match: re.Match[str]) -> str:
    option, value = match["name"], match["value"]
    name = _RENAMED.get(option, option.replace("-", "_"))
    after = f" {value}" if value else ""
    if option in _SWITCHES:
        return f"{name}=True{after}"
    if not value or value in _WORDS:
        return f"{name}{after}"
    return f"{name}={value if value.startswith(chr(39)) or value.isdigit() else repr(value)}"
