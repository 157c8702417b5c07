"""Refuses files whose header lacks columns of a profile, with a hint at what is probably wrong."""

import json
from collections.abc import Sequence
from shlex import quote

from bricoop.domain.document_faults import shown
from bricoop.domain.names import normalise
from bricoop.domain.suggestions import nearest
from bricoop.errors import DataRejectedError
from bricoop.ingest.profile.model import Profile
from bricoop.ingest.profile.required_columns import needed_by
from bricoop.ingest.readers.delimiters import delimiter_of

#: The largest number of missing columns that a message lists.
_MOST_MISSING = 10


def refuse_misfits(
    columns: Sequence[str], profile: Profile, file: str, header: Sequence[str]
) -> None:
    """Refuse a file that lacks columns of a profile, or has columns twice.

    Args:
        columns: the columns that rows have, those made by `[unpivot]` included.
        profile: the profile.
        file: the name of the file.
        header: the columns of the file itself.

    Raises:
        DataRejectedError: names the columns.
    """
    if not any(columns):
        raise DataRejectedError(f"{file} is empty: it has no header.")
    twice = sorted({shown(name) for name in columns if name and columns.count(name) > 1})
    if twice:
        message = f"{file} has columns twice: {', '.join(twice)}."
        hint = (
            "Rename one of them; or name the row of the header with --header-row, if it is another."
        )
        if (profile.form.header_row or 1) > 1:
            hint = f"{hint} If the row above tells them apart, write header_rows = 2 under [file]."
        raise DataRejectedError(message, hint)
    missing = [shown(name) for name in needed_by(profile) if name not in columns]
    if missing:
        more = len(missing) - _MOST_MISSING
        listed = ", ".join(missing[:_MOST_MISSING] if more > 1 else missing)
        rest = f" and {more:,} more" if more > 1 else ""
        message = (
            f"{file} lacks columns that the layout {shown(profile.name)} needs: {listed}{rest}."
        )
        raise DataRejectedError(message, _advice(missing, columns, profile, header))


def _advice(
    missing: Sequence[str], columns: Sequence[str], profile: Profile, header: Sequence[str]
) -> str:
    """Return a hint about a file that lacks columns of a layout."""
    from bricoop.ingest.profile.propose.shipped import (  # noqa: PLC0415 (only a refusal needs it)
        shipped_layout,
    )

    # A header in one cell says more about the delimiter than about names of columns.
    if len(header) == 1 and (mark := delimiter_of(header[0], None)) != ",":
        return f"Its header is one cell: is delimiter = {json.dumps(mark)} missing under [file]?"
    if layout := shipped_layout(header):
        return f"The profile {layout} reads this layout: --profile {layout}."
    named = quote(profile.path or profile.name)
    shows = f"`bricoop profiles show {named}` lists what it needs."
    others = {normalise(name): name for name in columns if name and name not in needed_by(profile)}
    near = dict.fromkeys(
        close for name in missing[:_MOST_MISSING] for close in nearest(name, others)[:1]
    )
    return f"Did you mean: {'; '.join(map(shown, near))}? {shows}" if near else shows
