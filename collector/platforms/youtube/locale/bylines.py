"""Bylines of several creators: "Ann Lee and 2 more", in the site's languages.

The site's own phrases are a table (``CREATORS`` in ``words.json``). That another text may be one is
told by locale data: after what ends a list in the language ("and") stand a number and a few words,
of which the first is no name's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import UNSPACED, bounded, clean
from collector.platforms.youtube.locale.words import CREATORS

_DIGIT = re.compile(r"\d")
#: A number that is a word; scripts without spaces may write another word at it.
_NUMBER = re.compile(rf"(?:(?<!\w)|(?<=[{UNSPACED}]))\d{{1,4}}(?:(?!\w)|(?=[{UNSPACED}]))")
#: Words beside the number that a phrase has; a longer text is a name.
_MOST_WORDS = 4


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    tails = sorted({tail for row in CREATORS.values() for tail in row}, key=len, reverse=True)
    found = "|".join(
        bounded(re.escape(tail).replace(r"\{n\}", r"\d{1,4}").replace(r"\ ", " ?"), tail)
        for tail in tails
    )
    return re.compile(rf"(\S.{{0,200}}?)[,،]? ?(?:{found})\Z", re.IGNORECASE)


def first_creator(byline: str) -> str | None:
    """The name before one of the site's phrases for further creators; ``None`` without a phrase.

    >>> first_creator("Ann Lee and 2 more"), first_creator("Kara and Nate")
    ('Ann Lee', None)
    """
    if _DIGIT.search(byline) is None:
        return None
    found = _phrases().match(clean(byline))
    return found[1].strip() if found is not None else None


@lru_cache(maxsize=128)
def _list_end(tag: str) -> str:
    """What stands between the last two entries of a list in a language, with its blanks."""
    locale = locale_of(tag)
    if locale is None:
        return ""
    _, _, after = str(locale.list_patterns["standard"]["2"]).partition("{0}")
    return after.partition("{1}")[0]


def may_name_several(byline: str, languages: Sequence[str]) -> bool:
    """Whether a byline ends as a list that counts its rest, in one of the languages or English.

    >>> may_name_several("Ann Lee und noch 2 Kanäle", ["de"]), may_name_several("Radio 1", ["de"])
    (True, False)
    """
    if _DIGIT.search(byline) is None:
        return False
    text = clean(byline)
    for tag in (*languages, "en"):
        end = _list_end(tag)
        name, found, tail = text.rpartition(end) if end else ("", "", "")
        near = " ".join(tail.split()[:2])  # a number further on is one of a name
        if found and name.strip() and _NUMBER.search(near) and not tail[:1].isupper():
            beside = [word for word in tail.split() if not word.strip("()+.").isdecimal()]
            if 0 < len(beside) <= _MOST_WORDS:
                return True
    return False
