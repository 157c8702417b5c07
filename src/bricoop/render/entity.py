"""The output of `bricoop show`: an entity with the source of every value."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, TextIO

from bricoop.domain.amounts import told_apart
from bricoop.domain.cells import Cell
from bricoop.domain.names import normalise
from bricoop.domain.project_kinds.short_names import repeats
from bricoop.query.entity.cells_read import cells_read
from bricoop.query.entity.recorded import Claim, Disagreement, EntityProfile
from bricoop.query.nouns.entities import CODED_FIELDS, SCORES
from bricoop.render.data import to_json
from bricoop.render.entity_decisions import decisions_table, members_table
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.screen import Screen
from bricoop.render.table import Heading
from bricoop.render.values import as_text, bounded, for_people

TitledTable = tuple[str, Sequence[Heading], list[Sequence[Cell]]]

_SOURCE_HEADINGS = (Heading("Source"), Heading("Where"))
_CLAIM_HEADINGS = (Heading("Field"), Heading("Value"), Heading("As read"), *_SOURCE_HEADINGS)
_DISAGREEMENT_HEADINGS = (
    Heading("Field"), Heading("Shown"), Heading("Says"), *_SOURCE_HEADINGS, Heading("Why shown"),
)  # fmt: skip
_ALIAS_HEADINGS = (
    Heading("Name"), Heading("Kind", coded=True), Heading("Language"), *_SOURCE_HEADINGS,
)  # fmt: skip
_ALIAS_ATTRIBUTES = ("name", "kind", "language", "source", "locator")
_KIND_HEADINGS = (
    Heading("Kind", coded=True), Heading("Basis", coded=True), Heading("Rule"), *_SOURCE_HEADINGS,
)  # fmt: skip
_KIND_ATTRIBUTES = ("kind", "basis", "rule", "source", "locator")
_LINK_HEADINGS = (
    Heading("Link"), Heading("Name"), Heading("Basis", coded=True), *_SOURCE_HEADINGS,
)  # fmt: skip
_LINK_ATTRIBUTES = ("code", "name", "basis", "source", "locator")
_RELATION_HEADINGS = (
    Heading("Relation", coded=True), Heading("Kind"), Heading("Name"), Heading("Key"),
    Heading("Basis", coded=True), *_SOURCE_HEADINGS,
)  # fmt: skip
_RELATION_ATTRIBUTES = ("relation", "kind", "name", "key", "basis", "source", "locator")
_LOCATION_HEADINGS = (
    Heading("Place"), Heading("Latitude", number=True), Heading("Longitude", number=True),
    Heading("Precision", coded=True), *_SOURCE_HEADINGS,
)  # fmt: skip
_LOCATION_ATTRIBUTES = ("name", "latitude", "longitude", "precision", "source", "locator")
#: Between sources, and between the places in them; within a source, and for none.
_SOURCES, _PLACES, _NO_PLACE = "; ", ", ", "-"


def write_entity_json(profile: EntityProfile, out: TextIO) -> None:
    """Write a profile as a JSON object."""
    out.write(to_json(asdict(profile), indented=True) + "\n")


def write_entity_markdown(profile: EntityProfile, out: TextIO) -> None:
    """Write a profile as Markdown headings and tables."""
    out.write(f"# {escape(profile.name)}\n\n{escape(_about(profile))}\n")
    if profile.description:
        out.write(f"\n{escape(bounded(profile.description))}\n")
    for title, headings, rows in _parts(profile):
        out.write(f"\n## {title}\n\n")
        write_markdown(headings, rows, out)


def write_entity_text(profile: EntityProfile, out: TextIO) -> None:
    """Write a profile as text, with styles on a terminal."""
    screen = Screen(out)
    screen.say(profile.name, "bold")
    screen.say(_about(profile), "dim")
    if profile.description:
        screen.say(bounded(profile.description))
    for title, headings, rows in _parts(profile):
        screen.say("")
        screen.say(title, "bold underline")
        screen.table(headings, rows)


def _about(profile: EntityProfile) -> str:
    is_shown = profile.short_name and not repeats(profile.short_name, profile.name)
    short = f" · short name {profile.short_name}" if is_shown else ""
    return f"{profile.kind} · key {profile.key}{short}"


def _parts(profile: EntityProfile) -> Iterable[TitledTable]:
    """Return the title, headings and rows of each table that has rows."""
    tables: tuple[TitledTable, ...] = (
        members_table(profile),
        decisions_table(profile),
        ("Values", _CLAIM_HEADINGS, _claims(profile.claims)),
        ("Disagreements", _DISAGREEMENT_HEADINGS, _disagreements(profile)),
        ("Names", _ALIAS_HEADINGS, _attributes(profile.aliases, _ALIAS_ATTRIBUTES)),
        ("Kinds", _KIND_HEADINGS, _kinds(profile)),
        ("Links", _LINK_HEADINGS, _attributes(profile.links, _LINK_ATTRIBUTES)),
        ("Relations", _RELATION_HEADINGS, _attributes(profile.relations, _RELATION_ATTRIBUTES)),
        _scores(profile),
        ("Locations", _LOCATION_HEADINGS, _attributes(profile.locations, _LOCATION_ATTRIBUTES)),
        _figures(profile),
        _findings(profile),
        _notes(profile),
        _money(profile),
        ("Finance, value by value", _CLAIM_HEADINGS, _claims(profile.finance_claims)),
    )
    return (table for table in tables if table[2])


def _attributes(values: Iterable[Any], names: Sequence[str]) -> list[Sequence[Cell]]:
    """Return a row for each value, with some of its attributes.

    Equal values of several records are one row, with the source and place of each.
    """
    stated: dict[tuple[Cell, ...], dict[tuple[Cell, ...], None]] = {}
    for value in values:
        *cells, source, locator = (getattr(value, name) for name in names)
        stated.setdefault(tuple(cells), {})[source, locator] = None
    return [(*cells, *_sources_and_places([*both])) for cells, both in stated.items()]


def _sources_and_places(both: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """Return sources and places as two cells, with the places of each source together."""
    if len(both) == 1:
        return both[0]
    locators: dict[Cell, list[str]] = {}
    for source, locator in both:
        locators.setdefault(source, []).append(as_text(locator) or _NO_PLACE)
    texts = (_PLACES.join(dict.fromkeys(own)) for own in locators.values())
    return _SOURCES.join(map(as_text, locators)), _SOURCES.join(texts)


def _kinds(profile: EntityProfile) -> list[Sequence[Cell]]:
    """Return the kinds with their rules; none if all are stated, and so among the values."""
    by_rule = any(kind.rule for kind in profile.kinds)
    return _attributes(profile.kinds, _KIND_ATTRIBUTES) if by_rule else []


def _claims(claims: Iterable[Claim]) -> list[Sequence[Cell]]:
    return [
        (
            claim.field.replace("_", " "),
            for_people(claim.value, coded=claim.field in CODED_FIELDS),
            cells_read(claim.field, claim.value, claim.raw),
            claim.source,
            ", ".join(filter(None, (claim.locator, *claim.cells))),
        )
        for claim in claims
        if claim.field not in {"description", "links"}
    ]


def _disagreements(profile: EntityProfile) -> list[Sequence[Cell]]:
    return [
        (
            f"money ({disagreement.unit})"
            if disagreement.unit
            else disagreement.field.replace("_", " "),
            *_values(disagreement, claim),
            claim.source,
            claim.locator,
            disagreement.why,
        )
        for disagreement in profile.disagreements
        for claim in disagreement.claims
        # Skip the claims that agree with the value shown.
        if not _is_same(disagreement.shown, claim.value)
    ]


def _values(disagreement: Disagreement, claim: Claim) -> Sequence[str]:
    """Return the value shown and that of a claim, as texts."""
    if disagreement.unit:
        shown, claimed = (
            value if isinstance(value, Decimal) else None
            for value in (disagreement.shown, claim.value)
        )
        return told_apart(shown, claimed)
    is_coded = disagreement.field in CODED_FIELDS
    return [for_people(value, coded=is_coded) for value in (disagreement.shown, claim.value)]


def _is_same(shown: Cell, claimed: Cell) -> bool:
    return bool(normalise(str(shown)) == normalise(str(claimed)))


def _scores(profile: EntityProfile) -> TitledTable:
    headings = [Heading("Score"), Heading("Points", number=True), Heading("Means")]
    means = {score.name: score.help for score in SCORES}
    rows: list[Sequence[Cell]] = [
        (name.replace("_", " "), value, means[name])
        for name, value in profile.scores.items()
        if value is not None
    ]
    return "How well it is documented", headings, rows


def _figures(profile: EntityProfile) -> TitledTable:
    names = ("indicator", "qualifier", "value", "unit", "period", "note", "source", "locator")
    headings = [
        Heading("Indicator"), Heading("", coded=True), Heading("Value", number=True),
        Heading("Unit"), Heading("Period"), Heading("Note"), Heading("Source"), Heading("Where"),
    ]  # fmt: skip
    return "Figures", headings, [tuple(row[name] for name in names) for row in profile.statistics]


def _findings(profile: EntityProfile) -> TitledTable:
    names = ("kind", "statement", "source", "locator")
    headings = [
        Heading("Kind", coded=True),
        Heading("Finding"),
        Heading("Source"),
        Heading("Where"),
    ]
    return "Findings", headings, [tuple(row[name] for name in names) for row in profile.findings]


def _notes(profile: EntityProfile) -> TitledTable:
    names = ("statement", "source", "locator")
    headings = [Heading("Note"), *_SOURCE_HEADINGS]
    return "Notes", headings, [tuple(row[name] for name in names) for row in profile.notes]


def _money(profile: EntityProfile) -> TitledTable:
    names = (
        "project", "kind", "financier", "instrument", "amount", "currency",
        "amount_usd", "amount_usd_constant", "price_year", "date", "source", "locator",
    )  # fmt: skip
    headings = [
        Heading("Project"), Heading("Kind", coded=True), Heading("Financier"),
        Heading("Instrument", coded=True), Heading("Amount", number=True, money=True),
        Heading("Currency"), Heading("Nominal USD", number=True, money=True),
        Heading("Constant USD", number=True, money=True), Heading("Prices of"), Heading("Date"),
        Heading("Source"), Heading("Where"),
    ]  # fmt: skip
    return "Finance", headings, [tuple(row[name] for name in names) for row in profile.finance]
