"""The catalog of nouns that can be queried."""

from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError
from bricoop.query.nouns import entities, facts, provenance
from bricoop.query.nouns.noun import Noun

#: The nouns by the headings of the help text.
GROUPS: dict[str, tuple[Noun, ...]] = {
    "Entities": entities.NOUNS,
    "Facts": facts.NOUNS,
    "Sources": provenance.NOUNS,
}
NOUNS: tuple[Noun, ...] = tuple(noun for nouns in GROUPS.values() for noun in nouns)


def noun_of(name: str) -> Noun:
    """Return the noun of a given name.

    Raises:
        NotFoundError: there is no such noun.
    """
    match = next((noun for noun in NOUNS if noun.name == name), None)
    if match is None:
        names = [noun.name for noun in NOUNS]
        raise NotFoundError("noun", name, nearest(name, {known: known for known in names}) or names)
    return match
