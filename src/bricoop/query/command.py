"""The `bricoop query` command of a question, so that readers of a result can repeat it."""

import shlex
from collections.abc import Iterator

from bricoop.query.question import ALL, Question


def command_of(question: Question) -> str:
    """Return the shell command that asks a question."""
    return shlex.join(("bricoop", "query", question.noun, *_options(question)))


def conditions_of(question: Question) -> Iterator[str]:
    """Yield the command-line options, and their values, that select the rows of a question."""
    if question.is_of_all:
        yield f"--{ALL}"
    options = [
        (name, value)
        for name, values in question.filters.items()
        for value in values
        if name != ALL
    ]
    options += [("where", condition) for condition in question.where]
    options += [("raw", condition) for condition in question.raw]
    options += [("search", question.search)] if question.search else []
    for name, value in options:
        yield f"--{name.replace('_', '-')}"
        yield value


def _options(question: Question) -> Iterator[str]:
    yield from conditions_of(question)
    if question.unmerged:
        yield "--unmerged"
    grouping = question.grouping
    lists = [("--columns", question.columns)]
    if grouping is not None:
        lists += [("--group-by", grouping.by), ("--measure", grouping.measures)]
    for option, values in lists:
        if values:
            yield from (option, ",".join(values))
    for name in ("subtotals", "share", "add_sources"):
        if grouping is not None and getattr(grouping, name):
            yield f"--{name.replace('_', '-')}"
    if question.sort:
        yield from ("--sort", question.sort)
    if question.limit is not None:
        yield from ("--limit", str(question.limit))
    if question.offset:
        yield from ("--offset", str(question.offset))
