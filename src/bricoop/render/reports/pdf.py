"""Writer of reports as PDF, by the optional package WeasyPrint."""

import re
from pathlib import Path
from typing import BinaryIO

from bricoop.errors import MissingPackageError
from bricoop.render.reports.page import page_of
from bricoop.report.brief import shorter
from bricoop.report.sections import Report

_NAMED = re.compile(r"var\((--[\w-]+)\)")
_PROPERTY = re.compile(r"(--[\w-]+):\s*([^;]+);")


def write_report_pdf(report: Report, out: BinaryIO) -> None:
    """Write a report as PDF; a brief report is shortened until it fits on one page.

    Raises:
        MissingPackageError: WeasyPrint is not installed.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 (optional)
    except (ImportError, OSError) as error:
        advice = "On Debian also: apt-get install libpangoft2-1.0-0."
        raise MissingPackageError("A PDF needs", "WeasyPrint", "pdf", advice) from error
    while True:
        printed = HTML(
            string=on_paper(page_of(report, paper=True)), url_fetcher=_refuse_network
        ).render()
        less = shorter(report) if report.brief and len(printed.pages) > 1 else None
        if less is None:
            break
        report = less
    printed.write_pdf(out)


def on_paper(page: str) -> str:
    """Return a page with CSS variables in drawings replaced by the colours for print.

    WeasyPrint does not resolve CSS variables in SVG.
    """
    printed = (Path(__file__).parent / "page.css").read_text(encoding="utf-8").split("@media print")
    colours = dict(_PROPERTY.findall(printed[1]))
    return _NAMED.sub(lambda match: colours.get(match[1], match[0]), page)


def _refuse_network(url: str, *_: object, **__: object) -> dict[str, object]:
    message = f"a report needs no network, and {url} is not read"
    raise ValueError(message)
