"""What interfaces write in their languages: counts, ages, lengths, clocks, dates.

Numbers, units, relative times and months come from the Unicode locale data that ships with Babel.
Everything takes the languages to try, in order, as BCP 47 tags; nothing guesses beyond them. The
nouns of one platform ("views", "watching") belong to that platform.
"""

from __future__ import annotations

from collector.platforms.locale.ages import find_age, parse_age
from collector.platforms.locale.clock import parse_clock
from collector.platforms.locale.counts import Count, parse_count
from collector.platforms.locale.dates import parse_date
from collector.platforms.locale.durations import parse_duration
from collector.platforms.locale.tags import LANGUAGES

__all__ = [
    "LANGUAGES",
    "Count",
    "find_age",
    "parse_age",
    "parse_clock",
    "parse_count",
    "parse_date",
    "parse_duration",
]
