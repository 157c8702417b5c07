"""JSON serialization that keeps all digits of decimals and shows no control character raw."""

from decimal import Decimal
from typing import Any

import orjson

from bricoop.domain.amounts import plain
from bricoop.domain.names import without_commands


def to_json(value: Any, *, indented: bool = False) -> str:
    """Return a value as JSON; a `Decimal` becomes a number with all its digits.

    Characters that would act on a screen are written as escapes of JSON, which keep their value.
    """
    option = orjson.OPT_UTC_Z | (orjson.OPT_INDENT_2 if indented else 0)
    return without_commands(orjson.dumps(value, default=_default, option=option).decode())


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(plain(value))
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)
