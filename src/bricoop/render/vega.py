"""Specifications of Vega-Lite become drawings: the one place that starts the engine for it."""

import sys

import vl_convert

from bricoop.errors import BricoopError

#: The engine reserves so many addresses, of which it uses few, and aborts where it gets less.
_ADDRESSES = 68 * 1024**3


def svg(spec: str) -> str:
    """Return the drawing of a specification, made without network.

    Raises:
        BricoopError: the process may not reserve as many addresses as the engine does.
    """
    _refuse_bounded()
    drawing: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return drawing


def png(spec: str, scale: float) -> bytes:
    """Return the same as a picture, so many times larger.

    Raises:
        BricoopError: the process may not reserve as many addresses as the engine does.
    """
    _refuse_bounded()
    picture: bytes = vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
    return picture


def _refuse_bounded() -> None:
    """Refuse to start the engine where it would end the whole process with a trace of its own."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (Windows has none)

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < _ADDRESSES:
        message = (
            f"Charts need {_ADDRESSES // 1024**3} GiB of addresses, hardly any of it memory, "
            f"and this process is limited to {limit / 1024**3:,.1f} GiB."
        )
        raise BricoopError(message, "Lift the limit: ulimit -v unlimited.")
