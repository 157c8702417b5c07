"""A sheet of a workbook that is written row by row, and in which a text is nothing but a text."""

import re
from typing import Any

from xlsxwriter.worksheet import Worksheet

#: An underscore that a reader would take for the beginning of an escaped character.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class Sheet(Worksheet):  # type: ignore[misc]  # the library says no types
    """A worksheet whose texts are never markup."""

    def abandon(self) -> None:
        """Close the temporary file of a sheet that comes to nothing."""
        self._opt_close()

    def _xml_rich_inline_string(self, text: str, attributes: list[Any]) -> None:
        # The library writes a text as it stands that begins and ends as one of its own rich
        # strings does; a text from a file could put a formula into the sheet in that way.
        self._xml_inline_string(text, True, attributes)  # noqa: FBT003 (the library's own)

    @staticmethod
    def _escape_control_characters(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        # The library overlooks escapes that overlap, as in `_x005F_x0041_`.
        if "_x" in text:
            text = _ESCAPE.sub("_x005F_", text)
        return _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
