"""Helpers to propose a profile for a file, and to inspect the proposal."""

from pathlib import Path
from typing import Any

from bricoop.ingest.profile.parse import profile_of
from support.command_line import answer


def proposal(path: Path, *options: str) -> str:
    """Propose a profile for a file, and return it."""
    text = answer("profiles", "new", str(path), *options)
    path.with_suffix(".toml").write_text(text, encoding="utf-8")
    return text


def check(path: Path) -> str:
    """Check a file by the profile that was proposed for it, and return the result."""
    return answer("profiles", "check", str(path.with_suffix(".toml")), str(path))


def fields_of(path: Path, noun: str) -> dict[str, Any]:
    """Return the last rule of each field of a record in the profile proposed for a file."""
    records = profile_of(str(path.with_suffix(".toml"))).records
    return {rule.name: rule for record in records if record.noun == noun for rule in record.fields}
