"""The output of `bricoop show`: an entity with the source of every value."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from bricoop.domain.amounts import told_apart
from bricoop.domain.names import normalise
from bricoop.query.entity.cells_read import cells_read
from bricoop.query.entity.profile import Claim, Disagreement, Portrait
from bricoop.query.nouns.entities import CODED_FIELDS, SCORES
from bricoop.render.data import to_json
from bricoop.render.markdown import escape, write_markdown
from bricoop.render.screen import Screen
from bricoop.render.table import Heading
from bricoop.render.values import for_people

Part = tuple[str, list[Heading], list[Sequence[Any]]]


def write_portrait_json(portrait: Portrait, out: TextIO) -> None:
    """Write a portrait as a JSON object."""
    out.write(to_json(asdict(portrait), indented=True) + "\n")


def write_portrait_markdown(portrait: Portrait, out: TextIO) -> None:
    """Write a portrait as Markdown headings and tables."""
    out.write(f"# {escape(portrait.name)}\n\n{escape(_about(portrait))}\n")
    if portrait.description:
        out.write(f"\n{escape(portrait.description)}\n")
    for title, headings, rows in _parts(portrait):
        out.write(f"\n## {title}\n\n")
        write_markdown(headings, rows, out)


def write_portrait_text(portrait: Portrait, out: TextIO) -> None:
    """Write a portrait as text, with styles on a terminal."""
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
    source_headings = [Heading("Source"), Heading("Where")]
    sections: tuple[Part, ...] = (
        (
            "Values",
            [Heading("Field"), Heading("Value"), Heading("As read"), *source_headings],
            _claims(portrait.claims),
        ),
        (
            "Disagreements",
            [
                Heading("Field"),
                Heading("Shown"),
                Heading("Says"),
                *source_headings,
                Heading("Why shown"),
            ],
            _disagreements(portrait),
        ),
        (
            "Names",
            [Heading("Name"), Heading("Kind", coded=True), Heading("Language"), *source_headings],
            [
                (alias.name, alias.kind, alias.language, alias.source, alias.locator)
                for alias in portrait.aliases
            ],
        ),
        (
            "Links",
            [Heading("Link"), Heading("Name"), Heading("Basis", coded=True), *source_headings],
            [
                (link.code, link.name, link.basis, link.source, link.locator)
                for link in portrait.links
            ],
        ),
        (
            "Relations",
            [
                Heading("Relation", coded=True),
                Heading("Kind"),
                Heading("Name"),
                Heading("Key"),
                Heading("Basis", coded=True),
                *source_headings,
            ],
            [
                (
                    relation.relation,
                    relation.kind,
                    relation.name,
                    relation.key,
                    relation.basis,
                    relation.source,
                    relation.locator,
                )
                for relation in portrait.relations
            ],
        ),
        _scores(portrait),
        _locations(portrait),
        _figures(portrait),
        _findings(portrait),
        _money(portrait),
        (
            "Finance, value by value",
            [Heading("Field"), Heading("Value"), Heading("As read"), *source_headings],
            _claims(portrait.finance_claims),
        ),
    )
    return (section for section in sections if section[2])


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
            f"money ({disagreement.unit})"
            if disagreement.unit
            else disagreement.field.replace("_", " "),
            *_values(disagreement, claim),
            claim.source,
            claim.locator,
            disagreement.why,
        )
        for disagreement in portrait.disagreements
        for claim in disagreement.claims
        # Skip the claims that agree with the value shown.
        if not _is_same(disagreement.shown, claim.value)
    ]


def _values(disagreement: Disagreement, claim: Claim) -> Sequence[str]:
    """Return the value shown and that of a claim, as texts."""
    if disagreement.unit:
        return told_apart(disagreement.shown, claim.value)
    is_coded = disagreement.field in CODED_FIELDS
    return [for_people(value, coded=is_coded) for value in (disagreement.shown, claim.value)]


def _is_same(shown: Any, claimed: Any) -> bool:
    return bool(normalise(str(shown)) == normalise(str(claimed)))


def _scores(portrait: Portrait) -> Part:
    headings = [Heading("Score"), Heading("Points", number=True), Heading("Means")]
    means = {score.name: score.help for score in SCORES}
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
            (
                location.name,
                location.latitude,
                location.longitude,
                location.precision,
                location.source,
                location.locator,
            )
            for location in portrait.locations
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
