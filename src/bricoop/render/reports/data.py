"""A report as JSON: every row under its field names, with who says so where."""

from dataclasses import asdict
from typing import Any, TextIO

from bricoop.render.data import to_json
from bricoop.report.blocks import Part, Table
from bricoop.report.sections import Report


def write_report_json(report: Report, out: TextIO) -> None:
    """Write one object; its sections stand under their names, each with its parts in order."""
    out.write(to_json(report_data(report), indented=True) + "\n")


def report_data(report: Report) -> dict[str, Any]:
    """Return a report as plain data."""
    data = asdict(report)
    data["sections"] = {
        section.name: {"title": section.title, "parts": [_block(block) for block in section.parts]}
        for section in report.sections
    }
    return data


def _block(block: Part) -> dict[str, Any]:
    if not isinstance(block, Table):
        data = {"type": block.type, **asdict(block)}
        # All commands stand in a section of their own.
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
