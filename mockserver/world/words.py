"""The words that titles, tags and channel names are made of: topics, concepts, patterns.

Every topic has ten concepts, and the i-th word of every language names the same concept, so that
tags can be compared across languages and a search in any script finds something. Nothing random
here.
"""

from __future__ import annotations

from mockserver.world._vocabulary import PATTERNS, WORDS

#: Languages of the catalogue, and each one's share of the generated channels.
LANGUAGES: dict[str, float] = {
    "en": 0.37,
    "es": 0.10,
    "fr": 0.09,
    "de": 0.08,
    "it": 0.07,
    "pt": 0.08,
    "tr": 0.05,
    "ja": 0.06,
    "zh-TW": 0.05,
    "ar": 0.05,
}

COUNTRIES: dict[str, tuple[str, ...]] = {
    "en": ("US", "US", "GB", "CA", "AU"),
    "es": ("ES", "MX", "AR"),
    "fr": ("FR", "FR", "BE"),
    "de": ("DE", "DE", "AT"),
    "it": ("IT",),
    "pt": ("BR", "BR", "PT"),
    "tr": ("TR",),
    "ja": ("JP",),
    "zh-TW": ("TW",),
    "ar": ("SA", "EG"),
}

FAKER_LOCALES: dict[str, str] = {
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "de": "de_DE",
    "it": "it_IT",
    "pt": "pt_BR",
    "tr": "tr_TR",
    "ja": "ja_JP",
    "zh-TW": "zh_TW",
    "ar": "ar_SA",
}

#: Topic labels in their fixed order, and each one's share of the generated channels.
TOPIC_SHARES: dict[str, float] = {
    "science": 0.09,
    "conspiracy": 0.07,
    "news-left": 0.07,
    "news-right": 0.07,
    "gaming": 0.12,
    "music": 0.14,
    "cooking": 0.08,
    "sports": 0.10,
    "travel": 0.07,
    "technology": 0.08,
    "pets": 0.05,
    "comedy": 0.06,
}

#: YouTube's category word of each topic.
CATEGORIES: dict[str, str] = {
    "science": "Education",
    "conspiracy": "People",
    "news-left": "News",
    "news-right": "News",
    "gaming": "Games",
    "music": "Music",
    "cooking": "Howto",
    "sports": "Sports",
    "travel": "Travel",
    "technology": "Tech",
    "pets": "Animals",
    "comedy": "Comedy",
}

#: How alike two different topics are (0–1, symmetric; unnamed pairs 0; a topic and itself 1).
NEIGHBOURS: dict[tuple[str, str], float] = {
    ("science", "conspiracy"): 0.35,
    ("science", "technology"): 0.45,
    ("conspiracy", "news-right"): 0.30,
    ("conspiracy", "news-left"): 0.10,
    ("news-left", "news-right"): 0.40,
    ("gaming", "technology"): 0.35,
    ("gaming", "comedy"): 0.25,
    ("cooking", "travel"): 0.30,
    ("sports", "gaming"): 0.15,
    ("pets", "comedy"): 0.30,
    ("music", "comedy"): 0.15,
    ("travel", "pets"): 0.10,
}

#: Typical length of a topic's videos, seconds.
TYPICAL_SECONDS: dict[str, int] = {
    "science": 780,
    "conspiracy": 1260,
    "news-left": 420,
    "news-right": 480,
    "gaming": 1500,
    "music": 235,
    "cooking": 600,
    "sports": 540,
    "travel": 900,
    "technology": 660,
    "pets": 200,
    "comedy": 360,
}

CONCEPTS_PER_TOPIC = 10


def topic_words(topic: str, lang: str) -> tuple[str, ...]:
    """The ten concept words of ``topic`` in ``lang`` (English when the language is not known)."""
    words = WORDS.get(topic, {})
    return words.get(lang) or words.get("en") or tuple(f"{topic} {i + 1}" for i in range(10))


def patterns(lang: str) -> tuple[str, ...]:
    """Patterns of ``lang`` with ``{a} {b}`` concept words, ``{n}`` a number, ``{p}`` a person."""
    return PATTERNS.get(lang) or PATTERNS["en"]
