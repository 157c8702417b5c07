"""Recognises rows of totals and footers by their names: as data they would falsify sums."""

import re

#: Names of totals: `Total`, `Grand total (USD)`, `Total for Kenya`.
_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|general)[ -]?)?totals?"
    r"(?:[\W\d]*|\s*[:(].*|\s+(?:for|of|in)\s.+)"
    r"|(?:.+\s)?(?:sub-?|grand )totals?"
    r"|(?:total général|total general|total geral)\W*",
    re.IGNORECASE,
)
#: Names of totals without that word: `Summe`.
_SUM = re.compile(
    r"(?:sum|suma|somme|soma|summe|gesamt"
    r"|итого|всего|сумма|المجموع|الإجمالي|总计|合计|小计|總計|合計|小計)\W*",
    re.IGNORECASE,
)
#: Names that may be those of totals or of projects: `Kenya total`.
_PERHAPS_TOTAL = re.compile(r".+\stotals?", re.IGNORECASE)
_FOOTER = re.compile(
    r"(?:(?:data )?sources?|(?:foot)?notes?|remarks?|n\.\s?b\.|disclaimer|(?:last )?updated(?: on)?"
    r"|quelle|fuente|fonte|источник|примечани[ея])\s*[:\uff1a]"
    r"|(?:sources?|notes?)$|(?:©|\(c\)\s)|(?:资料|数据)?来源\s*(?:[:\uff1a]|$)|注\s*[:\uff1a]",
    re.IGNORECASE,
)


def is_total(name: str) -> bool:
    """Return whether a name is that of a row of totals.

    >>> is_total("Grand total:"), is_total("Total Road")
    (True, False)
    """
    stripped = name.strip()
    # Hardly any name holds the word, and looking for it saves time in large loads.
    return ("total" in stripped.lower() and _TOTAL.fullmatch(stripped) is not None) or (
        _SUM.fullmatch(stripped) is not None
    )


def is_perhaps_total(name: str) -> bool:
    """Return whether a name may be that of a row of totals."""
    return is_total(name) or (
        "total" in name.lower() and _PERHAPS_TOTAL.fullmatch(name.strip()) is not None
    )


def is_footer(name: str) -> bool:
    """Return whether a name is a footer below a table, such as its source or a note.

    >>> is_footer("Source: Ministry of Finance"), is_footer("Source of the Nile Bridge")
    (True, False)
    """
    return footer_mark(name) != ""


def footer_mark(name: str) -> str:
    """Return the beginning of a footer, such as `Source:`; an empty string for other names."""
    match = _FOOTER.match(name.strip())
    return match[0] if match else ""
