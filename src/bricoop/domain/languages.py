"""Language codes of ISO 639, and names of languages that are written instead of them."""

import re

#: All codes of two letters. Codes of three letters are thousands, and are not checked.
_LISTED = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th
ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_CODES = frozenset(_LISTED.split())
_FORM = re.compile("([a-z]{2,3})(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_SCRIPT, _REGION = 4, 2
#: English names of common languages, and their codes.
_NAMES = {
    "arabic": "ar", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "greek": "el", "hindi": "hi", "hungarian": "hu", "indonesian": "id", "italian": "it",
    "japanese": "ja", "kazakh": "kk", "khmer": "km", "korean": "ko", "lao": "lo", "malay": "ms",
    "mandarin": "zh", "mongolian": "mn", "persian": "fa", "polish": "pl", "portuguese": "pt",
    "russian": "ru", "serbian": "sr", "spanish": "es", "swahili": "sw", "thai": "th",
    "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "uzbek": "uz", "vietnamese": "vi",
}  # fmt: skip


def is_language(text: str) -> bool:
    """Return whether a text is a language code, optionally with script and region.

    >>> [is_language(text) for text in ("fr", "zh-Hant", "FR", "xx")]
    [True, True, False, False]
    """
    match = _FORM.fullmatch(text)
    return match is not None and (len(match[1]) > len("zh") or match[1] in _CODES)


def language_advice(text: str) -> str:
    """Return a hint on what to write instead of a text that is not a language code.

    >>> language_advice("French"), language_advice("zh_hant"), language_advice("xx")
    ('Write fr.', 'Write zh-Hant.', 'Write a code of ISO 639, such as fr or zh.')
    """
    first, *others = text.strip().replace("_", "-").split("-")
    subtags = [first.lower()]
    for other in others:
        is_region = len(other) == _REGION
        subtags.append(
            other.upper() if is_region else other.title() if len(other) == _SCRIPT else other
        )
    tag = _NAMES.get(text.casefold(), "-".join(subtags))
    return f"Write {tag}." if is_language(tag) else "Write a code of ISO 639, such as fr or zh."
