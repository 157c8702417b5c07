"""Passwords within text: how to recognise an address that has one, and how to hide it."""

import re

HIDDEN = "***"
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
    hidden = _CREDENTIALS.sub(rf"\g<user>:{HIDDEN}@", text)
    return _SETTING.sub(rf"\g<name>{HIDDEN}", hidden)


def hide_addresses(text: str) -> str:
    """Return a text in which `***` replaces every URL whole, and passwords anywhere else."""
    return hide_passwords(_URL.sub(HIDDEN, text))


def has_credentials(text: str) -> bool:
    """Return whether a text contains `user:password@`, as addresses of servers do."""
    return _CREDENTIALS.search(text) is not None


def has_settings(text: str) -> bool:
    """Return whether a text contains settings of a connection, such as `host=` or `password=`."""
    return _CONNECTION_SETTING.search(text) is not None
