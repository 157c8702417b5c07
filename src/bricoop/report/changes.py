"""Compares the key figures of a memo with those of its last run, kept in a file beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bricoop.domain.amounts import WIDE, plain
from bricoop.domain.document_faults import shown
from bricoop.domain.documents import json_as, json_content
from bricoop.errors import BricoopError, FileUnreadableError
from bricoop.report.blocks import Column, KeyFigure, KeyFigures, Line, Note, Table
from bricoop.report.document import FIGURES, KeptFigureTable, KeptTable
from bricoop.report.sections import Report, Section


@dataclass(frozen=True)
class KeptFigure:
    """A key figure of an earlier run: heading of its section, label, value and unit."""

    title: str
    label: str
    value: Decimal | None
    unit: str


@dataclass(frozen=True)
class Figures:
    """The key figures of one run of a memo, by `SECTION.NAME`.

    Attributes:
        knowledge_base: version of the knowledge base at that run.
        figures: the figures.
    """

    knowledge_base: int
    figures: Mapping[str, KeptFigure]


def figures_file(memo: Path) -> Path:
    """Return the path of the figures of a memo: `NAME.figures.json` in the same folder.

    Raises:
        FileUnreadableError: a link or a special file has that name. A memo may come from a
            stranger: a link could lead to a file outside of its folder, and reading a pipe would
            never end.
    """
    path = memo.with_name(f"{memo.stem}.figures.json")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        message = f"{shown(str(path))} is a link or no regular file."
        hint = f"Remove it: the figures of {shown(memo.name)} are kept in a file of that name."
        raise FileUnreadableError(message, hint)
    return path


def read_figures(path: Path) -> tuple[Figures, ...]:
    """Read the figures of earlier runs, the latest last; empty where the file does not exist.

    Raises:
        FileUnreadableError: the file cannot be read, or does not hold the figures of a memo.
    """
    file_label = f"The file {shown(path.name)}"
    try:
        table = json_as(json_content(path, file_label), KeptTable, file_label)
    except BricoopError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return ()
        message = f"{error.message} It does not hold the figures of a report."
        raise FileUnreadableError(message, "Remove it, and the report begins anew.") from error
    return tuple(
        Figures(
            run.knowledge_base, {name: _kept_figure(figure) for name, figure in run.figures.items()}
        )
        for run in table.runs
    )


def _kept_figure(figure: KeptFigureTable) -> KeptFigure:
    value = None if figure.value is None else Decimal(figure.value)
    return KeptFigure(figure.title, figure.label, value, figure.unit)


def earlier(history: Sequence[Figures], sections: Sequence[Section]) -> Figures | None:
    """Return the latest earlier run with figures other than today's; else the last run, or None.

    Runs with equal figures are skipped, so that a report made twice from the same data, such as
    once as HTML and once as PDF, lists the same changes both times.
    """
    now = _figures_by_name(sections)
    others = [run for run in history if run.figures != now]
    return others[-1] if others else history[-1] if history else None


def figures_data(history: Sequence[Figures], report: Report) -> dict[str, Any]:
    """Return the content of the figures file: the last run with other figures, and this run."""
    today = Figures(report.knowledge_base, _figures_by_name(report.sections))
    others = [run for run in history if run.figures != today.figures]
    return {FIGURES: [_run_data(run) for run in (*others[-1:], today)]}


def _figures_by_name(sections: Sequence[Section]) -> dict[str, KeptFigure]:
    return {
        name: KeptFigure(section.title, figure.label, _decimal(figure), figure.unit)
        for name, section, figure in _figures(sections)
    }


def _run_data(figures: Figures) -> dict[str, Any]:
    written = {
        name: {**asdict(figure), "value": None if figure.value is None else plain(figure.value)}
        for name, figure in figures.figures.items()
    }
    return {"knowledge_base": figures.knowledge_base, "figures": written}


def changes_section(before: Figures, sections: Sequence[Section]) -> Iterator[Section]:
    """Yield the section that lists each changed figure with its value before and now."""
    columns = (
        Column("section", "Where"),
        Column("figure", "Figure"),
        Column("before", "Before", number=True),
        Column("now", "Now", number=True),
        Column("by", "Change", number=True),
        Column("unit", "Unit"),
    )
    lines = []
    remaining = dict(before.figures)
    for name, section, figure in _figures(sections):
        earlier_figure = remaining.pop(name, None)
        was, now = (earlier_figure.value if earlier_figure else None), _decimal(figure)
        is_other = (
            earlier_figure is not None and earlier_figure.unit != figure.unit and now is not None
        )
        # A figure without a value both times has not changed, even if its unit has.
        if was != now or is_other:
            by = WIDE.subtract(now or Decimal(0), was or Decimal(0))
            cells = (section.title, figure.label, was, now, by, figure.unit)
            lines.append(Line(cells, figure.citations))
    gone = [
        Line((figure.title, figure.label, figure.value, None, None, figure.unit))
        for figure in remaining.values()
        if figure.value is not None
    ]
    since = f"Since knowledge base version {before.knowledge_base}"
    if not lines and not gone:
        yield Section("changes", "What has changed", (Note(f"{since}, no figure has changed."),))
        return
    table = Table(columns, (*lines, *gone), "", f"{since}, these figures have changed.")
    yield Section("changes", "What has changed", (table,))


def _figures(sections: Sequence[Section]) -> Iterator[tuple[str, Section, KeyFigure]]:
    """Yield the key figures of sections: `SECTION.NAME`, the section, and the figure."""
    for section in sections:
        for block in section.parts:
            if isinstance(block, KeyFigures):
                for figure in block.figures:
                    yield f"{section.name}.{figure.name}", section, figure


def _decimal(figure: KeyFigure) -> Decimal | None:
    return None if figure.value is None else Decimal(figure.value)
