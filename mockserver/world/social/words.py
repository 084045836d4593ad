"""What posts say, in the languages that the feed speaks: sentences around a topic's concept words.

``{a}`` and ``{b}`` are concept words of the post's topic (``mockserver.world.words``), ``{n}`` a
number (``words.json`` holds them). People write about themselves, pages about their topic.
"""

from __future__ import annotations

from collector.common.jsondata import load

#: Languages of the feed's interface and of its posts.
LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar")

_DATA = load(__package__, "words.json")

#: By language, what pages write, and what people write.
PAGE_SENTENCES: dict[str, tuple[str, ...]] = _DATA["page_sentences"]
PERSON_SENTENCES: dict[str, tuple[str, ...]] = _DATA["person_sentences"]

#: Second paragraphs of longer posts.
MORE: dict[str, tuple[str, ...]] = _DATA["more"]

#: Descriptions on the cards of links.
DESCRIPTIONS: dict[str, tuple[str, ...]] = _DATA["descriptions"]

#: What advertisements say; ``{s}`` is the advertiser.
OFFERS: dict[str, tuple[str, ...]] = _DATA["offers"]

#: Titles of events.
EVENTS: dict[str, tuple[str, ...]] = _DATA["events"]

#: Keys of what pictures show; the site words them.
THINGS = ("text", "people", "outdoor", "indoor", "sky", "food", "animal")

#: Keys of the buttons of advertisements.
CALLS = ("shop_now", "learn_more", "sign_up")


def family(lang: str) -> str:
    """The language in which somebody of ``lang`` is written to: English if the feed lacks it."""
    base = lang.split("-")[0].lower()
    return base if base in LANGUAGES else "en"
