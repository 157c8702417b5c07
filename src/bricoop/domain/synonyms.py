"""Everyday synonyms of codes and columns, for hints on unknown codes and columns."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import Measure, compared, nearest
from bricoop.domain.vocabularies import names_of

#: Synonyms of codes. They are suggested and never used as the code: a harbour may be a port, or
#: one of its basins. Misspellings are found by `domain.suggestions`.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "railway": "rail railroad train tram metro subway light-rail high-speed-rail",
        "road": "highway motorway expressway street bypass",
        "bridge": "viaduct crossing",
        "port": "harbour harbor seaport dock terminal wharf",
        "airport": "airfield runway aerodrome",
        "freight-service": "freight cargo rail-freight block-train",
        "corridor": "route belt",
        "industrial-park": "park zone sez economic-zone special-economic-zone free-zone estate",
        "power-plant": "power-station power dam hydropower solar wind-farm coal-plant energy",
        "power-grid": "grid transmission transmission-line substation electrification",
        "pipeline": "oil gas",
        "telecoms": "telecommunications telecom internet cable broadband 5g",
        "water": "irrigation sanitation sewage borehole",
        "mine": "mining quarry",
        "factory": "plant manufacturing refinery smelter mill",
        "building": "hospital school university stadium office housing",
        "acquisition": "merger takeover purchase m-and-a",
        "supplies": "goods equipment vehicles medicine vaccines masks food-aid in-kind",
        "cash": "money donation budget-support",
        "experts": "medical-team doctors advisers volunteers technical-cooperation",
        "training": "scholarship course workshop seminar",
        "study": "survey feasibility-study research",
        "debt": "debt-relief debt-forgiveness debt-rescheduling",
        "oil-gas": "oil-field gas-field petroleum",
        "credit-line": "on-lending line-of-credit",
        "programme": "program",
        "pledged": "planned proposed announced",
        "committed": "signed agreed approved",
        "implementation": "ongoing in-progress under-construction construction started active",
        "completed": "finished done complete built closed",
        "operation": "operational running in-operation operating open",
        "suspended": "on-hold paused stopped halted shelved",
        "cancelled": "canceled abandoned terminated withdrawn",
        "memorandum": "mou memorandum-of-understanding",
        "free-trade-agreement": "fta",
        "loan-agreement": "loan",
        "currency-swap": "swap",
        "commitment": "committed signed",
        "disbursement": "payment paid disbursed",
        "repayment": "repaid",
        "forgiveness": "cancellation write-off",
        "rescheduling": "restructuring refinancing",
        "loan": "credit concessional-loan",
        "grant": "donation gift aid",
        "export-credit": "buyers-credit sellers-credit",
        "debt-relief": "debt-forgiveness",
        "state-owned-enterprise": "soe state-owned-company",
        "private-enterprise": "company private-company",
        "multilateral": "international-organization mdb development-bank",
        "challenge": "problem risk obstacle",
        "opportunity": "chance",
        "prospect": "outlook",
        "policy": "coordination policy-coordination",
        "facility": "infrastructure infrastructure-connectivity transport roads railways",
        "trade": "commerce unimpeded-trade export import",
        "finance": "financial-integration investment banking",
        "people": "people-to-people culture education tourism",
        "stated": "reported said",
        "by-rule": "rule derived",
        "exactly": "exact equal",
        "more-than": "over at-least minimum",
        "less-than": "under at-most up-to maximum",
        "nearly": "almost",
        "about": "approximately circa around estimated",
        "exact": "precise point site",
        "adm1": "province first-level",
        "adm2": "district county second-level",
        "country": "national nationwide",
    }
)
#: Synonyms in headers of files, by the column that they mean.
_COLUMN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "name": "title project",
        "description": "summary narrative details remarks",
        "note": "comment comments remarks",
        "kind": "type category class",
        "status": "state stage phase",
        "countries": "country host recipient nation",
        "country": "host recipient nation",
        "financiers": "lender lenders funder funders bank",
        "financier": "lender funder bank",
        "amount": "value cost sum money",
        "started": "start begin began",
        "completed": "end finish finished",
        "signed": "signature",
        "source_urls": "url urls link website",
        "latitude": "lat y",
        "longitude": "lon lng long x",
    }
)
#: The least length of an abbreviated column name; shorter prefixes match too many names.
_SHORTEST_BEGINNING = 3
#: Similarity from which a header counts as misspelt; this takes precedence over its words.
_CLOSE = 85
#: The least similarity of a header to a column that it may mean.
_LIKELY = 60
#: Words of headers that say little, as `name` in `country_name`.
_GENERIC = frozenset({"name", "title"})
#: The longest word of a file that is compared with codes.
_LONGEST = 60


def codes_meant(typed: str, codes: type[StrEnum]) -> list[str]:
    """Return the codes of a vocabulary that a word is a synonym of, in the vocabulary's order.

    >>> from bricoop.domain.vocabularies import ProjectKind
    >>> codes_meant("Harbour", ProjectKind), codes_meant("railroads", ProjectKind)
    (['port'], ['railway'])
    """
    word = normalise(typed)
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    return [code for code, words in _words_of(codes).items() if not words.isdisjoint(forms)]


@lru_cache
def _words_of(codes: type[StrEnum]) -> dict[str, frozenset[str]]:
    """Return the normalised synonyms of each code of a vocabulary."""
    return {
        code.value: frozenset(map(normalise, _WORDS.get(code.value, "").split())) for code in codes
    }


@lru_cache
def _names_of(codes: type[StrEnum]) -> dict[str, str]:
    """Return the codes of a vocabulary by normalised code, label and formal name."""
    return {normalise(word): code.value for code in codes for word in names_of(code)}


# Files repeat their unknown words; without a cache, a million of them would take long.
@lru_cache(maxsize=4096)
def _near(typed: str, codes: type[StrEnum]) -> tuple[str, ...]:
    return tuple(codes_meant(typed, codes) or dict.fromkeys(nearest(typed, _names_of(codes))))


def codes_near(typed: str, codes: type[StrEnum]) -> list[str]:
    """Return the codes of a vocabulary that a word probably means, best first.

    Synonyms take precedence over similar spellings: `railroad` means a railway, though it is
    spelt more like a road.

    >>> from bricoop.domain.vocabularies import ProjectKind
    >>> codes_near("rail", ProjectKind), codes_near("prot", ProjectKind)[0]
    (['railway'], 'port')
    """
    if len(typed) > _LONGEST:
        return []
    return list(_near(typed, codes))


def column_near(typed: str, columns: Iterable[str]) -> str:
    """Return the column that a header probably means, or an empty string.

    A synonym takes precedence, then an abbreviation of its name, then a similar spelling, and last
    a single word of the header: `Project Name` means `name`.

    Args:
        typed: the header, in the form of a column's name.
        columns: the names of the known columns.

    >>> columns = ("name", "description", "countries", "financiers")
    >>> [column_near(one, columns) for one in ("desc", "lender", "contry", "wingspan")]
    ['description', 'financiers', 'countries', '']
    >>> [column_near(one, columns) for one in ("project_name", "country_name", "lending_bank")]
    ['name', 'countries', 'financiers']
    """
    columns = list(columns)
    word = typed[:_LONGEST]
    for name in columns:
        if word in _COLUMN_WORDS.get(name, "").split():
            return name
    if len(word) >= _SHORTEST_BEGINNING:
        for name in columns:
            if name.startswith(word):
                return name
    close = compared(word, columns, Measure.RATIO, limit=1, cutoff=_LIKELY)
    name, similarity = close[0] if close else ("", 0)
    return name if similarity >= _CLOSE else _column_of_a_word(word, columns) or name


def _column_of_a_word(header: str, columns: Sequence[str]) -> str:
    """Return the column that a word of a header means; later words take precedence."""
    words = [word for word in reversed(header.split("_")) if word]
    if len(words) == 1:
        return ""
    for word in (*(candidate for candidate in words if candidate not in _GENERIC), *words):
        for name in columns:
            if word == name or word in _COLUMN_WORDS.get(name, "").split():
                return name
    return ""
