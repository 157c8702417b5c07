"""Whom a text finds, in SQL: each database is asked its own full-text index."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    literal_column,
    not_,
    select,
)
from sqlalchemy.types import UserDefinedType

from bricoop.db.models.search import server_index, sqlite_index
from bricoop.db.schema import alias, search_document
from bricoop.domain.words import is_unspaced_word
from bricoop.query.search.wanted import Term, Wanted, parse

#: Where words are looked for, and whether they may be beginnings: hits of the first come first.
REACHES = ((True, False), (True, True), (False, False), (False, True))


class _Query(UserDefinedType[str]):
    """A query of PostgreSQL's full-text index."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name."""
        return "TSQUERY"


def matching(connection: Connection, text: str) -> Select[int]:
    """Return a statement of the entities that a text finds, for `owner.in_(…)`.

    Raises:
        UsageError: there is no word to look for.
    """
    return select(search_document.c.entity_id).where(search_document.c.document_id.in_(
        found_by(connection, parse(text))
    ))  # fmt: skip


def found_by(
    connection: Connection, wanted: Wanted, *, in_names: bool = False, beginnings: bool = True
) -> Select[int]:
    """Return a statement of the numbers of documents that hold what is wanted.

    Args:
        connection: an open connection.
        wanted: what must be there and what must not.
        in_names: whether all of it must be in the entity's names.
        beginnings: whether words may be the beginnings of words.
    """
    if connection.dialect.name == "postgresql":
        column = server_index.c.names if in_names else server_index.c.whole
        conditions = [_holds(column, " & ", wanted.terms, beginnings=beginnings)]
        if wanted.excluded:
            conditions.append(not_(_holds(server_index.c.whole, " | ", wanted.excluded)))
        return select(server_index.c.document_id).where(and_(*conditions))
    asked = " AND ".join(_fts5(term, beginnings=beginnings) for term in wanted.terms)
    if in_names:
        asked = f"names : ({asked})"
    if wanted.excluded:
        asked = f"({asked}) NOT ({' OR '.join(map(_fts5, wanted.excluded))})"
    index: ColumnElement[Any] = literal_column("search_index")
    return select(sqlite_index.c.rowid).where(index.op("MATCH")(bindparam(None, asked)))


def ranked(connection: Connection, wanted: Wanted, reach: tuple[bool, bool]) -> Select[int]:
    """Return a statement of the entities found within a reach, best first.

    Exact names come first, then shorter names, then the order of keys.
    """
    in_names, beginnings = reach
    found = found_by(connection, wanted, in_names=in_names, beginnings=beginnings).subquery()
    number = next(iter(found.c))
    statement = select(search_document.c.entity_id).join(
        found, number == search_document.c.document_id
    )
    exact = select(alias.c.entity_id).where(alias.c.normalised == wanted.name)
    order: list[ColumnElement[Any]] = [search_document.c.name_length, search_document.c.key]
    if in_names and not beginnings:
        order.insert(0, case((search_document.c.entity_id.in_(exact), 0), else_=1))
    return statement.order_by(*order)


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
