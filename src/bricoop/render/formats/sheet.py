"""A worksheet of XlsxWriter that never writes texts as markup."""

import re
from typing import Any

from xlsxwriter.worksheet import Worksheet

#: An underscore that begins what looks like an escaped character.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class Sheet(Worksheet):  # type: ignore[misc]  # the library says no types
    """A worksheet that escapes everything in texts."""

    def abandon(self) -> None:
        """Close the temporary file of the sheet."""
        self._opt_close()

    def _xml_rich_inline_string(self, text: str, attributes: list[Any]) -> None:
        # XlsxWriter writes texts that look like its own rich strings unescaped, so a text from a
        # file could inject XML such as a formula.
        self._xml_inline_string(text, True, attributes)  # noqa: FBT003 (the library's own)

    @staticmethod
    def _escape_control_characters(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        # XlsxWriter misses overlapping escapes, as in `_x005F_x0041_`.
        if "_x" in text:
            text = _ESCAPE.sub("_x005F_", text)
        return _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
