"""What is compared of an organization: its names, reduced to words, and what else is known."""

from dataclasses import dataclass, field
from enum import StrEnum

from bricoop.identity.organizations.word_lists import organization_words


class Evidence(StrEnum):
    """Why a name means a listed organization, the surest first."""

    NAME = "name"
    ABBREVIATION = "abbreviation"
    SHARED_NAME = "shared name"


@dataclass(frozen=True, slots=True)
class ComparedName:
    """A name of an organization.

    Attributes:
        text: the name as stated.
        words: the words that tell organizations apart, in order, without repetition; a country is
            its alpha-2 code, a place the first of its names.
        signature: the words, with numbers and words such as `group`; equal for names that differ
            in order, legal forms and abbreviations only.
        home: code of the country that stands alone in parentheses: `Ministry of Mines (Ghana)`.
        countries: codes of the countries among the words.
        localities: the places among the words.
        numbers: numbers of a bureau, branch or company.
        acronyms: its own abbreviations: those in parentheses, and the name itself if it is a single
            word.
        initials: abbreviations that its words would make.
        exact: words that have no other spellings.
        spelled: the other words.
    """

    text: str
    words: tuple[str, ...]
    signature: frozenset[str] = frozenset()
    home: str = ""
    countries: frozenset[str] = frozenset()
    localities: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    acronyms: frozenset[str] = frozenset()
    initials: frozenset[str] = frozenset()
    exact: frozenset[str] = field(init=False)
    spelled: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Divide the words by whether they have other spellings."""
        exact = self.countries | self.localities | organization_words().distinct
        object.__setattr__(self, "exact", exact.intersection(self.words))
        object.__setattr__(self, "spelled", tuple(word for word in self.words if word not in exact))

    @property
    def is_short(self) -> bool:
        """Whether it is an abbreviation, or one word that may be one."""
        return len(self.words) == 1 and self.words[0] in self.acronyms


@dataclass(frozen=True, slots=True)
class ListedOrganization:
    """An organization of `organization_names.csv` that a name means.

    Attributes:
        key: its key.
        evidence: why the name means it.
        abbreviations: its abbreviations in the file.
    """

    key: str
    evidence: Evidence
    abbreviations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ComparedOrganization:
    """An organization with everything that is compared.

    Attributes:
        key: its key.
        name: the name that is shown.
        names: its names as compared, at least one.
        sources: keys of the sources that name it, sorted.
        country: code of its home country; empty if no source and no name states it.
        kind: code of its kind; empty if no source states it.
        listed: the organization of `organization_names.csv` that its names mean.
        countries: its home country and the countries in its names.
        is_named: whether a name says who it is, unlike `Unspecified Government Institution`.
        needs_country: whether bodies of many countries have its names, such as a ministry.
    """

    key: str
    name: str
    names: tuple[ComparedName, ...]
    sources: tuple[str, ...] = ()
    country: str = ""
    kind: str = ""
    listed: ListedOrganization | None = None
    countries: frozenset[str] = field(init=False)
    is_named: bool = field(init=False)
    needs_country: bool = field(init=False)

    def __post_init__(self) -> None:
        """Collect the countries, and look for words that need one."""
        home = {self.country} if self.country else set()
        countries = frozenset(home).union(*(name.countries for name in self.names))
        object.__setattr__(self, "countries", countries)
        lists = organization_words()
        is_named = any(
            name.words and lists.unspecified.isdisjoint(name.words) for name in self.names
        )
        object.__setattr__(self, "is_named", is_named)
        needs_country = all(
            not lists.of_every_country.isdisjoint(name.words) for name in self.names
        )
        object.__setattr__(self, "needs_country", needs_country)
