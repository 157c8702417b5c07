"""Generated projects and finance for tests of grouping, and helpers to query them."""

import random
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.query.execute import execute
from bricoop.query.grouping import Grouping
from bricoop.query.question import Answer, Question
from support.loading import Load

COUNTRIES = ("Kenya", "Mali", "Chad", "")
CODES = {"Kenya": "KEN", "Mali": "MLI", "Chad": "TCD", "": None}
STATUSES = ("pledged", "completed", "")
YEARS = ("2013", "2014-05", "2015-06-07", "")
CURRENCIES = ("CNY", "USD")


def made_rows() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return forty projects and their finance, deterministically."""
    chance = random.Random(7)  # noqa: S311 (nothing is secret here)
    projects = [
        {
            "name": f"Project {number}",
            "countries": "; ".join(
                dict.fromkeys(country for country in chance.choices(COUNTRIES, k=2) if country)
            ),
            "status": chance.choice(STATUSES),
            "announced": chance.choice(YEARS),
        }
        for number in range(40)
    ]
    finance = [
        {
            "id": str(number),
            "project": f"Project {chance.randrange(40)}",
            "kind": "commitment",
            "amount": "" if number % 7 == 0 else f"{chance.randrange(10**12)}.{number}7",
            "currency": chance.choice(CURRENCIES),
            "amount_usd": "" if number % 5 == 0 else f"{chance.randrange(9 * 10**12)}.{number}1",
            "maturity": chance.choice(("", "5", "7.5", "20")),
            "date": chance.choice(YEARS),
        }
        for number in range(60)
    ]
    return projects, finance


PROJECTS, FINANCE = made_rows()


def as_csv(rows: list[dict[str, str]]) -> str:
    """Return rows as CSV without quoting."""
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"


def fill(load: Load) -> None:
    """Load the projects and their finance."""
    load("projects", as_csv(PROJECTS), source="mine")
    load("finance", as_csv(FINANCE), source="mine")


def asked(engine: Engine, noun: str, *by: str, **more: Any) -> Answer:
    """Return the groups of the rows of a source as a list."""
    options = {name: more.pop(name) for name in ("subtotals", "share", "add_sources")
               if name in more}  # fmt: skip
    grouping = Grouping(by, more.pop("measures", ("count",)), **options)
    filters = more.pop("filters", {"source": ("mine",)})
    with reading(engine) as connection:
        answer = execute(connection, Question(noun, filters, grouping=grouping, **more))
        return Answer(answer.noun, answer.fields, iter(list(answer.rows)), answer.notes)


def as_dicts(answer: Answer) -> list[dict[str, Any]]:
    """Return rows as dictionaries by column."""
    names = [field.name for field in answer.fields]
    return [dict(zip(names, row, strict=True)) for row in answer.rows]


def of_countries(rows: Iterable[dict[str, str]], known: dict[str, str]) -> Any:
    """Return rows by country code; under None those without a country."""
    groups = defaultdict(list)
    for row in rows:
        for name in known[row.get("project", row.get("name", ""))].split("; "):
            groups[CODES[name]].append(row)
    return groups


def dollars(row: dict[str, str]) -> Decimal | None:
    """Return the nominal dollars of a row: as stated, or its amount where that is in dollars."""
    stated = row["amount_usd"] or (row["amount"] if row["currency"] == "USD" else "")
    return Decimal(stated) if stated else None


HOME = {row["name"]: row["countries"] for row in PROJECTS}
