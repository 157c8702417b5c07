"""Registry of the output formats of reports, whose writers are imported when used."""

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bricoop.atomic_files import replacing
from bricoop.domain.arguments import checked
from bricoop.errors import UsageError
from bricoop.render.registered_format import RegisteredFormat, Writing

if TYPE_CHECKING:
    from bricoop.report.sections import Report


class Paper(RegisteredFormat):
    """Output formats of reports."""

    TABLE = Writing("table", "reports.text", "write_report_text", ("txt",))
    MARKDOWN = Writing("markdown", "reports.markdown", "write_report_markdown", ("md", "markdown"))
    JSON = Writing("json", "reports.data", "write_report_json", ("json",))
    HTML = Writing("html", "reports.page", "write_report_html", ("html", "htm"))
    PDF = Writing("pdf", "reports.pdf", "write_report_pdf", ("pdf",), binary=True)
    DOCX = Writing("docx", "reports.word", "write_report_docx", ("docx",), binary=True)

    @property
    def has_pictures(self) -> bool:
        """Whether charts and maps are pictures in this format, where their engine is installed."""
        return self in {Paper.HTML, Paper.PDF, Paper.DOCX}

    def write(self, report: "Report", out: IO[Any]) -> None:
        """Write a report in this format; binary formats need a binary stream.

        Raises:
            MissingPackageError: an optional package is not installed.
        """
        self.writing.writer()(report, out)


_ENDINGS = {f".{ending}": paper for paper in Paper for ending in paper.writing.endings}


@checked("write_report")
def write_report(report: "Report", path: str | Path) -> None:
    """Write a report to a file, in the format of the file extension.

    Args:
        report: what `KnowledgeBase.report` returned.
        path: a file with the extension of a format, such as .html or .pdf; an existing file is
            replaced.

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
            if paper.writing.binary
            else partial_path.open("w", encoding="utf-8", newline="") as out,
        ):
            paper.write(report, out)
    except OSError as error:
        raise UsageError(f"The file {file} cannot be written: {error.strerror}.") from error
