"""Conversion of Markdown into paragraphs of a Word document."""

from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from bricoop.render.reports.charts import drawable

if TYPE_CHECKING:
    from docx.document import Document

#: Heading levels of the report above those of the text, and the lowest level of Word.
_BELOW, _LOWEST = 2, 9


def add_markdown(document: "Document", text: str) -> None:
    """Add Markdown to a document; HTML stays text, and of images and links only the text is kept.

    Args:
        document: the document to append to.
        text: Markdown.
    """
    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    level, lists = 0, [""]
    for token in reader.parse(text):
        match token.type:
            case "heading_open":
                level = min(_LOWEST, int(token.tag[1:]) + _BELOW)
            case "heading_close":
                level = 0
            case "bullet_list_open":
                lists.append("List Bullet")
            case "ordered_list_open":
                lists.append("List Number")
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "inline":
                paragraph = (
                    document.add_heading("", level)
                    if level
                    else document.add_paragraph(style=lists[-1] or None)
                )
                _add_inline(paragraph, token.children or [])
            case "fence" | "code_block":
                document.add_paragraph(drawable(token.content))


def _add_inline(paragraph: Any, tokens: list[Any]) -> None:
    bold = italic = False
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                bold = token.nesting > 0
            case "em_open" | "em_close":
                italic = token.nesting > 0
            case "softbreak":
                paragraph.add_run(" ")
            case "hardbreak":
                paragraph.add_run().add_break()
            case "text" | "code_inline":
                run = paragraph.add_run(drawable(token.content))
                run.bold, run.italic = bold or None, italic or None
