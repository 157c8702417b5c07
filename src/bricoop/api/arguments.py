"""Translation of messages that name command-line options into names of Python arguments."""

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from bricoop.errors import BricoopError

#: A command-line option with an optional value, which is quoted for a shell or a single word.
_OPTION = (
    r"(?P<mark>`?)--(?P<name>[a-z][a-z-]*)"
    r"(?: (?P<value>(?:'[^']*'|\"[^\"]*\")+|[^\s.,;:)'`]+(?:\.\d+)?))?(?P=mark)"
)
#: Commands and quoted texts, which are not translated.
_VERBATIM = (
    r"`bricoop [^`]*`",
    r"(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)",
    r"(?<!\w)\"(?:[^\"\\]|\\.)*\"(?!\w)",
)
#: Options whose Python argument has another name.
_RENAMED = {"group-by": "by", "measure": "measures", "source-title": "title", "db": "database"}
#: Options without a value.
_SWITCHES = frozenset(
    {
        "add-sources", "all", "complete", "dry-run", "long-cells", "new", "share", "subtotals",
        "unmerged",
    }
)  # fmt: skip
#: Words that follow an option in a message without being its value.
_WORDS = frozenset(
    {
        "add", "adds", "and", "are", "cannot", "draws", "has", "if", "in", "is", "leave", "leaves",
        "lists", "needs", "of", "only", "or", "out", "reads", "was", "with", "works", "would",
    }
)  # fmt: skip


def in_python(text: str, *typed: object) -> str:
    """Return a message in which command-line options are replaced by Python arguments.

    Args:
        text: a message of the command line.
        typed: values that the script passed, such as a path; they and quoted texts are kept.

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
    """Translate the messages of errors that are raised in the block into Python arguments.

    Args:
        typed: values that the script passed, which are kept as they are.
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
