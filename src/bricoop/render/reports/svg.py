"""Drawings: a specification becomes SVG that stands within a page, without network or script."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bricoop.render import vega

_SIZE = re.compile(r'<svg ([^>]*?)width="(\d+)" height="(\d+)"')
#: Ids that another drawing on the same page has, too.
_IDS = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
_LONG = re.compile(r"(\d+\.\d)\d+")
_PATHS = re.compile(r' d="[^"]*"')


def svg_of(spec: dict[str, Any], name: str) -> str:
    """Return the drawing of a specification, as wide as there is room up to its own width.

    It says nothing to those who do not see it: the page beside it has its title and its figures.

    Args:
        spec: a specification of Vega-Lite.
        name: tells the drawing's ids from those of others on the page.
    """
    drawn = _drawn(json.dumps(spec))
    drawn = _IDS.sub(rf"\1{name}-\2", drawn)
    drawn = _PATHS.sub(lambda match: _LONG.sub(r"\1", match[0]), drawn)
    return _SIZE.sub(
        r'<svg aria-hidden="true" focusable="false" \1style="max-width:\2px"', drawn, 1
    )


@lru_cache(maxsize=32)
def _drawn(spec: str) -> str:
    """Return a drawing; a page that is set several times until it fits is drawn once."""
    return vega.svg(spec)


def png_of(spec: dict[str, Any], coloured: Callable[[str], str]) -> bytes:
    """Return the drawing of a specification as a picture, fine enough for print.

    Args:
        spec: a specification of Vega-Lite.
        coloured: puts colours in the place of their names, as a picture has no style sheet.
    """
    named = json.dumps({**spec, "background": "#ffffff"})
    return vega.png(coloured(named), 2.5)
