"""Lifts conditions of subqueries that name a table two levels above, which Spark cannot resolve.

`(SELECT count(*) FROM a WHERE a.id IN (SELECT b.x FROM b WHERE b.y = c.id))` within a query of `c`
becomes `(SELECT count(*) FROM a JOIN (SELECT DISTINCT b.x AS item, b.y AS lifted FROM b) AS inner_1
ON a.id = inner_1.item WHERE inner_1.lifted = c.id)`, which has the same rows.
"""

from itertools import count
from typing import Any

from sqlglot import exp

#: Names of the columns of a lifted subquery: what is looked for, and what the condition compares.
_ITEM, _LIFTED = "item", "lifted"


class NestedTooDeeplyError(Exception):
    """A subquery names a table two levels above in another way than by `=`."""


def lift_conditions(query: Any) -> None:
    """Change a statement in place.

    Args:
        query: the parsed statement.

    Raises:
        NestedTooDeeplyError: a condition cannot be lifted without changing the rows.
    """
    numbers = count(1)
    # The innermost first, as what is lifted out of it may have to be lifted again.
    for select in reversed([*query.find_all(exp.Select)]):
        for condition in _far_conditions(select):
            _lift(select, condition, next(numbers))


def _far_conditions(select: Any) -> list[Any]:
    """Return the subqueries of the conditions of a SELECT that name a table above it."""
    where = select.args.get("where")
    candidates = [*where.find_all(exp.In)] if where else []
    return [
        node
        for node in candidates
        if node.args.get("query") is not None
        and node.find_ancestor(exp.Select) is select
        and any(_far_columns(branch, select) for branch in _branches(node.args["query"]))
    ]


def _branches(query: Any) -> list[Any]:
    """Return the SELECTs of which a subquery is the union."""
    inner = query.unnest()
    if isinstance(inner, exp.Union):
        return [*_branches(inner.this), *_branches(inner.expression)]
    return [inner]


def _far_columns(branch: Any, holder: Any) -> list[Any]:
    """Return the columns of a SELECT whose table is neither its own nor that of its holder."""
    near = _sources(branch) | _sources(holder)
    return [
        column
        for column in branch.find_all(exp.Column)
        if column.table and column.table not in near and column.find_ancestor(exp.Select) is branch
    ]


def _sources(select: Any) -> set[str]:
    read = [select.args.get("from_"), *select.args.get("joins", [])]
    return {source.this.alias_or_name for source in read if source is not None}


def _conjuncts(condition: Any) -> list[Any]:
    """Return the conditions of which all must hold."""
    inner = condition.unnest()
    if isinstance(inner, exp.And):
        return [*_conjuncts(inner.this), *_conjuncts(inner.expression)]
    return [inner]


def _lift(select: Any, node: Any, number: int) -> None:
    where = select.args["where"]
    conditions = _conjuncts(where.this)
    selects = _branches(node.args["query"])
    if not any(node is condition for condition in conditions):
        raise NestedTooDeeplyError
    far = {_lift_out_of(branch, select) for branch in selects}
    if len(far) != 1 or len(node.args["query"].unnest().selects) != 2:  # noqa: PLR2004 (what was selected, and what is lifted)
        raise NestedTooDeeplyError
    name = f"inner_{number}"
    (column,) = far
    rest = [condition for condition in conditions if condition is not node]
    lifted = exp.EQ(this=exp.column(_LIFTED, table=name), expression=column.copy())
    select.set("where", exp.Where(this=exp.and_(*rest, lifted)))
    table = exp.select(exp.column(_ITEM), exp.column(_LIFTED)).distinct().from_(
        exp.Subquery(
            this=node.args["query"].unnest(),
            alias=exp.TableAlias(this=exp.to_identifier("items")),
        )
    )  # fmt: skip
    joined = exp.Subquery(this=table, alias=exp.TableAlias(this=exp.to_identifier(name)))
    on = exp.EQ(this=node.this, expression=exp.column(_ITEM, table=name))
    select.append("joins", exp.Join(this=joined, on=on))


def _lift_out_of(branch: Any, holder: Any) -> Any:
    """Take the condition out of a SELECT that names a table above, and select what it compares.

    Returns:
        The column of the table above.
    """
    columns = _far_columns(branch, holder)
    where = branch.args.get("where")
    conditions = _conjuncts(where.this) if where else []
    grouped = any(branch.args.get(name) for name in ("group", "having", "limit", "distinct"))
    matching = [
        condition
        for condition in conditions
        if isinstance(condition, exp.EQ) and any(column.parent is condition for column in columns)
    ]
    if grouped or len(columns) != 1 or len(matching) != 1:
        raise NestedTooDeeplyError
    (column,), (equal,) = columns, matching
    compared = equal.this if equal.expression is column else equal.expression
    rest = [condition for condition in conditions if condition is not equal]
    branch.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
    (selected,) = branch.selects
    branch.set(
        "expressions",
        [exp.alias_(selected.unalias(), _ITEM), exp.alias_(compared.copy(), _LIFTED)],
    )
    return column
