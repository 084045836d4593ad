"""Personas made from a seed: the same seed is the same person, anywhere.

A person's language, city, time zone and coordinates agree with each other; names and cities are
Faker's.
"""

from __future__ import annotations

import hashlib
import random

from collector.common.errors import UserError
from collector.problems import did_you_mean
from collector.profile.persona import HOMES, Persona

#: Screens that people have (width, height in CSS pixels) and how common they are.
_VIEWPORTS = {
    (1366, 768): 5,
    (1920, 1080): 5,
    (1536, 864): 4,
    (1440, 900): 2,
    (1280, 720): 2,
    (1600, 900): 1,
}

#: What a persona may like.
INTERESTS = (
    "cooking",
    "music",
    "travel",
    "pets",
    "sports",
    "gaming",
    "technology",
    "comedy",
    "science",
)

#: Locales whose names Faker keeps under another one.
_FAKERS = {"ar-EG": "ar_AA"}

#: How many cities are drawn before the locale's usual one is taken.
_DRAWS = 50


def generate_persona(seed: int, locale: str | None = None) -> Persona:
    """A coherent person; ``locale`` (``fr-FR``) fixes the language. Raises UserError."""
    dice = random.Random(hashlib.sha256(f"persona {seed}".encode()).digest())
    drawn = dice.choice(sorted(HOMES))
    chosen = locale or drawn
    if chosen not in HOMES:
        raise UserError(
            f"no personas can be made for {locale!r}",
            place="locale",
            fix=did_you_mean(locale, HOMES),
        )
    home = HOMES[chosen]
    # Heavy: most that know of personas make none.
    from faker import Faker

    fake = Faker(_FAKERS.get(chosen, chosen.replace("-", "_")))
    fake.seed_instance(dice.getrandbits(64))
    place, geolocation = home.place, (home.latitude, home.longitude)
    for _ in range(_DRAWS):
        found = fake.local_latlng(country_code=chosen.split("-")[1])
        if found is None:
            break
        latitude, longitude, city, _country, zone = found
        if zone == home.timezone:
            place, geolocation = city, (float(latitude), float(longitude))
            break
    return Persona(
        locale=chosen,
        timezone=home.timezone,
        geolocation=geolocation,
        viewport=dice.choices(list(_VIEWPORTS), weights=list(_VIEWPORTS.values()))[0],
        color_scheme="dark" if dice.random() < 0.25 else "light",
        interests=tuple(sorted(dice.sample(INTERESTS, 3))),
        display_name=fake.name(),
        place=place,
    )
