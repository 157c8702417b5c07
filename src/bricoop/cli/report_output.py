"""Output of reports to the terminal or a file, and of bibliographies."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bricoop.cli.group import say
from bricoop.cli.options import FORMAT_HELP, format_for, refuse_ending
from bricoop.cli.output import answering, answering_bytes, safe_for_terminal
from bricoop.cli.pager import paged
from bricoop.render.registered_format import RegisteredFormat, Writing
from bricoop.render.report_formats import Paper

if TYPE_CHECKING:
    from bricoop.report.sections import Report


PaperFormat = Annotated[
    Paper | None, typer.Option("--format", "-f", help=FORMAT_HELP, show_default=False)
]


class Cite(RegisteredFormat):
    """Formats of bibliographies."""

    BIBTEX = Writing("bibtex", "citations.bibtex", "bibtex", ("bib", "bibtex"))
    RIS = Writing("ris", "citations.ris", "ris", ("ris",))
    CSL_JSON = Writing("csl-json", "citations.csl", "csl_json", ("json",))


Bibliography = Annotated[
    Cite | None,
    typer.Option(
        "--cite",
        help="Print only the bibliography, for a reference manager.",
        show_default=False,
    ),
]


def check_paper(form: Paper | None, output: Path | None, cite: Cite | None = None) -> None:
    """Check the output options of a report before it is computed.

    Raises:
        UsageError: the output file has the extension of another format.
    """
    if cite is None:
        format_for(form, output, Paper)
    else:
        refuse_ending(output, *cite.writing.endings, "txt")


def hand_over_report(
    report: "Report",
    form: Paper | None,
    output: Path | None,
    cite: Cite | None = None,
    *,
    pager: bool = True,
) -> None:
    """Write a report in the given format, or in that of the file extension.

    Args:
        report: the report.
        form: the format, if given.
        output: the file; None for standard output.
        cite: write only the bibliography, in this format.
        pager: whether to use a pager if the report is longer than the screen.

    Raises:
        UsageError: a binary format would go to a terminal, or an optional package is missing.
    """
    if cite is not None:
        with answering(output) as out:
            safe_for_terminal(out).writelines(cite.writing.writer()(report.sources))
        return
    paper = format_for(form, output, Paper)
    if paper.writing.binary:
        with answering_bytes(output) as stream:
            paper.write(report, stream)
    else:
        paging = paper is Paper.TABLE and output is None
        with answering(output) as out, paged(enabled=pager and paging) as screen:
            paper.write(
                report,
                screen if paging else out if paper is Paper.TABLE else safe_for_terminal(out),
            )
    if output is not None and output.is_file():
        say(f"Wrote the report to {output}.")
    if paper.has_pictures and report.has_drawings:
        from bricoop.render import vega

        if not vega.can_draw():
            say(vega.not_drawn())
