"""Which language the interface speaks, judged by its own words on the page.

A browser's language list is only a hint: real captures show a French browser with an English
interface. What counts is in which language the cards' counts and ages can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from collector.platforms.locale.ages import find_age
from collector.platforms.locale.tags import LANGUAGES, canonical
from collector.platforms.locale.text import clean
from collector.platforms.youtube.locale.views import find_views

#: A hint in which so large a share of the samples can be read is the page's language: no other is
#: tried, for each costs its locale's data.
_NEARLY_ALL = 0.75


def guess_languages(samples: Sequence[str], hints: Sequence[str] = ()) -> tuple[str, ...]:
    """Languages to read a page in, best first: hints that explain the samples, then any that do.

    ``samples`` are texts of counts and ages. Hints keep their region; English is always last in
    reach, because untranslated texts are English.
    """
    texts = [clean(s) for s in samples if s and s.strip()][:12]
    known = list(dict.fromkeys(h for h in hints if canonical(h)))
    best: tuple[int, tuple[str, ...]] = (0, ())
    for tag in [*known, *(t for t in LANGUAGES if t not in known)] if texts else ():
        score = _score(texts, tag)
        if score > best[0]:
            best = (score, (tag,))
        # Among the samples of a real page are a few that no language reads ("Ep. 5").
        if best[0] == len(texts) or (tag in known and best[0] >= _NEARLY_ALL * len(texts)):
            break
    order = [*best[1], *known, "en"] if best[1] else [*known, "en"]
    return tuple(dict.fromkeys(order))


def _score(texts: Sequence[str], tag: str) -> int:
    name = canonical(tag) or tag
    return sum(_can_be_read(text, name) for text in texts)


@lru_cache(maxsize=16_384)
def _can_be_read(text: str, language: str) -> bool:
    """The same few counts and ages stand on every page."""
    languages = (language,)
    return find_age(text, languages) is not None or find_views(text, languages) is not None
