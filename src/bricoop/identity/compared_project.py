"""What is compared of a project: what one of its sources says, reduced to words and figures."""

from dataclasses import dataclass
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure with its unit: 120 MW."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class ComparedProject:
    """A project as one record describes it.

    Attributes:
        key: the key of the project.
        source: the key of the source of the record.
        external_id: the id of the record within its source.
        name: its name as stated.
        words: the words of the name that tell projects apart, in order, without repetition; empty
            for a project without a name of its own, such as `Unknown`.
        countries: ISO 3166 alpha-2 codes of the countries where it lies, sorted.
        years: years of its finance, or else of its start.
        amounts: amounts of its finance in nominal US dollars, larger than zero.
        instruments: codes of the instruments of its finance.
        kinds: codes of its kinds.
        phases: numbers of phases, tranches and sections in the name.
        figures: capacities and lengths, stated or in the name.
        lenders: known lenders by their codes in `words.toml`, others by their words.
        builders: the telling words of the names of organizations that build it.
        mentioned: telling words of its description that names of other projects have.
    """

    key: str
    source: str
    external_id: str
    name: str
    words: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    amounts: tuple[float, ...] = ()
    instruments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    phases: tuple[int, ...] = ()
    figures: tuple[Figure, ...] = ()
    lenders: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    mentioned: frozenset[str] = frozenset()
