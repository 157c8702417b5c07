"""Recognizes rows to skip, such as footers and totals, by the rules of a profile."""

from collections.abc import Callable, Mapping, Sequence

from bricoop.domain.cell_choice import accepted
from bricoop.ingest.profile.model import Profile


def skips_of(profile: Profile, positions: Mapping[str, int]) -> Callable[[Sequence[str]], str]:
    """Return a function that gives the reason why a row is skipped; empty if it is not.

    Rows may be shorter than the header, as footers are; missing cells count as empty.
    """
    rules = [
        (rule.reason, [(positions[column], _test(words)) for column, words in rule.when.items()])
        for rule in profile.skip
    ]

    def reason(cells: Sequence[str]) -> str:
        width = len(cells)
        for because, tests in rules:
            if all(test(cells[at].strip() if at < width else "") for at, test in tests):
                return because
        return ""

    return reason


def _test(words: Sequence[str]) -> Callable[[str], bool]:
    takes_empty = "" in words
    # `*` matches any word but not an empty cell, so empty texts are tested apart.
    accepts = accepted([word for word in words if word])
    return lambda cell: accepts(cell.casefold()) if cell else takes_empty
