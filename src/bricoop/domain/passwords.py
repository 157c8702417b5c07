"""Recognises and hides passwords of database addresses within text."""

import re
from collections.abc import Callable

HIDDEN = "***"
#: The longest word that is searched. A longer word with a colon is hidden whole, as the patterns
#: could take time that grows with the square of its length.
_LONGEST = 2_000
_WORD = re.compile(r"\S+")
#: `user:password@host`, also without a scheme. The password extends to the last `@`, since an `@`
#: that is not percent-encoded is the usual reason why an address is invalid.
_CREDENTIALS = re.compile(r"(?P<user>[^\s:/@'\"]*):(?![/\\]{2}|\s)[^\s]*@")
#: The name of a rule that decides, which looks like credentials: `rule:strong@1`.
_RULE = re.compile(r"['\"(`]*rule:[a-z-]+@\d+['\")`.,;:]*")
#: URLs, and words with credentials.
_URL = re.compile(r"[^\s'\"(]*(?:://|:[^\s]*@)[^\s]*?(?=['\")]*[.,]?(?:\s|$))")
#: A password in settings of libpq, ADO or JDBC: `password=x`, `pwd = 'x'`, `password: x`.
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
    """Return a text in which `***` replaces passwords of addresses and settings."""
    hidden = _in_words(text, lambda word: _CREDENTIALS.sub(rf"\g<user>:{HIDDEN}@", word))
    return _SETTING.sub(rf"\g<name>{HIDDEN}", hidden)


def hide_addresses(text: str) -> str:
    """Return a text in which `***` replaces URLs as a whole, and all other passwords."""
    return hide_passwords(_in_words(text, lambda word: _URL.sub(HIDDEN, word)))


def _in_words(text: str, hide: Callable[[str], str]) -> str:
    """Apply `hide` to the words of a text that contain a colon, as all addresses do."""

    def hidden(match: re.Match[str]) -> str:
        word = match[0]
        if ":" not in word or _RULE.fullmatch(word):
            return word
        return HIDDEN if len(word) > _LONGEST else hide(word)

    return _WORD.sub(hidden, text)


def has_credentials(text: str) -> bool:
    """Return whether a text contains `user:password@`."""
    words = (word for word in text.split() if ":" in word and "@" in word)
    return any(len(word) > _LONGEST or _CREDENTIALS.search(word) for word in words)


def has_settings(text: str) -> bool:
    """Return whether a text contains connection settings such as `host=` or `password=`."""
    return _CONNECTION_SETTING.search(text) is not None
