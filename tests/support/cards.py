"""Writes figure cards of a knowledge base with two counted rows of finance."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bricoop.db.engine import reading
from bricoop.query.question import Question
from bricoop.render.data import to_json
from bricoop.totals.card import card_of
from bricoop.totals.parse import counting_of
from support.loading import Load

HEADER = "id,project,kind,amount_usd\n"
ROWS = "1,Port,commitment,100.10\n2,Port,commitment,20\n3,Port,pledge,7\n"

Card = Callable[..., Path]


def card_writer(engine: Engine, load: Load, folder: Path) -> Card:
    """Load a port with its finance, and return what writes the card of the port's money."""
    load("projects", "name,status,countries\nPort,completed,Kenya\n")
    load("finance", HEADER + ROWS)

    def write(**more: Any) -> Path:
        rule = more.pop("rule", "signed")
        counting = counting_of(Question("finance", {"country": ("Kenya",)}), rule, **more)
        path = folder / "card.json"
        with reading(engine) as connection:
            path.write_text(to_json(card_of(connection, counting)), encoding="utf-8")
        return path

    return write
