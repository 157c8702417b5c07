"""SQL conditions for full-text search, by the full-text index of each database."""

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

from bricoop.db.models.search import lake_index, server_index, sqlite_index
from bricoop.db.schema import alias, search_document
from bricoop.domain.tokenizer import is_unspaced_word
from bricoop.lookup.search_query import SearchQuery, Term, parse

#: Number of entities, the first in the order of results, that PostgreSQL scans before its index.
_PROBED_ROWS = 2_000
#: With an estimate of at most this many matches, PostgreSQL reads its index first, up to a limit.
_MAX_ESTIMATE, _MAX_MATCHES = 5_000, 500
_EXPLAIN = text(
    "EXPLAIN (FORMAT JSON) SELECT 1 FROM search_index WHERE whole @@ CAST(:query AS tsquery)"
)


class Scope(NamedTuple):
    """How strictly a search has to match.

    Attributes:
        exact: whether the whole text must be a name.
        in_names: whether all words must be in names, not in other texts.
        prefixes: whether words also match as beginnings of words.
    """

    exact: bool = False
    in_names: bool = False
    prefixes: bool = True


#: Given the column of entity ids, returns the conditions of the search's filters.
Filters = Callable[[ColumnElement[int]], Sequence[ColumnElement[bool]]]
#: From the strictest to the widest; results of a stricter scope rank first.
SCOPES = (
    Scope(exact=True, in_names=True, prefixes=False),
    Scope(in_names=True, prefixes=False),
    Scope(in_names=True),
    Scope(prefixes=False),
    Scope(),
)
#: The scopes that `probe` evaluates in one statement.
_PROBED_SCOPES = tuple(scope for scope in SCOPES if not scope.exact)


class Probe(NamedTuple):
    """Matches found for all scopes by one statement.

    Attributes:
        matches: entity ids by scope, in the order of results.
        is_complete: whether these are all matches, not only the first.
    """

    matches: Mapping[Scope, Sequence[int]]
    is_complete: bool


class _Query(UserDefinedType[str]):
    """PostgreSQL's type `tsquery`."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the name of the type in DDL."""
        return "TSQUERY"


def matching(
    connection: Connection, text: str, *, in_names: bool = False, prefixes: bool = True
) -> Select[int]:
    """Return a statement that selects the ids of matching entities, for `column.in_(…)`.

    Args:
        connection: an open connection.
        text: a search text, as `parse` takes it.
        in_names: whether all words must be in names.
        prefixes: whether words also match as beginnings of words.

    Raises:
        UsageError: there is no required word, or there are too many words.
    """
    query, scope = parse(text), Scope(in_names=in_names, prefixes=prefixes)
    if _is_lake(connection):
        return select(lake_index.c.entity_id).where(*_contains_words(query, scope))
    if _is_server(connection):
        condition = _matches_vectors(server_index.c.names, server_index.c.whole, query, scope)
        return select(server_index.c.entity_id).where(condition)
    numbers = _select_fts5(query, scope)
    return select(search_document.c.entity_id).where(search_document.c.document_id.in_(numbers))


def probe(connection: Connection, query: SearchQuery, filters: Filters) -> Probe:
    """Evaluate all scopes but the exact one in a single statement on PostgreSQL.

    For rare words, its index returns all matches quickly. For frequent words, enough matches are
    likely among the first entities in the order of results. On SQLite the probe is empty: each
    scope is evaluated by itself.

    Args:
        connection: an open connection.
        query: the parsed search.
        filters: returns further conditions on the column of entity ids.
    """
    if not _is_server(connection):
        return Probe({}, is_complete=False)
    if _estimated_rows(connection, query) <= _MAX_ESTIMATE:
        rows = connection.execute(
            _select_matches(server_index, query, filters).limit(_MAX_MATCHES + 1)
        ).all()
        if len(rows) <= _MAX_MATCHES:
            return Probe(_by_scope(rows), is_complete=True)
    order = (server_index.c.name_length, server_index.c.key)
    first = select(server_index).order_by(*order).limit(_PROBED_ROWS).subquery()
    rows = connection.execute(_select_matches(first, query, filters)).all()
    return Probe(_by_scope(rows), is_complete=False)


def _estimated_rows(connection: Connection, query: SearchQuery) -> int:
    """Return the planner's estimate of the number of matches, from its word statistics."""
    tsquery = " & ".join(_tsquery(term, prefixes=True) for term in query.terms)
    (plan,) = connection.execute(_EXPLAIN, {"query": tsquery}).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


def _select_matches(rows: FromClause, query: SearchQuery, filters: Filters) -> Select[Any]:
    """Select the matching rows of the index, with a column for each scope that a row matches."""
    conditions = [
        _matches_vectors(rows.c.names, rows.c.whole, query, scope) for scope in _PROBED_SCOPES
    ]
    entity_id = rows.c.entity_id
    widest = conditions[_PROBED_SCOPES.index(Scope())]
    return select(rows.c.name_length, rows.c.key, entity_id, *conditions).where(
        widest, *filters(entity_id)
    )


def _by_scope(rows: Iterable[Sequence[Any]]) -> dict[Scope, list[int]]:
    matches: dict[Scope, list[int]] = {scope: [] for scope in _PROBED_SCOPES}
    for row in sorted(rows, key=itemgetter(0, 1)):
        for scope, is_match in zip(_PROBED_SCOPES, row[3:], strict=True):
            if is_match:
                matches[scope].append(row[2])
    return matches


def ranked(
    connection: Connection,
    query: SearchQuery,
    scope: Scope,
    filters: Filters,
    most: int,
    first: Probe,
) -> list[int]:
    """Return ids of entities that match within a scope: shorter names first, then by key.

    Args:
        connection: an open connection.
        query: the parsed search.
        scope: how strictly it has to match.
        filters: returns further conditions on the column of entity ids.
        most: the largest number of ids to return.
        first: result of `probe`, used if it has enough matches.
    """
    if scope.exact and not _is_name(connection, query):
        return []
    probed_ids = first.matches.get(scope, ())
    if len(probed_ids) >= most or (first.is_complete and not scope.exact):
        return list(probed_ids[:most])
    if _is_lake(connection):
        return _ranked_in_lake(connection, query, scope, filters, most)
    if _is_server(connection):
        return _ranked_by_server(connection, query, scope, filters, most)
    matches = _select_fts5(query, scope).subquery()
    number = next(iter(matches.c))
    table = search_document
    statement = (
        select(table.c.entity_id)
        .join(matches, number == table.c.document_id)
        .where(*_has_exact_name(table.c.entity_id, query, scope), *filters(table.c.entity_id))
        .order_by(table.c.name_length, table.c.key)
    )
    return list(connection.scalars(statement.limit(most)))


def _ranked_by_server(
    connection: Connection, query: SearchQuery, scope: Scope, filters: Filters, most: int
) -> list[int]:
    table = server_index
    order = (table.c.name_length, table.c.key)
    condition = _matches_vectors(table.c.names, table.c.whole, query, scope)
    entity_id = table.c.entity_id
    exact = table.c.document_id.in_(
        # Found through a table that is indexed by entity, as few entities have the exact name.
        select(search_document.c.document_id).where(
            *_has_exact_name(search_document.c.entity_id, query, scope)
        )
    )
    rest = select(entity_id).where(
        condition, *([exact] if scope.exact else []), *filters(entity_id)
    )
    # `+ 0` keeps PostgreSQL from walking all entities in index order until enough match.
    return list(connection.scalars(rest.order_by(order[0] + 0, order[1]).limit(most)))


def _ranked_in_lake(
    connection: Connection, query: SearchQuery, scope: Scope, filters: Filters, most: int
) -> list[int]:
    entity_id = lake_index.c.entity_id
    statement = (
        select(entity_id)
        .where(
            *_contains_words(query, scope),
            *_has_exact_name(entity_id, query, scope),
            *filters(entity_id),
        )
        .order_by(lake_index.c.name_length, lake_index.c.key)
    )
    return list(connection.scalars(statement.limit(most)))


def _has_exact_name(
    entity_id: ColumnElement[int], query: SearchQuery, scope: Scope
) -> list[ColumnElement[bool]]:
    named = select(alias.c.entity_id).where(alias.c.normalised == query.name)
    return [entity_id.in_(named)] if scope.exact else []


def _is_name(connection: Connection, query: SearchQuery) -> bool:
    named = select(alias.c.entity_id).where(alias.c.normalised == query.name)
    return connection.execute(named.limit(1)).first() is not None


def _is_lake(connection: Connection) -> bool:
    return connection.dialect.name == "lake"


def _is_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _matches_vectors(
    names: ColumnElement[Any], whole: ColumnElement[Any], query: SearchQuery, scope: Scope
) -> ColumnElement[bool]:
    column = names if scope.in_names else whole
    condition = _matches_terms(column, " & ", query.terms, prefixes=scope.prefixes)
    return (
        and_(condition, not_(_matches_terms(whole, " | ", query.excluded)))
        if query.excluded
        else condition
    )


def _select_fts5(query: SearchQuery, scope: Scope) -> Select[int]:
    expression = " AND ".join(_fts5(term, prefixes=scope.prefixes) for term in query.terms)
    if scope.in_names:
        expression = f"names : ({expression})"
    if query.excluded:
        expression = f"({expression}) NOT ({' OR '.join(map(_fts5, query.excluded))})"
    index: ColumnElement[Any] = literal_column("search_index")
    return select(sqlite_index.c.rowid).where(index.op("MATCH")(bindparam(None, expression)))


def _matches_terms(
    column: ColumnElement[Any], joint: str, terms: Sequence[Term], *, prefixes: bool = True
) -> ColumnElement[bool]:
    tsquery = joint.join(_tsquery(term, prefixes=prefixes) for term in terms)
    return column.op("@@", is_comparison=True)(cast(bindparam(None, tsquery, type_=Text), _Query()))


def _contains_words(query: SearchQuery, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions of a search in a lake, whose words are enclosed in spaces."""
    column = lake_index.c.names if scope.in_names else lake_index.c.whole
    required = [column.like(_pattern(term, prefixes=scope.prefixes)) for term in query.terms]
    excluded = [lake_index.c.whole.not_like(_pattern(term)) for term in query.excluded]
    return [*required, *excluded]


# Words consist of letters, digits and combining marks, so quoting them needs no escaping.


def _tsquery(term: Term, *, prefixes: bool) -> str:
    quoted = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({quoted}:*)" if _is_prefix(term, prefixes=prefixes) else f"({quoted})"


def _fts5(term: Term, *, prefixes: bool = True) -> str:
    quoted = f'"{" ".join(term.words)}"'
    return f"{quoted} *" if _is_prefix(term, prefixes=prefixes) else quoted


def _pattern(term: Term, *, prefixes: bool = True) -> str:
    end = "" if _is_prefix(term, prefixes=prefixes) else " "
    return f"% {' '.join(term.words)}{end}%"


def _is_prefix(term: Term, *, prefixes: bool) -> bool:
    # Scripts without spaces are indexed as pairs of characters: one character is always a prefix.
    return term.is_prefix and (prefixes or is_unspaced_word(term.words[-1]))
