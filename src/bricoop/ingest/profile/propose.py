"""A profile proposed for a file: what its columns probably mean, and what its user must decide.

Nothing is guessed in silence. What a person must look at is a comment that begins with `Check:`,
and what may be read in two ways is left out, with both ways beside it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from bricoop.domain.names import slug
from bricoop.domain.vocabularies import FinanceKind, ProjectKind, ProjectStatus
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.edges import free_name, skips, unpivot, without_footers, year_columns
from bricoop.ingest.profile.headings import (
    AMOUNTS,
    COUNTRIES,
    DATES,
    NAMES,
    NOT_AMOUNT,
    NOT_HOST,
    WHO,
    amount_rule,
    are_links,
    are_names,
    fits_template,
    heading_words,
)
from bricoop.ingest.profile.leftovers import comments
from bricoop.ingest.profile.sample import Sample
from bricoop.ingest.profile.vocabulary import has_known, map_of
from bricoop.ingest.profile.write import Lines, listed, quoted

_LONGEST_ID = 100


def proposed(sample: Sample) -> str:
    """Return the text of a profile for a file, in TOML with comments.

    Args:
        sample: the beginning of the file.
    """
    return _Proposal(sample).text()


class _Proposal:
    """One file: its columns are given meanings one after the other, each column one."""

    def __init__(self, sample: Sample) -> None:
        body, self._footers = without_footers(sample.header, sample.rows)
        self._sample = sample = replace(sample, rows=body)
        self._headings = {name: heading_words(name) for name in sample.header if name}
        self._raw = {name: sample.values(name) for name in self._headings}
        # What says nothing is declared as `empty`, and tells nothing of a column.
        self._values = {
            name: [cell for cell in cells if cell.casefold() not in guesses.SAYS_NOTHING]
            for name, cells in self._raw.items()
        }
        self._years = year_columns(self._values)
        self._used: dict[str, None] = dict.fromkeys(self._years)
        #: What the columns of the names and cells of years are called, where there are any.
        self._year = free_name("Year", sample.header)
        self._yearly = free_name("Amount", sample.header)
        self._numbers = guesses.Numbers()
        self._patterns: dict[str, None] = {}
        self._dated: set[str] = set()
        self._id = self._take(
            (r"\bid\b", r"\b(no|nr|code|ref|reference|key|number)\b|编号|序号"), self._is_id
        )

    def text(self) -> str:
        stem = slug(Path(self._sample.file).stem)
        fields, maps = self._fields(stem)
        # All of it first: how numbers and dates are written is learnt on the way.
        money, places = list(self._money(stem)), list(self._places(stem))
        lines = Lines()
        lines.add(f"# Proposed from the first rows of {quoted(self._sample.file)}.")
        lines.add("# Decide what each comment that begins with Check: says, and then remove it.")
        lines.add(f"title = {quoted(Path(self._sample.file).stem)}")
        lines.add("# Check: what is the file, who publishes it, and where?", 'about = ""', "")
        lines.add(
            "[source]", f"key = {quoted(stem)}", f"title = {quoted(Path(self._sample.file).stem)}"
        )
        lines.add("# Check: 1 government, 2 implementer, 3 other official, 4 peer-reviewed,")
        lines.add("# 5 other scholarly, 6 NGO, 7 media, 8 social media.", "tier = 8", "")
        lines.add(*self._file(), *self._styles(), *skips(self._footers), *maps)
        lines.add(
            "[[records]]", 'noun = "projects"', *self._identity(), "", "[records.fields]", *fields
        )
        lines.add("", *money, *places, *self._rest())
        return lines.text()

    def _take(
        self, patterns: Sequence[str], test: Callable[[list[str]], bool] = bool, not_: str = ""
    ) -> str:
        """Return the first column that no field has yet, whose heading and cells fit; or none."""
        for pattern in patterns:
            for name, heading in self._headings.items():
                cells = self._values[name]
                if name in self._used or not cells or (not_ and re.search(not_, heading)):
                    continue
                if re.search(pattern, heading) and test(cells):
                    self._used[name] = None
                    return name
        return ""

    def _is_id(self, cells: list[str]) -> bool:
        return len(cells) == len(self._sample.rows) == len(set(cells))

    def _identity(self, more: Sequence[str] = ()) -> list[str]:
        if self._id:
            return [f"id = {listed([self._id, *more])}"]
        if self._years and (columns := self._told_apart_by()):
            return [
                "# Check: no column is different in every row, but these are together.",
                f"id = {listed([*columns, *more])}",
            ]
        return [
            "# Check: no column is different in every row. A row is known again by these cells;",
            "# rows that are alike in them are told apart by their order.",
            f"id = {listed([*self._filled(), *more])}", "ordinal = true",
        ]  # fmt: skip

    def _told_apart_by(self) -> list[str]:
        """Return the columns that tell rows apart together, where a key can be made of them."""
        columns = self._filled()
        places = [self._sample.header.index(name) for name in columns]
        cells = [[row[at].strip() for at in places if at < len(row)] for row in self._sample.rows]
        whole = all(len(row) == len(columns) and all(row) for row in cells)
        apart = whole and len({tuple(row) for row in cells}) == len(cells)
        return columns if apart and all(map(fits_template, columns)) else []

    def _filled(self) -> list[str]:
        """Return the first columns that say something short in nearly every row."""
        least = 0.9 * len(self._sample.rows)
        good = [
            name
            for name, cells in self._values.items()
            if len(cells) >= least and max(map(len, cells), default=0) <= _LONGEST_ID
        ]
        # An amount or a year that is corrected would make a row another one.
        words = [name for name in good if not guesses.is_number(self._values[name])]
        other = [name for name in good if name not in self._years]
        return (words or other or list(self._headings))[:8]

    def _key(self, stem: str) -> str:
        columns = [self._id] if fits_template(self._id) else []
        if self._years and not self._id:
            columns = self._told_apart_by()
        return quoted("-".join([stem, *(f"{{{name}}}" for name in columns or ["#"])]))

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
        if said:
            yield from ("[file]", *said, "")

    def _styles(self) -> Iterator[str]:
        numbers, said = self._numbers, []
        if numbers.is_doubtful:
            mark = next(one for one in numbers.doubtful if not one.isdigit())
            said.append(
                f"# Check: {quoted(numbers.doubtful)} may be thousands or decimals. Keep one of:"
            )
            said.append(f"# thousands = {quoted(mark)}")
            said.append(f"# decimal = {quoted(mark)}")
        elif numbers.decimal == "," or numbers.thousands:
            decimal = numbers.decimal or ("," if numbers.thousands == "." else ".")
            said += [f"decimal = {quoted(decimal)}", f"thousands = {quoted(numbers.thousands)}"]
        if numbers.signs:
            said.append(f"signs = {listed(numbers.signs)}")
        if self._patterns:
            said.append(f"dates = {listed(list(self._patterns))}")
        cells = {cell for values in self._raw.values() for cell in values}
        if empty := sorted(cell for cell in cells if cell.casefold() in guesses.SAYS_NOTHING):
            said += ["# Check: do these say nothing in every column?", f"empty = {listed(empty)}"]
        if said:
            yield from ("[styles]", *said, "")

    def _fields(self, stem: str) -> tuple[list[str], list[str]]:
        country, separator = self._country()
        name = self._take(NAMES, are_names, r"contact|agency|donor|channel|sector|region|file")
        named = list(self._name(name, country))
        fields = [f"key = {{ template = {self._key(stem)} }}", *named]
        maps: list[str] = []
        for key, patterns, vocabulary in (
            ("kind", (r"\b(kind|type|category|sector)\b",), ProjectKind),
            ("status", (r"\b(status|state|stage|phase)\b|状态",), ProjectStatus),
        ):
            column = self._take(patterns, partial(has_known, vocabulary))
            if column:
                fields.append(
                    f'{key} = {{ column = {quoted(column)}, map = "{key}", unmapped = "drop" }}'
                )
                maps += [*map_of(key, self._values[column], vocabulary), ""]
        if country:
            more = f", separator = {quoted(separator)}" if separator else ""
            unknown = guesses.unknown_countries(self._values[country], separator)
            if unknown:
                fields.append(
                    f"# Check: not known as countries: {'; '.join(map(quoted, unknown[:5]))}."
                )
            fields.append(f"countries = {{ column = {quoted(country)}{more} }}")
        fields += [*self._dates(), *self._organizations()]
        if column := self._take((r"description|narrative|summary|remarks|描述",)):
            fields.append(f"description = {quoted(column)}")
        if column := self._take((r"\b(url|link|website|source)",), are_links):
            fields.append(f"source_urls = {quoted(column)}")
        return fields, maps

    def _country(self) -> tuple[str, str]:
        best, found, divided = 0.5, "", ""
        for name, heading in self._headings.items():
            cells = self._values[name]
            if not cells or re.search(NOT_HOST, heading):
                continue
            separator = guesses.separator_of(cells)
            share = guesses.countries_share(cells, separator)
            share += 0.3 if share and re.search(COUNTRIES, heading) else 0
            if share > best:
                best, found, divided = share, name, separator
        if found:
            self._used[found] = None
        return found, divided

    def _name(self, name: str, country: str) -> Iterator[str]:
        every = len(self._sample.rows)
        parts = [
            one
            for one in (country, self._id)
            if fits_template(one) and len(self._values[one]) == every
        ]
        other = ", ".join(f"{{{one}}}" for one in parts) or "{#}"
        if name and not self._id and self._is_id(self._values[name]):
            self._id = name
        if not name:
            yield "# Check: no column looks like the name of a project."
            yield f"name = {{ template = {quoted(other)} }}"
        elif len(self._values[name]) < len(self._sample.rows):
            yield "# Check: some rows have no name; they are named by other cells."
            yield f"name = [{{ column = {quoted(name)} }}, {{ template = {quoted(other)} }}]"
        else:
            yield f"name = {quoted(name)}"

    def _dates(self) -> Iterator[str]:
        said: set[str] = set()
        for field, pattern in DATES:
            if field in said:
                continue
            column = self._take(
                (pattern,),
                lambda cells: bool(guesses.date_patterns(cells) or guesses.mixed_dates(cells)),
                r"estimated|uncertain",
            )
            if not column:
                continue
            said.add(field)
            line = f"{field} = {{ column = {quoted(column)}, date = true }}"
            patterns = guesses.date_patterns(self._values[column])
            if not patterns:
                mixed = guesses.mixed_dates(self._values[column])
                self._patterns |= dict.fromkeys(mixed)
                self._dated.add(column)
                yield f"# Check: dates are written in several ways here: {listed(mixed)}."
                yield line
            elif len(patterns) > 1:
                example = quoted(self._values[column][0])
                yield f"# Check: is the day or the month first in {example}? Add one to dates:"
                yield from (f"# {listed([one])}" for one in patterns)
                yield f"# {line}"
            else:
                self._patterns[patterns[0]] = None
                self._dated.add(column)
                yield line

    def _organizations(self) -> Iterator[str]:
        for field, pattern in WHO:
            column = self._take(
                (pattern,),
                lambda cells: not guesses.is_number(cells),
                r"type|country|origin|amount",
            )
            if column:
                separator = guesses.separator_of(self._values[column])
                more = f", separator = {quoted(separator)}" if separator else ""
                yield f"{field} = {{ column = {quoted(column)}{more} }}"

    def _money(self, stem: str) -> Iterator[str]:
        currency = self._take((r"\bcurrency\b|币种",), guesses.are_currencies)
        other = f"{NOT_AMOUNT}|constant|deflated|defl"
        column = self._yearly
        if self._years:
            cells = [cell for name in self._years for cell in self._values[name]]
        elif column := self._take((AMOUNTS,), guesses.is_number, other):
            cells = self._values[column]
        else:
            return
        signs, units = guesses.signs_and_units(cells)
        self._numbers.look_at(cells, signs)
        named = [one for one in map(guesses.currency_in, (column, *signs)) if one]
        code = named[0] if named else ""
        lines = list(self._finance(stem, column, currency, code, units))
        if self._years:
            yield "# The columns that are years become rows, each with its own amount."
            lines = [*unpivot(self._years, self._year, self._yearly), *lines]
        unknown = [unit for unit, factor in units.items() if not factor]
        if unknown:
            reason = f"nobody knows what {quoted(unknown[0])} beside the amounts means"
        else:
            reason = "" if code or currency else "nothing says in which currency the amounts are"
        if self._years and "{#}" in self._key(stem):
            reason = "no column tells the rows apart, so that their amounts have no project"
        if reason:
            yield f"# Check: {reason}. Complete this record and remove its marks."
            lines = [f"# {line}".rstrip() for line in lines]
        yield from (*lines, "")

    def _finance(
        self, stem: str, column: str, currency: str, code: str, units: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield the record of money, whose amounts are in a column."""
        which = "amount_usd" if code == "USD" and not currency else "amount"
        by_year = [self._year] if self._years else []
        yield from ("[[records]]", 'noun = "finance"', *self._identity(by_year))
        yield from (f'needs = ["{which}"]', "", "[records.fields]")
        yield f"project = {{ template = {self._key(stem)} }}"
        heading = self._headings.get(column, "")
        kind = next((one for one in FinanceKind if one.value in heading), None)
        if kind is None:
            yield f"# Check: which of {', '.join(one.value for one in FinanceKind)}?"
        yield f'kind = {{ constant = "{kind or FinanceKind.COMMITMENT}" }}'
        if units:
            yield "# Check: is this what the units mean?"
        yield f"amount = {amount_rule(column, units)}"
        if currency:
            yield f"currency = {quoted(currency)}"
        else:
            yield "# Check: the currency, as a code of ISO 4217."
            yield f"currency = {{ constant = {quoted(code or '???')} }}"
        if which == "amount_usd":
            yield "# Check: are these nominal US dollars, and not those of one year's prices?"
            yield f"amount_usd = {amount_rule(column, units)}"
        yield from self._money_of(column)

    def _money_of(self, column: str) -> Iterator[str]:
        """Yield what else is known of money: who gives it, and when."""
        for name in self._used:
            heading = self._headings[name]
            if re.search(WHO[0][1], heading) and not guesses.is_number(self._values[name]):
                separator = guesses.separator_of(self._values[name])
                more = f", separator = {quoted(separator)}" if separator else ""
                yield f"financier = {{ column = {quoted(name)}{more} }}"
                break
        if self._years:
            yield f"date = {quoted(self._year)}"
            return
        dated = (r"commitment (date|year)", r"sign|approv|announce", r"\b(date|year)\b|年")
        for pattern in dated:
            for name in self._used:
                if (
                    name != column
                    and name in self._dated
                    and re.search(pattern, self._headings[name])
                ):
                    yield f"date = {{ column = {quoted(name)}, date = true }}"
                    return

    def _places(self, stem: str) -> Iterator[str]:
        north = self._take((r"\b(latitude|lat)\b|纬度",), guesses.is_number)
        east = self._take((r"\b(longitude|lon|lng|long)\b|经度",), guesses.is_number)
        if not north or not east:
            return
        yield from (
            "[[records]]", 'noun = "locations"', *self._identity(),
            'needs = ["latitude", "longitude"]', "", "[records.fields]",
            f"project = {{ template = {self._key(stem)} }}",
            f"latitude = {{ column = {quoted(north)}, number = true }}",
            f"longitude = {{ column = {quoted(east)}, number = true }}",
            "# Check: how near are they: exact, near, adm1, country?",
            'precision = { constant = "near" }', "",
        )  # fmt: skip

    def _rest(self) -> Iterator[str]:
        rest = [name for name in self._headings if name not in self._used]
        yield from comments({name: self._values[name] for name in rest}, self._headings)
        if rest:
            yield "# Kept in the records, but in no field: " + ", ".join(map(quoted, rest)) + "."
