"""Reads the tables of a report in Markdown, and finds the rows of its data form that differ."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

Row = list[Any]


class PageTable(NamedTuple):
    """A table of a page.

    Attributes:
        headings: the headings of its columns.
        rows: the cells of its rows, as they read.
    """

    headings: list[str]
    rows: list[list[str]]


def plain(markdown: str) -> str:
    """Return a text of Markdown without its backslashes."""
    return re.sub(r"\\(.)", r"\1", markdown)


def sections_of(page: str) -> dict[str, list[PageTable]]:
    """Return the tables of each section of a page, by the section's heading."""
    sections: dict[str, list[PageTable]] = {}
    for section in page.split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
        sections[plain(title)] = [_table(lines.splitlines()) for lines in tables]
    return sections


def _table(lines: list[str]) -> PageTable:
    cells = [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in lines]
    headings, _, *rows = [[plain(cell).strip() for cell in row] for row in cells]
    return PageTable(headings, rows)


class DataTable(NamedTuple):
    """Rows of a block of the data form, as the page should have them.

    Attributes:
        rows: the values of each row.
        cited: the citations of each row; None where a page lists none for each row.
    """

    rows: list[Row]
    cited: list[list[dict[str, Any]]] | None = None


def data_tables(block: dict[str, Any]) -> list[DataTable]:
    """Return the rows of a block of the data form: a table, figures, a chart or a map."""
    match block["type"]:
        case "table":
            cited = [row["citations"] for row in block["rows"]]
            rows = [
                [value for name, value in row.items() if name != "citations"]
                for row in block["rows"]
            ]
        case "figures":
            cited = [figure["citations"] for figure in block["figures"]]
            rows = [
                [_figure(figure["value"], figure["unit"]), figure["label"], figure["counted"]]
                for figure in block["figures"]
            ]
        case "chart":
            cited = []
            columns = [block["categories"], *(series["values"] for series in block["series"])]
            rows = [list(row) for row in zip(*columns, strict=True)]
        case "map":
            cited = []
            rows = [[shade["name"], shade["alpha3"], shade["value"]] for shade in block["shades"]]
        case _:
            return []
    return [DataTable(rows, cited if any(cited) else None)] if rows else []


def _figure(value: int | Decimal, unit: str) -> str:
    return f"{value:,.2f} {unit}" if unit else f"{value:,}"


def texts_of(block: dict[str, Any]) -> list[str]:
    """Return the headings, notes and paragraphs of a block of the data form."""
    named = (block.get("title"), block.get("note"), block.get("text"))
    return [text for text in (*named, *block.get("paragraphs", ())) if text]


def marks_of(citations: list[dict[str, Any]], numbers: dict[str, int]) -> str:
    """Return citations as a page has them: the numbers of sources, each with its locators."""
    locators: dict[str, dict[str, None]] = {}
    for citation in citations:
        of_source = locators.setdefault(citation["source"], {})
        of_source.update({citation["locator"]: None} if citation["locator"] else {})
    return "; ".join(
        f"[{numbers[source]}] {', '.join(of_source)}".strip()
        for source, of_source in locators.items()
    )


def is_read_as(value: Any, text: str) -> bool:
    """Return whether a value of the data form can stand as this text on a page."""
    if isinstance(value, list):
        return text == "; ".join(map(str, value)) or is_read_as("; ".join(map(str, value)), text)
    if isinstance(value, int | Decimal):
        try:
            return Decimal(text.replace(",", "")) == value
        except InvalidOperation:
            return False
    # The page has the labels of codes, with blanks for hyphens.
    return text in {value or "", (value or "").replace("-", " ")}


def differences(page: PageTable, data: DataTable, numbers: dict[str, int]) -> list[str]:
    """Return what a table of a page has that its data form has not, and the reverse."""
    rows = [list(row) for row in page.rows]
    if len(rows) != len(data.rows):
        return [f"{len(rows)} rows on the page, {len(data.rows)} in the data: {page.headings}"]
    result = []
    if data.cited is not None:
        marks = [marks_of(citations, numbers) for citations in data.cited]
        result += [
            f"{page_marks} is not {data_marks}"
            for page_marks, data_marks in zip((row.pop() for row in rows), marks, strict=True)
            if page_marks != data_marks
        ]
    waiting = [[row[column] for row in rows] for column in range(len(rows[0]))]
    for values in zip(*data.rows, strict=True):
        if waiting and all(map(is_read_as, values, waiting[0])):
            waiting.pop(0)
        elif any(value not in (values[0], None, "", []) for value in values):
            result.append(f"not on the page: {values}")
    return result + [f"not in the data: {cells}" for cells in waiting]
