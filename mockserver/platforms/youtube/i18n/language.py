"""One interface language: its words, numbers, lengths, ages and dates as the site writes them.

Numbers, plurals, dates and "ago" forms are CLDR's, through Babel. Where the site departs from CLDR
(it cuts instead of rounding, drops seconds from a quarter of an hour on, joins a count above a
million to its noun with "de"), that is here, with the years it was seen in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from babel.units import format_unit

from collector.common.jsondata import load

#: Separators of a length's parts: before the last of two, between more, before the last of more.
_JOINS: dict[str, tuple[str, str, str]] = {
    "en": (", ", ", ", ", "),
    "fr": (" et ", ", ", " et "),
    "es": (" y ", ", ", " y "),
    "de": (", ", ", ", " und "),
    "it": (" e ", ", ", " e "),
    "pt": (" e ", ", ", " e "),
    "tr": (" ", " ", " "),
    "zh": (" ", " ", " "),
    "ja": (" ", " ", " "),
    "ar": (" و", " و", " و"),
}

#: Units that Babel's release has no long form for.
_UNITS: dict[str, dict[str, str]] = {
    "zh": {"hour": "{0} 小時", "minute": "{0} 分鐘", "second": "{0} 秒"},
    "ja": {"hour": "{0} 時間", "minute": "{0} 分", "second": "{0} 秒"},
}

#: Languages in which 2022's pages wrote thousands out on cards ("39.114 Aufrufe").
_EXACT_THOUSANDS_2022 = frozenset({"es", "de", "it"})

#: Languages that write four digits without a group separator.
_FOUR_BARE = frozenset({"es"})

_UNIT_SECONDS = (
    ("year", 365 * 86400),
    ("month", 30 * 86400),
    ("week", 7 * 86400),
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)


def age_unit(seconds: float) -> tuple[str, int]:
    """What an age is counted in: days up to 13, then weeks up to 30 days, months, years.

    >>> age_unit(13 * 86400), age_unit(14 * 86400), age_unit(31 * 86400)
    (('day', 13), ('week', 2), ('month', 1))
    """
    whole = max(int(seconds), 1)
    for unit, length in _UNIT_SECONDS:
        if unit == "week" and whole < 14 * 86400:
            continue
        if whole >= length:
            count = whole // length
            return (unit, min(count, 11)) if unit == "month" else (unit, count)
    raise AssertionError("unreachable: a second is the smallest unit")


@dataclass(frozen=True)
class Language:
    """A language that the interface speaks."""

    tag: str
    """BCP 47, as in ``<html lang>``."""
    gl: str
    """The country that the site assumes (``ytcfg`` GL)."""
    locale: Locale
    text: dict[str, str] = field(repr=False)

    @property
    def rtl(self) -> bool:
        """Tell whether it is written from right to left."""
        return self.locale.text_direction == "rtl"

    @property
    def family(self) -> str:
        """The language without its region."""
        return self.locale.language

    def t(self, key: str, **values: object) -> str:
        """The words under ``key`` with ``values`` put in."""
        words = self.text[key]
        return words.format(**values) if values else words

    # -- numbers ---------------------------------------------------------------------------------

    def number(self, value: int) -> str:
        """Every digit: ``1,113,926``, ``30 782`` with U+202F in French."""
        if self.family in _FOUR_BARE and self.locale.territory is None and 1000 <= value < 10000:
            return str(value)
        return _decimal(self.locale, value)

    def short(self, value: int, *, digits: int = 2, era: str = "2026") -> str:
        """Abbreviated and cut, never rounded up: ``1.6M``, ``39 mil``, ``12万``; ``digits`` of them
        at least."""
        if value < 1000:
            return str(value)
        exact = value < 10**6 and era == "2022" and self.family in _EXACT_THOUSANDS_2022
        if exact:
            return self.number(value)
        if self.family in {"zh", "ja"}:
            if value < 10**4:
                return str(value)
            step = 10**8 if value >= 10**8 else 10**4
        else:
            if value < 10**6 and self.family in {"de", "it"}:
                return self.number(value)
            step = 10**9 if value >= 10**9 else 10**6 if value >= 10**6 else 10**3
            if self.family == "es" and step == 10**9:
                step = 10**6
        whole = value // step
        decimals = max(digits - len(str(whole)), 0)
        cut = value * 10**decimals // step * step // 10**decimals
        return _compact(self.locale, cut, decimals)

    def _noun(self, key: str, value: int, shown: str) -> str:
        if value == 0:
            return self.text[f"{key}_0"]
        if value == 1:
            return self.text[f"{key}_1"].format(n=shown)
        words = f"{key}_big" if value >= 10**6 and not shown[-1].isdigit() else key
        return self.text[words].format(n=shown)

    def views(self, value: int) -> str:
        """``1,113,926 views``."""
        return self._noun("views", value, self.number(value))

    def views_short(self, value: int, era: str = "2026") -> str:
        """``1.1M views``, ``1,1 M de vues``, ``觀看次數：111萬次``."""
        return self._noun("views", value, self.short(value, era=era))

    def subscribers(self, value: int, era: str = "2026") -> str:
        """Give a count of subscribers, abbreviated to three digits at least: ``1.23M
        subscribers``."""
        return self._noun("subscribers", value, self.short(value, digits=3, era=era))

    def count(self, key: str, value: int) -> str:
        """A counted noun with a singular: ``{key}_1`` and ``{key}``."""
        words = self.text.get(f"{key}_1", self.text[key]) if value == 1 else self.text[key]
        return words.format(n=self.number(value))

    # -- lengths ---------------------------------------------------------------------------------

    def _unit(self, value: int, unit: str) -> str:
        own = _UNITS.get(self.family)
        if own is not None:
            return own[unit].format(value)
        return _duration(self.locale, value, unit)

    def duration(self, seconds: int, *, rounded: bool = False) -> str:
        """A length in words; ``rounded`` as in cards' labels: no seconds from 15 minutes on."""
        hours, rest = divmod(int(seconds), 3600)
        minutes, left = divmod(rest, 60)
        if rounded and seconds >= 900:
            left = 0
        parts = [
            self._unit(value, unit)
            for value, unit in ((hours, "hour"), (minutes, "minute"), (left, "second"))
            if value
        ] or [self._unit(0, "second")]
        pair, between, last = _JOINS[self.family]
        if len(parts) < 3:
            return pair.join(parts)
        return between.join(parts[:-1]) + last + parts[-1]

    # -- ages and dates --------------------------------------------------------------------------

    def ago(self, age: timedelta) -> str:
        """``5 months ago``, ``il y a 2 ans``, ``قبل 3 أشهر``."""
        unit, count = age_unit(age.total_seconds())
        return _ago(self.locale, unit, count)

    def date(self, moment: datetime) -> str:
        """``Aug 15, 2021``, ``24.03.2022``."""
        return format_date(moment.date(), format="medium", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A date with its time, as upcoming videos have it: ``3/24/22, 4:30 PM``."""
        day = format_date(moment.date(), format="short", locale=self.locale)
        return f"{day}, {format_time(moment.time(), format='short', locale=self.locale)}"


# The same numbers come again on every page: each is formatted once.


@lru_cache(maxsize=65536)
def _decimal(locale: Locale, value: int) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=65536)
def _compact(locale: Locale, value: int, decimals: int) -> str:
    return format_compact_decimal(
        value, format_type="short", locale=locale, fraction_digits=decimals
    )


@lru_cache(maxsize=4096)
def _duration(locale: Locale, value: int, unit: str) -> str:
    return format_unit(value, f"duration-{unit}", length="long", locale=locale)


@lru_cache(maxsize=4096)
def _ago(locale: Locale, unit: str, count: int) -> str:
    seconds = dict(_UNIT_SECONDS)[unit] * count
    return format_timedelta(
        timedelta(seconds=-seconds),
        granularity=unit,  # type: ignore[arg-type]
        threshold=10**12,
        add_direction=True,
        locale=locale,
    )


def _language(tag: str, locale: str, gl: str, like: str | None = None) -> Language:
    """The language whose words are in ``<tag>.json``, laid over those of the language ``like``."""
    text: dict[str, str] = dict(load(__package__, f"{like}.json")) if like else {}
    return Language(tag, gl, Locale.parse(locale), text | load(__package__, f"{tag}.json"))


#: By tag, the first of a family being its default.
LANGUAGES: dict[str, Language] = {
    language.tag: language
    for language in (
        _language("en", "en", "US"),
        _language("fr", "fr", "FR"),
        _language("es", "es", "ES"),
        _language("es-419", "es_419", "MX", like="es"),
        _language("de", "de", "DE"),
        _language("it", "it", "IT"),
        _language("pt", "pt", "BR"),
        _language("tr", "tr", "TR"),
        _language("zh-TW", "zh_Hant_TW", "TW"),
        _language("ja", "ja", "JP"),
        _language("ar", "ar", "AE"),
    )
}


def _parts(tag: str) -> list[str]:
    """Language, script, region and variants of a tag: what stands before its first extension."""
    parts = tag.replace("_", "-").split("-")
    return list(takewhile(lambda part: len(part) > 1, parts)) or parts[:1]


def _known(tag: str) -> Language | None:
    parts = _parts(tag)
    family = parts[0].lower()
    if family == "es" and len(parts) > 1 and parts[-1].upper() not in {"ES", "EA", "IC"}:
        return LANGUAGES["es-419"]
    if family == "zh":
        simplified = any(part.upper() in {"CN", "SG", "HANS"} for part in parts[1:])
        return None if simplified else LANGUAGES["zh-TW"]
    return LANGUAGES.get(family)


@lru_cache(maxsize=512)
def choose(accept_language: str) -> tuple[Language, str]:
    """The interface language and the country for an ``Accept-Language`` header; English otherwise.

    >>> language, country = choose("fr-CA,fr;q=0.9,en;q=0.5")
    >>> language.tag, country
    ('fr', 'CA')
    """
    wanted: list[tuple[float, int, str]] = []
    for number, part in enumerate(accept_language.split(",")[:20]):
        tag, _, parameters = part.strip().partition(";")
        quality = 1.0
        name, _, value = parameters.strip().partition("=")
        if name == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
        if tag and quality > 0:
            wanted.append((-quality, number, tag))
    for _, _, tag in sorted(wanted):
        language = _known(tag)
        if language is not None:
            _, *more = _parts(tag)
            region = more[-1].upper() if more else ""
            known = len(region) == 2 and region in get_global("territory_currencies")
            return language, region if known else language.gl
    return LANGUAGES["en"], "US"
