"""A profile's TOML becomes a Profile, or an error that names the key."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rapidfuzz import process

from bricoop.errors import NotFoundError, UsageError
from bricoop.ingest.layouts.registry import layout_of
from bricoop.ingest.profile.model import (
    Controls,
    FieldRule,
    NumberStyle,
    Profile,
    RecordRule,
    Styles,
)
from bricoop.ingest.profile.sectors import read_links
from bricoop.ingest.readers.form import Form, Kind
from bricoop.ingest.sources import SourceSpec
from bricoop.settings import resource_folder

_Kinds = Mapping[str, type | tuple[type, ...]]

_FIELD_KEYS: _Kinds = {
    "column": str, "columns": list, "constant": str, "template": (str, list),
    "separator": (str, list), "whole": list,
    "add": list, "map": (dict, str), "unmapped": str, "number": bool, "multiply": str,
    "date": bool, "estimated": str, "when": dict, "all": bool,
    "unless": str, "blank": str, "as_key": bool, "without": list, "delete": list, "only_year": list,
}  # fmt: skip
_RECORD_KEYS: _Kinds = {
    "noun": str, "id": list, "fields": dict, "needs": list, "each": list, "ordinal": bool,
    "separator": str, "label": str,
}  # fmt: skip
_SOURCE_KEYS: _Kinds = {
    name: int if name == "tier" else str for name in SourceSpec.__dataclass_fields__
}
_FILE_KEYS: _Kinds = {
    "kind": str, "encoding": str, "delimiter": str, "quote": str, "header_row": int,
    "sheet": (str, int), "skip_unnamed": bool, "long_cells": bool,
}  # fmt: skip
_STYLE_KEYS: _Kinds = {
    "decimal": str,
    "thousands": str,
    "signs": list,
    "dates": list,
    "empty": list,
}
_CONTROL_KEYS: _Kinds = {
    "rows": int,
    "unique": list,
    "sums": dict,
    "filled": dict,
}
_PROFILE_KEYS: _Kinds = {
    "title": str, "about": str, "file": dict, "source": dict, "styles": dict, "required": list,
    "records": list, "controls": dict, "variants": dict, "maps": dict, "columns": dict,
}  # fmt: skip


def shipped() -> tuple[str, ...]:
    """Return the names of the profiles that come with bricoop."""
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def links_table() -> Path:
    """Return the table of links that comes with bricoop."""
    return _folder() / "maps" / "sector-links.csv"


def profile_of(named: str, links: Path | None = None) -> Profile:
    """Return a profile by its name, or by the path of a file.

    Args:
        named: the name or path.
        links: a table of links to take instead of the profile's own.

    Raises:
        NotFoundError: there is no such profile; it names those there are.
        UsageError: the file is no profile, or a table of links none; or the profile uses none.
    """
    path = _folder() / f"{named}.toml"
    if not path.is_file():
        path = Path(named)
        if path.suffix != ".toml" or not path.is_file():
            raise NotFoundError("profile", named, shipped())
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The profile {path} cannot be read: {error}.") from error
    profile = _Parser(path, links).profile(found)
    if links and not profile.links:
        message = f"The profile {profile.name} uses no table of links."
        raise UsageError(message, "Leave --links out.")
    return profile


def _folder() -> Path:
    return resource_folder("profiles")


class _Parser:
    """Reads the tables of one file; every error names the file and the key."""

    def __init__(self, path: Path, links: Path | None) -> None:
        self._path = path
        self._links = links
        self._maps: dict[str, dict[str, str]] = {}
        #: The tables of links among the maps, and the one that a field uses.
        self._tables: dict[str, str] = {}
        self._used = ""

    def profile(self, table: Mapping[str, Any]) -> Profile:
        self._check("", table, _PROFILE_KEYS, required=("title", "source", "records"))
        self._check("source", table["source"], _SOURCE_KEYS, required=("key", "title", "tier"))
        self._maps = {name: self._words(name, one) for name, one in table.get("maps", {}).items()}
        styles = table.get("styles", {})
        made = Profile(
            name=self._path.stem,
            title=table["title"],
            about=table.get("about", ""),
            source=SourceSpec(**table["source"]),
            form=self._form(table.get("file", {})),
            styles=self._styles("styles", styles),
            required=tuple(table.get("required", ())),
            records=tuple(
                self._record(f"records.{number}", one)
                for number, one in enumerate(table["records"], start=1)
            ),
            controls=self._controls(table.get("controls", {})),
            variants={
                name: self._styles(f"variants.{name}", {**styles, **one})
                for name, one in table.get("variants", {}).items()
            },
        )
        columns = table.get("columns", {})
        self._check("columns", columns, dict.fromkeys(columns, (str, list)))
        others = {name: _texts(one) for name, one in columns.items()}
        return replace(made, links=self._used, columns=others)

    def _form(self, table: Mapping[str, Any]) -> Form:
        self._check("file", table, _FILE_KEYS)
        try:
            made = {("usual_sheet" if name == "sheet" else name): table[name] for name in table}
            return Form(
                **{
                    **made,
                    "undoubted": False,
                    "kind": Kind(table["kind"]) if "kind" in table else None,
                }
            )
        except (ValueError, UsageError) as error:
            raise self._error("file", str(error)) from error

    def _styles(self, key: str, table: Mapping[str, Any]) -> Styles:
        self._check(key, table, _STYLE_KEYS)
        numbers = NumberStyle(
            table.get("decimal", "."), table.get("thousands", ""), tuple(table.get("signs", ()))
        )
        dates = tuple(table.get("dates", Styles.dates))
        return Styles(numbers, dates, frozenset(table.get("empty", ())))

    def _controls(self, table: Mapping[str, Any]) -> Controls:
        self._check("controls", table, _CONTROL_KEYS)
        sums = {name: str(value) for name, value in table.get("sums", {}).items()}
        filled = table.get("filled", {})
        for name, total in sums.items():
            try:
                Decimal(total)
            except InvalidOperation as error:
                message = f"{total!r} is no plain number"
                raise self._error(f"controls.sums.{name}", message) from error
        for name, share in filled.items():
            if not isinstance(share, int | float):
                raise self._error(f"controls.filled.{name}", f"is a {type(share).__name__}")
        return Controls(table.get("rows"), tuple(table.get("unique", ())), sums, filled)

    def _record(self, key: str, table: Mapping[str, Any]) -> RecordRule:
        self._check(key, table, _RECORD_KEYS, required=("noun", "id", "fields"))
        try:
            layout = layout_of(table["noun"])
        except NotFoundError as error:
            raise self._error(f"{key}.noun", str(error)) from error
        known = [column.name for column in layout.columns]
        for name in table["fields"]:
            if name not in known:
                message = f"{layout.noun} have no such field"
                raise self._error(f"{key}.fields.{name}", message, self._near(name, known))
        rules = [
            self._field(f"{key}.fields.{name}", name, one)
            for name, given in table["fields"].items()
            for one in (given if isinstance(given, list) else [given])
        ]
        return RecordRule(
            layout.noun,
            tuple(table["id"]),
            tuple(rules),
            tuple(table.get("needs", ())),
            ordinal=table.get("ordinal", False),
            each=tuple(table.get("each", ())),
            separator=table.get("separator", "|"),
            label=table.get("label", ""),
        )

    def _field(self, key: str, name: str, table: Any) -> FieldRule:
        if isinstance(table, str):
            table = {"column": table}
        self._check(key, table, _FIELD_KEYS)
        origins = [one for one in ("column", "columns", "constant", "template") if one in table]
        if len(origins) != 1 and not (not origins and "add" in table):
            message = "needs exactly one of column, columns, constant and template"
            raise self._error(key, message)
        more = {
            one: table[one]
            for one in (
                "constant",
                "unmapped",
                "number",
                "multiply",
                "date",
                "estimated",
                "unless",
                "blank",
                "all",
                "as_key",
            )
            if one in table
        }
        if more.get("unmapped", "refuse") not in {"refuse", "keep", "drop"}:
            raise self._error(f"{key}.unmapped", "is neither refuse, keep nor drop")
        columns = (table["column"],) if "column" in table else tuple(table.get("columns", ()))
        when = {column: _texts(words) for column, words in table.get("when", {}).items()}
        words = table.get("map", {})
        return FieldRule(
            name,
            columns,
            templates=_texts(table.get("template", ())),
            separators=_texts(table.get("separator", ())),
            whole=tuple(table.get("whole", ())),
            add=tuple(table.get("add", ())),
            without=tuple(table.get("without", ())),
            delete=tuple(table.get("delete", ())),
            only_year=tuple(table.get("only_year", ())),
            map=self._map(f"{key}.map", words) if isinstance(words, str) else words,
            sectors=isinstance(words, str) and words in self._tables,
            when=when,
            **more,
        )

    def _map(self, key: str, name: str) -> dict[str, str]:
        if name not in self._maps:
            raise self._error(key, f"there is no map {name!r}", self._near(name, self._maps))
        self._used = self._tables.get(name, self._used)
        return self._maps[name]

    def _words(self, name: str, table: Any) -> dict[str, str]:
        key = f"maps.{name}"
        if isinstance(table, str):
            path = self._links or self._table(key, table)
            self._tables[name] = str(self._links or table)
            return read_links(path)
        if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            raise self._error(key, "is no table of texts")
        return table

    def _table(self, key: str, named: str) -> Path:
        shipped_one = links_table()
        if named == shipped_one.stem:
            return shipped_one
        path = self._path.parent / named
        if not path.is_file():
            hint = f"{shipped_one.stem} comes with bricoop; others are files beside the profile."
            raise self._error(key, f"names no table of links: {named!r}", hint)
        return path

    def _check(
        self,
        key: str,
        table: Any,
        known: _Kinds,
        required: Iterable[str] = (),
    ) -> None:
        if not isinstance(table, dict):
            raise self._error(key, "is no table")
        prefix = f"{key}." if key else ""
        for name, value in table.items():
            if name not in known:
                raise self._error(f"{prefix}{name}", "is no key of it", self._near(name, known))
            if not isinstance(value, known[name]):
                raise self._error(f"{prefix}{name}", f"is a {type(value).__name__}")
            if isinstance(value, list) and not all(isinstance(one, str | dict) for one in value):
                raise self._error(f"{prefix}{name}", "holds what is no text")
        for name in required:
            if name not in table:
                raise self._error(f"{prefix}{name}", "is missing")

    def _near(self, name: str, known: Iterable[str]) -> str:
        near = process.extract(name, list(known), limit=3, score_cutoff=60)
        return f"Did you mean: {'; '.join(word for word, _, _ in near)}?" if near else ""

    def _error(self, key: str, message: str, hint: str = "") -> UsageError:
        return UsageError(f"The profile {self._path.name}: {key} {message}.", hint)


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
