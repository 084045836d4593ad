"""Ages of generated entities, kept away from the borders at which "N units ago" changes.

An age is "N units" plus a part of a unit, so that the string a site shows for it stays the same
for at least half an hour of world time after the world was built.
"""

from __future__ import annotations

import random
from datetime import timedelta

_HOUR = 3600
_DAY = 24 * _HOUR

#: Share of videos whose age is counted in each unit.
UNIT_SHARES = {"hours": 0.03, "days": 0.07, "weeks": 0.10, "months": 0.35, "years": 0.45}


def random_age(draw: random.Random, oldest_years: int = 13) -> timedelta:
    """An age of 1 hour to ``oldest_years`` years and some months."""
    unit = draw.choices(list(UNIT_SHARES), list(UNIT_SHARES.values()))[0]
    if unit == "hours":
        seconds = draw.randint(1, 22) * _HOUR + draw.randint(300, 1200)
    elif unit == "days":
        seconds = draw.randint(1, 6) * _DAY + draw.randint(1 * _HOUR, 8 * _HOUR)
    elif unit == "weeks":
        weeks = draw.randint(1, 4)
        spare = _DAY if weeks == 4 else 5 * _DAY
        seconds = weeks * 7 * _DAY + draw.randint(2 * _HOUR, spare)
    elif unit == "months":
        seconds = draw.randint(1, 11) * 30 * _DAY + draw.randint(3 * _DAY, 20 * _DAY)
    else:
        seconds = draw.randint(1, oldest_years) * 365 * _DAY + draw.randint(20 * _DAY, 300 * _DAY)
    return timedelta(seconds=seconds)
