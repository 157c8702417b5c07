"""Helpers to propose a profile for a file, and to inspect the proposal."""

import io
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from bricoop.cli.run_load import LoadOptions, try_profile
from bricoop.db.address import parse_address
from bricoop.db.engine import make_engine
from bricoop.errors import BricoopError
from bricoop.ingest.profile.parse import profile_of
from bricoop.ingest.sources import SourceSpec
from support.command_line import answer
from support.seeded import seeded_file


def proposal(path: Path, *options: str) -> str:
    """Propose a profile for a file, and return it."""
    text = answer("profiles", "new", str(path), *options)
    path.with_suffix(".toml").write_text(text, encoding="utf-8")
    return text


def check(path: Path, profile: Path | None = None) -> str:
    """Check a file by the profile that was proposed for it, or another; return the yield.

    It is what `bricoop profiles check` writes, without creating a knowledge base for each call.
    """
    options = LoadOptions(
        "", [str(path)], SourceSpec(""), {}, str(profile or path.with_suffix(".toml")), ""
    )
    engine = make_engine(parse_address(str(seeded_file())))
    out = io.StringIO()
    try:
        try_profile(engine, options.request(), None, out)
    finally:
        engine.dispose()
    return out.getvalue()


def check_refusal(
    path: Path, profile: Path | None = None, error: type[BricoopError] = BricoopError
) -> str:
    """Return the notes, problems and the error with which `check` refuses a file."""
    errors = io.StringIO()
    with redirect_stderr(errors), pytest.raises(error) as caught:
        check(path, profile)
    return f"{errors.getvalue()}{caught.value.message} {caught.value.hint}"


def fields_of(path: Path, noun: str) -> dict[str, Any]:
    """Return the last rule of each field of a record in the profile proposed for a file."""
    records = profile_of(str(path.with_suffix(".toml"))).records
    return {rule.name: rule for record in records if record.noun == noun for rule in record.fields}
