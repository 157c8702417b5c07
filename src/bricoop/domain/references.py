"""References to records and organizations that hold in every knowledge base."""

from typing import NamedTuple

from bricoop.domain.names import normalise
from bricoop.domain.nouns import FINANCE, PROJECTS

#: Nouns whose records can be compared: projects, and the money for them.
COMPARED_NOUNS = (PROJECTS.name, FINANCE.name)
#: Beginning of the written form of a reference to an organization.
ORGANIZATION = "organization:"
_FORM = "gcdf3/projects/96203, gcdf3/finance/96203 or organization:china eximbank"


class Reference(NamedTuple):
    """A record by its source, noun and id, or an organization by its normalised name.

    Row numbers differ between knowledge bases; these references do not, and hold while the record
    is absent.

    Attributes:
        source: the key of the source; empty for an organization.
        noun: `projects`, `finance` or, for an organization, empty.
        id: the id of the row in its source, or the normalised name of the organization.
    """

    source: str
    noun: str
    id: str

    def __str__(self) -> str:
        """Return the reference in its written form, as `parse_reference` reads it."""
        return f"{self.source}/{self.noun}/{self.id}" if self.noun else f"{ORGANIZATION}{self.id}"

    @property
    def is_organization(self) -> bool:
        """Whether it refers to an organization."""
        return not self.noun


def organization_reference(name: str) -> Reference:
    """Return the reference to the organization with a name."""
    return Reference("", "", normalise(name))


def parse_reference(text: str) -> Reference:
    """Read a reference in its written form.

    >>> parse_reference("gcdf3/projects/96203")
    Reference(source='gcdf3', noun='projects', id='96203')
    >>> str(parse_reference("organization:China Eximbank"))
    'organization:china eximbank'

    Raises:
        ValueError: the text is not a reference; the message says what one looks like.
    """
    if text.startswith(ORGANIZATION):
        name = normalise(text.removeprefix(ORGANIZATION))
        if name:
            return Reference("", "", name)
    else:
        source, _, rest = text.partition("/")
        noun, _, number = rest.partition("/")
        if source and noun in COMPARED_NOUNS and number:
            return Reference(source, noun, number)
    message = f"is not a reference such as {_FORM}"
    raise ValueError(message)
