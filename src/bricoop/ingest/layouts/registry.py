"""All native layouts, by the noun that names them on the command line."""

from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import NotFoundError
from bricoop.ingest.layouts import decisions, entities, facts
from bricoop.ingest.layouts.layout import Layout

LAYOUTS: tuple[Layout, ...] = (*entities.LAYOUTS, *facts.LAYOUTS, *decisions.LAYOUTS)
_BY_NOUN = {layout.noun: layout for layout in LAYOUTS}
#: The layout whose rows describe entities of a kind.
LAYOUT_OF_KIND = {
    layout.kind: layout for layout in LAYOUTS if layout.describes_entity and layout.kind is not None
}


def layout_of(noun: str) -> Layout:
    """Return the native layout of a noun.

    Raises:
        NotFoundError: there is no such noun; it lists the closest nouns, or else all.
    """
    layout = _BY_NOUN.get(noun.lower())
    if layout is None:
        near = nearest(noun, {normalise(name): name for name in _BY_NOUN})
        raise NotFoundError("kind of load file", noun, near or tuple(_BY_NOUN))
    return layout
