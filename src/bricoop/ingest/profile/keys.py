"""Detects when templates make the same key of different cells."""

import hashlib
import re
from array import array
from collections.abc import Sequence

from bricoop.domain.problem import Origin
from bricoop.ingest.layouts.clean import BadValueError, Doubt

#: Characters that are replaced by a hyphen in keys.
_BETWEEN = re.compile(r"[^a-z0-9]+")
#: Separates the values of a template in digests; no cell contains it.
_SEPARATOR = "\0"


class DerivedKeys:
    """The keys made of one file so far, with digests of the cells that they were made of.

    A key consists of the letters and digits of its cells in lower case, at most 80 characters:
    `A-1`, `A/1` and `A 1` all become `a-1`, and rows about different entities would be merged. Only
    digests are stored, as a file of a million rows can have a million keys.

    Attributes:
        line: the line of the current row.
        external_id: the id of the current record.
        uses_digests: whether any template contains a digest of the id.
    """

    def __init__(self, origin: Origin, doubts: list[Doubt]) -> None:
        """Start without keys; warnings about the current cell are added to `doubts`."""
        self.line = 0
        self.external_id = ""
        self.uses_digests = False
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

    def begin(self, line: int, external_id: str) -> str:
        """Make a record current; return a short digest of its id if templates use one."""
        self.line, self.external_id = line, external_id
        return hashlib.sha256(external_id.encode()).hexdigest()[:10] if self.uses_digests else ""

    def number_of(self, template: str) -> int:
        """Return the number of a template, for `take`."""
        return self._templates.setdefault(template, len(self._templates))

    def __len__(self) -> int:
        """Return the number of keys made so far."""
        return len(self._lines)

    def forget_after(self, count: int) -> None:
        """Forget all keys but the first ones; `count` is the length at an earlier time."""
        while len(self._numbers) > count:
            self._numbers.popitem()
        for values in (self._lines, self._template_numbers, self._exact_digests,
                       self._folded_digests, self._text_digests):  # fmt: skip
            del values[count:]

    def take(self, key: str, template: int, fixed: Sequence[str], values: Sequence[str]) -> None:
        """Store the values of a key, and warn if they differ only in case from earlier ones.

        Args:
            key: the key.
            template: the number of its template.
            fixed: the literal texts of the template, before each value and after the last.
            values: the texts of the cells.

        Raises:
            BadValueError: an earlier row has this key for other values.
        """
        exact = _SEPARATOR.join(values)
        # Most keys that are made again are those of other records of the same row.
        number = self._numbers.get(hash(key))
        if (
            number is not None
            and self._template_numbers[number] == template
            and self._exact_digests[number] == hash(exact)
        ):
            self._lines[number] = min(self._lines[number], self.line)
            return
        folded = exact.casefold()
        words = [*values, ""]
        text = "".join(before + word for before, word in zip(fixed, words, strict=False)).casefold()
        # Hashes of 64 bits instead of keys save memory. Two of a million keys collide in one of 30
        # million files; a correct row would be refused then, and no wrong one accepted.
        number = self._numbers.setdefault(hash(key), len(self._lines))
        if number == len(self._lines):
            self._lines.append(self.line)
            self._template_numbers.append(template)
            self._exact_digests.append(hash(exact))
            self._folded_digests.append(hash(folded))
            self._text_digests.append(hash(text))
            return
        # Of rows that are read by column, a later one may have been read first.
        self._lines[number] = min(self._lines[number], self.line)
        is_same_template = self._template_numbers[number] == template
        if is_same_template:
            is_same = self._folded_digests[number] == hash(folded)
        else:
            # The same text may be split into values differently by another template.
            is_same = self._text_digests[number] == hash(text)
        where = self._origin.place(self._lines[number])
        if not is_same:
            rule = f"becomes the key {key!r}, which {where} has for another value"
            hint = "Put a column into the template that tells them apart, or {#} for a short id."
            raise BadValueError(rule, hint)
        if is_same_template and self._exact_digests[number] != hash(exact):
            rule = f"becomes the key {key!r}, which {where} has for the same in other letters"
            self._doubts.append(Doubt(rule, "Both rows are about one thing."))


def fixed_text(text: str) -> str:
    """Return a literal text of a template with runs of other characters replaced by hyphens."""
    return _BETWEEN.sub("-", text.casefold())
