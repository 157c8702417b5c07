"""Writes and reads figure cards: files from which a total can be counted again and verified."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bricoop.domain.amounts import WIDE, plain
from bricoop.domain.document_faults import shown
from bricoop.domain.documents import json_as, json_content
from bricoop.errors import UsageError
from bricoop.ingest.clusters.judgements import quorum
from bricoop.query.saved import as_data, question_of
from bricoop.totals.card_contents import contents_of, contents_on
from bricoop.totals.classify import Counting
from bricoop.totals.document import CardTable, DecisionsTable, MarkTable
from bricoop.totals.rows import marked_rows
from bricoop.totals.rules import card_rule
from bricoop.totals.total import total
from bricoop.totals.used_decisions import UsedDecision, decisions_used
from bricoop.version import __version__

#: The type of the document and the version of its format, as written to cards. Cards of the first
#: format do not say which decisions they were counted with.
KIND, FORM = "bricoop figure card", 2
_FORMS = (1, FORM)


@dataclass(frozen=True)
class CardRow:
    """A row that counted: key of its source, its id there, and its amount."""

    source: str
    id: str
    amount: Decimal


@dataclass(frozen=True)
class Card:
    """A figure card as read from a file.

    Attributes:
        counting: the question and the rule.
        figures: unit and amount by source; under None if sources were added together.
        rows: the rows that counted.
        loads: ids of the loads that wrote these rows.
        knowledge_base: version of the knowledge base at that time.
        made: time of writing in ISO format.
        contents: its figures, notes and sources as plain data.
        decisions: the decisions that it was counted with; None on cards that do not say that.
        quorum: how many reviewers had to agree; None on cards that do not say that.
    """

    counting: Counting
    figures: Mapping[str | None, tuple[str | None, Decimal]]
    rows: tuple[CardRow, ...]
    loads: frozenset[int]
    knowledge_base: int
    made: str
    contents: Mapping[str, Any]
    decisions: tuple[UsedDecision, ...] | None
    quorum: int | None


def card_of(connection: Connection, counting: Counting) -> dict[str, Any]:
    """Count a total and return its card as plain data.

    Raises:
        UsageError: the amounts cannot be added, as for `total`.
    """
    counted = total(connection, counting)
    decisions = [list(used) for used in decisions_used(connection, counting)]
    rows = [
        [row.source, row.id, plain(row.amount)]
        for row in marked_rows(connection, counting)
        if row.step is None and row.amount is not None
    ]
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
        **contents_of(connection, counted),
        "decisions": {
            "digest": digest_of(decisions),
            "rows": decisions,
            "quorum": quorum(connection),
        },
        "digest": digest_of(rows),
        "rows": rows,
    }


def digest_of(rows: Iterable[Iterable[str]]) -> str:
    """Return the SHA-256 digest of rows of texts, as lines of JSON."""
    digest = hashlib.sha256()
    for row in rows:
        # ASCII only, so that the digest does not depend on how a program escapes letters.
        digest.update(json.dumps(list(row), ensure_ascii=True).encode() + b"\n")
    return digest.hexdigest()


def read_card(path: Path) -> Card:
    """Read a card from a file.

    Raises:
        FileUnreadableError: the file cannot be read, is too large, or is not JSON.
        UsageError: it is not a card, or its parts contradict each other.
    """
    where = f"The card {shown(path.name)}"
    return card_from(json_content(path, where), where)


def card_from(raw: bytes, where: str) -> Card:
    """Read a card from the content of a file.

    Args:
        raw: the content.
        where: how messages name the file.

    Raises:
        FileUnreadableError: it is not JSON.
        UsageError: it is not a card, or its parts contradict each other.
    """
    kind, form = mark_of(raw, where)
    if kind != KIND:
        raise UsageError(f"{where} is not a figure card.", "bricoop total --card FILE writes one.")
    refuse_other_form(form, _FORMS, where)
    try:
        return card_in(json_as(raw, CardTable, where), where)
    except UsageError as error:
        hint = error.hint or "Write it again: bricoop total --card FILE."
        raise UsageError(error.message, hint) from error


def mark_of(raw: bytes, where: str) -> tuple[str, int]:
    """Return the kind and the format of a card; empty ones of any other file.

    They are read first: in any other file, the first unknown key would be blamed instead.
    """
    try:
        mark = json_as(raw, MarkTable, where)
    except UsageError:
        mark = MarkTable()
    return mark.card, mark.form


def refuse_other_form(form: int, forms: Collection[int], where: str) -> None:
    """Refuse a card of another format than this version of bricoop reads.

    Raises:
        UsageError: it has one.
    """
    if form not in forms:
        message = f"{where} has the format {form}, which this version of bricoop does not know."
        raise UsageError(message, "A newer bricoop may have written it.")


def card_in(table: CardTable, where: str) -> Card:
    """Return the card of a validated table.

    Raises:
        UsageError: its parts contradict each other.
    """
    rule = card_rule(table, where)
    card = Card(
        Counting(question_of(table.question), rule, table.base, table.add_sources),
        {figure.source: (figure.unit, Decimal(figure.amount)) for figure in table.figures},
        tuple(CardRow(source, id_, Decimal(amount)) for source, id_, amount in table.rows),
        frozenset(load.load for source_table in table.sources for load in source_table.loads),
        table.knowledge_base,
        table.made,
        contents_on(table),
        None
        if table.decisions is None
        else tuple(UsedDecision(*used) for used in table.decisions.rows),
        None if table.decisions is None else table.decisions.quorum,
    )
    _refuse_altered(card, table, where)
    return card


def _refuse_altered(card: Card, table: CardTable, where: str) -> None:
    """Refuse a card whose rows or decisions do not match their digests or its figures."""
    # This finds slips, such as an editor that rounds amounts. It is no signature: who alters
    # rows on purpose can compute the digest again.
    sums: dict[str | None, tuple[int, Decimal]] = {key: (0, Decimal()) for key in card.figures}
    for row in card.rows:
        # Without a figure of its source, a row belongs to the figure of all sources.
        key = row.source if row.source in card.figures else None
        rows, amount = sums.get(key, (0, Decimal()))
        sums[key] = rows + 1, WIDE.add(amount, row.amount)
    stated = {figure.source: (figure.rows, Decimal(figure.amount)) for figure in table.figures}
    altered = next(
        (
            name
            for name, holds in (
                ("rows", digest_of(table.rows) == table.digest),
                ("figures", sums == stated),
                ("decisions", _is_as_written(table.decisions)),
            )
            if not holds
        ),
        None,
    )
    if altered:
        message = f"{where} was altered: its {altered} and the rest of it disagree."
        raise UsageError(message, "Use the card as bricoop wrote it.")


def _is_as_written(decisions: DecisionsTable | None) -> bool:
    return decisions is None or digest_of(decisions.rows) == decisions.digest
