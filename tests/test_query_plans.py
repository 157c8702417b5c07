"""Query plans: questions for which there is an index use it, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from bricoop.db.engine import reading
from bricoop.domain.vocabularies import EntityKind
from bricoop.lookup.entities import find_entity
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.query.search.hits import SearchRequest, search
from bricoop.totals.parse import counting_of
from bricoop.totals.total import total
from support.executed import statements

pytestmark = [pytest.mark.reads, pytest.mark.later_on_postgresql]

#: Tables with at least one row for each project.
LARGE = (
    "alias", "entity", "entity_country", "entity_link", "finance", "participation", "project",
    "record", "search_document", "search_index",
)  # fmt: skip
Act = Callable[[Connection], Any]


def of(noun: str, **options: Any) -> Act:
    return lambda connection: list(execute(connection, Question(noun, **options)).rows)


PAGE = ("key", "name", "kind", "status", "countries", "links", "financiers")
SERVED = {
    "a name": of("projects", where=("name = 'Gwadar Port'",)),
    "a key": of("projects", where=("key = gwadar-port",)),
    "a country": of("projects", filters={"country": ("Kenya",)}, columns=PAGE),
    "a link": of("projects", filters={"link": ("finance",)}, limit=50, sort="-started"),
    "a financier": of("projects", filters={"financier": ("Silk Road Fund",)}),
    "three filters": of(
        "projects",
        filters={"country": ("Pakistan",), "link": ("facility",), "status": ("operation",)},
        columns=PAGE,
        sort="-started",
        limit=50,
    ),
    "words": lambda connection: list(search(connection, SearchRequest("gwadar port")).rows),
    "words, narrowed": of("projects", search="gwadar port"),
    "how many under a link": lambda connection: count(
        connection, Question("projects", {"link": ("finance",)})
    ),
    "a name to show": lambda connection: find_entity(connection, "Gwadar Port"),
    "a key to show": lambda connection: find_entity(connection, "gwadar-port"),
    "a beginning": lambda connection: find_entity(connection, "gwadar po", [EntityKind.PROJECT]),
}


def plans(engine: Engine, act: Act, *dear: str) -> list[list[str]]:
    """Return the query plan of each statement that an action executes.

    So few rows are soonest read together and sorted, on PostgreSQL: there those ways, and others
    that are named, cost more than any other way.
    """
    with reading(engine) as connection:
        with statements(engine) as executed:
            act(connection)
        cursor = connection.connection.cursor()
        if engine.dialect.name == "sqlite":
            return [
                [
                    row[-1]
                    for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
                ]
                for sql, parameters in executed
            ]
        for way in ("seqscan", "sort", *dear):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        explained = []
        for sql, parameters in executed:
            # A search runs EXPLAIN itself, which reads no rows.
            if not sql.startswith("EXPLAIN"):
                cursor.execute(f"EXPLAIN {sql}", parameters)
                explained.append([row[0] for row in cursor.fetchall()])
        return explained


def full_scans(plan: list[str]) -> list[str]:
    """Return the lines of a plan that scan a large table."""
    return [
        line
        for line in plan
        for words in [line.replace("->", "").split()]
        if (words[0] == "SCAN" and words[1] in LARGE)
        or (words[:3] == ["Seq", "Scan", "on"] and words[3] in LARGE)
    ]


@pytest.mark.parametrize("name", SERVED)
def test_what_an_index_serves_reads_no_large_table_as_a_whole(engine: Engine, name: str) -> None:
    lines = plans(engine, SERVED[name])
    assert lines
    scans = [line for plan in lines for line in full_scans(plan)]
    # SQLite reports a full-text look-up as a scan, too.
    assert [line for line in scans if "VIRTUAL TABLE INDEX 0:M" not in line] == []


def test_a_page_is_found_in_the_index_of_names_and_nothing_is_sorted_for_it(engine: Engine) -> None:
    (plan, *_) = plans(engine, of("projects", columns=PAGE, limit=20, offset=10), "bitmapscan")
    whole = "\n".join(plan)
    assert "ix_entity_kind" in whole
    if engine.dialect.name == "sqlite":
        before_page = whole[: whole.index("SCAN page")]
        assert "TEMP B-TREE" not in before_page
    else:
        page = whole[whole.index("Limit") :]
        assert "Sort" not in page[: page.index("ix_entity_kind")]


def test_groups_of_a_list_are_counted_in_its_index(engine: Engine) -> None:
    lines = plans(engine, of("projects", grouping=Grouping(("country",))), "bitmapscan")
    counted = next(plan for plan in lines if any("ix_entity_country" in line for line in plan))
    whole = "\n".join(counted)
    if engine.dialect.name == "sqlite":
        assert "SCAN entity_country USING COVERING INDEX ix_entity_country_country_id" in whole
        assert "TEMP B-TREE" not in whole
    else:
        assert "Index Only Scan using ix_entity_country_country_id" in whole


def test_a_total_reads_sqlite_tables_in_the_order_of_their_rows(engine: Engine) -> None:
    counting = counting_of(Question("finance"), "signed", None)
    lines = plans(engine, lambda connection: total(connection, counting))
    if engine.dialect.name == "sqlite":
        (counted,) = [plan for plan in lines if "SCAN marked" in plan]
        assert "SCAN finance" in counted
        assert "SEARCH record USING INTEGER PRIMARY KEY (rowid=?)" in counted


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("field", ["kind", "status", "announced", "started", "description"])
def test_where_nothing_is_recorded_is_said_in_the_order(
    engine: Engine, direction: str, field: str
) -> None:
    with reading(engine) as connection, statements(engine) as executed:
        rows = list(execute(connection, Question("projects", sort=f"{direction}{field}")).rows)
    assert any("NULLS LAST" in sql for sql, _ in executed)
    names = [field.name for field in Question("projects").fields()]
    values = [row[names.index(field)] for row in rows]
    empty = values.index(None) if None in values else len(values)
    assert all(value is None for value in values[empty:])


def test_a_column_that_is_always_there_has_no_word_of_nothing_recorded(engine: Engine) -> None:
    # With NULLS LAST, PostgreSQL would not use the index.
    with reading(engine) as connection, statements(engine) as executed:
        list(execute(connection, Question("projects", limit=5)).rows)
    assert "NULLS" not in executed[0][0]
