"""Which command was probably meant by a word that is none: also one of those that take a noun."""

from bricoop.domain.grammar import singular
from bricoop.domain.limits import SUGGESTED_LENGTH
from bricoop.domain.suggestions import slips

#: So many commands are suggested, for words that share so much of their letters.
_SUGGESTED, _LIKENESS = 3, 0.6
#: So many letters may be wrong in a word before other likenesses are looked for.
_SLIPS = 2


def commands_meant(word: str, commands: list[str]) -> list[str]:
    """Return the commands that a word may mean, the likest first: `projects`: `query projects`.

    Args:
        word: the word in the place of a command.
        commands: the commands that there are.
    """
    nouns = _commands_of_nouns()
    typed = word.casefold()
    if typed in nouns:
        return [nouns[typed]]
    if len(word) > SUGGESTED_LENGTH.value:
        return []
    meanings = nouns | {command: command for command in commands}
    for most in range(1, _SLIPS + 1):
        # What differs by one letter is meant rather than what differs by two.
        if near := slips(typed, meanings, most):
            return _different(near, meanings)
    from difflib import get_close_matches

    return _different(get_close_matches(typed, meanings, 2 * _SUGGESTED, _LIKENESS), meanings)


def _different(words: list[str], meanings: dict[str, str]) -> list[str]:
    """Return the commands of words, each once: `project` and `projects` are one."""
    return list(dict.fromkeys(meanings[word] for word in words))[:_SUGGESTED]


def _commands_of_nouns() -> dict[str, str]:
    """Return, by each noun in plural and singular, the command that asks for it or loads it."""
    from bricoop.ingest.layouts.registry import LAYOUTS
    from bricoop.query.catalog import NOUNS

    commands = {layout.noun: f"load {layout.noun}" for layout in LAYOUTS}
    commands |= {noun.name: f"query {noun.name}" for noun in NOUNS}
    return {word: command for noun, command in commands.items() for word in (noun, singular(noun))}
