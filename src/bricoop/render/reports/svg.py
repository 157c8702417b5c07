"""Rendering of Vega-Lite specifications as SVG for HTML pages, and as PNG."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from bricoop.render import vega

_SIZE = re.compile(r'<svg ([^>]*?)width="(\d+)" height="(\d+)"')
#: Ids and references to them, which may be the same in other drawings of a page.
_IDS = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
_LONG = re.compile(r"(\d+\.\d)\d+")
_PATHS = re.compile(r' d="[^"]*"')


def svg_of(spec: dict[str, Any], name: str) -> str:
    """Return a specification as responsive SVG.

    It is hidden from screen readers, because the page has its title and figures as text.

    Args:
        spec: a Vega-Lite specification.
        name: a prefix that makes ids unique on the page.
    """
    drawn = _drawn(json.dumps(spec))
    drawn = _IDS.sub(rf"\1{name}-\2", drawn)
    drawn = _PATHS.sub(lambda match: _LONG.sub(r"\1", match[0]), drawn)
    return _SIZE.sub(
        r'<svg aria-hidden="true" focusable="false" \1style="max-width:\2px"', drawn, 1
    )


@lru_cache(maxsize=32)
def _drawn(spec: str) -> str:
    """Return a drawing; cached, since a brief report is laid out several times until it fits."""
    return vega.svg(spec)


def png_of(spec: dict[str, Any], coloured: Callable[[str], str]) -> bytes:
    """Return a specification as PNG in a resolution for print.

    Args:
        spec: a Vega-Lite specification.
        coloured: replaces CSS variables by colours, because PNG has no style sheet.
    """
    named = json.dumps({**spec, "background": "#ffffff"})
    return vega.png(coloured(named), 2.5)
