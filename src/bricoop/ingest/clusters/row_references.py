"""Finds which references mean one row of a source: its project, and the money it states."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from bricoop.domain.nouns import FINANCE, PROJECTS
from bricoop.ingest.clusters.homes import homes_of, parsed

_OTHER_NOUN = {FINANCE.name: PROJECTS.name, PROJECTS.name: FINANCE.name}


def named_twice(refs: Iterable[str], every: Collection[str]) -> list[str]:
    """Return those references whose row may also be meant by another one, as that is there too.

    Args:
        refs: references in their written form.
        every: all references that are there.
    """
    return [
        text
        for text, ref in parsed(refs).items()
        if ref.noun in _OTHER_NOUN and str(ref._replace(noun=_OTHER_NOUN[ref.noun])) in every
    ]


def references_of_rows(connection: Connection, refs: Iterable[str]) -> dict[str, str]:
    """Return the other reference to the same row of a source, for the references that have one.

    A row of a dataset that is a project and its money is a record of each, with one id. Records of
    one id that are about different projects, as files of each noun may have, are not one row.

    Args:
        connection: an open connection.
        refs: references in their written form.
    """
    others = {
        ref: ref._replace(noun=_OTHER_NOUN[ref.noun])
        for ref in parsed(refs).values()
        if ref.noun in _OTHER_NOUN
    }
    homes = homes_of(connection, {*others, *others.values()})
    return {
        str(ref): str(other)
        for ref, other in others.items()
        if ref in homes and homes[ref] == homes.get(other)
    }
