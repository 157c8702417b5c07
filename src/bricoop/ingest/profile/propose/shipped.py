"""Which of the profiles that come with bricoop reads files with the header of an unknown one."""

from collections.abc import Sequence

from bricoop.ingest.profile.parse import profile_of, shipped
from bricoop.ingest.profile.rows import needed_by


def shipped_layout(header: Sequence[str]) -> str:
    """Return the name of the profile that comes with bricoop and reads a header; empty without one.

    Args:
        header: the names of a file's columns.
    """
    fitting: dict[str, int] = {}
    for name in shipped():
        profile = profile_of(name)
        needed = needed_by(profile)
        if set(needed) <= set(profile.named(header)):
            fitting[name] = len(needed)
    return max(fitting, key=lambda name: fitting[name], default="")
