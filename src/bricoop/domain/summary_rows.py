"""Which names are those of totals and footers: rows that are no data and that falsify sums."""

import re

#: A total by itself, or with what it is of: `Total`, `Grand total (USD)`, `Total for Kenya`.
_TOTAL = re.compile(
    r"(?:(?:grand|sub|overall|general)[ -]?)?totals?"
    r"(?:[\W\d]*|\s*[:(].*|\s+(?:for|of|in)\s.+)"
    r"|(?:.+\s)?(?:sub-?|grand )totals?"
    r"|(?:sum|suma|somme|soma|summe|gesamt|total général|total general|total geral)\W*"
    r"|(?:итого|всего|сумма|المجموع|الإجمالي|总计|合计|小计|總計|合計|小計)\W*",
    re.IGNORECASE,
)
#: Perhaps a total, and perhaps a name: `Kenya total`.
_PERHAPS_TOTAL = re.compile(r".+\stotals?", re.IGNORECASE)
_FOOTER = re.compile(
    r"(?:(?:data )?sources?|(?:foot)?notes?|remarks?|n\.\s?b\.|disclaimer|(?:last )?updated(?: on)?"
    r"|quelle|fuente|fonte|источник|примечани[ея])\s*[:\uff1a]"
    r"|(?:sources?|notes?)$|(?:©|\(c\)\s)|(?:资料|数据)?来源\s*(?:[:\uff1a]|$)|注\s*[:\uff1a]",
    re.IGNORECASE,
)


def is_total(name: str) -> bool:
    """Return whether a name is that of a row which adds up others.

    >>> is_total("Grand total:"), is_total("Total Road")
    (True, False)
    """
    return _TOTAL.fullmatch(name.strip()) is not None


def is_perhaps_total(name: str) -> bool:
    """Return whether a name may be that of a row which adds up others."""
    return is_total(name) or _PERHAPS_TOTAL.fullmatch(name.strip()) is not None


def is_footer(name: str) -> bool:
    """Return whether a name is that of a row below a table which says something about it.

    >>> is_footer("Source: Ministry of Finance"), is_footer("Source of the Nile Bridge")
    (True, False)
    """
    return footer_mark(name) != ""


def footer_mark(name: str) -> str:
    """Return with what a footer begins, such as `Source:`; empty where a name is none."""
    match = _FOOTER.match(name.strip())
    return match[0] if match else ""
