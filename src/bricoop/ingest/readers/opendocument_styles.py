"""Styles of an OpenDocument spreadsheet: number formats and hidden sheets."""

from bricoop.ingest.readers.number_formats import Shape, shape_of

#: Elements that define number formats.
_FORMATS = {"number:date-style", "number:number-style", "number:percentage-style",
            "number:currency-style", "number:time-style", "number:text-style"}  # fmt: skip
#: The format codes that correspond to elements inside a number format.
_PIECES = {"number:year": "yyyy", "number:month": "mm", "number:day": "dd", "number:hours": "h",
           "number:minutes": "m", "number:seconds": "s", "number:day-of-week": "ddd",
           "number:quarter": "dd", "number:week-of-year": "dd", "number:era": "",
           "number:text-content": "@", "number:fraction": "#", "number:scientific-number": "0E+0",
           "number:boolean": "General"}  # fmt: skip
#: The number of a format that the workbook defines itself; see `shape_of`.
_OWN = 164
_MOST_STYLES, _MOST_DIGITS, _MOST_TEXT = 100_000, 30, 100
_MOST_PARENTS = 20


class Styles:
    """The styles of a document, collected while its XML is parsed."""

    def __init__(self) -> None:
        """Start without styles."""
        self._parents: dict[str, str] = {}
        self._formats: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._positive: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._shapes: dict[str, Shape | None] = {}
        self._style = self._format = self._kind = ""
        self._in_text = False
        self._code: list[str] = []

    def is_hidden(self, style: str) -> bool:
        """Return whether sheets with a style are hidden."""
        return style in self._hidden

    def shape(self, style: str) -> Shape | None:
        """Return how cells with a style are shown, or None if plain values say the same."""
        if style not in self._shapes:
            self._shapes[style] = shape_of(_OWN, self._code_of(style))
        return self._shapes[style]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element outside the sheets."""
        if name == "style:style":
            self._start_style(attributes)
        elif name == "style:table-properties":
            if attributes.get("table:display") == "false":
                self._hidden.add(self._style)
        elif name in _FORMATS:
            self._format, self._kind, self._code = attributes.get("style:name", ""), name, []
        elif name == "style:map" and self._format:
            # A format with a separate case for negative numbers defines these; the format of
            # positive numbers is referred to here.
            self._positive.setdefault(self._format, attributes.get("style:apply-style-name", ""))
        elif self._format:
            self._code.append(_code(name, attributes))
            self._in_text = name == "number:text"

    def end(self, name: str) -> None:
        """Handle the end of an element outside the sheets."""
        self._in_text = False
        if name in _FORMATS and self._format:
            if len(self._codes) < _MOST_STYLES:
                self._codes[self._format] = "".join(self._code)
            self._format = ""

    def characters(self, text: str) -> None:
        """Handle text outside the sheets."""
        if self._in_text and len(self._code) < _MOST_TEXT:
            if self._kind == "number:percentage-style" and "%" in text:
                self._code.append("%")
            else:
                self._code.append('"{}"'.format(text[:_MOST_TEXT].replace('"', "")))

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("style:name", "")
        if len(self._parents) < _MOST_STYLES:
            self._parents[self._style] = attributes.get("style:parent-style-name", "")
            if number_format := attributes.get("style:data-style-name"):
                self._formats[self._style] = number_format

    def _code_of(self, style: str) -> str:
        for _ in range(_MOST_PARENTS):
            if style in self._formats:
                name = self._formats[style]
                return self._codes.get(self._positive.get(name, ""), self._codes.get(name, ""))
            style = self._parents.get(style, "")
        return ""


def _code(name: str, attributes: dict[str, str]) -> str:
    if name != "number:number":
        return _PIECES.get(name, "")
    digits = "0" * max(1, _digits(attributes, "number:min-integer-digits"))
    decimals = "0" * _digits(attributes, "number:decimal-places")
    # A display factor shows thousands or millions: then the unit is already in the value.
    scaled = "," if attributes.get("number:display-factor", "1") != "1" else ""
    return f"{digits}{'.' if decimals else ''}{decimals}{scaled}"


def _digits(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "0")
    is_number = text.isascii() and text.isdecimal() and len(text) < _MOST_DIGITS
    return min(int(text), _MOST_DIGITS) if is_number else 0
