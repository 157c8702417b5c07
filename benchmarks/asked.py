"""Ten typical questions, each for bricoop and as hand-written SQL."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from generate import RARE
from sqlalchemy import Connection, select

from bricoop.db.schema import entity
from bricoop.query.execute import count, execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Question
from bricoop.query.search.hits import SearchRequest, search

Row = Sequence[Any]
Rows = Iterable[Row]
_SHOWN = ("key", "name", "kind", "status", "countries")
_ROW = """SELECT e.key, e.name, p.kind, p.status, (
    SELECT {joined} FROM entity_country ec JOIN country c ON c.id = ec.country_id
    WHERE ec.entity_id = p.id)"""
_FOUND = f"{_ROW} FROM project p JOIN entity e ON e.id = p.id"
_JOINED = {
    "sqlite": "group_concat(DISTINCT c.alpha3)",
    "postgresql": "string_agg(DISTINCT c.alpha3, ',')",
}
_FILTERED = """
    WHERE p.status = 'completed'
    AND p.id IN (SELECT entity_id FROM entity_country JOIN country c ON c.id = country_id
                 WHERE c.alpha3 = 'KEN')
    AND p.id IN (SELECT entity_id FROM entity_link JOIN link l ON l.id = link_id
                 WHERE l.code = 'facility')"""
_WORDS = {
    "sqlite": """SELECT e.key, e.kind, e.name FROM search_index i
        JOIN search_document d ON d.document_id = i.rowid JOIN entity e ON e.id = d.entity_id
        WHERE search_index MATCH '{fts5}' ORDER BY d.name_length, d.key LIMIT 20""",
    "postgresql": """SELECT e.key, e.kind, e.name FROM search_index i
        JOIN entity e ON e.id = i.entity_id
        WHERE i.whole @@ '{tsquery}'::tsquery ORDER BY i.name_length + 0, i.key LIMIT 20""",
}
_NUMBER = "count(DISTINCT p.id)"
_PAIRS = "FROM project p LEFT JOIN entity_country ec ON ec.entity_id = p.id"
_COUNTRY = "LEFT JOIN country c ON c.id = g.country_id LEFT JOIN entity e ON e.id = c.id"
_YEAR = "substr(coalesce(p.announced, p.started, p.completed), 1, 4)"
#: SQLite stores dollars as integers of millionths and sums those; bricoop returns dollars.
_SUM = {
    "sqlite": "total(amount_usd_constant) / 1000000",
    "postgresql": "sum(amount_usd_constant)",
}


@dataclass(frozen=True)
class Asked:
    """A question of the benchmark.

    Attributes:
        name: its name in the table.
        ours: runs the question with bricoop.
        theirs: the SQL for each database.
        arguments: the question as arguments of the command line.
        reads_all: whether very many rows must be read, so that the time limit does not apply.
        in_order: whether both answers have the same order of rows.
        compared: the number of leading columns to compare; bricoop's answer may have more.
    """

    name: str
    ours: Callable[[Connection], Rows]
    theirs: dict[str, str]
    arguments: Sequence[str]
    reads_all: bool = False
    in_order: bool = True
    compared: int = 5


def questions(connection: Connection, projects: int) -> list[Asked]:
    """Return the ten questions for a knowledge base of `projects` generated projects."""
    middle = projects // 2
    statement = select(entity.c.name, entity.c.normalised, entity.c.description)
    of_middle = statement.where(entity.c.key == f"project-{middle:07}")
    name, normalised, text = connection.execute(of_middle).one()
    words = (text or "").lower().strip(".").split()
    first, second = [word for word in words if word in set(RARE)][:2]
    return [
        *_of_few(name, normalised),
        _searched("two words", f"{first} {second}", f'"{first}" "{second}"', f"{first} & {second}"),
        _searched("Chinese, two characters", "路桥", '"路桥"', "路桥"),
        *_of_groups(),
        *_of_many(middle, min(100_000, projects)),
    ]


def _of_few(name: str, normalised: str) -> list[Asked]:
    named, columns = f"name = '{name}'", ("--columns", ",".join(_SHOWN))
    filters = {"country": ("Kenya",), "link": ("facility",), "status": ("completed",)}
    options = [
        argument for option, values in filters.items() for argument in (f"--{option}", *values)
    ]
    return [
        Asked(
            "a name",
            _rows(Question("projects", columns=_SHOWN, where=(named,))),
            _both(f"""{_FOUND} WHERE p.id IN (
                SELECT entity_id FROM alias WHERE normalised = '{normalised}')
                ORDER BY e.normalised, p.id"""),
            ("query", "projects", *columns, "--where", named),
        ),
        Asked(
            "three filters, in order, 50 rows",
            _rows(Question("projects", filters, _SHOWN, "-started", 50)),
            _both(f"{_FOUND} {_FILTERED} ORDER BY p.started DESC NULLS LAST, p.id LIMIT 50"),
            ("query", "projects", *columns, *options, "--sort", "-started", "--limit", "50"),
        ),
    ]


def _of_groups() -> list[Asked]:
    projects, finance = ("query", "projects", "--group-by"), ("query", "finance", "--group-by")
    measure = "sum:amount_usd_constant"
    return [
        Asked(
            "by country",
            _rows(Question("projects", grouping=Grouping(("country",)))),
            _both(f"SELECT c.alpha3, e.name, n FROM (SELECT country_id, {_NUMBER} AS n {_PAIRS}"
                  f" GROUP BY country_id) g {_COUNTRY}"),
            (*projects, "country"),
            reads_all=True,
            in_order=False,
            compared=3,
        ),
        Asked(
            "by country and year",
            _rows(Question("projects", grouping=Grouping(("country", "year")))),
            _both(f"SELECT c.alpha3, e.name, year, n FROM (SELECT country_id, {_YEAR} AS year,"
                  f" {_NUMBER} AS n {_PAIRS} GROUP BY country_id, {_YEAR}) g {_COUNTRY}"),
            (*projects, "country,year"),
            reads_all=True,
            in_order=False,
            compared=4,
        ),
        Asked(
            "money by year",
            _rows(Question("finance", grouping=Grouping(("year",), (measure,)))),
            {one: f"""SELECT substr(date, 1, 4), {added}, min(price_year), max(price_year),
                count(price_year), count(amount_usd_constant), count(*), min(kind), max(kind),
                sum(CASE WHEN counted THEN 0 ELSE 1 END)
                FROM finance GROUP BY substr(date, 1, 4)""" for one, added in _SUM.items()},
            (*finance, "year", "--measure", measure),
            reads_all=True,
            in_order=False,
            compared=2,
        ),
    ]  # fmt: skip


def _of_many(middle: int, many: int) -> list[Asked]:
    facility, columns = (
        Question("projects", {"link": ("facility",)}),
        ("--columns", ",".join(_SHOWN)),
    )
    page = "SELECT id FROM entity WHERE kind = 'project' ORDER BY normalised, id LIMIT"
    return [
        Asked(
            "how many under one link",
            lambda connection: [(count(connection, facility),)],
            _both("""SELECT count(*) FROM project p WHERE p.id IN (
                SELECT entity_id FROM entity_link JOIN link l ON l.id = link_id
                WHERE l.code = 'facility')"""),
            ("query", "projects", "--link", "facility", "--count"),
            compared=1,
        ),
        Asked(
            "50 rows from the middle",
            _rows(Question("projects", columns=_SHOWN, limit=50, offset=middle)),
            _paged(f"{page} 50 OFFSET {middle}"),
            ("query", "projects", *columns, "--limit", "50", "--offset", str(middle)),
        ),
        Asked(
            f"{many:,} rows",
            _rows(Question("projects", columns=_SHOWN, limit=many)),
            _paged(f"{page} {many}"),
            ("query", "projects", *columns, "--limit", str(many), "--format", "csv"),
            reads_all=True,
        ),
    ]


def _searched(name: str, text: str, fts5: str, tsquery: str) -> Asked:
    theirs = {dialect: sql.format(fts5=fts5, tsquery=tsquery) for dialect, sql in _WORDS.items()}
    request = SearchRequest(text)
    return Asked(
        name,
        lambda connection: [row[1:] for row in search(connection, request).rows],
        theirs,
        ("search", text),
        compared=3,
    )


def _rows(question: Question) -> Callable[[Connection], Rows]:
    return lambda connection: execute(connection, question).rows


def _both(sql: str) -> dict[str, str]:
    return {name: sql.format(joined=joined) for name, joined in _JOINED.items()}


def _paged(page: str) -> dict[str, str]:
    return _both(f"{_ROW} FROM ({page}) found JOIN project p ON p.id = found.id"
                 " JOIN entity e ON e.id = p.id ORDER BY e.normalised, p.id")  # fmt: skip
