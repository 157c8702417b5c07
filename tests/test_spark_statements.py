"""Statements of lakes in the SQL of Spark, and what is refused because it would mean another thing."""

import pytest

from support.spark import NEEDS_SPARK

pytestmark = NEEDS_SPARK


def translated(statement: str, *sizes: int | None) -> str:
    from bricoop.db.spark_sql import translated as translate

    return translate(statement, sizes).text


@pytest.mark.parametrize(
    "expression",
    [
        "CAST(a AS NUMERIC)", "CAST(a AS DECIMAL)", "a::numeric", "CAST(a AS DECIMAL(10))", "CAST(a AS DECIMAL(18, 3))",
        "fields ->> 'maturity'", "fields -> 'maturity'", "json_extract(fields, '$.maturity')", "json_extract_string(fields, 'a')",
        "CAST(fields AS JSON)", "fields[a]", "fields[1]", "a / b", "a // b", "a % b", "a ILIKE b", "regexp_matches(a, b)",
        "avg(a)", "list(a)", "string_agg(a, ',')", "CAST(a AS DATE)", "unnest([1, 2])::text[]", "random()", "sum(a) FILTER (WHERE b)",
    ],
)  # fmt: skip
def test_what_would_mean_another_thing_is_refused(expression: str) -> None:
    from bricoop.db.spark_sql import UntranslatableError

    with pytest.raises(UntranslatableError):
        translated(f"SELECT {expression} FROM finance")  # noqa: S608 (a statement of this test)


@pytest.mark.parametrize(
    "statement", ["DROP TABLE a", "SELECT 1; SELECT 2", "SELECT (", "SET a = 1"]
)
def test_what_is_no_select_is_refused(statement: str) -> None:
    from bricoop.db.spark_sql import UntranslatableError

    with pytest.raises(UntranslatableError):
        translated(statement)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT a FROM t ORDER BY a, b DESC", "ORDER BY a NULLS LAST, b DESC NULLS FIRST"),
        ("SELECT r.fields['kind'] FROM r", "SELECT r.fields.`kind`"),
        ("SELECT CAST(a AS DECIMAL(38, 6)) FROM t", "CAST(a AS DECIMAL(38, 6))"),
        ("SELECT a COLLATE binary FROM t", "SELECT a FROM"),
        ("SELECT a FROM t WHERE a LIKE $1 ESCAPE '/'", "a LIKE :p1 ESCAPE '/'"),
        ("SELECT a FROM t WHERE a LIKE $1", "a LIKE :p1 ESCAPE '"),
        ("SELECT a FROM t WHERE a = ANY ($1)", "a IN (:p1_0, :p1_1)"),
        ("SELECT a FROM t WHERE a = ANY ($2)", "WHERE FALSE"),
        ("SELECT lower(a) FROM t", "LOWER(TRANSLATE(a, "),
        ("SELECT f.key FROM r, LATERAL (SELECT unnest(['a', 'b']) AS key, unnest([r.fields['a'], r.fields['b']]) AS value) AS f",
         "LATERAL STACK(2, 'a', r.fields.`a`, 'b', r.fields.`b`) AS f(key, value)"),
    ],
)  # fmt: skip
def test_what_differs_in_spark_is_written_so_that_it_means_the_same(
    statement: str, expected: str
) -> None:
    assert expected in translated(statement, 2, 0)


@pytest.mark.parametrize(
    "condition",
    [
        "b.y > c.id", "b.y = c.id OR b.y = 1", "b.y = c.id GROUP BY b.x", "b.y = c.id AND b.z = c.z",
    ],
)  # fmt: skip
def test_conditions_two_levels_above_are_refused_if_rows_could_change(condition: str) -> None:
    from bricoop.db.spark_sql import UntranslatableError

    statement = f"SELECT (SELECT count(*) FROM a WHERE a.id IN (SELECT b.x FROM b WHERE {condition})) FROM c"  # noqa: S608 (a statement of this test)
    with pytest.raises(UntranslatableError, match="two levels above"):
        translated(statement)
