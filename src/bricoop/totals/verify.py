"""Counts a figure card again, and explains differences by the rows and loads behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, select

from bricoop.db.schema import load, record, source
from bricoop.domain.amounts import WIDE
from bricoop.errors import NotFoundError
from bricoop.ingest.clusters.judgements import quorum
from bricoop.totals.card import Card
from bricoop.totals.card_contents import Different, contents_of, differences
from bricoop.totals.classify import Counting
from bricoop.totals.missing_sources import (
    MissingSource,
    SourceMissingError,
    is_of_decisions,
    missing_sources,
)
from bricoop.totals.rows import MarkedRow, marked_rows
from bricoop.totals.total import Figure, total
from bricoop.totals.used_decisions import UsedDecision, decisions_used

Key = tuple[str, str]


@dataclass(frozen=True)
class Changed:
    """A row that changed a figure.

    Attributes:
        source: key of its source.
        id: its id in the source.
        locator: its position in the source today; None if it is gone.
        before: the amount that it added on the card; None if it did not count.
        now: the amount that it adds today; None if it does not count.
        why: the reason, as a sentence.
        load: id of the load that caused the change; None if unknown.
        file: name of the file of that load.
    """

    source: str
    id: str
    locator: str | None
    before: Decimal | None
    now: Decimal | None
    why: str
    load: int | None
    file: str | None


@dataclass(frozen=True)
class Compared:
    """A figure on the card, and as counted today.

    Attributes:
        source: key of the source; None if several sources are added together.
        unit: the unit today; that on the card if no row has an amount today.
        before: the amount on the card.
        now: the amount today.
        unit_before: the unit on the card.
    """

    source: str | None
    unit: str | None
    before: Decimal
    now: Decimal
    unit_before: str | None = None

    @property
    def is_same(self) -> bool:
        """Whether amount and unit are unchanged."""
        return self.now == self.before and self.unit_before in {None, self.unit}

    @property
    def by(self) -> Decimal:
        """The change of the amount."""
        return WIDE.subtract(self.now, self.before)


@dataclass(frozen=True)
class ChangedDecision:
    """A decision that a figure is counted with either now or on its card.

    Attributes:
        decision: the decision.
        is_new: whether it is used now, and is not on the card.
    """

    decision: UsedDecision
    is_new: bool


@dataclass(frozen=True)
class ChangedQuorum:
    """How many reviewers must agree before a decision joins, on the card and now."""

    before: int
    now: int


@dataclass(frozen=True)
class Verdict:
    """The result of verifying a card.

    Attributes:
        same: whether rows, amounts and figures are unchanged.
        figures: the figures of the card.
        rows: the rows that caused differences.
        card_version: version of the knowledge base when the card was written.
        knowledge_base: its version now.
        rule: the rule by which both were counted.
        counting: the question and the rule.
        others: today's figures of sources that the card has no figure of; as each source has a
            figure of its own, they do not affect those of the card.
        different: other values of the card that differ today: waterfalls, estimates, notes and
            descriptions of sources, except those of missing sources.
        missing: the sources of the card of which the knowledge base has no records.
        decisions: the decisions that are used now and are not on the card, or the other way round.
        unstated_decisions: how many are used now, if the card does not say which it was counted
            with.
        quorum: how many reviewers must agree, if another number must than on the card.
    """

    same: bool
    figures: tuple[Compared, ...]
    rows: tuple[Changed, ...]
    card_version: int
    knowledge_base: int
    rule: str
    counting: Counting
    others: tuple[Compared, ...] = ()
    different: tuple[Different, ...] = ()
    missing: tuple[MissingSource, ...] = ()
    decisions: tuple[ChangedDecision, ...] = ()
    unstated_decisions: int = 0
    quorum: ChangedQuorum | None = None


def verify(connection: Connection, card: Card) -> Verdict:
    """Count the question of a card again, by the rule on the card.

    Raises:
        UsageError: the amounts cannot be added any more, or a filter is invalid.
        NotFoundError: a filter has a name that is unknown in this knowledge base.
    """
    missing = missing_sources(connection, card)
    try:
        # By the rule on the card, as the shipped rule of that name may have a newer version.
        counted = total(connection, card.counting)
    except NotFoundError as error:
        if missing:
            raise SourceMissingError(missing, error) from error
        raise
    figures = tuple(_figures(card, counted.figures))
    others = tuple(figure for figure in figures if _is_other(card, figure.source))
    # By source and id: locators change when rows are inserted above in a later edition.
    before = {(row.source, row.id): row.amount for row in card.rows}
    now = {
        (row.source, row.id): row
        for row in marked_rows(connection, card.counting)
        if not _is_other(card, row.source)
    }
    rows = sorted(_changed(connection, card, before, now), key=lambda row: (row.source, row.id))
    compared = tuple(figure for figure in figures if figure not in others)
    used = decisions_used(connection, card.counting)
    keys = {source_.key for source_ in missing}
    return Verdict(
        same=not rows and all(figure.is_same for figure in compared),
        figures=compared,
        rows=tuple(rows),
        card_version=card.knowledge_base,
        knowledge_base=counted.knowledge_base,
        rule=card.counting.rule.said,
        counting=card.counting,
        others=others,
        different=tuple(
            difference
            for difference in differences(card.contents, contents_of(connection, counted))
            if not _is_missing(card, difference, keys)
            and not _is_of_used_decisions(card, difference, used)
        ),
        missing=missing,
        decisions=() if card.decisions is None else tuple(_decisions(card.decisions, used, keys)),
        unstated_decisions=len(used) if card.decisions is None else 0,
        quorum=_changed_quorum(connection, card),
    )


def _changed_quorum(connection: Connection, card: Card) -> ChangedQuorum | None:
    now = quorum(connection)
    return None if card.quorum in {None, now} else ChangedQuorum(card.quorum or 1, now)


def _is_of_used_decisions(card: Card, difference: Different, used: Sequence[UsedDecision]) -> bool:
    """Return whether a difference is of a source of decisions, all of which are used here, too.

    They may be of another source here, as of who loaded an export.
    """
    section, key, *_ = difference.way
    return (
        section == "sources"
        and card.decisions is not None
        and set(card.decisions) <= set(used)
        and any(
            source_["key"] == key and is_of_decisions(source_)
            for source_ in card.contents["sources"]
        )
    )


def _decisions(
    before: Sequence[UsedDecision], now: Sequence[UsedDecision], missing: set[str]
) -> Iterator[ChangedDecision]:
    """Yield the decisions that differ, but for those on records of missing sources."""
    earlier, current = set(before), set(now)
    yield from (ChangedDecision(used, is_new=True) for used in now if used not in earlier)
    for used in before:
        sources = {ref.partition("/")[0] for ref in (used.left_ref, used.right_ref)}
        if used not in current and not sources & missing:
            yield ChangedDecision(used, is_new=False)


def _is_missing(card: Card, difference: Different, missing: set[str]) -> bool:
    """Return whether a difference follows from the fact that sources are missing.

    Notes and figures of all sources follow from it if no source is left.
    """
    section, key, *_ = difference.way
    if section == "notes" or (section == "figures" and key == str(None)):
        sources = {source_["key"] for source_ in card.contents["sources"]}
        return bool(sources) and sources <= missing
    return section in {"figures", "sources"} and key in missing


def _is_other(card: Card, source: str | None) -> bool:
    """Return whether the card has figures by source, but none of this source.

    The card of a question without rows covers all sources.
    """
    apart = not card.counting.add_sources and any(card.figures)
    return apart and source not in card.figures


def _figures(card: Card, figures: Sequence[Figure]) -> Iterator[Compared]:
    now = {figure.source: figure for figure in figures}
    for key in dict.fromkeys([*card.figures, *now]):
        unit, before = card.figures.get(key, (None, Decimal(0)))
        figure = now.get(key)
        amount = figure.amount if figure else Decimal(0)
        if key is not None or before or amount or card.figures.keys() == {None}:
            yield Compared(key, (figure and figure.unit) or unit, before, amount, unit)


def _changed(
    connection: Connection, card: Card, before: dict[Key, Decimal], now: dict[Key, MarkedRow]
) -> Iterator[Changed]:
    files = {
        row.id: row.file_name for row in connection.execute(select(load.c.id, load.c.file_name))
    }
    for key, amount in before.items():
        row = now.get(key)
        if row is None:
            yield _missing(connection, key, amount, files)
        elif row.step is not None:
            why = f"It is now left out by the step {row.step}."
            yield _of(row, amount, None, why, files)
        elif row.amount != amount:
            yield _of(row, amount, row.amount, "The amount has changed.", files)
    for key, row in now.items():
        if key not in before and row.step is None:
            why = (
                "It is new."
                if row.load not in card.loads
                else "It counts now, and did not when the card was written."
            )
            yield _of(row, None, row.amount, why, files)


def _of(
    row: MarkedRow,
    before: Decimal | None,
    now: Decimal | None,
    why: str,
    files: dict[int, str],
) -> Changed:
    file = files.get(row.load)
    return Changed(row.source, row.id, row.locator, before, now, why, row.load, file)


def _missing(connection: Connection, key: Key, before: Decimal, files: dict[int, str]) -> Changed:
    row = connection.execute(
        select(record.c.gone_in, record.c.load_id, record.c.locator)
        .join(source, source.c.id == record.c.source_id)
        .where(source.c.key == key[0], record.c.noun == "finance", record.c.external_id == key[1])
    ).first()
    if row is None:
        why, number, locator = _no_record(connection, key[0]), None, None
    elif row.gone_in is not None:
        why, number, locator = (
            "The latest edition of its dataset does not contain it.",
            row.gone_in,
            None,
        )
    else:
        why = "The question no longer finds it: the row, or what it is about, has changed."
        number, locator = row.load_id, row.locator
    file = None if number is None else files.get(number)
    return Changed(*key, locator, before, None, why, number, file)


def _no_record(connection: Connection, source_key: str) -> str:
    """Return why there is no record of a row of a source."""
    if connection.scalar(select(source.c.id).where(source.c.key == source_key)) is None:
        return "Its source is not in this knowledge base."
    return "It is no longer recorded: its load was undone."
