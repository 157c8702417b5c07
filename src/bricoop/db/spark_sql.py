"""Turns statements of the lake dialect into the SQL of Spark.

Only what bricoop's statements consist of is translated, and all else is refused: a construct that
means something else in Spark would change answers without an error.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlglot import errors, exp
from sqlglot.dialects.duckdb import DuckDB

from bricoop.db.spark_nesting import NestedTooDeeplyError, lift_conditions

#: The parts that statements may have; each was compared with DuckDB, row by row.
_KNOWN: tuple[type[exp.Expression], ...] = (
    exp.Add, exp.Alias, exp.And, exp.Any, exp.Array, exp.Between, exp.Boolean, exp.Bracket,
    exp.Case, exp.Cast, exp.Coalesce, exp.Collate, exp.Column, exp.Count, exp.CTE, exp.DataType,
    exp.DataTypeParam, exp.Distinct, exp.DPipe, exp.EQ, exp.Escape, exp.Except, exp.Exists,
    exp.Explode, exp.FirstValue, exp.From, exp.GT, exp.GTE, exp.Group, exp.Having, exp.Identifier,
    exp.If, exp.In, exp.Intersect, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Lateral, exp.Length,
    exp.Like, exp.Limit, exp.Literal, exp.Lower, exp.Max, exp.Min, exp.Mul, exp.NEQ, exp.Neg,
    exp.Not, exp.Null, exp.Nullif, exp.Offset, exp.Or, exp.Order, exp.Ordered, exp.Paren,
    exp.Placeholder, exp.RowNumber, exp.Select, exp.SplitPart, exp.Star, exp.Sub, exp.Subquery,
    exp.Substring, exp.Sum, exp.Table, exp.TableAlias, exp.Tuple, exp.Union, exp.Var, exp.Where,
    exp.Window, exp.WindowSpec, exp.With,
)  # fmt: skip
#: The types that casts may name.
_TYPES = {
    exp.DataType.Type.BIGINT, exp.DataType.Type.BOOLEAN, exp.DataType.Type.DECIMAL,
    exp.DataType.Type.DOUBLE, exp.DataType.Type.INT, exp.DataType.Type.SMALLINT,
    exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR,
}  # fmt: skip
#: The sizes of decimals: US dollars, and other numbers; those in Spark's default size are refused.
_SIZES = {(24, 6), *((38, scale) for scale in range(19))}
#: Stands for no character of a pattern. A LIKE without ESCAPE has none in a lake, but \ in Spark.
_NO_ESCAPE = "\x01"
#: Stands for the name of the view of a table that grows.
VIEW = "bricoop_growing_view"
#: Letters that databases make small one by one, and Java by their neighbours.
_LETTERS = ("İ\N{GREEK CAPITAL LETTER SIGMA}", "i\N{GREEK SMALL LETTER SIGMA}")


class UntranslatableError(Exception):
    """A statement has a part whose meaning in Spark is another one, or not known."""


class Growing(NamedTuple):
    """A table that grows until nothing new is in it, as Spark has no recursion that ends so.

    Attributes:
        columns: the names of its columns.
        first: a statement for its first rows.
        step: a statement for the rows that follow from rows of the table `VIEW`.
    """

    columns: tuple[str, ...]
    first: str
    step: str


class Translation(NamedTuple):
    """A statement of Spark.

    Attributes:
        text: the statement.
        growing: the table that it reads as `VIEW`, if its WITH has a recursive one.
    """

    text: str
    growing: Growing | None = None


class _LakeSQL(DuckDB):  # type: ignore[misc]  # sqlglot has no types here, see pyproject.toml
    """The SQL of DuckDB with the settings of a lake."""

    # As on PostgreSQL: NULL comes last in ascending order, and first in descending order.
    NULL_ORDERING = "nulls_are_large"


@lru_cache(maxsize=512)
def translated(statement: str, sizes: tuple[int | None, ...]) -> Translation:
    """Return a statement in the SQL of Spark.

    Parameters are written `:p1` there, and `:p1_0`, `:p1_1` and so on for the items of a list.

    Args:
        statement: a SELECT as `LakeDialect` compiles it.
        sizes: for each parameter the number of items of a list, or None for a single value.

    Raises:
        UntranslatableError: the statement has a part that is not known to mean the same in Spark.
    """
    try:
        tree = _LakeSQL().parse(statement)
        if len(tree) != 1 or not isinstance(tree[0], exp.Query):
            raise UntranslatableError("it is not a single SELECT")
        query = tree[0]
        refuse_unknown(query)
        # Parts come after what they are a part of, so they are changed in the opposite order.
        for node in reversed([*query.walk()]):
            changed = _changed(node, sizes)
            if changed is not node:
                node.replace(changed)
        lift_conditions(query)
        growing = _separated(query)
        return Translation(_written(query), growing)
    except errors.SqlglotError as error:
        raise UntranslatableError(str(error).splitlines()[0]) from error
    except NestedTooDeeplyError as error:
        raise UntranslatableError("a subquery names a table two levels above") from error


def _written(tree: exp.Expression) -> str:
    return str(tree.sql(dialect="spark", unsupported_level=errors.ErrorLevel.RAISE))


def _separated(query: exp.Expression) -> Growing | None:
    """Take the recursive table out of the WITH of a statement, which reads a view in its place."""
    with_ = query.args.get("with_")
    if with_ is None or not with_.recursive:
        return None
    with_.args["recursive"] = None
    tables: list[exp.CTE] = with_.expressions
    recursive = [table for table in tables if _reads(table.this, table.alias)]
    if not recursive:
        return None
    (table,) = recursive
    if not (isinstance(table.this, exp.Union) and table.this.args.get("distinct")):
        raise UntranslatableError("a recursion is not a UNION")
    before = tables[: tables.index(table)]
    with_.set("expressions", [other for other in tables if other is not table])
    for tree in (query, table.this):
        for read in [*tree.find_all(exp.Table)]:
            if read.name == table.alias:
                alias = exp.TableAlias(this=exp.to_identifier(read.alias_or_name))
                read.replace(exp.Table(this=exp.to_identifier(VIEW), alias=alias))
    first, step = table.this.this.copy(), table.this.expression.copy()
    for statement in (first, step):
        statement.set("with_", exp.With(expressions=[other.copy() for other in before]))
    return Growing(tuple(table.alias_column_names), _written(first), _written(step))


def _reads(tree: exp.Expression, name: str) -> bool:
    return any(table.name == name for table in tree.find_all(exp.Table))


def refuse_unknown(tree: exp.Expression) -> None:
    """Refuse a statement with parts whose meaning in Spark differs, or is not known.

    A decimal without a size is DECIMAL(10, 0) in Spark, and a path into JSON that is written
    otherwise gives NULL: both change sums without an error.

    Raises:
        UntranslatableError: there is such a part.
    """
    for node in tree.walk():
        # Parts are compared by their class, as those of JSON are derived from others.
        if type(node) not in _KNOWN:
            raise UntranslatableError(f"{node.key} is not translated")
        if isinstance(node, exp.DataType):
            _refuse_type(node)
        elif isinstance(node, exp.Bracket):
            (index,) = node.expressions
            if not (isinstance(index, exp.Literal) and index.is_string):
                raise UntranslatableError("a field is not named by a literal")


def _refuse_type(node: exp.DataType) -> None:
    if node.this not in _TYPES:
        raise UntranslatableError(f"the type {node.this.value} is not translated")
    # The parser fills in DECIMAL(18, 3) where a size is missing, as DuckDB does.
    if node.this is exp.DataType.Type.DECIMAL and _size(node) not in _SIZES:
        raise UntranslatableError("a decimal has no size, or one that no amount has")


def _size(node: exp.DataType) -> tuple[int, ...]:
    return tuple(int(parameter.name) for parameter in node.expressions)


def _changed(node: exp.Expression, sizes: Sequence[int | None]) -> exp.Expression:
    """Return what stands for a part of a statement in Spark; its own parts are changed already."""
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        return _in_list(node, sizes)
    change = _CHANGES.get(type(node))
    return node if change is None else change(node)


def _field(node: Any) -> exp.Expression:
    (index,) = node.expressions
    return exp.Dot(this=node.this, expression=exp.to_identifier(index.name, quoted=True))


def _like(node: Any) -> exp.Expression:
    """Return a LIKE with an escape character, as Spark takes a backslash for one otherwise."""
    if isinstance(node.parent, exp.Escape):
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string(_NO_ESCAPE))


def _lower(node: Any) -> exp.Expression:
    letters = map(exp.Literal.string, _LETTERS)
    return exp.Lower(this=exp.func("translate", node.this, *letters))


def _in_list(node: exp.EQ, sizes: Sequence[int | None]) -> exp.Expression:
    """Return `column IN (...)` for `column = ANY(list)`; Spark looks values of IN up in a set."""
    placeholder = node.expression.this.unnest()
    number = int(placeholder.name.removeprefix("p"))
    size = sizes[number - 1]
    if not size:
        return exp.false()
    items = [exp.Placeholder(this=f"p{number}_{index}") for index in range(size)]
    return exp.In(this=node.this, expressions=items)


def _unfolded(node: exp.Lateral) -> exp.Expression:
    """Return `LATERAL stack(2, key, value, key, value) AS alias(key, value)`."""
    names, values = (alias.this.this.expressions for alias in node.this.unnest().expressions)
    pairs = [*chain.from_iterable(zip(names, values, strict=True))]
    columns = [exp.to_identifier(column) for column in ("key", "value")]
    alias = exp.TableAlias(this=node.args["alias"].this, columns=columns)
    stack = exp.Anonymous(this="stack", expressions=[exp.Literal.number(len(names)), *pairs])
    return exp.Lateral(this=stack, alias=alias)


_CHANGES: dict[type[exp.Expression], Callable[[Any], exp.Expression]] = {
    exp.Bracket: _field,
    exp.Collate: lambda node: node.this,
    exp.Lateral: _unfolded,
    exp.Like: _like,
    exp.Lower: _lower,
    exp.Placeholder: lambda node: exp.Placeholder(this=f"p{node.name}"),
}
