"""A profile proposed for a file: what its columns probably mean, and what its user must decide.

Nothing is guessed in silence. What a person must look at is a comment that begins with `Check:`,
and what may be read in two ways is left out, with both ways beside it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from bricoop.domain.names import normalise, slug
from bricoop.domain.vocabularies import FinanceKind, ProjectKind, ProjectStatus
from bricoop.ingest.profile import guesses
from bricoop.ingest.profile.sample import Sample
from bricoop.ingest.profile.vocabulary import has_known, map_of
from bricoop.ingest.profile.write import Lines, listed, quoted

_SAYS_NOTHING = ("n/a", "na", "#n/a", "n.a.", "-", "--", "–", "—", "…", "..", "null", "none", "nan")
_NAMES = (
    r"\b(name|title)\b",
    r"\b(nom|titre|nombre|titel)\b|名称|项目",
    r"\b(project|projet|proyecto|projekt|deal|park|activity)\b",
    r"purpose|partner|target",
)
_COUNTRIES = r"\b(country|countries|recipient|host|nation|location)\b|国家|国别"
_NOT_HOST = r"donor|financier|lender|investor|origin|home|agency|code|number"
_AMOUNTS = (
    r"\b(amount|value|cost|usd|usdm|millions?|mn|billions?|bn|commitment|investment)\b"
    r"|\b(montant|cout|importe|monto|betrag|kosten)\b|金额|投资"
)
_NOT_AMOUNT = (
    r"adjusted|rate|share|ratio|percent|tied|received|estimated|count|number|year|date|split"
)
_LONGEST_NAME, _LONGEST_ID = 500, 100
_DATES = (
    ("announced", r"announce|sign|approv|agreement|commitment (date|year)|宣布|签"),
    ("started", r"start|begin|commence|construction date|开工"),
    ("completed", r"complet|finish|\bend\b|\boperation|竣工|完工"),
    ("announced", r"\b(date|year|annee|jahr|fecha|datum)\b|年"),
)
_WHO = (
    ("financiers", r"\b(lender|financier|funder|funding|bank)\b"),
    ("acquirers", r"\b(investor|acquirer|buyer)\b"),
    ("implementers", r"\bimplement"),
    ("receivers", r"\b(borrower|recipient agenc|receiving agenc)"),
    ("contractors", r"\b(contractor|builder)\b"),
)


def proposed(sample: Sample) -> str:
    """Return the text of a profile for a file, in TOML with comments.

    Args:
        sample: the beginning of the file.
    """
    return _Proposal(sample).text()


class _Proposal:
    """One file: its columns are given meanings one after the other, each column one."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self._headings = {name: _heading(name) for name in sample.header if name}
        self._values = {name: sample.values(name) for name in self._headings}
        self._used: dict[str, None] = {}
        self._numbers = guesses.Numbers()
        self._patterns: dict[str, None] = {}
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
        lines.add(*self._file(), *self._styles(), *maps)
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

    def _identity(self) -> list[str]:
        if self._id:
            return [f"id = {listed([self._id])}"]
        return [
            "# Check: no column is different in every row. A row is known again by these cells;",
            "# rows that are alike in them are told apart by their order.",
            f"id = {listed(self._filled())}", "ordinal = true",
        ]  # fmt: skip

    def _filled(self) -> list[str]:
        """Return the first columns that say something short in nearly every row."""
        least = 0.9 * len(self._sample.rows)
        good = [
            name
            for name, cells in self._values.items()
            if len(cells) >= least and max(map(len, cells), default=0) <= _LONGEST_ID
        ]
        return (good or list(self._headings))[:8]

    def _key(self, stem: str) -> str:
        return quoted(f"{stem}-{{{self._id}}}" if _fits_template(self._id) else f"{stem}-{{#}}")

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
        cells = {cell for values in self._values.values() for cell in values}
        if empty := sorted(cell for cell in cells if cell.casefold() in _SAYS_NOTHING):
            said += ["# Check: do these say nothing in every column?", f"empty = {listed(empty)}"]
        if said:
            yield from ("[styles]", *said, "")

    def _fields(self, stem: str) -> tuple[list[str], list[str]]:
        country, separator = self._country()
        name = self._take(_NAMES, _is_name, r"contact|agency|donor|channel|sector|region|file")
        named = list(self._name(name, country))
        fields = [f"key = {{ template = {self._key(stem)} }}", *named]
        maps: list[str] = []
        for key, patterns, vocabulary in (
            ("kind", (r"\b(kind|type|category|sector)\b",), ProjectKind),
            ("status", (r"\b(status|stage|phase)\b|状态",), ProjectStatus),
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
        if column := self._take((r"\b(url|link|website|source)",), _are_links):
            fields.append(f"source_urls = {quoted(column)}")
        return fields, maps

    def _country(self) -> tuple[str, str]:
        best, found, divided = 0.5, "", ""
        for name, heading in self._headings.items():
            cells = self._values[name]
            if not cells or re.search(_NOT_HOST, heading):
                continue
            separator = guesses.separator_of(cells)
            share = guesses.countries_share(cells, separator)
            share += 0.3 if share and re.search(_COUNTRIES, heading) else 0
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
            if _fits_template(one) and len(self._values[one]) == every
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
        for field, pattern in _DATES:
            if field in said:
                continue
            column = self._take(
                (pattern,), lambda cells: bool(guesses.date_patterns(cells)), r"estimated|uncertain"
            )
            if not column:
                continue
            said.add(field)
            line = f"{field} = {{ column = {quoted(column)}, date = true }}"
            patterns = guesses.date_patterns(self._values[column])
            if len(patterns) > 1:
                example = quoted(self._values[column][0])
                yield f"# Check: is the day or the month first in {example}? Add one to dates:"
                yield from (f"# {listed([one])}" for one in patterns)
                yield f"# {line}"
            else:
                self._patterns[patterns[0]] = None
                yield line

    def _organizations(self) -> Iterator[str]:
        for field, pattern in _WHO:
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
        column = self._take((_AMOUNTS,), guesses.is_number, f"{_NOT_AMOUNT}|constant|deflated|defl")
        if not column:
            return
        signs, units = guesses.signs_and_units(self._values[column])
        self._numbers.look_at(self._values[column], signs)
        named = [one for one in map(guesses.currency_in, (column, *signs)) if one]
        code = named[0] if named else ""
        lines = list(self._finance(stem, column, currency, code, units))
        unknown = [unit for unit, factor in units.items() if not factor]
        if unknown:
            reason = f"nobody knows what {quoted(unknown[0])} beside the amounts means"
        else:
            reason = "" if code or currency else "nothing says in which currency the amounts are"
        if reason:
            yield f"# Check: {reason}. Complete this record and remove its marks."
            lines = [f"# {line}".rstrip() for line in lines]
        yield from (*lines, "")

    def _finance(
        self, stem: str, column: str, currency: str, code: str, units: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield the record of money, whose amounts are in a column."""
        which = "amount_usd" if code == "USD" and not currency else "amount"
        yield from ("[[records]]", 'noun = "finance"', *self._identity())
        yield from (f'needs = ["{which}"]', "", "[records.fields]")
        yield f"project = {{ template = {self._key(stem)} }}"
        kind = next((one for one in FinanceKind if one.value in self._headings[column]), None)
        if kind is None:
            yield f"# Check: which of {', '.join(one.value for one in FinanceKind)}?"
        yield f'kind = {{ constant = "{kind or FinanceKind.COMMITMENT}" }}'
        if units:
            yield "# Check: is this what the units mean?"
        yield f"amount = {_amount(column, units)}"
        if currency:
            yield f"currency = {quoted(currency)}"
        else:
            yield "# Check: the currency, as a code of ISO 4217."
            yield f"currency = {{ constant = {quoted(code or '???')} }}"
        if which == "amount_usd":
            yield "# Check: are these nominal US dollars, and not those of one year's prices?"
            yield f"amount_usd = {_amount(column, units)}"
        yield from self._money_of(column)

    def _money_of(self, column: str) -> Iterator[str]:
        """Yield what else is known of money: who gives it, and when."""
        for name in self._used:
            heading = self._headings[name]
            if re.search(_WHO[0][1], heading) and not guesses.is_number(self._values[name]):
                separator = guesses.separator_of(self._values[name])
                more = f", separator = {quoted(separator)}" if separator else ""
                yield f"financier = {{ column = {quoted(name)}{more} }}"
                break
        dated = (r"commitment (date|year)", r"sign|approv|announce", r"\b(date|year)\b|年")
        for pattern in dated:
            for name in self._used:
                patterns = guesses.date_patterns(self._values[name])
                if (
                    name != column
                    and re.search(pattern, self._headings[name])
                    and len(patterns) == 1
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
        if rest:
            yield "# Kept in the records, but in no field: " + ", ".join(map(quoted, rest)) + "."


def _amount(column: str, units: Mapping[str, str]) -> str:
    factor = guesses.factor_in(column)
    more = f", multiply = {factor}" if factor else ""
    if units:
        listed_units = ", ".join(
            f"{quoted(unit)} = {factor or 1}" for unit, factor in units.items()
        )
        more += f", units = {{ {listed_units} }}"
    return f"{{ column = {quoted(column)}, number = true{more} }}"


def _heading(name: str) -> str:
    """Return a heading as lower-case words: `ProjectName`, `project_name` give `project name`."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " "))
    return normalise(parted)


def _fits_template(column: str) -> bool:
    """Return whether a template can name a column: some characters have a meaning there."""
    return bool(column) and not set(column) & set("{}:!")


def _is_name(cells: list[str]) -> bool:
    longest = max(map(len, cells))
    return (
        not guesses.is_number(cells)
        and longest <= _LONGEST_NAME
        and len(set(cells)) * 3 > len(cells)
    )


def _are_links(cells: list[str]) -> bool:
    return all(cell.lower().startswith(("http://", "https://")) for cell in cells)
