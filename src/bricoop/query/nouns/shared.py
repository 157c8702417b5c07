"""Fields and filters that are shared by several nouns."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from bricoop.domain.nouns import Value, ValueType
from bricoop.domain.vocabularies import Link
from bricoop.query.nouns.noun import Field, Filter, Type

#: The types of values that are not texts in answers.
_TYPES = {
    ValueType.DATE: Type.DATE,
    ValueType.WHOLE: Type.INTEGER,
    ValueType.QUANTITY: Type.DECIMAL,
}
_UPPER = {ValueType.ALPHA2, ValueType.ALPHA3}


def fields_of(values: Iterable[Value]) -> Iterator[Field]:
    """Yield the field of each value of a noun."""
    for value in values:
        yield Field(
            value.name,
            value.help,
            _TYPES.get(value.type, Type.TEXT),
            value.in_table,
            value.codes,
            sector=value.type is ValueType.SECTOR,
            upper=value.type in _UPPER,
            base=(value.unit,) if value.unit else (),
            based=f"{{{value.unit}}}" if value.unit else "",
        )


def lists(
    name: str,
    help_: str,
    *,
    in_table: bool = False,
    codes: type[StrEnum] | None = None,
    by: str = "",
) -> Field:
    """Return a list field; `by` is the name of its filter."""
    return Field(name, help_, in_table=in_table, codes=codes, many=True, filter=by)


def kind(vocabulary: type[StrEnum], help_: str = "kind") -> Field:
    """Return the field `kind` with a vocabulary."""
    return Field("kind", help_, in_table=True, codes=vocabulary)


KEY = Field("key", "stable key")
NAME = Field("name", "name", in_table=True)
LINKS = lists("links", "codes of the links it belongs to", in_table=True, by="link")
SOURCES = lists("sources", "keys of the sources that mention it", by="source")
COUNTRIES = lists("countries", "ISO 3166-1 alpha-3 codes", by="country")
DESCRIPTION = Field("description", "short description")
SOURCE = Field("source", "key of the source", in_table=True)
LOCATOR = Field("locator", "place in the source: page, or sheet and row", in_table=True)

BY_NAME = Filter("name", "part of any of its names, in any script")
BY_LINK = Filter(
    "link", "a link, by code, by any of its names or by a unique prefix", completed=Link
)
BY_COUNTRY = Filter("country", "a country, by any name or code, or a region that sources name")
BY_REGION = Filter("region", "in a UN M49 region or subregion: Africa, Eastern Asia")
BY_SOURCE = Filter("source", "a source, by key or title, or a part of either")
BY_YEAR = Filter("year", "a year or a range: 2013, 2013..2018, ..2018")
BY_FINANCIER = Filter("financier", "an organization that funds it, by any of its names")


def by_kind(vocabulary: type[StrEnum]) -> Filter:
    """Return the filter `kind` with a vocabulary."""
    return Filter("kind", "a kind", vocabulary)


def country_names(help_: str, *, in_table: bool = True) -> Field:
    """Return the list field of country names."""
    return lists("country_names", help_, in_table=in_table, by="country")
