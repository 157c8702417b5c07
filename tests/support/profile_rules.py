"""Helpers to load text by small profiles, and to inspect the result."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import load, record
from bricoop.domain.problem import Problem
from bricoop.ingest.pipeline import RowsRejectedError, load_file
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.query.execute import execute
from bricoop.query.question import Question

Run = Callable[..., LoadResult]

SOURCE = '[source]\nkey = "rules"\ntitle = "Rules"\ntier = 6\n'
PROJECTS = """
[[records]]
noun = "projects"
id = ["No"]
[records.fields]
key = { template = "m-{No}" }
name = "Name"
countries = "Country"
"""
MONEY = """
[[records]]
noun = "finance"
id = ["No"]
[records.fields]
project = { template = "m-{No}" }
kind = { constant = "commitment" }
currency = { constant = "USD" }
amount = { column = "Amount", number = true }
amount_usd = { column = "Amount", number = true }
"""
TWO = "No,Name,Country,Amount\nP1,Ports of the lake,Kenya,10\nP2,Road,Uganda,4\n"


def profile_text(*records: str, styles: str = "", before: str = "") -> str:
    """Return the text of a profile with some records."""
    return f'title = "t"\n{before}{SOURCE}[styles]\n{styles}\n{"".join(records)}'


def running(engine: Engine, folder: Path) -> Run:
    """Return a function that loads text by the text of a profile."""

    def loaded(profile: str, text: str, **more: object) -> LoadResult:
        path, data = folder / "rules.toml", folder / "rules.csv"
        path.write_text(profile, encoding="utf-8")
        data.write_text(text, encoding="utf-8")
        own = profile_of(str(path))
        request = LoadRequest("", str(data), own.source, profile=own, form=own.form, **more)  # type: ignore[arg-type]
        return load_file(engine, request)

    return loaded


def refused(run: Run, profile: str, text: str) -> list[Problem]:
    """Return the problems for which text is rejected."""
    with pytest.raises(RowsRejectedError) as error:
        run(profile, text)
    return error.value.result.problems


def fields(engine: Engine, noun: str) -> list[dict[str, object]]:
    """Return the fields of every record of a noun of the source, in the order of the file."""
    with reading(engine) as connection:
        newest = select(load.c.source_id).order_by(load.c.id.desc()).limit(1).scalar_subquery()
        statement = select(record.c.fields).where(
            record.c.noun == noun, record.c.source_id == newest
        )
        return [row.fields for row in connection.execute(statement.order_by(record.c.id))]


def money_in(engine: Engine, country: str) -> int:
    """Return the sum of finance of projects in a country."""
    with reading(engine) as connection:
        question = Question("finance", filters={"country": (country,)}, columns=("amount_usd",))
        return sum(int(row["amount_usd"]) for row in execute(connection, question).by_name())
