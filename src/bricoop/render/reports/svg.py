"""Drawings: a specification becomes SVG that stands within a page, without network or script."""

import json
import re
from typing import Any

import vl_convert

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
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[])
    drawn = _IDS.sub(rf"\1{name}-\2", drawn)
    drawn = _PATHS.sub(lambda found: _LONG.sub(r"\1", found[0]), drawn)
    return _SIZE.sub(
        r'<svg aria-hidden="true" focusable="false" \1style="max-width:\2px"', drawn, 1
    )
