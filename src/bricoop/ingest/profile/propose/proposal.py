"""Proposes a profile for an unknown file.

Every guess that the user should review is marked with a comment that begins with `Check:`.
Ambiguous settings are commented out, with all alternatives listed.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from bricoop.domain.names import slug
from bricoop.domain.vocabularies import FinanceKind, ProjectKind, ProjectStatus
from bricoop.ingest.profile.candidates import LeftOver, left_over
from bricoop.ingest.profile.headings import (
    AGREEMENTS,
    NAMES,
    NOT_NAMES,
    are_links,
    are_names,
    fits_template,
)
from bricoop.ingest.profile.leftovers import comments
from bricoop.ingest.profile.propose.amounts import Amounts, amounts_of
from bricoop.ingest.profile.propose.capacity import capacity_fields
from bricoop.ingest.profile.propose.columns import Columns
from bricoop.ingest.profile.propose.dates import date_fields, date_rule
from bricoop.ingest.profile.propose.organizations import Organizations
from bricoop.ingest.profile.propose.places import country_column, country_field, locations
from bricoop.ingest.profile.propose.shipped import options_for, shipped_layout
from bricoop.ingest.profile.propose.styles import Styles
from bricoop.ingest.profile.propose.terms import sector_field, terms
from bricoop.ingest.profile.propose.years import year_fields
from bricoop.ingest.profile.sample import Sample
from bricoop.ingest.profile.toml_text import quoted
from bricoop.ingest.profile.unpivot_guesses import skips, unpivot, without_footers
from bricoop.ingest.profile.vocabulary import are_known, has_known, map_of

#: Fields with a vocabulary, with patterns of their headings.
_STATES: tuple[tuple[str, str, type[StrEnum]], ...] = (
    ("kind", r"\b(kind|type|category|sector)\b", ProjectKind),
    ("status", r"\b(status|state|stage|phase)\b", ProjectStatus),
)
#: Headings of kinds and states of something other than projects.
_OF_OTHERS = r"agenc|organi[sz]|lender|flow|financ|loan|instrument"


class Proposal(NamedTuple):
    """A proposed profile.

    Attributes:
        text: the profile, as TOML with comments.
        left_over: the unassigned columns, with suggestions.
    """

    text: str
    left_over: tuple[LeftOver, ...]


def proposed(sample: Sample) -> Proposal:
    """Return the proposed profile for a file."""
    draft = _Draft(sample)
    # Making the text assigns columns, so this must come first.
    text = draft.text()
    return Proposal(text, draft.left_over)


class _Draft:
    """Assembles the proposal for one file, assigning its columns one after the other."""

    def __init__(self, sample: Sample) -> None:
        body, self._footers = without_footers(sample.header, sample.rows)
        self._sample = sample = replace(sample, rows=body)
        self._stem = slug(Path(sample.file).stem)
        self._columns = Columns(sample, self._stem)
        self._styles = Styles(self._columns)
        self._organizations = Organizations(self._columns)
        self._without: list[str] = []

    def text(self) -> str:
        fields, maps = self._fields()
        # All fields come first: they update the styles, which are written before them.
        money, more_maps = self._money()
        if not any(field.startswith("countries = ") for field in fields):
            self._without.append("a country")
        if not money:
            self._without.append("an amount")
        location_lines = list(locations(self._columns, self._styles))
        title = quoted(Path(self._sample.file).stem)
        noun = "projects"
        if not money and self._are_agreements(fields):
            noun = "agreements"
            fields = [field.replace("announced = ", "signed = ", 1) for field in fields]
            fields.insert(0, "# Check: are these agreements? Add their other parties to countries.")
        lines = [
            f"# Proposed from the first rows of {quoted(self._sample.file)}.",
            *self._shipped(), *self._twice(),
            "# Decide what each comment that begins with Check: says, and then remove it.",
            f"title = {title}",
            "# Check: what is the file, who publishes it, and where?", 'about = ""', "",
            "[source]", f"key = {quoted(self._stem)}", f"title = {title}",
            "# Check: 1 government, 2 implementer, 3 other official, 4 peer-reviewed,",
            "# 5 other scholarly, 6 NGO, 7 media, 8 social media.", "tier = 8", "",
            *self._file(), *self._styles.lines(), *skips(self._footers), *maps, *more_maps,
            "[[records]]", f'noun = "{noun}"', *self._columns.identity(),
            "", "[records.fields]", *fields, "", *money, *location_lines, *self._rest(),
        ]  # fmt: skip
        return "\n".join(lines).rstrip("\n") + "\n"

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
        lines = []
        if sheet:
            lines.append(f"sheet = {quoted(sheet)}")
        elif form.encoding != "utf-8":
            lines += [
                "# Check: are letters with accents right?",
                f"encoding = {quoted(form.encoding)}",
            ]
        if form.delimiter != ",":
            lines.append(f"delimiter = {quoted(form.delimiter)}")
        if form.header_row:
            lines.append(f"header_row = {form.header_row}")
        if form.header_rows > 1:
            first = form.header_row or 1
            rows = " and ".join(str(first + more) for more in range(form.header_rows))
            lines.append(f"# Check: are rows {rows} the header, joined?")
            lines.append(f"header_rows = {form.header_rows}")
        if lines:
            yield from ("[file]", *lines, "")

    def _fields(self) -> tuple[list[str], list[str]]:
        columns = self._columns
        country, separator = country_column(columns)
        name = columns.take(NAMES, are_names, NOT_NAMES)
        fields, maps = self._states()
        where, country_maps = country_field(columns, country, separator)
        fields += [*where, *sector_field(columns), *date_fields(columns, self._styles)]
        fields += [*self._organizations.fields(), *capacity_fields(columns, self._styles)]
        if column := columns.take((r"description|narrative|summary|remarks",)):
            fields.append(f"description = {quoted(column)}")
        if column := columns.take((r"\b(url|link|website|source)",), are_links):
            fields.append(f"source_urls = {quoted(column)}")
        # Names without a fitting heading come last: other fields have a better claim to columns.
        name = name or columns.take(("",), columns.may_be_titles, NOT_NAMES)
        if not (name or columns.id or columns.years or separator) and fits_template(country):
            columns.id_is_country = columns.is_id(columns.values[country])
            columns.id = country if columns.id_is_country else ""
        lines = list(self._name(name, country))
        return [f"key = {{ template = {columns.key()} }}", *lines, *fields], [*maps, *country_maps]

    def _states(self) -> tuple[list[str], list[str]]:
        """Return the lines of the fields with a vocabulary, and the lines of their maps."""
        columns, fields, maps = self._columns, list[str](), list[str]()
        chosen = {
            key: columns.take((pattern,), partial(has_known, vocabulary))
            for key, pattern, vocabulary in _STATES
        }
        for key, _, vocabulary in _STATES:
            column = chosen[key]
            if not column:
                column = columns.take(("",), partial(are_known, vocabulary), _OF_OTHERS)
                if not column:
                    continue
                fields.append(
                    f"# Check: is {quoted(column)} the {key}? Its heading does not say so."
                )
            rule = f'column = {quoted(column)}, map = "{key}", unmapped = "drop"'
            fields.append(f"{key} = {{ {rule} }}")
            maps += [*map_of(key, columns.values[column], vocabulary), ""]
        return fields, maps

    def _are_agreements(self, fields: list[str]) -> bool:
        """Return whether rows seem to be agreements between countries instead of projects."""
        names = {field.partition(" = ")[0] for field in fields if not field.startswith("#")}
        headings = self._columns.headings.values()
        return (
            not any(re.search(name, heading) for name in NAMES[:-1] for heading in headings)
            and any(re.search(AGREEMENTS, heading) for heading in headings)
            and names <= {"key", "name", "countries", "announced", "description"}
        )

    def _name(self, name: str, country: str) -> Iterator[str]:
        columns = self._columns
        identifying = [
            column
            for column in (country, columns.id)
            if fits_template(column) and columns.is_full(column)
        ]
        other = ", ".join(f"{{{column}}}" for column in dict.fromkeys(identifying)) or "{#}"
        if columns.id_is_country:
            other = columns.country_in_template(country)
        if name and not columns.id and columns.is_id(columns.values[name]):
            columns.id = name
        if name and not any(re.search(pattern, columns.headings[name]) for pattern in NAMES[:-1]):
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
        """Return the lines of the finance record and of its map; both are empty without amounts."""
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
            reason = f"# Check: {reason}. Complete this record and uncomment it."
            lines = [reason, *(f"# {line}".rstrip() for line in lines)]
        if years:
            note = "# The columns that are years become rows, each with its own amount."
            lines = [note, *lines]
        return [*lines, ""], maps

    def _finance(self, amounts: Amounts) -> Iterator[str]:
        """Yield the lines of the finance record."""
        columns = self._columns
        by_year = [columns.year] if columns.years else []
        yield from ("[[records]]", 'noun = "finance"', *columns.identity(by_year))
        yield from (f'needs = ["{amounts.needed}"]', "", "[records.fields]")
        yield f"project = {{ template = {columns.key()} }}"
        fields = list(year_fields(columns.years, columns.year))
        if not any(field.startswith("kind = ") for field in fields):
            heading = columns.headings.get(amounts.column, "")
            kind = next((kind for kind in FinanceKind if kind.value in heading), None)
            if kind is None:
                yield f"# Check: which of {', '.join(kind.value for kind in FinanceKind)}?"
            usual = FinanceKind.COMMITMENT
            if self._organizations.are_investors:
                usual = FinanceKind.INVESTMENT
            yield f'kind = {{ constant = "{kind or usual}" }}'
        yield from amounts.lines()
        yield from self._organizations.financier
        yield from fields or self._date_of(amounts.column)

    def _date_of(self, amount: str) -> Iterator[str]:
        """Yield the line of the date of finance: of the commitment, or the closest to it."""
        dated = (
            r"commitment (date|year)", r"sign|approv|announce", r"\b(date|year)\b",
        )  # fmt: skip
        columns = [name for name in self._styles.dated if name != amount]
        for pattern in dated:
            for name in columns:
                if re.search(pattern, self._columns.headings[name]):
                    yield f"date = {date_rule(self._columns, self._styles, name)}"
                    return
        for name in columns:
            if self._styles.dated[name] == "announced":
                yield f"date = {date_rule(self._columns, self._styles, name)}"
                return

    @cached_property
    def left_over(self) -> tuple[LeftOver, ...]:
        """The columns that remain unassigned, with suggestions; valid only after `text`."""
        return tuple(left_over(self._unused(), self._columns.headings))

    def _unused(self) -> dict[str, list[str]]:
        columns = self._columns
        return {name: columns.values[name] for name in columns.headings if name not in columns.used}

    def _rest(self) -> Iterator[str]:
        rest = self._unused()
        yield from comments(rest, self._columns.headings, self._without)
        if rest:
            yield "# Not assigned to any field, but kept in the records. Judging by their cells and"
            yield "# headings, these columns may be:"
            yield from (f"# {column.sentence}" for column in self.left_over)
            yield "# Fields are listed by: bricoop template projects; bricoop template finance"
