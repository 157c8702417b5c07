"""JSON serialization that keeps all digits of decimals."""

from decimal import Decimal
from typing import Any

import orjson

from bricoop.domain.amounts import plain


def to_json(value: Any, *, indented: bool = False) -> str:
    """Return a value as JSON; a `Decimal` becomes a number with all its digits."""
    option = orjson.OPT_UTC_Z | (orjson.OPT_INDENT_2 if indented else 0)
    return orjson.dumps(value, default=_default, option=option).decode()


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(plain(value))
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)
