"""What YouTube's interface writes in its languages: counts, ages, lengths, dates, a few nouns.

Numbers, units, relative times and months come from the Unicode locale data that ships with Babel.
Only the site's own nouns ("views", "watching", "live"), which that data lacks, are tables here.
Everything takes the languages to try, in order, as BCP 47 tags; nothing guesses beyond them.
"""

from __future__ import annotations

from collector.platforms.youtube.locale.ages import find_age, parse_age
from collector.platforms.youtube.locale.clock import parse_clock
from collector.platforms.youtube.locale.counts import Count, parse_count
from collector.platforms.youtube.locale.dates import parse_date
from collector.platforms.youtube.locale.detect import guess_languages
from collector.platforms.youtube.locale.durations import parse_duration
from collector.platforms.youtube.locale.tags import LANGUAGES
from collector.platforms.youtube.locale.views import ViewCount, find_views

__all__ = [
    "LANGUAGES",
    "Count",
    "ViewCount",
    "find_age",
    "find_views",
    "guess_languages",
    "parse_age",
    "parse_clock",
    "parse_count",
    "parse_date",
    "parse_duration",
]
