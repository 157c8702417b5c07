"""A figure card: all that is needed to count a figure again, and to say what has changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bricoop.counting.marked import Counting
from bricoop.counting.rows import marked_rows
from bricoop.counting.rule import Base
from bricoop.counting.rules import rule_from
from bricoop.counting.total import Figure, total
from bricoop.domain.amounts import exact_sum, plain
from bricoop.errors import FileUnreadableError, UsageError
from bricoop.query.provenance import provenance_of
from bricoop.query.saved import as_data, from_data
from bricoop.version import __version__

#: What a card calls itself, and the form in which it is written.
KIND, FORM = "bricoop figure card", 1


@dataclass(frozen=True)
class CardRow:
    """A row that counted: its source, its id there, and the amount that it added."""

    source: str
    id: str
    amount: Decimal


@dataclass(frozen=True)
class Card:
    """A card, as it was written.

    Attributes:
        counting: what was counted, and how.
        figures: of each source, or under None of all, what they were in and what they came to.
        rows: the rows that counted.
        loads: the numbers of the loads that had written them.
        knowledge_base: version of the knowledge base.
        made: when, as ISO text.
    """

    counting: Counting
    figures: Mapping[str | None, tuple[str | None, Decimal]]
    rows: tuple[CardRow, ...]
    loads: frozenset[int]
    knowledge_base: int
    made: str


def card_of(connection: Connection, counting: Counting) -> dict[str, Any]:
    """Count, and return the card as plain data.

    Raises:
        UsageError: the amounts cannot be added, as for `total`.
    """
    counted = total(connection, counting)
    rows = [
        [row.source, row.id, plain(row.amount)]
        for row in marked_rows(connection, counting)
        if row.step is None and row.amount is not None
    ]
    behind = provenance_of(connection, counting.question)
    return {
        "card": KIND,
        "form": FORM,
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tool_version": __version__,
        "knowledge_base": counted.knowledge_base,
        "question": as_data(counting.question),
        "rule": {**counting.rule.as_data(), "digest": counting.rule.digest},
        "base": counting.base.value,
        "add_sources": counting.add_sources,
        "figures": [_figure(one) for one in counted.figures],
        "notes": list(counted.notes),
        "sources": [_source(asdict(one)) for one in behind.sources],
        "digest": digest_of(rows),
        "rows": rows,
    }


def digest_of(rows: Iterable[Iterable[str]]) -> str:
    """Return the digest of rows, in their order: SHA-256 of lines of source, id and amount."""
    made = hashlib.sha256()
    for row in rows:
        made.update(json.dumps(list(row), ensure_ascii=True).encode() + b"\n")
    return made.hexdigest()


def read_card(path: Path) -> Card:
    """Read a card from a file.

    Raises:
        FileUnreadableError: the file cannot be read, or is not JSON.
        UsageError: it is no card, or what it says does not go together.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileUnreadableError(f"The file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise FileUnreadableError(f"The file {path} is not JSON: {error}.") from error
    where = f"The card {path.name}"
    if not isinstance(data, dict) or data.get("card") != KIND:
        raise UsageError(f"{where} is no figure card.", "bricoop total --card FILE writes one.")
    if data.get("form") != FORM:
        hint = "A newer bricoop may have written it."
        raise UsageError(f"{where} is of form {data.get('form')!r}, which is not known.", hint)
    try:
        return _card(data, where)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        message = f"{where} is not as bricoop writes it: {type(error).__name__} {error}."
        raise UsageError(message, "Write it again: bricoop total --card FILE.") from error


def _card(data: dict[str, Any], where: str) -> Card:
    said = dict(data["rule"])
    digest = said.pop("digest")
    rule = rule_from(said, f"{where}: its rule")
    rows = tuple(CardRow(one, number, Decimal(amount)) for one, number, amount in data["rows"])
    question = from_data(data["question"], f"{where}: its question")
    card = Card(
        Counting(question, rule, Base(data["base"]), bool(data["add_sources"])),
        {one["source"]: (one["unit"], Decimal(one["amount"])) for one in data["figures"]},
        rows,
        frozenset(load["load"] for one in data["sources"] for load in one["loads"]),
        int(data["knowledge_base"]),
        str(data["made"]),
    )
    _refuse_altered(card, data, rule.digest == digest, where)
    return card


def _refuse_altered(card: Card, data: dict[str, Any], same_rule: bool, where: str) -> None:  # noqa: FBT001
    """Refuse a card of which one part was changed and the others were not."""
    sums = {
        key: exact_sum(row.amount for row in card.rows if key in {None, row.source})
        for key in card.figures
    }
    altered = next(
        (
            name
            for name, holds in (
                ("rule", same_rule),
                ("rows", digest_of(data["rows"]) == data["digest"]),
                ("figures", sums == {key: amount for key, (_, amount) in card.figures.items()}),
            )
            if not holds
        ),
        None,
    )
    if altered:
        message = f"{where} was altered: its {altered} are not what the rest of it says."
        raise UsageError(message, "Use the card as bricoop wrote it.")


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "source": one.source,
        "unit": one.unit,
        "rows": one.rows,
        "amount": plain(one.amount),
        "estimated_rows": one.estimated_rows,
        "estimated": plain(one.estimated),
        "everything": {
            "rows": one.all_rows,
            "without_amount": one.all_without_amount,
            "amount": plain(one.all_amount),
        },
        "falls": [{**asdict(fall), "amount": plain(fall.amount)} for fall in one.falls],
    }


def _source(one: dict[str, Any]) -> dict[str, Any]:
    loads = [
        {**load, "finished": load["finished"].strftime("%Y-%m-%dT%H:%M:%SZ")}
        for load in one["loads"]
    ]
    return {**one, "loads": loads}
