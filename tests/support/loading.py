"""Loads CSV text into a knowledge base."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from bricoop.ingest.pipeline import load_file
from bricoop.ingest.request import LoadRequest, LoadResult
from bricoop.ingest.sources import SourceSpec

Load = Callable[..., LoadResult]


def loading(engine: Engine, folder: Path) -> Load:
    """Return what loads CSV text into a knowledge base as a source's, by way of a file."""

    def run(
        noun: str, csv_text: str, source: str = "notes", tier: int = 7, **more: str | bool
    ) -> LoadResult:
        path = folder / f"{noun}.csv"
        path.write_text(csv_text, encoding="utf-8")
        dry_run = bool(more.pop("dry_run", False))
        described = {name: str(value) for name, value in more.items()}
        title = described.pop("title", f"The {source}")
        spec = SourceSpec(source, title=title, tier=tier, **described)
        return load_file(engine, LoadRequest(noun, str(path), spec, dry_run=dry_run))

    return run
