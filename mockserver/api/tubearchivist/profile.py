"""Which generation of the archive server is imitated.

Protects the rule that dates, version and shapes agree: clients choose how to read dates by the
version that ``ping`` tells, so a profile fixes all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """One generation."""

    name: str
    version: str | None
    """What ``ping`` tells; ``None``: it tells nothing."""
    page_size: int
    enveloped: bool
    """Items come as ``{"data": …, "config": …}``."""
    empty_page_404: bool
    """A page past the end is 404, as documented; the original servers answered 200."""
    media_prefix: str
    show_date: Callable[[datetime], str]


V03 = Profile("v0.3", None, 12, True, False, "/media/", lambda moment: moment.strftime("%d %b, %Y"))
V04 = Profile("v0.4", "v0.4.7", 12, True, True, "/media/", lambda moment: moment.date().isoformat())
V05 = Profile("v0.5", "v0.5.10", 25, False, False, "/youtube/", lambda moment: moment.isoformat())

PROFILES = {profile.name: profile for profile in (V03, V04, V05)}

_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}[0-9:.]{0,16}(?:Z|[+-]\d{2}:?\d{2})?)?\Z", re.ASCII
)


def shown_date(profile: Profile, stored: Any) -> Any:
    """A stored date (epoch seconds, a day or a moment of ISO 8601) as the profile shows it.

    What is none of these stays unchanged.

    >>> shown_date(V04, 1712700000), shown_date(V03, "2024-03-01")
    ('2024-04-09', '01 Mar, 2024')
    """
    try:
        if isinstance(stored, (int, float)) and not isinstance(stored, bool):
            return profile.show_date(datetime.fromtimestamp(int(stored), UTC))
        if isinstance(stored, str) and _DATE.match(stored):
            moment = datetime.fromisoformat(stored)
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            return profile.show_date(moment)
    except (ValueError, OverflowError, OSError):
        return stored
    return stored


def minute(moment: datetime) -> str:
    """``YYYY-MM-DD HH:MM``."""
    return moment.strftime("%Y-%m-%d %H:%M")


def duration_text(profile: Profile, seconds: int) -> str:
    """A length in words of the profile's generation; nothing is ``NA``.

    >>> [duration_text(p, 3605) for p in (V03, V04, V05)]
    ['01:00:05', '01h 05s', '1h 00m 05s']
    """
    if seconds <= 0:
        return "NA"
    if profile is V03:
        hours, rest = divmod(seconds, 3600)
        minutes, left = divmod(rest, 60)
        return f"{hours:02d}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"
    if profile is V04:
        hours, rest = divmod(seconds, 3600)
        parts = ((hours, "h"), (rest // 60, "m"), (rest % 60, "s"))
        return " ".join(f"{number:02d}{unit}" for number, unit in parts if number)
    days, rest = divmod(seconds, 86400)
    parts5 = [(days, "d"), (rest // 3600, "h"), (rest % 3600 // 60, "m"), (rest % 60, "s")]
    while parts5 and not parts5[0][0]:
        parts5.pop(0)
    while parts5 and not parts5[-1][0]:
        parts5.pop()
    first, *others = parts5
    return " ".join([f"{first[0]}{first[1]}", *(f"{n:02d}{u}" for n, u in others)])
