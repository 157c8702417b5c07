"""Compares names of reviewers: other capitals, spaces or widths of letters make no other person."""

import unicodedata

#: Reviewers with this beginning are rules: any person overrules them.
RULE = "rule:"


def reviewer_key(name: str) -> str:
    r"""Return the form of a reviewer's name by which it is compared with others.

    >>> reviewer_key(" Ana  María"), reviewer_key("ANA Mari\u0301a")
    ('ana maría', 'ana maría')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def is_rule(name: str) -> bool:
    """Return whether a reviewer is a rule, and no person."""
    return name.startswith(RULE)
