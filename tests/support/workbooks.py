"""Workbooks made by hand, for what the usual writers cannot write."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def xlsx(path: Path, *rows: list[Any], sheet: str = "Data") -> str:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(path)
    return str(path)


def ods(path: Path, *rows: list[str]) -> str:
    """Write an OpenDocument spreadsheet whose cells are attributes and, after a bar, a text."""
    body = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
    return ods_of(path, f'<table:table table:name="Data">{body}</table:table>')


def ods_of(path: Path | io.BytesIO, tables: str, styles: str = "", before: str = "") -> str:
    """Write an OpenDocument spreadsheet of these tables and automatic styles, as XML."""
    content = (
        f"{before}<office:document-content {_SPACES} {_CALC}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return str(path)


def zipped(path: Path, **files: bytes) -> str:
    """Write a zip; in the names of its files `__` stands for a point."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    path.write_bytes(buffer.getvalue())
    return str(path)


def _cell(said: str) -> str:
    attributes, _, text = said.rpartition("|")
    attributes = attributes or 'office:value-type="string"'
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"
