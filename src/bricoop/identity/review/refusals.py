"""Explains to a reviewer why a decision was refused."""

import re
from collections.abc import Iterable

from sqlalchemy import Connection

from bricoop.domain.names import shortened
from bricoop.identity.seen import is_comparable, seen_of
from bricoop.ingest.clusters.judgements import decisions

_LONGEST = 50


def with_names(connection: Connection, message: str, refs: Iterable[str]) -> str:
    """Return a message with the name of each record after its reference.

    Args:
        connection: an open connection.
        message: the message, which may name any record that decisions are on.
        refs: references that it may name besides.
    """
    every = {ref for row in decisions(connection) for ref in row.pair} | set(refs)
    mentioned = sorted((ref for ref in every if ref in message), key=len, reverse=True)
    names = {
        ref: text.partition("|")[0].strip()
        for ref, text in seen_of(connection, mentioned).items()
        if is_comparable(text)
    }
    if not names:
        return message
    # A reference may begin like a longer one.
    pattern = re.compile("|".join(re.escape(ref) for ref in mentioned))
    return pattern.sub(lambda match: _named(match[0], names.get(match[0], "")), message)


def _named(ref: str, name: str) -> str:
    return f"{ref} ({shortened(name, _LONGEST)})" if name else ref
