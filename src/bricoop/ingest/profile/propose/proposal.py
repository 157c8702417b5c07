"""A profile proposed for a file: what its columns probably mean, and what its user must decide.

Nothing is guessed in silence. What a person must look at is a comment that begins with `Check:`,
and what may be read in two ways is left out, with both ways beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from bricoop.domain.names import slug
from bricoop.domain.vocabularies import FinanceKind, ProjectKind, ProjectStatus
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.candidates import LeftOver, left_over
from bricoop.ingest.profile.edges import skips, unpivot, without_footers
from bricoop.ingest.profile.headings import (
    AGREEMENTS,
    COUNTRIES,
    NAMES,
    NOT_HOST,
    NOT_NAMES,
    are_links,
    are_names,
    fits_template,
)
from bricoop.ingest.profile.leftovers import comments
from bricoop.ingest.profile.propose.amounts import Amounts, amounts_of
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.dates import date_fields, date_rule
from bricoop.ingest.profile.propose.organizations import Organizations
from bricoop.ingest.profile.propose.shipped import options_for, shipped_layout
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.propose.terms import sector_field, terms
from bricoop.ingest.profile.propose.years import year_fields
from bricoop.ingest.profile.sample import Sample
from bricoop.ingest.profile.vocabulary import has_known, map_of, map_of_places
from bricoop.ingest.profile.write import Lines, quoted


class Proposal(NamedTuple):
    """A profile that is proposed for a file.

    Attributes:
        text: the profile, in TOML with comments.
        left_over: the columns that have no field, and what each may be.
    """

    text: str
    left_over: tuple[LeftOver, ...]


def proposed(sample: Sample) -> Proposal:
    """Return a profile for a file.

    Args:
        sample: the beginning of the file.
    """
    draft = _Draft(sample)
    # The text places columns: what is left over is known after it.
    text = draft.text()
    return Proposal(text, draft.left_over)


class _Draft:
    """One file: its columns are given meanings one after the other, each column one."""

    def __init__(self, sample: Sample) -> None:
        body, self._footers = without_footers(sample.header, sample.rows)
        self._sample = sample = replace(sample, rows=body)
        self._stem = slug(Path(sample.file).stem)
        self._columns = Columns(sample, self._stem)
        self._styles = Styles(self._columns)
        self._organizations = Organizations(self._columns)

    def text(self) -> str:
        fields, maps = self._fields()
        # All of it first: how numbers and dates are written is learnt on the way.
        money, more_maps = self._money()
        places = list(self._places())
        title = quoted(Path(self._sample.file).stem)
        lines = Lines()
        lines.add(f"# Proposed from the first rows of {quoted(self._sample.file)}.")
        lines.add(*self._shipped())
        lines.add(*self._twice())
        lines.add("# Decide what each comment that begins with Check: says, and then remove it.")
        lines.add(f"title = {title}")
        lines.add("# Check: what is the file, who publishes it, and where?", 'about = ""', "")
        lines.add("[source]", f"key = {quoted(self._stem)}", f"title = {title}")
        lines.add("# Check: 1 government, 2 implementer, 3 other official, 4 peer-reviewed,")
        lines.add("# 5 other scholarly, 6 NGO, 7 media, 8 social media.", "tier = 8", "")
        lines.add(*self._file(), *self._styles.lines(), *skips(self._footers), *maps, *more_maps)
        noun = "projects"
        if not money and self._are_agreements(fields):
            noun = "agreements"
            fields = [field.replace("announced = ", "signed = ", 1) for field in fields]
            fields.insert(0, "# Check: are these agreements? Add their other parties to countries.")
        lines.add("[[records]]", f'noun = "{noun}"', *self._columns.identity())
        lines.add("", "[records.fields]", *fields)
        lines.add("", *money, *places, *self._rest())
        return lines.text()

    def _shipped(self) -> Iterator[str]:
        if name := shipped_layout(self._sample.header):
            yield f"# Check: this is the layout of {name}, a profile that comes with bricoop and"
            options = options_for(name, self._sample)
            yield f"# reads more of it. Use that one: bricoop load {options} FILE"

    def _twice(self) -> Iterator[str]:
        header = self._sample.header
        if twice := sorted({name for name in header if name and header.count(name) > 1}):
            names = ", ".join(map(quoted, twice))
            yield f"# Check: several columns are called {names}. The file is refused until each"
            yield "# has a name of its own."

    def _file(self) -> Iterator[str]:
        form, sheet = self._sample.form, self._sample.sheet
        said = []
        if sheet:
            said.append(f"sheet = {quoted(sheet)}")
        elif form.encoding != "utf-8":
            said += [
                "# Check: are letters with accents right?",
                f"encoding = {quoted(form.encoding)}",
            ]
        if form.delimiter != ",":
            said.append(f"delimiter = {quoted(form.delimiter)}")
        if form.header_row:
            said.append(f"header_row = {form.header_row}")
        if form.header_rows > 1:
            said.append(f"# Check: are the first {form.header_rows} rows the header, joined?")
            said.append(f"header_rows = {form.header_rows}")
        if said:
            yield from ("[file]", *said, "")

    def _fields(self) -> tuple[list[str], list[str]]:
        columns = self._columns
        country, separator = self._country()
        name = columns.take(NAMES, are_names, NOT_NAMES)
        if not (name or columns.id or columns.years or separator) and fits_template(country):
            columns.id_is_country = columns.is_id(columns.values[country])
            columns.id = country if columns.id_is_country else ""
        fields = [*self._name(name, country)]
        fields.insert(0, f"key = {{ template = {columns.key()} }}")
        maps: list[str] = []
        for key, patterns, vocabulary in (
            ("kind", (r"\b(kind|type|category|sector)\b",), ProjectKind),
            ("status", (r"\b(status|state|stage|phase)\b",), ProjectStatus),
        ):
            column = columns.take(patterns, partial(has_known, vocabulary))
            if column:
                fields.append(
                    f'{key} = {{ column = {quoted(column)}, map = "{key}", unmapped = "drop" }}'
                )
                maps += [*map_of(key, columns.values[column], vocabulary), ""]
        if country:
            more = f", separator = {quoted(separator)}" if separator else ""
            unknown = guesses.unknown_countries(columns.values[country], separator)
            if unknown:
                fields.append(
                    f"# Check: not known as countries: {'; '.join(map(quoted, unknown[:5]))}."
                )
                maps += map_of_places(unknown)
                more += ', map = "countries", unmapped = "keep"'
            fields.append(f"countries = {{ column = {quoted(country)}{more} }}")
        fields += [*sector_field(columns), *date_fields(columns, self._styles)]
        fields += self._organizations.fields()
        if column := columns.take((r"description|narrative|summary|remarks",)):
            fields.append(f"description = {quoted(column)}")
        if column := columns.take((r"\b(url|link|website|source)",), are_links):
            fields.append(f"source_urls = {quoted(column)}")
        return fields, maps

    def _are_agreements(self, fields: list[str]) -> bool:
        """Return whether rows without a name of their own are about agreements of countries."""
        names = {field.partition(" = ")[0] for field in fields if not field.startswith("#")}
        headings = self._columns.headings.values()
        return (
            not any(re.search(name, heading) for name in NAMES[:-1] for heading in headings)
            and any(re.search(AGREEMENTS, heading) for heading in headings)
            and names <= {"key", "name", "countries", "announced", "description"}
        )

    def _country(self) -> tuple[str, str]:
        best, found, divided = 0.5, "", ""
        for name, heading in self._columns.headings.items():
            cells = self._columns.values[name]
            if not cells or re.search(NOT_HOST, heading):
                continue
            separator = guesses.separator_of(cells)
            share = guesses.countries_share(cells, separator)
            share += 0.3 if share and re.search(COUNTRIES, heading) else 0
            if share > best:
                best, found, divided = share, name, separator
        if found:
            self._columns.used[found] = None
        return found, divided

    def _name(self, name: str, country: str) -> Iterator[str]:
        columns = self._columns
        parts = [
            one for one in (country, columns.id) if fits_template(one) and columns.is_full(one)
        ]
        other = ", ".join(f"{{{one}}}" for one in dict.fromkeys(parts)) or "{#}"
        if columns.id_is_country:
            other = f"{{{country}:country}}"
        if name and not columns.id and columns.is_id(columns.values[name]):
            columns.id = name
        if name and re.fullmatch(NAMES[-1], columns.headings[name].split()[0]):
            yield f"# Check: is {quoted(name)} what the projects are called?"
        if not name:
            yield "# Check: no column looks like the name of a project."
            yield f"name = {{ template = {quoted(other)} }}"
        elif not columns.is_full(name):
            yield "# Check: some rows have no name; they are named by other cells."
            yield f"name = [{{ column = {quoted(name)} }}, {{ template = {quoted(other)} }}]"
        else:
            yield f"name = {quoted(name)}"

    def _money(self) -> tuple[list[str], list[str]]:
        """Return the record of money, and the map that it uses; nothing where there is no money."""
        amounts = amounts_of(self._columns, self._styles)
        if amounts is None:
            return [], []
        fields, maps = terms(self._columns, self._styles)
        lines = [*self._finance(amounts), *fields]
        years = self._columns.years
        if years:
            lines = [*unpivot(years, self._columns.year, self._columns.yearly), *lines]
        reason = amounts.fault
        if years and "{#}" in self._columns.key():
            reason = "no column tells the rows apart, so that their amounts have no project"
        if reason:
            reason = f"# Check: {reason}. Complete this record and remove its marks."
            lines = [reason, *(f"# {line}".rstrip() for line in lines)]
        if years:
            note = "# The columns that are years become rows, each with its own amount."
            lines = [note, *lines]
        return [*lines, ""], maps

    def _finance(self, amounts: Amounts) -> Iterator[str]:
        """Yield the record of money, whose amounts are in a column."""
        columns = self._columns
        by_year = [columns.year] if columns.years else []
        yield from ("[[records]]", 'noun = "finance"', *columns.identity(by_year))
        yield from (f'needs = ["{amounts.needed}"]', "", "[records.fields]")
        yield f"project = {{ template = {columns.key()} }}"
        fields = list(year_fields(columns.years, columns.year))
        if not any(field.startswith("kind = ") for field in fields):
            heading = columns.headings.get(amounts.column, "")
            kind = next((one for one in FinanceKind if one.value in heading), None)
            if kind is None:
                yield f"# Check: which of {', '.join(one.value for one in FinanceKind)}?"
            usual = FinanceKind.COMMITMENT
            if self._organizations.are_investors:
                usual = FinanceKind.INVESTMENT
            yield f'kind = {{ constant = "{kind or usual}" }}'
        yield from amounts.lines()
        yield from self._organizations.financier
        yield from fields or self._date_of(amounts.column)

    def _date_of(self, amount: str) -> Iterator[str]:
        """Yield the date of money: that of the commitment, or the nearest to it."""
        dated = (
            r"commitment (date|year)", r"sign|approv|announce", r"\b(date|year)\b",
        )  # fmt: skip
        for pattern in dated:
            for name in self._columns.used:
                if (
                    name != amount
                    and name in self._styles.dated
                    and re.search(pattern, self._columns.headings[name])
                ):
                    yield f"date = {date_rule(self._columns, self._styles, name)}"
                    return

    def _places(self) -> Iterator[str]:
        columns = self._columns
        places = [
            next(columns.all_of(pattern, guesses.is_number), "")
            for pattern in (r"\b(latitude|lat)\b", r"\b(longitude|lon|lng|long)\b")
        ]
        if not all(places):
            return
        columns.used |= dict.fromkeys(places)
        north, east = (
            f"{{ column = {quoted(one)}, number = true{self._styles.own_of(columns.values[one])} }}"
            for one in places
        )
        yield from (
            "[[records]]", 'noun = "locations"', *columns.identity(),
            'needs = ["latitude", "longitude"]', "", "[records.fields]",
            f"project = {{ template = {columns.key()} }}",
            f"latitude = {north}", f"longitude = {east}",
            "# Check: how near are they: exact, near, adm1, country?",
            'precision = { constant = "near" }', "",
        )  # fmt: skip

    @cached_property
    def left_over(self) -> tuple[LeftOver, ...]:
        """The columns that have no field once all others are placed, and what each may be."""
        return tuple(left_over(self._unused(), self._columns.headings))

    def _unused(self) -> dict[str, list[str]]:
        columns = self._columns
        return {name: columns.values[name] for name in columns.headings if name not in columns.used}

    def _rest(self) -> Iterator[str]:
        rest = self._unused()
        yield from comments(rest, self._columns.headings)
        if rest:
            yield "# Kept in the records, but in no field. By its cells and its heading, each of"
            yield "# these columns may fit:"
            yield from (f"# {column.sentence}" for column in self.left_over)
            yield "# Fields are listed by: bricoop template projects; bricoop template finance"
