"""Rendering of Vega-Lite specifications as SVG and PNG by vl-convert, an optional package."""

import sys
from typing import Any

from bricoop.errors import BricoopError, MissingPackageError, install_hint

#: Address space in bytes that the JavaScript engine reserves; it aborts if it gets less.
_ADDRESSES = 68 * 1024**3


def can_draw() -> bool:
    """Return whether the engine that draws is installed."""
    try:
        engine()
    except MissingPackageError:
        return False
    return True


def engine() -> Any:
    """Return the module that draws.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 (optional, and heavy)
    except ImportError as error:
        raise MissingPackageError(
            "Pictures of charts and maps need", "vl-convert-python", "charts"
        ) from error
    return vl_convert


def not_drawn() -> str:
    """Return the note in place of pictures, which says how to install the engine."""
    reason = "Charts and maps are tables here, as pictures need vl-convert-python."
    return f"{reason} {install_hint('charts')}"


def svg(spec: str) -> str:
    """Return a specification as SVG, rendered without network access.

    Raises:
        MissingPackageError: the engine is not installed.
        BricoopError: the address space of the process is too limited.
    """
    _refuse_bounded()
    drawing: str = engine().vegalite_to_svg(spec, allowed_base_urls=[])
    return drawing


def png(spec: str, scale: float) -> bytes:
    """Return a specification as PNG, enlarged by a scale factor.

    Raises:
        MissingPackageError: the engine is not installed.
        BricoopError: the address space of the process is too limited.
    """
    _refuse_bounded()
    picture: bytes = engine().vegalite_to_png(spec, scale=scale, allowed_base_urls=[])
    return picture


def _refuse_bounded() -> None:
    """Raise an error if the engine would abort the process for lack of address space."""
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
