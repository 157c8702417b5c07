"""Reads what a reviewer is shown of two projects, as the records of their sources state it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from bricoop.db.full_fields import full_fields
from bricoop.db.schema import country, entity, load, project_kind, record, source
from bricoop.domain.amounts import WIDE, grouped, to_the_cent
from bricoop.domain.cells import Cell
from bricoop.domain.english import dollars_in_short
from bricoop.domain.names import beginning, normalise
from bricoop.domain.nouns import FINANCE, PROJECTS
from bricoop.domain.references import Reference
from bricoop.domain.vocabularies import label
from bricoop.identity.compared_project import ComparedProject
from bricoop.identity.proposals import Proposal
from bricoop.identity.review.pair_view import (
    COUNTRY,
    PairRow,
    PairView,
    Section,
    are_apart,
    first_values,
    joined,
    pair_row,
    single,
)
from bricoop.identity.review.pairs import ReviewPair
from bricoop.identity.shared_words import shared_words
from bricoop.query.nouns.entities import CODED_FIELDS

#: A description is cut here, except among the details.
_LONGEST = 1_000
#: Fields whose values are about the record and not about the project.
_LEFT_OUT = frozenset(
    {"key", "name", "project", "countries_basis", "links_basis", "located", "counted", "umbrella"}
)
_AMOUNTS = ("amount", "amount_usd", "amount_usd_constant")
_WHOLE = Decimal(1000)
_DESCRIPTION = "description"
_URLS = ("source_urls", "urls", "url")


@dataclass(frozen=True)
class _Side:
    """One side of a pair.

    Attributes:
        compared: what was compared of it.
        described: the record that describes the project; None if it is gone.
        money: the records of its finance, the largest amount first.
        kinds: its kinds with their basis.
    """

    compared: ComparedProject
    described: Row[Any] | None
    money: tuple[Row[Any], ...]
    kinds: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> Mapping[str, Any]:
        return self.described.fields if self.described is not None else {}

    def listed(self, *names: str) -> tuple[str, ...]:
        """Return what fields of the description list, without repetition."""
        return tuple(
            dict.fromkeys(text for name in names for text in _texts(self.fields.get(name)))
        )


class ProjectViews:
    """Reads what is shown of pairs of projects."""

    def __init__(self, connection: Connection) -> None:
        """Read the names of countries."""
        names = select(country.c.alpha3, entity.c.name).join(entity, entity.c.id == country.c.id)
        self._countries: dict[str, str] = dict(connection.execute(names).all())

    def of(self, connection: Connection, pair: ReviewPair[Proposal]) -> PairView:
        """Return what is shown of a pair."""
        proposal = pair.proposal
        both = (
            _side(connection, proposal.left_project),
            _side(connection, proposal.right_project),
        )
        first, second = both
        words = shared_words(first.compared.words, second.compared.words)
        spellings = {word for spelled in words.similar for word in spelled}
        return PairView(
            titles=(_title(first), _title(second)),
            names=(first.compared.name, second.compared.name),
            rows=tuple(row for row in self._rows(first, second) if not row.is_empty),
            sections=tuple(section for section in self._sections(both) if section.rows),
            shared_words=frozenset(words.equal) | spellings,
            deals=tuple(
                Reference(side.compared.source, FINANCE.name, side.money[0].external_id)
                for side in both
                if len(side.money) == 1
            ),
            no_deal=next((reason for side in both if (reason := _no_deal(side))), ""),
            missing_records=" and ".join(_title(side) for side in both if side.described is None),
        )

    def _rows(self, first: _Side, second: _Side) -> Iterator[PairRow]:
        project, other = first.compared, second.compared
        both = (first, second)
        countries = [*map(self._country_names, both)]
        yield pair_row(COUNTRY, countries, differs=are_apart(*countries))
        years = (joined(project.years), joined(other.years))
        yield pair_row("years", years, differs=are_apart(project.years, other.years))
        in_short = [[*map(dollars_in_short, side.compared.amounts)] for side in both]
        yield pair_row("amounts", map(_amounts, both), differs=are_apart(*in_short))
        differs = are_apart(project.lenders, other.lenders)
        yield pair_row("lender", map(first_values, map(_lenders, both)), differs=differs)
        builders = [first_values(side.listed("implementers", "contractors")) for side in both]
        differs = are_apart(project.builders, other.builders)
        yield pair_row("builder", builders, differs=differs)
        kinds = [joined(map(label, side.compared.kinds)) for side in both]
        yield pair_row("kind", kinds, differs=are_apart(project.kinds, other.kinds))
        status = [single(side.fields.get("status")) for side in both]
        yield pair_row("status", status, differs=are_apart(*status), coded=True)
        about = [single(_beginning(side.fields.get(_DESCRIPTION))) for side in both]
        yield pair_row("about", about, is_long=True)

    def _country_names(self, side: _Side) -> tuple[str, ...]:
        codes = side.listed("countries")
        return tuple(sorted(self._countries.get(code, code) for code in codes))

    def _sections(self, both: tuple[_Side, _Side]) -> Iterator[Section]:
        fields = [{**side.fields, "countries": [*self._country_names(side)]} for side in both]
        yield Section("Project", tuple(_compared_fields(*fields)))
        kinds = [
            tuple(f"{label(kind)} ({label(basis)})" for kind, basis in side.kinds) for side in both
        ]
        yield Section("Kinds", (pair_row("kinds", kinds, differs=are_apart(*kinds)),))
        for number, rows in enumerate(zip_longest(both[0].money, both[1].money), start=1):
            title = "Finance" if number == 1 else f"Finance, row {number}"
            fields = [dict(row.fields) if row is not None else {} for row in rows]
            yield Section(title, tuple(_compared_fields(*fields)))
        yield Section("Where it is stated", tuple(_places(both)))


def _side(connection: Connection, compared: ComparedProject) -> _Side:
    of_row = connection.execute(
        _records(compared.source).where(
            record.c.external_id == compared.external_id,
            record.c.noun.in_((PROJECTS.name, FINANCE.name)),
        )
    ).all()
    described = next((row for row in of_row if row.noun == PROJECTS.name), None)
    if described is None:
        return _Side(compared, None, (), ())
    money = [
        row for row in of_row if row.noun == FINANCE.name and row.entity_id == described.entity_id
    ] or _money_of(connection, compared.source, described.entity_id)
    money.sort(key=lambda row: (-_dollars(row.fields), row.external_id))
    own = select(project_kind.c.kind, project_kind.c.basis).where(
        project_kind.c.record_id == described.id
    )
    kinds = connection.execute(own.order_by(project_kind.c.position))
    return _Side(compared, described, tuple(money), tuple((row.kind, row.basis) for row in kinds))


def _money_of(connection: Connection, source_key: str, entity_id: int) -> list[Row[Any]]:
    """Return all finance that a source states of a project."""
    of_project = (record.c.entity_id == entity_id, record.c.noun == FINANCE.name)
    return [*connection.execute(_records(source_key).where(*of_project))]


def _records(source_key: str) -> Select[*tuple[Any, ...]]:
    content = (record.c.noun, record.c.external_id, record.c.locator)
    return (
        select(record.c.id, record.c.entity_id, *content, full_fields(record).label("fields"),
               source.c.title, source.c.url, load.c.file_name)
        .join(source, source.c.id == record.c.source_id)
        .join(load, load.c.id == record.c.load_id)
        .where(source.c.key == source_key, record.c.gone_in.is_(None))
    )  # fmt: skip


def _title(side: _Side) -> str:
    return f"{side.compared.source} {side.compared.external_id}"


def _no_deal(side: _Side) -> str:
    """Return why it is unclear which deal of a project is meant; empty if it has only one."""
    number = len(side.money)
    if number == 1:
        return ""
    if not number:
        return (
            f"{_title(side)} has no money, so it is no deal: p decides that both are one project."
        )
    return (
        f"{_title(side)} has {number:,} rows of finance, so it is unclear which deal is meant: p "
        "decides that both are one project, and `bricoop same --relation same-deal` pairs deals."
    )


def _amounts(side: _Side) -> tuple[str, ...]:
    texts = [text for row in side.money if (text := _amount(row.fields))]
    return first_values(texts)


def _amount(fields: Mapping[str, Any]) -> str:
    """Return an amount with its currency, in short dollars if that is another one.

    >>> _amount({"amount": "1500000", "currency": "CNY", "amount_usd": "220000"})
    'CNY 1,500,000 ($220k)'
    """
    amount, currency = fields.get("amount"), fields.get("currency", "USD")
    dollars = _dollars(fields)
    if not amount and not dollars:
        return ""
    stated = Decimal(amount) if amount else dollars
    whole = stated.quantize(Decimal(1), context=WIDE)
    figure = grouped(whole) if stated >= _WHOLE else to_the_cent(stated)
    text = f"{currency if amount else 'USD'} {figure}"
    if amount and dollars and currency != "USD":
        text = f"{text} ({dollars_in_short(float(dollars))})"
    instrument = fields.get("instrument")
    return f"{text}, {label(instrument)}" if instrument else text


def _dollars(fields: Mapping[str, Any]) -> Decimal:
    return Decimal(fields.get("amount_usd") or 0)


def _lenders(side: _Side) -> tuple[str, ...]:
    of_money = (lender for row in side.money for lender in _texts(row.fields.get("financier")))
    return tuple(dict.fromkeys((*side.listed("financiers"), *of_money)))


def _texts(value: Any) -> tuple[str, ...]:
    """Return the values of a field that has several in some records."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def _beginning(text: str | None) -> str | None:
    return beginning(text, _LONGEST) if text else None


def _compared_fields(fields: Mapping[str, Any], others: Mapping[str, Any]) -> Iterator[PairRow]:
    """Yield a row for each field that one of two records states; the description comes last."""
    names = dict.fromkeys((*fields, *others))
    for name in sorted(names, key=lambda name: name == _DESCRIPTION):
        values = (fields.get(name), others.get(name))
        if name in _LEFT_OUT or name in _URLS:
            continue
        texts = {normalise(str(value)) for value in values if value is not None}
        lines = [_lines(name, value) for value in values]
        coded = name in CODED_FIELDS
        row = pair_row(name.replace("_", " "), lines, differs=len(texts) > 1, coded=coded)
        if not row.is_empty:
            yield row


def _lines(name: str, value: Cell) -> tuple[Cell, ...]:
    if name in _AMOUNTS and value is not None:
        return (grouped(Decimal(str(value))),)
    return tuple(value) if isinstance(value, list) else single(value)


def _places(both: tuple[_Side, _Side]) -> Iterator[PairRow]:
    names = {"source": "title", "file": "file_name", "locator": "locator", "source URL": "url"}
    for words, name in names.items():
        row = pair_row(words, [single(getattr(side.described, name, None)) for side in both])
        if not row.is_empty:
            yield row
    urls = [tuple(dict.fromkeys(_urls(side))) for side in both]
    yield pair_row("URLs", urls, is_long=True)


def _urls(side: _Side) -> Iterator[str]:
    for fields in (side.fields, *(row.fields for row in side.money)):
        for name in _URLS:
            yield from _texts(fields.get(name))
