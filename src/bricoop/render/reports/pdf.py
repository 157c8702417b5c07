"""A report as a PDF, by the optional printer WeasyPrint: the page as it is on paper."""

import re
from pathlib import Path
from typing import BinaryIO

from bricoop.errors import UsageError
from bricoop.render.reports.page import page_of
from bricoop.report.brief import shorter
from bricoop.report.sections import Report

_NAMED = re.compile(r"var\((--[\w-]+)\)")
_PROPERTY = re.compile(r"(--[\w-]+):\s*([^;]+);")


def write_report_pdf(report: Report, out: BinaryIO) -> None:
    """Write the page as a PDF; a brief report loses rows until it fits one page.

    Raises:
        UsageError: no printer is installed.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 (optional)
    except (ImportError, OSError) as error:
        message = "A PDF needs the optional printer WeasyPrint, which is not installed."
        hint = "pip install weasyprint, and on Debian: apt-get install libpangoft2-1.0-0."
        raise UsageError(message, hint) from error
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
    """Return a page whose drawings have the colours of paper by value: a printer needs them so."""
    printed = (Path(__file__).parent / "page.css").read_text(encoding="utf-8").split("@media print")
    colours = dict(_PROPERTY.findall(printed[1]))
    return _NAMED.sub(lambda match: colours.get(match[1], match[0]), page)


def _refuse_network(url: str, *_: object, **__: object) -> dict[str, object]:
    message = f"a report needs no network, and {url} is not read"
    raise ValueError(message)
