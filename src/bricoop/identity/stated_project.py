"""What records state of a project, and what is compared of it."""

from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import TypeVar

from bricoop.domain.tokenizer import words_of
from bricoop.identity import wording
from bricoop.identity.compared_project import ComparedProject, Figure

_Values = TypeVar("_Values", tuple[str, ...], tuple[int, ...], frozenset[str])


@dataclass(slots=True)
class StatedProject:
    """A project as one record states it; see `ComparedProject` for what has the same name.

    Attributes:
        other_names: its other names, such as abbreviations and translations, until its words are
            known.
        lenders: names of lenders.
        builders: names of builders.
        figures: capacities.
        words: the words of its names, if they are known already.
    """

    key: str
    source: str
    external_id: str
    name: str
    other_names: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    amounts: tuple[float, ...] = ()
    instruments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    lenders: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    words: tuple[str, ...] | None = None


@lru_cache(maxsize=65_536)
def shared_value(value: _Values) -> _Values:
    """Return an equal tuple or set that other projects have as well: most have few countries.

    A million projects take a fifth less memory.
    """
    return value


def words_of_names(stated: StatedProject) -> tuple[str, ...]:
    """Return the telling words of all names of a project, and keep them in place of other names.

    Words of its own id tell nothing: `Loan CM.028, purpose unknown`.
    """
    if stated.words is None:
        names = (stated.name, *stated.other_names)
        own = set(words_of(stated.external_id))
        words = (word for name in names for word in wording.name_words(name, stated.countries))
        telling = tuple([intern(word) for word in dict.fromkeys(words) if word not in own])
        stated.words = shared_value(telling)
        stated.other_names = ()
    return stated.words


def compared_project(
    stated: StatedProject, mentioned: frozenset[str] = frozenset()
) -> ComparedProject:
    """Return what is compared of a project.

    Args:
        stated: what a record states.
        mentioned: telling words of its description, as `Mentions` finds them.
    """
    return ComparedProject(
        key=stated.key,
        source=stated.source,
        external_id=stated.external_id,
        name=stated.name,
        words=words_of_names(stated),
        countries=shared_value(stated.countries),
        years=shared_value(stated.years),
        amounts=_amounts(stated.amounts),
        instruments=shared_value(stated.instruments),
        kinds=shared_value(stated.kinds),
        phases=wording.phases(stated.name),
        figures=_figures(stated),
        lenders=shared_value(wording.lenders(stated.lenders)),
        builders=shared_value(wording.builders(stated.builders)),
        mentioned=shared_value(mentioned),
    )


def _amounts(amounts: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted({amount for amount in amounts if amount > 0})) if amounts else ()


def _figures(stated: StatedProject) -> tuple[Figure, ...]:
    in_name = wording.figures(stated.name)
    return tuple(sorted({*stated.figures, *in_name})) if stated.figures else in_name
