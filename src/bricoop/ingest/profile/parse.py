"""Reads a profile from TOML; errors name the key at fault."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from bricoop.domain.amounts import plain
from bricoop.domain.document_faults import Keys, did_you_mean, key_path, shown
from bricoop.domain.documents import Table, read_toml, several
from bricoop.errors import FileUnreadableError, NotFoundError, UsageError
from bricoop.ingest.layouts.clean import Cleaner
from bricoop.ingest.layouts.layout import Layout
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.cells import used_by
from bricoop.ingest.profile.combinations import magnitudes, misplaced
from bricoop.ingest.profile.model import (
    Controls,
    FieldRule,
    Profile,
    RecordRule,
    SkipRule,
    Styles,
    Unpivot,
)
from bricoop.ingest.profile.patterns import date_fault
from bricoop.ingest.profile.profile_files import links_table, path_of, profiles_folder
from bricoop.ingest.profile.schema import (
    FieldTable,
    FileTable,
    ProfileDocument,
    RecordTable,
    SourceTable,
    StylesTable,
)
from bricoop.ingest.profile.sectors import links_beside, read_links
from bricoop.ingest.readers.delimiters import delimiter_word
from bricoop.ingest.readers.file_options import FileOptions
from bricoop.ingest.sources import SourceSpec


def profile_of(named: str, links: Path | None = None) -> Profile:
    """Return a profile, given its name or path; `links` replaces its table of links.

    Raises:
        NotFoundError: there is no such profile; the error lists similar names.
        FileUnreadableError: the file is missing, cannot be read, or is not TOML.
        UsageError: the file is not a valid profile, or the table of links is invalid or not used.
    """
    path = path_of(named)
    where = f"The profile {shown(path.name)}"
    document = read_toml(path, ProfileDocument, where)
    profile = _Parser(path, where, links).profile(document)
    if links and not profile.links:
        message = f"The profile {shown(profile.name)} does not use a table of links."
        raise UsageError(message, "Leave --links out.")
    return profile


def _with_other_variants(name: str, variants: Mapping[str, Styles]) -> Styles:
    """Return the styles of a variant, with the number styles of the other variants for hints."""
    styles = variants[name]
    others = tuple((other, variant.numbers) for other, variant in variants.items() if other != name)
    return replace(styles, numbers=replace(styles.numbers, others=others))


_MAP_HINT = "Write map = and its name beside a column, or delete the map."


class _Parser:
    """Converts a profile document, with checks that involve several keys or the native layouts.

    Every error names the file and the key.
    """

    def __init__(self, path: Path, where: str, links: Path | None) -> None:
        self._path = path
        self._where = where
        self._links = links
        self._maps: dict[str, dict[str, str]] = {}
        self._maps_read: set[str] = set()
        #: The maps that are tables of links, with their paths, and the table that a field uses.
        self._tables: dict[str, str] = {}
        self._links_used = ""
        self._every_style: list[Styles] = []

    def profile(self, document: ProfileDocument) -> Profile:
        self._maps = {name: self._words(name, table) for name, table in document.maps.items()}
        styles = self._styles(("styles",), document.styles)
        variants = {
            name: self._styles(("variants", name), document.styles, table)
            for name, table in document.variants.items()
        }
        self._every_style = [*variants.values()] or [styles]
        records = tuple(
            self._record(("records", number), table)
            for number, table in enumerate(document.records)
        )
        # Probably a field was to use it: without the map, its words would be read as they are.
        for name in document.maps:
            if name not in self._maps_read:
                raise self._error(("maps", name), "is used by no field", _MAP_HINT)
        sums = {column: plain(total) for column, total in document.controls.sums.items()}
        return Profile(
            name=self._path.stem,
            path="" if self._path.parent == profiles_folder() else str(self._path),
            title=document.title,
            about=document.about,
            source=_source(document.source),
            form=self._form(document.file),
            styles=styles,
            required=document.required,
            whole_numbers=document.whole_numbers,
            records=records,
            controls=Controls(
                **{**_shared_values(document.controls, Controls), "sums": sums},
            ),
            variants={name: _with_other_variants(name, variants) for name in variants},
            columns=_several_by_column(document.columns),
            links=self._links_used,
            unpivot=self._unpivot(document, records),
            skip=tuple(
                SkipRule(_several_by_column(table.when), table.because) for table in document.skip
            ),
        )

    def _unpivot(self, document: ProfileDocument, records: Sequence[RecordRule]) -> Unpivot | None:
        table = document.unpivot
        if table is None:
            return None
        created = {table.name, table.value}
        uses = [created & set(used_by(record)) for record in records]
        if not any(uses):
            message = (
                f"makes columns that no record uses: {shown(table.name)}, {shown(table.value)}"
            )
            raise self._error(("unpivot",), message)
        for number, (record, used) in enumerate(zip(records, uses, strict=True)):
            if used and table.name not in record.id:
                message = f"needs {shown(table.name)!r}: a row becomes a record for each of them"
                raise self._error(("records", number, "id"), message)
            if used and record.each:
                message = "cannot be combined with columns that become rows"
                raise self._error(("records", number, "each"), message)
        for key in ("unique", "sums", "filled"):
            for name in created & set(getattr(document.controls, key)):
                message = f"names {shown(name)!r}, which [unpivot] creates"
                raise self._error(("controls", key), message, "Name columns of the file itself.")
        return Unpivot(several(table.columns), table.name, table.value)

    def _form(self, table: FileTable) -> FileOptions:
        options = {
            **_shared_values(table, FileOptions),
            "delimiter": delimiter_word(table.delimiter),
            "header_separator": " " if table.header_separator is None else table.header_separator,
            "sheet": None,
            "usual_sheet": table.sheet,
            "undoubted": False,
        }
        for key in ("encoding", "delimiter", "quote", "header_row"):
            # Each option is tried alone first, so that the error names the key at fault.
            self._file_options(("file", key), {key: options[key]})
        return self._file_options(("file",), options)

    def _file_options(self, keys: Keys, options: dict[str, Any]) -> FileOptions:
        try:
            return FileOptions(**options)
        except UsageError as error:
            message = f"is not right: {error.message.rstrip('.')}"
            raise self._error(keys, message, error.hint) from error

    def _styles(self, keys: Keys, table: StylesTable, variant: StylesTable | None = None) -> Styles:
        """Return the styles of a layout; settings of a variant override those of `[styles]`."""
        style = {**table.declared(), **(variant.declared() if variant else {})}
        styles = Styles().over(_with_factors(style))
        self._refuse_styles(keys, styles)
        return styles

    def _refuse_styles(self, keys: Keys, styles: Styles) -> None:
        """Refuse styles that contradict each other although each key is valid."""
        decimal = styles.numbers.decimal
        if decimal and decimal == styles.numbers.thousands:
            raise self._error((*keys, "thousands"), f"is the decimal mark, too: {decimal!r}")
        if fault := date_fault(styles.dates, styles.two_digit_years):
            raise self._error((*keys, "dates"), f"cannot be read: {fault}")

    def _record(self, keys: Keys, table: RecordTable) -> RecordRule:
        layout = self._layout(keys, table)
        field_names = [column.name for column in layout.columns]
        for name in table.fields:
            if name not in field_names:
                message = f"is not a field of {layout.noun}"
                raise self._error((*keys, "fields", name), message, did_you_mean(name, field_names))
        for name in table.needs:
            if name not in field_names:
                message = f"names {shown(name)!r}, which is not a field of {layout.noun}"
                raise self._error((*keys, "needs"), message, did_you_mean(name, field_names))
        cleaners = {column.name: column.clean for column in layout.columns}
        rules = [
            self._field(at, name, rule, cleaners[name])
            for name, declared in table.fields.items()
            for at, rule in _field_rules((*keys, "fields", name), declared)
        ]
        converted = {"fields": tuple(rules), "separator": table.separator or "|"}
        return RecordRule(**{**_shared_values(table, RecordRule), **converted})

    def _layout(self, keys: Keys, table: RecordTable) -> Layout:
        try:
            return layout_of(table.noun)
        except NotFoundError as error:
            message = f"is {shown(table.noun)!r}, which is not a noun that can be loaded"
            raise self._error((*keys, "noun"), message, error.hint) from error

    def _field(
        self, keys: Keys, name: str, declared: str | FieldTable, clean: Cleaner
    ) -> FieldRule:
        table = FieldTable(column=declared) if isinstance(declared, str) else declared
        for key, message in misplaced(table.declared(), clean):
            raise self._error((*keys, key), message)
        style = _with_factors(table.style())
        if table.two_digit_years and not any(
            "%y" in pattern for styles in self._every_style for pattern in styles.over(style).dates
        ):
            raise self._error((*keys, "two_digit_years"), "works only together with dates with %y")
        for styles in self._every_style:
            self._refuse_styles(keys, styles.over(style))
            self._refuse_magnitudes(keys, table, styles.over(style))
        columns = (table.column,) if table.column is not None else table.columns or ()
        words = table.map
        converted = {
            "name": name,
            "columns": columns,
            "templates": several(table.template),
            "separators": several(table.separator),
            "map": self._map((*keys, "map"), words) if isinstance(words, str) else words,
            "sectors": isinstance(words, str) and words in self._tables,
            "unmapped": table.unmapped or "refuse",
            "multiply": "" if table.multiply is None else plain(table.multiply),
            "when": _several_by_column(table.when),
            "style": style,
        }
        return FieldRule(**{**_shared_values(table, FieldRule), **converted})

    def _refuse_magnitudes(self, keys: Keys, table: FieldTable, styles: Styles) -> None:
        """Refuse signs that are different magnitudes, such as M and B, as signs are ignored."""
        sizes = magnitudes(styles.numbers.signs)
        if sizes and table.number and table.column not in table.when:
            names = " and ".join(map(shown, sizes))
            hint = 'Say what each means, such as units = { M = "1000000", B = "1000000000" }.'
            message = f"reads numbers for which signs says that {names} mean nothing"
            raise self._error(keys, message, hint)

    def _map(self, keys: Keys, name: str) -> dict[str, str]:
        if name not in self._maps:
            message = f"names a map that is not there: {shown(name)!r}"
            hint = did_you_mean(name, [*self._maps]) if self._maps else "There is no [maps.NAME]."
            raise self._error(keys, message, hint)
        self._maps_read.add(name)
        self._links_used = self._tables.get(name, self._links_used)
        return self._maps[name]

    def _words(self, name: str, table: str | dict[str, str]) -> dict[str, str]:
        if not isinstance(table, str):
            return table
        shipped_one = links_table()
        # The table that the user names replaces every table of the profile.
        if self._links:
            path = self._links
        elif table == shipped_one.stem:
            path = shipped_one
        else:
            try:
                path = links_beside(self._path, table)
            except FileUnreadableError as error:
                raise self._error(("maps", name), error.message, error.hint) from error
        self._tables[name] = str(self._links or table)
        return read_links(path)

    def _error(self, keys: Keys, message: str, hint: str = "") -> UsageError:
        return UsageError(f"{self._where}: {key_path(keys)} {message}.", hint)


def _shared_values(table: Table, rule: type) -> dict[str, Any]:
    """Return the values of a table's keys that are called as the attributes of a rule."""
    shared = {field.name for field in fields(rule)} & {*table.__struct_fields__}
    return {name: getattr(table, name) for name in shared}


def _source(table: SourceTable) -> SourceSpec:
    kind = None if table.kind is None else table.kind.value
    return SourceSpec(**{**_shared_values(table, SourceSpec), "kind": kind})


def _several_by_column(words: Mapping[str, str | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {column: several(texts) for column, texts in words.items()}


def _with_factors(style: Mapping[str, Any]) -> dict[str, Any]:
    """Return style keys with the factors of units as plain text."""
    if "units" not in style:
        return {**style}
    units = tuple((unit, plain(factor)) for unit, factor in style["units"].items())
    return {**style, "units": units}


def _field_rules(
    keys: Keys, declared: str | FieldTable | tuple[str | FieldTable, ...]
) -> Iterable[tuple[Keys, str | FieldTable]]:
    """Yield the rules of one field, each with its path in the document."""
    if isinstance(declared, tuple):
        yield from (((*keys, number), rule) for number, rule in enumerate(declared))
    else:
        yield keys, declared
