"""One interface language: its words, its numbers, its times, as the feed writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel import Locale
from babel.dates import format_date, format_time

from mockserver.platforms.facebook.words import AGES, LANGUAGES, TEXT, UNITS

_ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

_LOCALES = {"en": "en_US", "es": "es_ES", "fr": "fr_FR", "de": "de_DE", "it": "it_IT",
            "pt": "pt_BR", "ar": "ar_EG"}  # fmt: skip


@dataclass(frozen=True)
class Language:
    """A language that the interface speaks."""

    tag: str

    @property
    def rtl(self) -> bool:
        """Tell whether it is written from right to left."""
        return self.tag == "ar"

    @property
    def locale(self) -> Locale:
        """Give its locale, as CLDR has it."""
        return Locale.parse(_LOCALES[self.tag])

    def t(self, key: str, **values: object) -> str:
        """Give the words of a key, with ``values`` in their places.

        :raises KeyError: it has no such words
        """
        text = TEXT[self.tag][key]
        return text.format(**values) if values else text

    def digits(self, text: str) -> str:
        """Write the digits of a text as the language does; Arabic has its own."""
        return text.translate(_ARABIC) if self.tag == "ar" else text

    def count(self, number: int) -> str:
        """``999``, ``1.2K``, ``12 mil``, ``1,2 Mio.``: three digits, one of them a decimal below
        ten units."""
        if number < 1000:
            return self.digits(str(number))
        size, unit = (10**6, 1) if number >= 10**6 else (1000, 0)
        tenths = number * 10 // size
        whole = f"{tenths // 10}" if tenths >= 100 or tenths % 10 == 0 else f"{tenths / 10:.1f}"
        if self.tag not in ("en", "ar"):
            whole = whole.replace(".", ",")
        return self.digits(whole) + UNITS[self.tag][unit]

    def counted(self, key: str, number: int) -> str:
        """A count with its noun: ``13 Comments``."""
        return self.t(f"{key}_1" if number == 1 else f"{key}_n", n=self.count(number))

    def clock(self, moment: datetime) -> str:
        """Give the time of day: ``4:30 PM``, ``16:30``."""
        return str(format_time(moment, "short", locale=self.locale)).replace("\u202f", " ")

    def written(self, moment: datetime, now: datetime) -> str:
        """Day and time, with the year if it is another than this."""
        with_year = {"en": "MMMM d, y", "de": "d. MMMM y", "es": "d 'de' MMMM 'de' y",
                     "pt": "d 'de' MMMM 'de' y"}  # fmt: skip
        without = {"en": "MMMM d", "de": "d. MMMM", "es": "d 'de' MMMM", "pt": "d 'de' MMMM"}
        forms = without if moment.year == now.year else with_year
        plain = "d MMMM" if moment.year == now.year else "d MMMM y"
        day = format_date(moment, forms.get(self.tag, plain), locale=self.locale)
        return self.t("day_at", d=day, t=self.clock(moment))

    def brief(self, moment: datetime, now: datetime) -> tuple[str, timedelta]:
        """``5m``, ``3h``, ``2d``, then the day; and how exactly that tells the moment."""
        seconds = max(int((now - moment).total_seconds()), 60)
        minutes, hours, days = AGES[self.tag]
        if seconds < 3600:
            return self.digits(str(seconds // 60)) + minutes, timedelta(minutes=1)
        if seconds < 86400:
            return self.digits(str(seconds // 3600)) + hours, timedelta(hours=1)
        if seconds < 7 * 86400:
            return self.digits(str(seconds // 86400)) + days, timedelta(days=1)
        return self.written(moment, now), timedelta(minutes=1)


BY_TAG = {tag: Language(tag) for tag in LANGUAGES}


def choose(accept: str) -> Language:
    """The language that an ``Accept-Language`` header asks for first, English otherwise."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")[:40]):
        name, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        wanted.append((-quality, place, name.split("-")[0].lower()))
    for _, _, name in sorted(wanted):
        if name in BY_TAG:
            return BY_TAG[name]
    return BY_TAG["en"]
