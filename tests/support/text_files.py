"""Writes text files."""

from pathlib import Path


def write(path: Path, text: str) -> str:
    """Write a file in UTF-8, and return its path as text."""
    path.write_text(text, encoding="utf-8")
    return str(path)


def written(path: Path, *lines: str) -> Path:
    """Write a file of lines, and return its path."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
