"""Implementation of `KnowledgeBase.load`."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from bricoop.domain.suggestions import nearest
from bricoop.errors import ArgumentError, UsageError

if TYPE_CHECKING:
    from bricoop.ingest.request import LoadResult

#: Arguments that describe the format of the file.
_FORM_ARGUMENTS = ("encoding", "delimiter", "sheet", "header_row", "long_cells")


def load(
    engine: Engine,
    file: str | Path,
    layout: tuple[str, str | Path | None],
    options: Mapping[str, Any],
    more: Mapping[str, Any],
) -> "LoadResult":
    """Load a file.

    Args:
        engine: the engine of the knowledge base.
        file: the file.
        layout: noun and profile, of which exactly one is given.
        options: further arguments of `LoadRequest`.
        more: the description of the source and of the file format.

    Raises:
        ArgumentError: there is no such argument.
        UsageError: both noun and profile are given or neither, or no source is named.
        RowsRejectedError: a row has errors; nothing was written.
    """
    from bricoop.ingest.pipeline import load_file  # noqa: PLC0415 (questions need none of it)
    from bricoop.ingest.profile.parse import profile_of  # noqa: PLC0415 (as above)
    from bricoop.ingest.readers.file_options import NATIVE  # noqa: PLC0415 (as above)
    from bricoop.ingest.request import LoadRequest  # noqa: PLC0415 (as above)

    noun, profile = layout
    if bool(noun) == (profile is not None):
        message = "A load needs a noun or a profile, and not both."
        raise UsageError(message, 'Write load("mine.csv", "projects", source="my-notes").')
    loaded_profile = None if profile is None else profile_of(str(profile))
    form = {name: more[name] for name in _FORM_ARGUMENTS if name in more}
    source = _source(more)
    if loaded_profile is not None:
        source = source.over(loaded_profile.source)
    if not source.key:
        raise UsageError("A load needs a source.", 'Name it: source="my-notes".')
    request = LoadRequest(
        noun,
        str(file),
        source,
        profile=loaded_profile,
        form=(loaded_profile.form if loaded_profile else NATIVE).with_options(form),
        **options,
    )
    return load_file(engine, request)


def _source(more: Mapping[str, Any]) -> Any:
    """Return the source that the arguments describe; the argument `source` is its key."""
    from bricoop.ingest.sources import SourceSpec  # noqa: PLC0415 (as above)

    described = [field.name for field in fields(SourceSpec) if field.name != "key"]
    known = {name: name for name in ("source", *described, *_FORM_ARGUMENTS)}
    for name in more:
        if name not in known:
            near = nearest(name, known)
            hint = f"Did you mean: {'; '.join(near)}?" if near else f"It has: {', '.join(known)}."
            raise ArgumentError(f"load() has no argument {name!r}.", hint)
    return SourceSpec(
        str(more.get("source") or ""), **{name: more[name] for name in described if name in more}
    )
