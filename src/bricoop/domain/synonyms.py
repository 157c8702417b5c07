"""Everyday words for codes of the vocabularies, for the hint where a code is not known."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bricoop.domain.names import normalise

#: Words that people type for a code. They are suggested and never taken for the code itself: a
#: harbour may be a port, or one of its basins. Spelling mistakes are found by `domain.closeness`.
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
        "programme": "program training scholarship",
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
    }
)


def codes_meant(typed: str, codes: type[StrEnum]) -> list[str]:
    """Return the codes of a vocabulary for which a word is used, in the vocabulary's order.

    >>> from bricoop.domain.vocabularies import ProjectKind
    >>> codes_meant("Harbour", ProjectKind), codes_meant("railroads", ProjectKind)
    (['port'], ['railway'])
    """
    word = normalise(typed)
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    return [
        code.value
        for code in codes
        if any(normalise(one) in forms for one in _WORDS.get(code.value, "").split())
    ]
