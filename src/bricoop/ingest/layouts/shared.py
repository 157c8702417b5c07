"""Columns that several native layouts share: ids, names, locator, links and countries."""

from collections.abc import Iterable, Iterator

from bricoop.domain.nouns import Value, ValueType
from bricoop.domain.vocabularies import AliasKind, Basis, Link
from bricoop.ingest.layouts.clean import (
    Cleaner,
    choice,
    digits,
    letters,
    partial_date,
    place,
    quantity,
    sector,
    short,
    text,
    whole,
)
from bricoop.ingest.layouts.layout import Column, Linked, Names, codes
from bricoop.ingest.layouts.lists import ListOf

ID = Column("id", short, "id of the row in its source; derived from the row if empty")
KEY = Column("key", short, "key of the entity, if you want to choose it or know it")
DESCRIPTION = Column("description", text, "a short description, in your own words", long=True)
LOCATOR = Column("locator", text, "place in the source: section, page, or sheet and row", "3.2")
NOTE = Column("note", text, "note for the reader")

NAMES = (
    Names("stated_name", AliasKind.AS_PRINTED),
    Names("name_zh", AliasKind.TRANSLATION, "zh"),
    Names("abbreviations", AliasKind.ABBREVIATION),
    Names("aliases", AliasKind.SPELLING),
    Names("former_names", AliasKind.FORMER),
)

_BASES = codes(Basis)
COUNTRIES_BASIS = Column(
    "countries_basis", choice(Basis), f"basis of the countries: {_BASES}; default: stated"
)
LINKED = Linked("links", "links_basis")

#: How cells are read that are not codes of a vocabulary.
_CLEANERS: dict[ValueType, Cleaner] = {
    ValueType.TEXT: text,
    ValueType.DATE: partial_date,
    ValueType.SECTOR: sector,
    ValueType.WHOLE: whole,
    ValueType.QUANTITY: quantity,
    ValueType.COUNTRY: place,
    ValueType.ALPHA2: letters(2),
    ValueType.ALPHA3: letters(3),
    ValueType.NUMERIC: digits(3),
}


def columns_of(values: Iterable[Value]) -> Iterator[Column]:
    """Yield the column of each value of a noun; a code's help text lists its vocabulary."""
    for value in values:
        vocabulary = value.codes
        written = value.written or (codes(vocabulary) if vocabulary else value.help)
        clean = choice(vocabulary) if vocabulary else _CLEANERS[value.type]
        yield Column(value.name, clean, written, value.example, value.required)


def named(stated: str, chinese: str) -> tuple[Column, ...]:
    """Return the columns for other names and for the description.

    Args:
        stated: example of the name as the source prints it.
        chinese: example of the Chinese name.
    """
    return (
        Column("stated_name", short, "the name as the source prints it", stated),
        Column("name_zh", short, "the Chinese name", chinese),
        Column("abbreviations", ListOf(short), "abbreviations"),
        Column("aliases", ListOf(short), "other spellings"),
        Column("former_names", ListOf(short), "earlier names"),
        DESCRIPTION,
    )


def links(example: str) -> tuple[Column, ...]:
    """Return the columns for the five links and for the basis of assigning them."""
    help_ = f"basis of the links: {_BASES}; default: stated"
    return (
        Column("links", ListOf(choice(Link)), f"any of the five links: {codes(Link)}", example),
        Column("links_basis", choice(Basis), help_),
    )


def countries(example: str) -> Column:
    """Return the column for countries or regions, in any usual spelling."""
    return Column(
        "countries", ListOf(place), "countries in any usual spelling, or known regions", example
    )


def name(noun: str, example: str) -> Column:
    """Return the required column for the entity's name."""
    return Column("name", short, f"name of the {noun}", example, required=True)
