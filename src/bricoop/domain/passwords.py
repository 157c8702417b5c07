"""Passwords within text: how to recognise an address that has one, and how to hide it."""

import re
from collections.abc import Callable

HIDDEN = "***"
#: No address is longer. Of a longer word with a colon the whole is hidden: looking into it could
#: take the square of its length.
_LONGEST = 2_000
_WORD = re.compile(r"\S+")
#: `user:password@host`, also without its scheme. The password reaches to the last `@`, since an `@`
#: that was not written as `%40` is the usual reason why an address cannot be read.
_CREDENTIALS = re.compile(r"(?P<user>[^\s:/@'\"]*):(?![/\\]{2}|\s)[^\s]*@")
#: Words that are URLs, or have credentials.
_URL = re.compile(r"[^\s'\"(]*(?:://|:[^\s]*@)[^\s]*?(?=['\")]*[.,]?(?:\s|$))")
#: A setting as `libpq`, ADO and JDBC take it: `password=x`, `pwd = 'x'`, `password: x`.
_SETTING = re.compile(
    r"(?P<name>\b(?:\w*pass(?:word|wd)?|pwd)\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&;,'\"]+)",
    re.IGNORECASE,
)
_CONNECTION_SETTING = re.compile(
    r"(?:^|[\s;&?,])"
    r"(?:(?:host(?:addr)?|server|data source|dbname|database|user(?:name|id)?|uid|port)\s*=|"
    r"(?:\w*pass(?:word|wd)?|pwd)\s*[=:])",
    re.IGNORECASE,
)


def hide_passwords(text: str) -> str:
    """Return a text in which `***` replaces whatever may be the password of an address."""
    hidden = _in_words(text, lambda word: _CREDENTIALS.sub(rf"\g<user>:{HIDDEN}@", word))
    return _SETTING.sub(rf"\g<name>{HIDDEN}", hidden)


def hide_addresses(text: str) -> str:
    """Return a text in which `***` replaces every URL whole, and passwords anywhere else."""
    return hide_passwords(_in_words(text, lambda word: _URL.sub(HIDDEN, word)))


def _in_words(text: str, hide: Callable[[str], str]) -> str:
    """Hide what is in those words of a text that have a colon, as all addresses do."""

    def hidden(match: re.Match[str]) -> str:
        word = match[0]
        if ":" not in word:
            return word
        return HIDDEN if len(word) > _LONGEST else hide(word)

    return _WORD.sub(hidden, text)


def has_credentials(text: str) -> bool:
    """Return whether a text contains `user:password@`, as addresses of servers do."""
    words = (word for word in text.split() if ":" in word and "@" in word)
    return any(len(word) > _LONGEST or _CREDENTIALS.search(word) for word in words)


def has_settings(text: str) -> bool:
    """Return whether a text contains settings of a connection, such as `host=` or `password=`."""
    return _CONNECTION_SETTING.search(text) is not None
