"""Writer of reports as JSON, with the citations of every row."""

from dataclasses import asdict
from typing import Any, TextIO

from bricoop.render.data import to_json
from bricoop.report.blocks import Block, Table
from bricoop.report.sections import Report


def write_report_json(report: Report, out: TextIO) -> None:
    """Write a JSON object; `sections` has the parts of each section by its name."""
    out.write(to_json(report_data(report), indented=True) + "\n")


def report_data(report: Report) -> dict[str, Any]:
    """Return a report as data for JSON."""
    data = asdict(report)
    data["sections"] = {
        section.name: {"title": section.title, "parts": [_block(block) for block in section.parts]}
        for section in report.sections
    }
    return data


def _block(block: Block) -> dict[str, Any]:
    if not isinstance(block, Table):
        data = {"type": block.type, **asdict(block)}
        # All commands are in a section of their own.
        data.pop("commands", None)
        return data
    names = [column.name for column in block.columns]
    rows = [
        {
            **dict(zip(names, line.cells, strict=True)),
            "citations": [asdict(citation) for citation in line.citations],
        }
        for line in block.lines
    ]
    return {"type": block.type, "title": block.title, "note": block.heading_note, "rows": rows}
