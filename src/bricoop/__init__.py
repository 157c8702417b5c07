"""A citable knowledge base of Belt and Road cooperation.

From Python: `bricoop.open()` opens a knowledge base, and what it gives answers questions.
"""

from __future__ import annotations

from bricoop.version import __version__

# `typing` is imported with the rest: until then an interrupt cannot be answered.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bricoop.api.knowledge_base import KnowledgeBase
    from bricoop.api.knowledge_base import open_knowledge_base as open  # noqa: A004 (bricoop.open)
    from bricoop.api.rows import Rows
    from bricoop.errors import (
        AmbiguousNameError,
        ArgumentError,
        BricoopError,
        DatabaseError,
        DataRejectedError,
        NotFoundError,
        UsageError,
    )
    from bricoop.ingest.pipeline import RowsRejectedError
    from bricoop.ingest.request import LoadResult
    from bricoop.query.grouping import Grouping
    from bricoop.query.question import Question
    from bricoop.query.saved import read_question, save_question
    from bricoop.render.report_formats import write_report

__all__ = [
    "AmbiguousNameError",
    "ArgumentError",
    "BricoopError",
    "DataRejectedError",
    "DatabaseError",
    "Grouping",
    "KnowledgeBase",
    "LoadResult",
    "NotFoundError",
    "Question",
    "Rows",
    "RowsRejectedError",
    "UsageError",
    "__version__",
    "open",
    "read_question",
    "save_question",
    "write_report",
]

#: Where each name stands; the database is imported when one of them is first wanted.
_PLACES = {
    "AmbiguousNameError": ("bricoop.errors", "AmbiguousNameError"),
    "ArgumentError": ("bricoop.errors", "ArgumentError"),
    "DataRejectedError": ("bricoop.errors", "DataRejectedError"),
    "DatabaseError": ("bricoop.errors", "DatabaseError"),
    "NotFoundError": ("bricoop.errors", "NotFoundError"),
    "UsageError": ("bricoop.errors", "UsageError"),
    "BricoopError": ("bricoop.errors", "BricoopError"),
    "Grouping": ("bricoop.query.grouping", "Grouping"),
    "KnowledgeBase": ("bricoop.api.knowledge_base", "KnowledgeBase"),
    "LoadResult": ("bricoop.ingest.request", "LoadResult"),
    "Question": ("bricoop.query.question", "Question"),
    "Rows": ("bricoop.api.rows", "Rows"),
    "RowsRejectedError": ("bricoop.ingest.pipeline", "RowsRejectedError"),
    "open": ("bricoop.api.knowledge_base", "open_knowledge_base"),
    "read_question": ("bricoop.query.saved", "read_question"),
    "save_question": ("bricoop.query.saved", "save_question"),
    "write_report": ("bricoop.render.report_formats", "write_report"),
}


def __getattr__(name: str) -> Any:
    """Return one of the names that scripts use."""
    if name not in _PLACES:
        message = f"module 'bricoop' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 (the version needs none of it)

    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)
