"""Takes the title of a project apart: who gives how much for what, to whom."""

import re
from functools import lru_cache
from typing import NamedTuple

from bricoop.domain.project_kinds import giving_words, money_words
from bricoop.domain.project_kinds.giving_verb import giving_verb
from bricoop.domain.project_kinds.title_tails import (
    may_be_tail,
    without_marks,
    without_phase,
    without_tails,
)
from bricoop.domain.project_kinds.words import without_accents, words_in
from bricoop.domain.tokenizer import is_unspaced_word

_CHINESE = re.compile(
    r"(?P<giver>[^\uff0c\u3002:\uff1a]{1,40}?)(?:向(?P<receiver>[^\uff0c\u3002]{1,30}?))?"
    r"(?P<verb>提供|捐赠|捐献|捐助|赠送|援助|援建|派遣|派出|资助|签署|承建)(?P<rest>.+)"
)
_CHINESE_MONEY = re.compile(
    r"(?:人民币)?[\d.,]+[万亿千百]*(?:美元|欧元|元人民币|元)(?:的)?"
    r"(?:优惠贷款|无息贷款|贷款|无偿援助|援助)?(?:用于|用以|建设)?"
)
#: Words between an amount and what it is for.
_LEADING = words_in("on from to the a an") | giving_words.PURPOSE_WORDS | giving_words.INFINITIVES
#: Words that introduce what is financed, or who receives.
_WITH = frozenset({"with", "by", "de"})
_EDGES = ".,;:()\"'\u2018\u2019\u201c\u201d[]!?"
#: The most words between a verb and an amount that may name who receives.
_MOST_RECEIVER_WORDS = 4
#: The longest title that is taken apart; titles are shorter.
_LONGEST = 1_000


class TitleParts(NamedTuple):
    """The parts of a title; each is empty where the title does not have it.

    Attributes:
        marks: words in brackets before it: `Suspended`.
        giver: who gives, the words before the giving verb.
        verb: the giving verb.
        money: the amount of money and its instrument: `RMB 13 million grant`.
        worth: what goods are worth: `12 million naira`.
        delivered: what is given, or for what; the whole title where there is no giving verb.
        receiver: who receives.
        purpose: what goods or people are for.
        phase: the phase: `Phase 2`.
        tails: the remarks at its end, and `via ETCA`.
    """

    marks: tuple[str, ...]
    giver: str
    verb: str
    money: str
    worth: str
    delivered: str
    receiver: str
    purpose: str
    phase: str
    tails: tuple[str, ...]


class _Given(NamedTuple):
    """What follows the verb."""

    money: str
    worth: str
    delivered: str
    receiver: str
    purpose: str


# Asked twice for each new project: for its kinds and for its short name.
@lru_cache(maxsize=16)
def title_parts(title: str) -> TitleParts:
    """Return the parts of a title.

    >>> read = title_parts("[Suspended] China Eximbank provides $5 million loan — via ETCA — for "
    ...                    "Phase 2 of the Lake Road Project (Linked to Project ID#1)")
    >>> read.giver, read.verb, read.money, read.delivered, read.phase
    ('China Eximbank', 'provides', '$5 million loan', 'Lake Road Project', 'Phase 2')
    """
    text = _single_spaced(title.lstrip()[:_LONGEST])
    marks, text = without_marks(text)
    text, tails = without_tails(text)
    if not text.isascii() and is_unspaced_word(text) and (match := _CHINESE.match(text)):
        return _chinese(match, marks, tails)
    tokens = text.split(" ")
    folded = [token.strip(_EDGES) for token in without_accents(text).casefold().split(" ")]
    start, end = giving_verb(folded)
    if not end:
        phase, delivered = without_phase(text)
        return TitleParts(marks, "", "", "", "", delivered, "", "", phase, tails)
    language = giving_words.VERBS[folded[end - 1]]
    giver, verb = " ".join(tokens[:start]), folded[end - 1]
    parsed = _given(tokens[end:], folded[end:], language)
    if verb in giving_words.SUPPLYING and not parsed.money and not parsed.receiver:
        parsed = _supplied(parsed)
    phase, delivered = without_phase(parsed.delivered)
    return TitleParts(
        marks, giver, verb, parsed.money, parsed.worth, delivered, parsed.receiver, parsed.purpose,
        phase, tails,
    )  # fmt: skip


def may_part_titles(token: str) -> bool:
    """Return whether a title with a word may have other parts than what is delivered.

    Where no word of an ASCII title may, all its words are those of `TitleParts.delivered`.

    Args:
        token: the word with the signs beside it, as spaces separate it from others.
    """
    folded = token.casefold()
    return folded.strip(_EDGES) in giving_words.VERB_FORMS or may_be_tail(folded)


def _single_spaced(text: str) -> str:
    """Return a text with one space between words, as most are; other spaces are not printable."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(text.split())


def _given(tokens: list[str], folded: list[str], language: str) -> _Given:
    """Return money, delivered things, receiver and purpose of the words after the verb."""
    start, end = money_words.span(folded)
    if not end:
        return _things(tokens, folded, language, "")
    money = " ".join(tokens[start:end])
    before = folded[:start]
    if start > 1 and before[-1] == "with":
        before = before[:-1]
    if start and (before[-1] in giving_words.WORTH or before[-1] == "at"):
        cut = start - (2 if before[-1] == "at" else 1)
        rest = tokens[:cut] + tokens[end:]
        return _things(rest, folded[:cut] + folded[end:], language, money)
    if start and not _is_receiver(before):
        return _things(tokens, folded, language, "")
    receiver = " ".join(tokens[start > 0 and folded[0] == "to" : len(before)])
    if end < len(folded) and folded[end] in {"worth", "de", "of", "in", "d"}:
        skip = end + 1 + (folded[end + 1 : end + 2] in (["of"], ["the"]))
        goods = _things(tokens[skip:], folded[skip:], language, money)
        return goods._replace(receiver=goods.receiver or receiver)
    return _financed(tokens[end:], folded[end:], language, money, receiver)


def _is_receiver(before: list[str]) -> bool:
    """Return whether the words between a verb and an amount may name who receives."""
    return len(before) <= _MOST_RECEIVER_WORDS and not any(
        word in giving_words.PURPOSE_WORDS or word in {"of", "worth", "in", "with", "to", "on"}
        for word in before[before[0] == "to" :]
    )


def _financed(
    tokens: list[str], folded: list[str], language: str, money: str, receiver: str
) -> _Given:
    """Return the parts of what follows an amount: a receiver, and for what the money is."""
    words = giving_words.RECEIVER_WORDS[language]
    is_receiver = folded[:1] != [] and (folded[0] in words or folded[0] in _WITH)
    if is_receiver and folded[1:2] and folded[1] not in giving_words.INFINITIVES:
        end = _purpose_index(folded)
        receiver = " ".join(tokens[1:end])
        tokens, folded = tokens[end:], folded[end:]
    start = 0
    while start < len(folded) and folded[start] in _LEADING:
        start += 1
    return _Given(money, "", " ".join(tokens[start:]), receiver, "")


def _purpose_index(folded: list[str]) -> int:
    for index, word in enumerate(folded):
        if index and word in giving_words.PURPOSE_WORDS:
            return index
        if word == "to" and index and folded[index + 1 : index + 2] and (
            folded[index + 1] in giving_words.INFINITIVES
        ):  # fmt: skip
            return index
    return len(folded)


def _things(tokens: list[str], folded: list[str], language: str, worth: str) -> _Given:
    """Return the parts of what follows the verb where things or people are given."""
    receivers, purposes = giving_words.RECEIVER_WORDS[language], giving_words.PURPOSE_WORDS
    end = len(folded)
    to = purpose = end
    for index, word in enumerate(folded):
        if word in purposes:
            purpose = min(purpose, index)
        elif word in receivers and to == end and index + 1 < end:
            if folded[index + 1] in giving_words.INFINITIVES:
                purpose = min(purpose, index)
            else:
                to = index
    delivered = tokens[: min(to, purpose)]
    receiver = tokens[to + 1 : purpose if purpose > to else end]
    return _Given(
        "", worth, " ".join(delivered), " ".join(receiver), " ".join(tokens[purpose + 1 : end])
    )


def _supplied(parsed: _Given) -> _Given:
    """Return the parts where the receiver stands before the goods: `a hospital with beds`."""
    tokens = parsed.delivered.split(" ")
    folded = [token.casefold() for token in tokens]
    if "with" not in folded[1:-1]:
        return parsed
    index = folded.index("with", 1)
    receiver, delivered = " ".join(tokens[:index]), " ".join(tokens[index + 1 :])
    return parsed._replace(receiver=receiver, delivered=delivered)


def _chinese(match: re.Match[str], marks: tuple[str, ...], tails: tuple[str, ...]) -> TitleParts:
    rest = match["rest"]
    money = _CHINESE_MONEY.match(rest)
    delivered = rest[money.end() :] if money else rest
    stated = money[0] if money else ""
    receiver = match["receiver"] or ""
    return TitleParts(
        marks, match["giver"], match["verb"], stated, "", delivered, receiver, "", "", tails
    )
