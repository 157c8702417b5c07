"""The keys that templates make of cells: different cells must not become one key unnoticed."""

import re
from array import array
from collections.abc import Sequence

from bricoop.domain.problem import Origin
from bricoop.ingest.layouts.clean import BadValueError, Doubt

#: What the fixed text of a template may write between words, all of which a key has as a hyphen.
_BETWEEN = re.compile(r"[^a-z0-9]+")
#: Stands between the values of a template, as no cell does.
_SEPARATOR = "\0"


class DerivedKeys:
    """The keys made of one file so far, each with a digest of the cells that it was made of.

    A key keeps letters and digits of its cells, in lower case, and at most 80 characters: `A-1`,
    `A/1` and `A 1` all become `a-1`. Rows about different things would then be about one. A file
    of a million rows has a million keys, so neither they nor their cells are kept as texts.

    Attributes:
        line: the line of the row that is being prepared.
        external_id: the id of the record that is being prepared.
    """

    def __init__(self, origin: Origin, doubts: list[Doubt]) -> None:
        """Begin with none.

        Args:
            origin: where the rows come from.
            doubts: where doubts about the cell that is being read are left.
        """
        self.line = 0
        self.external_id = ""
        self._doubts = doubts
        self._origin = origin
        self._templates: dict[str, int] = {}
        self._numbers: dict[int, int] = {}
        self._lines = array("Q")
        self._template_numbers = array("Q")
        #: Digests of the values, of the values in lower case, and of the text in lower case.
        self._exact_digests = array("q")
        self._folded_digests = array("q")
        self._text_digests = array("q")

    def number_of(self, template: str) -> int:
        """Return the number of a template, by which its keys are known."""
        return self._templates.setdefault(template, len(self._templates))

    def take(self, key: str, template: int, fixed: Sequence[str], values: Sequence[str]) -> None:
        """Note which values a key is made of.

        Args:
            key: the key.
            template: the number of its template.
            fixed: the text of the template before each value, and what follows the last.
            values: the values, as the cells have them.

        Raises:
            BadValueError: another row made this key of other values.
        """
        exact = _SEPARATOR.join(values)
        folded = exact.casefold()
        words = [*values, ""]
        text = "".join(before + word for before, word in zip(fixed, words, strict=False)).casefold()
        number = self._numbers.setdefault(hash(key), len(self._lines))
        if number == len(self._lines):
            self._lines.append(self.line)
            self._template_numbers.append(template)
            self._exact_digests.append(hash(exact))
            self._folded_digests.append(hash(folded))
            self._text_digests.append(hash(text))
            return
        if self._template_numbers[number] == template:
            is_same = self._folded_digests[number] == hash(folded)
        else:
            # Another template may divide the same text differently.
            is_same = self._text_digests[number] == hash(text)
        where = self._origin.place(self._lines[number])
        if not is_same:
            rule = f"becomes the key {key!r}, which {where} has for another value"
            hint = "Put a column into the template that tells them apart, or {#} for a short id."
            raise BadValueError(rule, hint)
        if self._template_numbers[number] == template and self._exact_digests[number] != hash(
            exact
        ):
            rule = f"becomes the key {key!r}, which {where} has for the same in other letters"
            self._doubts.append(Doubt(rule, "Both rows are about one thing."))


def fixed_text(text: str) -> str:
    """Return the fixed text of a template as a key has it, at least between words."""
    return _BETWEEN.sub("-", text.casefold())
