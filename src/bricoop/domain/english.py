"""English grammar for messages: singular and plural, agreement and articles."""

import re
from collections.abc import Iterable

#: Nouns of the command line without a plural: messages count their rows.
_UNCOUNTABLE = frozenset({"finance"})
#: Irregular singulars, besides those of plurals in -ies.
_SINGULARS = {"entities": "entity", "finance": "finance row", "names": "name"}
#: Beginnings of words that have a vowel letter and a consonant sound.
_SPOKEN_WITH_CONSONANT = ("uni", "use", "eu", "one")


def singular(plural: str) -> str:
    """Return the singular of a noun: `countries` is `country`, `finance` is `finance row`."""
    if plural in _SINGULARS:
        return _SINGULARS[plural]
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def plural(noun: str) -> str:
    """Return the plural of a noun in the singular or plural.

    >>> plural("country"), plural("status"), plural("links"), plural("key")
    ('countries', 'statuses', 'links', 'keys')
    """
    if noun.endswith(("us", "ss")):
        return f"{noun}es"
    if noun.endswith("s"):
        return noun
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


def countable(noun: str) -> str:
    """Return a noun as it is written after a number: `projects`, but `finance rows`."""
    return f"{noun} rows" if noun in _UNCOUNTABLE else noun


def as_subject(noun: str) -> str:
    """Return a noun as the first word of a sentence: `Projects`, but `Finance rows`."""
    return countable(noun).capitalize()


def counted(number: int, plural: str) -> str:
    """Return a number with its noun: `1 country`, `2,000 countries`, `3 finance rows`.

    Args:
        number: the number, not negative.
        plural: the noun in its plural, or a noun of the command line.
    """
    return f"1 {singular(plural)}" if number == 1 else f"{number:,} {countable(plural)}"


def counted_or_no(number: int, plural: str) -> str:
    """Return a number with its noun for prose: `no projects`, `1 policy`, `12 agreements`."""
    return counted(number, plural) if number else f"no {plural}"


def agree(number: int, singular_form: str, many: str) -> str:
    """Return the word that agrees with a number: `was` with 1, `were` with 2 and with 0."""
    return singular_form if number == 1 else many


def enumerated(items: Iterable[object]) -> str:
    """Join items for a sentence, with `and` before the last one.

    >>> enumerated([]), enumerated([14]), enumerated([14, 15, 16])
    ('', '14', '14, 15 and 16')
    """
    *others, last = [*map(str, items)] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def there_are(how: str, subject: str) -> str:
    """Return a clause that says how many of something exist under a condition.

    >>> there_are("without --kind", "1 row"), there_are("without --kind", "2 rows")
    ('without --kind there is 1 row', 'without --kind there are 2 rows')
    """
    return f"{how} there {'is' if subject.startswith('1 ') else 'are'} {subject}"


def with_article(noun: str) -> str:
    """Return a noun with its indefinite article: `an integer`, `a list`, `a unit`."""
    vowel = noun[:1].lower() in set("aeiou") and not noun.lower().startswith(_SPOKEN_WITH_CONSONANT)
    return f"{'an' if vowel else 'a'} {noun}"


def dollars_in_short(amount: float) -> str:
    """Return an amount of dollars in three digits: `$298m`.

    >>> [dollars_in_short(amount) for amount in (297_708_465.5, 1_200_000, 6.5e9, 950_000, 12)]
    ['$298m', '$1.2m', '$6.5bn', '$950k', '$12']
    """
    for unit, suffix in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        # What rounds to a thousand of a smaller unit is one of the larger.
        if amount >= unit * 0.9995:
            return f"${amount / unit:.3g}{suffix}"
    return f"${amount:.3g}"
