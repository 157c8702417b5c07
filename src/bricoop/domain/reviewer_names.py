"""Compares names of reviewers: other capitals, spaces or widths of letters make no other person."""

import unicodedata

from bricoop.domain.names import without_commands

#: Reviewers with this beginning are rules: any person overrules them.
RULE = "rule:"


def reviewer_key(name: str) -> str:
    r"""Return the form of a reviewer's name by which it is compared with others.

    >>> reviewer_key(" Ana  María"), reviewer_key("ANA Mari\u0301a")
    ('ana maría', 'ana maría')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def has_control_characters(name: str) -> bool:
    r"""Return whether a name has characters that control a terminal, or breaks lines.

    >>> [has_control_characters(name) for name in ("Ana", "A\x1b[31m", "A\nB")]
    [False, True, True]
    """
    return without_commands(name) != name or not {"\t", "\n", "\r"}.isdisjoint(name)


def is_rule(name: str) -> bool:
    """Return whether a reviewer is a rule, and no person."""
    return name.startswith(RULE)
