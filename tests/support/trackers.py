"""Three sources that name the same projects differently, and what they come to."""

import json
from typing import Any

from sqlalchemy import Engine, select

from bricoop.db.engine import reading
from bricoop.db.schema import record
from support.command_line import answer, run
from support.loading import Load

A = "id,name,countries,status\n1,Lake Kuri Road,Kenya,completed\n2,Orsha Hub,Belarus,\n"
B = "id,name,countries,started\nb1,Road to Lake Kuri,Kenya,2011\nb2,Hub at Orsha,Belarus,2012\n"
C = "id,name,countries\nc1,Kuri Highway,Kenya\n"
MONEY = "id,project,kind,amount,currency,date\n{0},{1},commitment,{2},USD,2011\n"


def load_trackers(load: Load) -> None:
    """Load the three."""
    load("projects", A, source="a", tier=5)
    load("projects", B, source="b", tier=4)
    load("projects", C, source="c", tier=6)


def load_of(engine: Engine, source_id: str) -> int:
    """Return the load that wrote the record with an id, which only one source uses."""
    with reading(engine) as connection:
        ids = select(record.c.load_id).where(record.c.external_id == source_id)
        return connection.scalars(ids).one()


def sources_by_key(address: str, word: str = "kuri") -> dict[str, list[str]]:
    """Return the sources of each project with a word in its name, by its key."""
    columns = ("--columns", "key,sources", "-f", "json")
    rows = json.loads(answer("--db", address, "query", "projects", "--name", word, *columns))
    return {row["key"]: row["sources"] for row in rows}


def decided(address: str, *words: str, code: int = 0) -> str:
    """Run a command that decides as `me`, if nobody else is named; return its messages."""
    by = () if "--reviewer" in words else ("--reviewer", "me")
    result = run("--db", address, *words, *by)
    assert result.exit_code == code, result.output
    return result.stderr


def rows_of(address: str, *words: str) -> list[dict[str, Any]]:
    """Return the rows that a command writes as JSON."""
    rows: list[dict[str, Any]] = json.loads(answer("--db", address, *words, "-f", "json"))
    return rows
