"""Whom a text finds, in SQL: each database is asked its own full-text index."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    literal_column,
    not_,
    select,
    text,
)
from sqlalchemy.types import UserDefinedType

from bricoop.db.models.search import server_index, sqlite_index
from bricoop.db.schema import alias, search_document
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.lookup.search_query import Term, Wanted, parse

#: PostgreSQL tries so many entities of the first in order before it asks its index.
_TRIED = 2_000
#: Where it expects no more hits than these, it asks its index first, for so many.
_EXPECTED, _FEW = 5_000, 500
_EXPLAINED = text(
    "EXPLAIN (FORMAT JSON) SELECT 1 FROM search_index WHERE whole @@ CAST(:asked AS tsquery)"
)


class Reach(NamedTuple):
    """Where words are looked for.

    Attributes:
        exact: whether the text must be a name.
        in_names: whether all words must be in names.
        beginnings: whether they may be the beginnings of words.
    """

    exact: bool = False
    in_names: bool = False
    beginnings: bool = True


#: What else must hold, of a column of entities.
Also = Callable[[ColumnElement[int]], Sequence[ColumnElement[bool]]]
#: Hits of the first come first.
REACHES = (
    Reach(exact=True, in_names=True, beginnings=False),
    Reach(in_names=True, beginnings=False),
    Reach(in_names=True),
    Reach(beginnings=False),
    Reach(),
)
#: Those that are tried together.
_TOGETHER = tuple(reach for reach in REACHES if not reach.exact)


class Tried(NamedTuple):
    """What was found within the reaches before each was asked for.

    Attributes:
        found: the entities found within each, in order.
        is_all: whether there are no others.
    """

    found: Mapping[Reach, Sequence[int]]
    is_all: bool


class _Query(UserDefinedType[str]):
    """A query of PostgreSQL's full-text index."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name."""
        return "TSQUERY"


def matching(
    connection: Connection, text: str, *, in_names: bool = False, beginnings: bool = True
) -> Select[int]:
    """Return a statement of the entities that a text finds, for `owner.in_(…)`.

    Args:
        connection: an open connection.
        text: the words.
        in_names: whether all words must be in names.
        beginnings: whether they may be the beginnings of words.

    Raises:
        UsageError: there is no word to look for, or there are too many.
    """
    wanted, reach = parse(text), Reach(in_names=in_names, beginnings=beginnings)
    if _is_server(connection):
        held = _in_vectors(server_index.c.names, server_index.c.whole, wanted, reach)
        return select(server_index.c.entity_id).where(held)
    numbers = _in_texts(wanted, reach)
    return select(search_document.c.entity_id).where(search_document.c.document_id.in_(numbers))


def tried(connection: Connection, wanted: Wanted, also: Also) -> Tried:
    """Return what a server finds within all reaches at once, before it is asked for each.

    Of words that few have its index knows all quickly. A word that many have is found among the
    first entities in order. On SQLite, whose index has an order of its own, nothing is tried.

    Args:
        connection: an open connection.
        wanted: what must be there and what must not.
        also: returns what else must hold of the column of entities.
    """
    if not _is_server(connection):
        return Tried({}, is_all=False)
    if _expected(connection, wanted) <= _EXPECTED:
        rows = connection.execute(_held_of(server_index, wanted, also).limit(_FEW + 1)).all()
        if len(rows) <= _FEW:
            return Tried(_by_reach(rows), is_all=True)
    order = (server_index.c.name_length, server_index.c.key)
    first = select(server_index).order_by(*order).limit(_TRIED).subquery()
    rows = connection.execute(_held_of(first, wanted, also)).all()
    return Tried(_by_reach(rows), is_all=False)


def _expected(connection: Connection, wanted: Wanted) -> int:
    """Return how many entities the server expects to find: it has counted the usual words."""
    asked = " & ".join(_tsquery(term, beginnings=True) for term in wanted.terms)
    (plan,) = connection.execute(_EXPLAINED, {"asked": asked}).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


def _held_of(rows: FromClause, wanted: Wanted, also: Also) -> Select[Any]:
    """Return a statement of those of some rows of the index that are found, and where each is."""
    held = [_in_vectors(rows.c.names, rows.c.whole, wanted, reach) for reach in _TOGETHER]
    own = rows.c.entity_id
    widest = held[_TOGETHER.index(Reach())]
    return select(rows.c.name_length, rows.c.key, own, *held).where(widest, *also(own))


def _by_reach(rows: Iterable[Sequence[Any]]) -> dict[Reach, list[int]]:
    found: dict[Reach, list[int]] = {reach: [] for reach in _TOGETHER}
    for row in sorted(rows, key=itemgetter(0, 1)):
        for reach, is_held in zip(_TOGETHER, row[3:], strict=True):
            if is_held:
                found[reach].append(row[2])
    return found


def ranked(
    connection: Connection,
    wanted: Wanted,
    reach: Reach,
    also: Also,
    most: int,
    first: Tried,
) -> list[int]:
    """Return at most so many entities found within a reach: shorter names first, then by key.

    Args:
        connection: an open connection.
        wanted: what must be there and what must not.
        reach: where it must be.
        also: returns what else must hold of the column of entities.
        most: how many entities are asked for.
        first: what was tried before.
    """
    if reach.exact and not _is_name(connection, wanted):
        return []
    known = first.found.get(reach, ())
    if len(known) >= most or (first.is_all and not reach.exact):
        return list(known[:most])
    if _is_server(connection):
        return _ranked_by_server(connection, wanted, reach, also, most)
    found = _in_texts(wanted, reach).subquery()
    number = next(iter(found.c))
    table = search_document
    statement = (
        select(table.c.entity_id)
        .join(found, number == table.c.document_id)
        .where(*_exactly(table.c.entity_id, wanted, reach), *also(table.c.entity_id))
        .order_by(table.c.name_length, table.c.key)
    )
    return list(connection.scalars(statement.limit(most)))


def _ranked_by_server(
    connection: Connection, wanted: Wanted, reach: Reach, also: Also, most: int
) -> list[int]:
    table = server_index
    order = (table.c.name_length, table.c.key)
    held = _in_vectors(table.c.names, table.c.whole, wanted, reach)
    own = table.c.entity_id
    exact = table.c.document_id.in_(
        # By way of a table that has an index of entities: few have a name.
        select(search_document.c.document_id).where(
            *_exactly(search_document.c.entity_id, wanted, reach)
        )
    )
    rest = select(own).where(held, *([exact] if reach.exact else []), *also(own))
    # An order that no index has: else the server may read every entity in its order.
    return list(connection.scalars(rest.order_by(order[0] + 0, order[1]).limit(most)))


def _exactly(own: ColumnElement[int], wanted: Wanted, reach: Reach) -> list[ColumnElement[bool]]:
    named = select(alias.c.entity_id).where(alias.c.normalised == wanted.name)
    return [own.in_(named)] if reach.exact else []


def _is_name(connection: Connection, wanted: Wanted) -> bool:
    named = select(alias.c.entity_id).where(alias.c.normalised == wanted.name)
    return connection.execute(named.limit(1)).first() is not None


def _is_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _in_vectors(
    names: ColumnElement[Any], whole: ColumnElement[Any], wanted: Wanted, reach: Reach
) -> ColumnElement[bool]:
    column = names if reach.in_names else whole
    held = _holds(column, " & ", wanted.terms, beginnings=reach.beginnings)
    return and_(held, not_(_holds(whole, " | ", wanted.excluded))) if wanted.excluded else held


def _in_texts(wanted: Wanted, reach: Reach) -> Select[int]:
    asked = " AND ".join(_fts5(term, beginnings=reach.beginnings) for term in wanted.terms)
    if reach.in_names:
        asked = f"names : ({asked})"
    if wanted.excluded:
        asked = f"({asked}) NOT ({' OR '.join(map(_fts5, wanted.excluded))})"
    index: ColumnElement[Any] = literal_column("search_index")
    return select(sqlite_index.c.rowid).where(index.op("MATCH")(bindparam(None, asked)))


def _holds(
    column: ColumnElement[Any], joint: str, terms: Sequence[Term], *, beginnings: bool = True
) -> ColumnElement[bool]:
    asked = joint.join(_tsquery(term, beginnings=beginnings) for term in terms)
    return column.op("@@", is_comparison=True)(cast(bindparam(None, asked, type_=Text), _Query()))


# Words consist of letters, digits and marks: nothing in them can end the quotes around them.


def _tsquery(term: Term, *, beginnings: bool) -> str:
    quoted = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({quoted}:*)" if _may_begin(term, beginnings=beginnings) else f"({quoted})"


def _fts5(term: Term, *, beginnings: bool = True) -> str:
    quoted = f'"{" ".join(term.words)}"'
    return f"{quoted} *" if _may_begin(term, beginnings=beginnings) else quoted


def _may_begin(term: Term, *, beginnings: bool) -> bool:
    # A single character of a script without spaces stands in the index with the one after it.
    return term.begins and (beginnings or is_unspaced_word(term.words[-1]))
