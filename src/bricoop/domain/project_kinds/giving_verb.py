"""Finds the giving verb in the words of a title."""

from bricoop.domain.project_kinds.giving_words import (
    AFTER_TO,
    AMBIGUOUS,
    BETWEEN,
    NEVER_AFTER,
    NOT_AFTER,
    NOT_BEFORE,
    VERB_FORMS,
)


def giving_verb(folded: list[str]) -> tuple[int, int]:
    """Return the index of the first giving verb and the index after the last, or zeros."""
    last = len(folded) - 1
    for index, word in enumerate(folded):
        if word in VERB_FORMS and index and _is_verb(folded, index):
            end = index + 1
            while end < last and (step := _joins_verbs(folded, end)):
                end += step
            return index, end
    return 0, 0


def _is_verb(folded: list[str], index: int) -> bool:
    """Return whether a form of a giving verb is one, by the words beside it."""
    word, before = folded[index], folded[index - 1]
    if before == "to" or word in AFTER_TO:
        return before == "to"
    if before in NOT_BEFORE:
        return False
    if index == len(folded) - 1:
        return word not in AMBIGUOUS
    after = folded[index + 1]
    if after in NEVER_AFTER:
        return False
    if word in AMBIGUOUS and after in NOT_AFTER:
        return _joins_verbs(folded, index + 1) > 0
    return True


def _joins_verbs(folded: list[str], index: int) -> int:
    """Return after how many words another verb follows, if only words such as `and` are between."""
    for step in range(3):
        if index + step >= len(folded) - 1:
            return 0
        word = folded[index + step]
        if step and word in VERB_FORMS:
            return step + 1
        if word not in BETWEEN:
            return 0
    return 0
