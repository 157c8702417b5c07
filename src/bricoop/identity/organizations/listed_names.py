"""Looks up names in `organization_names.csv`, the names of the organizations that matter most."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bricoop.domain.country_names import alpha2_of
from bricoop.domain.names import normalise
from bricoop.identity.organizations.activity import Activity
from bricoop.identity.organizations.compared_organization import (
    ComparedName,
    ComparedOrganization,
    Evidence,
    ListedOrganization,
)
from bricoop.identity.organizations.name_reader import read_names
from bricoop.identity.organizations.word_lists import organization_words

#: A load file of organizations, with the source of each row as its locator.
_FILE = Path(__file__).with_name("organization_names.csv")
_NAMES = ("name", "stated_name", "name_zh", "aliases", "former_names")
_ABBREVIATIONS = "abbreviations"
#: Abbreviations of so many letters are names: hardly another organization has the same.
_LONG = 5
#: Further names of an organization are not compared.
_MOST_NAMES = 40
_NOTHING_KNOWN = Activity()


@dataclass(frozen=True)
class ListedNames:
    """The names of the file.

    Attributes:
        names: keys of organizations by signatures of their names.
        abbreviations: keys of organizations by their abbreviations.
        countries: codes of home countries by keys; empty for multilateral organizations.
    """

    names: Mapping[frozenset[str], str]
    abbreviations: Mapping[str, str]
    countries: Mapping[str, str]

    def look_up(
        self, names: Iterable[ComparedName], country: str, activity: Activity
    ) -> ListedOrganization | None:
        """Return the organization that names mean; None if they mean none or several.

        Args:
            names: the names of an organization.
            country: code of its home country; empty if it is not stated.
            activity: what it does in projects.
        """
        for evidence in Evidence:
            keys = {key for name in names for key in self._keys(name, evidence, country, activity)}
            if keys:
                return self._listed(keys.pop(), evidence) if len(keys) == 1 else None
        return None

    def _listed(self, key: str, evidence: Evidence) -> ListedOrganization:
        abbreviations = (letters for letters, listed in self.abbreviations.items() if listed == key)
        return ListedOrganization(key, evidence, frozenset(abbreviations))

    def _keys(
        self, name: ComparedName, evidence: Evidence, country: str, activity: Activity
    ) -> Iterator[str]:
        """Yield the organization that a name means by one kind of evidence, if it does."""
        if evidence is Evidence.NAME:
            key = self.names.get(name.signature)
        elif evidence is Evidence.ABBREVIATION:
            is_meant = name.is_short and not activity.only_receives
            key = self.abbreviations.get(name.words[0]) if is_meant else None
        else:
            key = organization_words().shared_names.get(normalise(name.text))
            if key and country != self.countries[key] and not activity.is_of_donor:
                key = None
        if key and country in {"", self.countries[key]}:
            yield key


def compared_organization(
    key: str,
    name: str,
    other_names: Iterable[str] = (),
    *,
    sources: Iterable[str] = (),
    country: str = "",
    kind: str = "",
    activity: Activity = _NOTHING_KNOWN,
) -> ComparedOrganization:
    """Return what is compared of an organization; see `ComparedOrganization`.

    Args:
        key: its key.
        name: the name that is shown.
        other_names: other names that sources give it.
        sources: keys of the sources that name it.
        country: code of its home country; else it is that in parentheses in a name.
        kind: code of its kind.
        activity: what it does in projects.
    """
    texts = dict.fromkeys((name, *sorted(other_names)))
    names = [read for text in texts for read in read_names(text)][:_MOST_NAMES]
    home = country or next((read.home for read in names if read.home), "")
    listed = listed_names().look_up(names, home, activity)
    return ComparedOrganization(key, name, tuple(names), tuple(sorted(sources)), home, kind, listed)


def listed_text() -> str:
    """Return the text of the file, to load or to copy it."""
    return _FILE.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def listed_names() -> ListedNames:
    """Return the names that come with bricoop."""
    names: dict[frozenset[str], str] = {}
    abbreviations: dict[str, str] = {}
    countries: dict[str, str] = {}
    for row in csv.DictReader(listed_text().splitlines()):
        key = row["key"]
        countries[key] = alpha2_of(row["country"]) or ""
        for column in _NAMES:
            for text in filter(None, row[column].split("; ")):
                names[read_names(text)[0].signature] = key
        for text in filter(None, row[_ABBREVIATIONS].split("; ")):
            read = read_names(text)[0]
            if read.is_short:
                abbreviations[read.words[0]] = key
            if len(text) >= _LONG:
                names[read.signature] = key
    return ListedNames(names, abbreviations, countries)
