"""Makes a `Comparison` of the names of two sources and the options of a command."""

from dataclasses import replace

from sqlalchemy import Connection

from bricoop.errors import UsageError
from bricoop.lookup.sources import match_source
from bricoop.totals.classify import Counting
from bricoop.totals.why.comparison import Comparison

_SOURCE = "source"


def comparison_of(
    connection: Connection, left_source: str, right_source: str, counting: Counting
) -> Comparison:
    """Return the comparison of the totals of two sources.

    Args:
        connection: an open connection.
        left_source: the source to begin with: its key, a part of its title, or its profile.
        right_source: the source to end with.
        counting: the question, which names no sources itself, and the rule.

    Raises:
        NotFoundError: there is no such source.
        AmbiguousNameError: a name matches several sources.
        UsageError: both names mean the same source, or the question names sources.
    """
    names = (left_source, right_source)
    left_key, right_key = (match_source(connection, name).key for name in names)
    if left_key == right_key:
        message = f"Both names mean the source {left_key}."
        raise UsageError(message, "Name two sources; `bricoop query sources` lists them.")
    question = counting.question
    if question.filters.get(_SOURCE):
        message = "A comparison of two sources names them once, and has no filter on sources."
        raise UsageError(message, "Leave out --source.")
    filters = {**question.filters, _SOURCE: (left_key, right_key)}
    of_both = replace(counting, question=replace(question, filters=filters), add_sources=False)
    return Comparison(left_key, right_key, of_both)
