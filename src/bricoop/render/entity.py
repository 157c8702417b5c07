"""What `show` shows: one entity, and under each value who says it where."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from bricoop.domain.amounts import told_apart
from bricoop.domain.names import normalise
from bricoop.query.cells_read import cells_read
from bricoop.query.entity_profile import Claim, Disagreement, Portrait
from bricoop.query.nouns.entities import CODED_FIELDS, SCORES
from bricoop.render.data import to_json
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.screen import Screen
from bricoop.render.table import Heading
from bricoop.render.values import for_people

Part = tuple[str, list[Heading], list[Sequence[Any]]]


def write_portrait_json(portrait: Portrait, out: TextIO) -> None:
    """Write one object."""
    out.write(to_json(asdict(portrait), indented=True) + "\n")


def write_portrait_markdown(portrait: Portrait, out: TextIO) -> None:
    """Write headings and tables."""
    out.write(f"# {escape(portrait.name)}\n\n{escape(_about(portrait))}\n")
    if portrait.description:
        out.write(f"\n{escape(portrait.description)}\n")
    for title, headings, rows in _parts(portrait):
        out.write(f"\n## {title}\n\n")
        write_markdown(headings, rows, out)


def write_portrait_text(portrait: Portrait, out: TextIO) -> None:
    """Write a page for a terminal, or the same as plain text in a pipe."""
    screen = Screen(out)
    screen.say(portrait.name, "bold")
    screen.say(_about(portrait), "dim")
    if portrait.description:
        screen.say(portrait.description)
    for title, headings, rows in _parts(portrait):
        screen.say("")
        screen.say(title, "bold underline")
        screen.table(headings, rows)


def _about(portrait: Portrait) -> str:
    return f"{portrait.kind} · key {portrait.key}"


def _parts(portrait: Portrait) -> Iterable[Part]:
    said = [Heading("Source"), Heading("Where")]
    parts: tuple[Part, ...] = (
        (
            "Values",
            [Heading("Field"), Heading("Value"), Heading("As read"), *said],
            _claims(portrait.claims),
        ),
        (
            "Disagreements",
            [Heading("Field"), Heading("Shown"), Heading("Says"), *said, Heading("Why shown")],
            _disagreements(portrait),
        ),
        (
            "Names",
            [Heading("Name"), Heading("Kind", coded=True), Heading("Language"), *said],
            [
                (one.name, one.kind, one.language, one.source, one.locator)
                for one in portrait.aliases
            ],
        ),
        (
            "Links",
            [Heading("Link"), Heading("Name"), Heading("Basis", coded=True), *said],
            [(one.code, one.name, one.basis, one.source, one.locator) for one in portrait.links],
        ),
        (
            "Relations",
            [
                Heading("Relation", coded=True),
                Heading("Kind"),
                Heading("Name"),
                Heading("Key"),
                Heading("Basis", coded=True),
                *said,
            ],
            [
                (one.relation, one.kind, one.name, one.key, one.basis, one.source, one.locator)
                for one in portrait.relations
            ],
        ),
        _scores(portrait),
        _locations(portrait),
        _figures(portrait),
        _findings(portrait),
        _money(portrait),
        (
            "Finance, value by value",
            [Heading("Field"), Heading("Value"), Heading("As read"), *said],
            _claims(portrait.finance_claims),
        ),
    )
    return (part for part in parts if part[2])


def _claims(claims: Iterable[Claim]) -> list[Sequence[Any]]:
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


def _disagreements(portrait: Portrait) -> list[Sequence[Any]]:
    return [
        (
            f"money ({one.unit})" if one.unit else one.field.replace("_", " "),
            *_values(one, claim),
            claim.source,
            claim.locator,
            one.why,
        )
        for one in portrait.disagreements
        for claim in one.claims
        # Who says what is shown does not disagree with it.
        if not _same(one.shown, claim.value)
    ]


def _values(one: Disagreement, claim: Claim) -> Sequence[str]:
    """Return what is shown, and what a source says."""
    if one.unit:
        return told_apart(one.shown, claim.value)
    is_coded = one.field in CODED_FIELDS
    return [for_people(value, coded=is_coded) for value in (one.shown, claim.value)]


def _same(shown: Any, said: Any) -> bool:
    return bool(normalise(str(shown)) == normalise(str(said)))


def _scores(portrait: Portrait) -> Part:
    headings = [Heading("Score"), Heading("Points", number=True), Heading("Means")]
    means = {one.name: one.help for one in SCORES}
    rows: list[Sequence[Any]] = [
        (name.replace("_", " "), value, means[name])
        for name, value in portrait.scores.items()
        if value is not None
    ]
    return "How well it is documented", headings, rows


def _locations(portrait: Portrait) -> Part:
    headings = [
        Heading("Place"), Heading("Latitude", number=True), Heading("Longitude", number=True),
        Heading("Precision", coded=True), Heading("Source"), Heading("Where"),
    ]  # fmt: skip
    return (
        "Locations",
        headings,
        [
            (one.name, one.latitude, one.longitude, one.precision, one.source, one.locator)
            for one in portrait.locations
        ],
    )


def _figures(portrait: Portrait) -> Part:
    names = ("indicator", "qualifier", "value", "unit", "period", "note", "source", "locator")
    headings = [
        Heading("Indicator"), Heading("", coded=True), Heading("Value", number=True),
        Heading("Unit"), Heading("Period"), Heading("Note"), Heading("Source"), Heading("Where"),
    ]  # fmt: skip
    return "Figures", headings, [tuple(row[name] for name in names) for row in portrait.statistics]


def _findings(portrait: Portrait) -> Part:
    names = ("kind", "statement", "source", "locator")
    headings = [
        Heading("Kind", coded=True),
        Heading("Finding"),
        Heading("Source"),
        Heading("Where"),
    ]
    return "Findings", headings, [tuple(row[name] for name in names) for row in portrait.findings]


def _money(portrait: Portrait) -> Part:
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
    return "Finance", headings, [tuple(row[name] for name in names) for row in portrait.finance]
