"""The command `bricoop report --from MEMO.toml`: reports that are defined in a file."""

import shlex
from pathlib import Path

from bricoop.cli.files import add_output
from bricoop.cli.group import say
from bricoop.cli.output import answering
from bricoop.cli.report_output import check_paper, hand_over_report
from bricoop.cli.session import reading_from
from bricoop.render.report_formats import Paper


def make_memo(
    path: Path,
    format_: Paper | None,
    output: Path | None,
    db: str | None,
    *,
    brief: bool,
    pager: bool,
) -> None:
    """Write a report that is defined in a file, and save its figures beside that file.

    The next run compares with the saved figures and reports what has changed.


    Args:
        path: the file that defines it.
        format_: the format.
        output: the output file.
        db: the value of `--db`.
        brief: whether to write a one-page version.
        pager: whether to use a pager if the report is longer than the screen.

    Raises:
        FileUnreadableError: the file cannot be read, or is not TOML.
        UsageError: the file does not define a valid report.
    """
    from bricoop.render.data import to_json
    from bricoop.report.brief import brief_of
    from bricoop.report.changes import figures_data, figures_file, read_figures
    from bricoop.report.memo import read_memo

    check_paper(format_, output)
    memo, figures_path = read_memo(path), figures_file(path)
    add_output("--from", figures_path)
    history = read_figures(figures_path)
    with reading_from(db) as state:
        report = state.memo(memo, history)
    whole = shlex.join(("bricoop", "report", "--from", str(path)))
    displayed_report = brief_of(report, whole) if brief else report
    figures = to_json(figures_data(history, report), indented=True)
    try:
        hand_over_report(displayed_report, format_, output, pager=pager)
    except BrokenPipeError:
        # A reader such as `head` has read enough of the report.
        _write_figures(figures, figures_path)
        raise
    _write_figures(figures, figures_path)
    if not history:
        say(f"Saved its figures to {figures_path}, to show next time what has changed.")


def _write_figures(figures: str, path: Path) -> None:
    with answering(path) as out:
        out.write(figures + "\n")
