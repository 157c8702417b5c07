"""Suggestions for mistyped commands, and for nouns typed in place of a command."""

from bricoop.domain.english import singular
from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.nouns import NOUNS
from bricoop.domain.suggestions import Measure, alike, slips

#: The maximum number of suggestions, and the least similarity, of 100.
_SUGGESTED, _LIKENESS = 3, 60
#: The maximum edit distance before similarity ratios are compared instead.
_MAX_DISTANCE = 2


def commands_meant(word: str, commands: list[str]) -> list[str]:
    """Return the commands that a word may mean, the most similar first.

    A noun suggests its command: `projects` means `query projects`.

    Args:
        word: the word that was typed in place of a command.
        commands: all commands.
    """
    nouns = _commands_of_nouns()
    typed = word.casefold()
    if typed in nouns:
        return [nouns[typed]]
    if len(word) > SUGGESTED_LENGTH.value:
        return []
    meanings = nouns | {command: command for command in commands}
    for most in range(1, _MAX_DISTANCE + 1):
        # Prefer words at edit distance 1 to those at distance 2.
        if near := slips(typed, meanings, most):
            return _distinct_commands(near, meanings)
    limit = 2 * _SUGGESTED
    near = alike(typed, meanings, limit=limit, cutoff=_LIKENESS, measure=Measure.RATIO)
    return _distinct_commands(near, meanings)


def _distinct_commands(words: list[str], meanings: dict[str, str]) -> list[str]:
    """Return the commands of words without duplicates, as of `project` and `projects`."""
    return list(dict.fromkeys(meanings[word] for word in words))[:_SUGGESTED]


def _commands_of_nouns() -> dict[str, str]:
    """Return the `query` or `load` command of each noun, by its plural and singular."""
    commands = {noun.name: f"{'query' if noun.rows else 'load'} {noun.name}" for noun in NOUNS}
    return {word: command for noun, command in commands.items() for word in (noun, singular(noun))}
