"""Language tags as browsers and sites write them, mapped to locale data.

One canonical tag an interface language; a tag nobody knows falls back to its base
language and then to nothing, never to English in silence.
"""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

#: The interface languages that are known, by canonical tag.
LANGUAGES: tuple[str, ...] = (
    "en", "fr", "es", "de", "it", "pt", "tr", "zh-TW", "zh-CN", "zh-HK", "ja", "ko", "ar", "ru",
    "uk", "pl", "nl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "bg", "el", "he", "hi", "id",
    "ms", "th", "vi", "ca", "hr", "sr", "sl", "lt", "lv", "et", "fa", "bn", "ta", "fil", "gl",
    "eu", "af", "sw", "is", "mr", "ur", "am", "as", "az", "be", "bs", "gu", "hy", "ka", "kk", "km",
    "kn", "ky", "lo", "mk", "ml", "mn", "my", "ne", "or", "pa", "si", "sq", "te", "uz", "zu",
)  # fmt: skip

_ALIASES = {
    "no": "nb", "nn": "nb", "iw": "he", "in": "id", "tl": "fil", "zh": "zh-CN", "zh-SG": "zh-CN",
    "zh-MO": "zh-HK", "zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "zh-Hant-TW": "zh-TW",
    "zh-Hant-HK": "zh-HK", "zh-Hans-CN": "zh-CN", "sh": "hr",
}  # fmt: skip


@lru_cache(maxsize=512)
def canonical(tag: str) -> str | None:
    """The tag of ``LANGUAGES`` that speaks for ``tag`` (``fr-CA`` → ``fr``), or ``None``."""
    tag = tag.strip().replace("_", "-")
    if not tag:
        return None
    language, *rest = tag.split("-")
    parts = [language.lower(), *(p.title() if len(p) == 4 else p.upper() for p in rest)]
    while parts:
        candidate = "-".join(parts)
        candidate = _ALIASES.get(candidate, candidate)
        if candidate in LANGUAGES:
            return candidate
        parts.pop()
    return None


@lru_cache(maxsize=512)
def locale_of(tag: str) -> Locale | None:
    """Babel's locale for a tag, region kept (``es-MX``), or ``None`` if it has no data."""
    name = _ALIASES.get(tag, tag)
    while name:
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            name = name.rpartition("-")[0]
    return None
