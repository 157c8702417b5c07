"""Registry of the output formats of reports, whose writers are imported when used."""

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bricoop.atomic_files import replacing
from bricoop.domain.arguments import checked
from bricoop.errors import UsageError

if TYPE_CHECKING:
    from bricoop.report.sections import Report


class Paper(StrEnum):
    """Output formats of reports."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"

    @property
    def is_binary(self) -> bool:
        """Whether the format is binary, which a terminal cannot show."""
        return self in {Paper.PDF, Paper.DOCX}

    def write(self, report: "Report", out: IO[Any]) -> None:
        """Write a report in this format; binary formats need a binary stream.

        Raises:
            UsageError: an optional package is not installed.
        """
        module, name = _WRITERS[self]
        getattr(import_module(f"bricoop.render.reports.{module}"), name)(report, out)


#: The module in `render.reports` and the function that write each format.
_WRITERS = {
    Paper.TABLE: ("text", "write_report_text"),
    Paper.MARKDOWN: ("markdown", "write_report_markdown"),
    Paper.JSON: ("data", "write_report_json"),
    Paper.HTML: ("page", "write_report_html"),
    Paper.PDF: ("pdf", "write_report_pdf"),
    Paper.DOCX: ("word", "write_report_docx"),
}
_ENDINGS = {
    ".txt": Paper.TABLE, ".md": Paper.MARKDOWN, ".json": Paper.JSON, ".html": Paper.HTML,
    ".htm": Paper.HTML, ".pdf": Paper.PDF, ".docx": Paper.DOCX,
}  # fmt: skip


@checked("write_report")
def write_report(report: "Report", path: str | Path) -> None:
    """Write a report to a file, in the format of the file extension.

    Args:
        report: what `KnowledgeBase.report` returned.
        path: a .html, .pdf, .docx, .md, .json or .txt file; an existing file is replaced.

    Raises:
        UsageError: the extension is unknown, an optional package is not installed, or the file
            cannot be written.
    """
    file = Path(path)
    paper = _ENDINGS.get(file.suffix.lower())
    if paper is None:
        message = f"{file} has no extension of a form of reports."
        raise UsageError(message, f"Use one of {', '.join(sorted(_ENDINGS))}.")
    try:
        with (
            replacing(file) as partial_path,
            partial_path.open("wb")
            if paper.is_binary
            else partial_path.open("w", encoding="utf-8", newline="") as out,
        ):
            paper.write(report, out)
    except OSError as error:
        raise UsageError(f"The file {file} cannot be written: {error.strerror}.") from error
