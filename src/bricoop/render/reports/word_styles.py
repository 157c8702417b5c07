"""Styles of Word documents, and features that python-docx supports only as raw XML."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

_FONT, _ACCENT, _SHADED = "Arial", "7A1F1F", "F4F1EA"


def prepare(document: "Document") -> None:
    """Set page size, margins and styles of a new document."""
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415 (optional)
    from docx.enum.text import WD_TAB_ALIGNMENT  # noqa: PLC0415 (optional)
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415 (optional)

    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(10)
    small: Any = document.styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = normal
    small.font.size = Pt(8.5)
    small.paragraph_format.space_after = Pt(4)
    footer: Any = document.styles["Footer"]
    footer.font.size = Pt(8)
    # The tab stops of the template are for another page width.
    footer.paragraph_format.tab_stops.clear_all()
    footer.paragraph_format.tab_stops.add_tab_stop(Cm(17), WD_TAB_ALIGNMENT.RIGHT)
    for name, size in (("Title", 24), ("Subtitle", 11), ("Heading 1", 15), ("Heading 2", 11.5)):
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor.from_string(_ACCENT)
        _set_fonts(style)


def add_field(paragraph: Any, code: str) -> None:
    """Add a field code that Word computes, such as `PAGE` for the page number."""
    for kind in ("begin", None, "separate", "end"):
        run = paragraph.add_run()
        if kind is None:
            run._r.append(_element("w:instrText", text=code))  # noqa: SLF001 (no other way)
        else:
            run._r.append(_element("w:fldChar", ("w:fldCharType", kind)))  # noqa: SLF001 (the same)
        if kind == "separate":
            paragraph.add_run("1")


def has_headings_on_each_page(row: Any) -> None:
    """Repeat a row as header on each page of its table."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", ("w:val", "true")))  # noqa: SLF001 (no other way)


def stays_whole(row: Any) -> None:
    """Prevent a page break within a row."""
    row._tr.get_or_add_trPr().append(_element("w:cantSplit", ("w:val", "true")))  # noqa: SLF001 (no other way)


def shade(cell: Any) -> None:
    """Set the background of a header cell."""
    attributes = (("w:val", "clear"), ("w:color", "auto"), ("w:fill", _SHADED))
    cell._tc.get_or_add_tcPr().append(_element("w:shd", *attributes))  # noqa: SLF001 (no other way)


def _set_fonts(style: Any) -> None:
    """Set the font of a style, overriding the theme of the document."""
    from docx.oxml.ns import qn  # noqa: PLC0415 (optional)

    style.font.name = _FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _element(name: str, *attributes: tuple[str, str], text: str = "") -> Any:
    from docx.oxml import OxmlElement  # noqa: PLC0415 (optional)
    from docx.oxml.ns import qn  # noqa: PLC0415 (optional)

    element: Any = OxmlElement(name)
    for key, value in attributes:
        element.set(qn(key), value)
    if text:
        element.text = text
    return element
