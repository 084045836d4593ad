"""Accessible labels as the ytTREX 2022 collector took them apart, mistakes included.

Its language is decided by the last word, its separators are exact, and its unit words contain
errors that are kept here on purpose (Russian months read as minutes, the Danish week as a day).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.platforms.locale.ages import unit_seconds


class LabelError(ValueError):
    """The label would have been refused."""


@dataclass(frozen=True, slots=True)
class HistoricLabel:
    """``count`` and ``unit`` of the age are ``None`` where the label has none."""

    title: str
    views: int
    count: int | None
    unit: str | None

    @property
    def age_seconds(self) -> int | None:
        """The age in seconds, ``None`` if there is none."""
        if self.count is None or self.unit is None:
            return None
        return unit_seconds(self.unit, self.count)


@dataclass(frozen=True, slots=True)
class _Row:
    separator: str
    style: str


_COMMA, _DOTS, _EMPTY, _CHINESE = "comma", "dots", "empty", "chinese"

_ROWS: dict[str, _Row] = {
    noun: _Row(separator, style)
    for nouns, separator, style in (
        ("views view", "by", _COMMA),
        ("vistas", "de", _COMMA),
        ("visualizaciones visualización", "de", _DOTS),
        ("visualitzacions", "de:", _DOTS),
        ("visualizzazioni visualizzazione", "di", _DOTS),
        ("visualizações visualização", "", _DOTS),
        ("visninger avspillinger", "af", _DOTS),
        ("ganger", "av", _EMPTY),
        ("weergaven", "door", _DOTS),
        ("Aufrufe Aufruf", "von", _DOTS),
        ("vues vue", "de", _EMPTY),
        ("просмотров просмотра просмотр", "Автор:", _EMPTY),
        ("wyświetleń wyświetlenia", "Autor:", _EMPTY),
        ("megtekintés", "készítette:", _EMPTY),
        ("zhliadnutí", "z kanála", _EMPTY),
        ("次", "上傳者", _CHINESE),
    )
    for noun in nouns.split()
}

_UNITS: dict[str, str] = {
    word: unit
    for unit, words in (
        (
            "second",
            "секунд секунда секунды seconds secondi second secondo segundos másodperc sekund 秒钟",
        ),
        (
            "minute",
            "minuti minutos minutes минут месяцев минуты Minuten minutter minute minuto minuty "
            "perc minut minuta 分钟",
        ),
        (
            "hour",
            "horas heure hores hora ora ore uur hours hour timer Stunde Stunden heures час часа "
            "часов time órája godzina godzin 小时",
        ),
        (
            "day",
            "dias dia dies días día dag dager dagen dage giorni giorno days day jours jour uge "
            "Tagen Tag дня день дней døgn dni dzień",
        ),
        (
            "week",
            "settimana settimane setmana setmanes week weeks uger weken semana semanas semaines "
            "semaine Woche Wochen uke uker недели неделю hét tydzień",
        ),
        (
            "month",
            "md. mes mesos mês mese mesi mois maand maanden meses month months miesięcy miesiąc "
            "miesiące måned måneder Monaten Monat месяц месяца hónap",
        ),
        (
            "year",
            "year years jaar año Jahren Jahr lat lata rok anni anno años anos ano ans any anys an "
            "år года лет год",
        ),
    )
    for word in words.split()
}

_NUMBERS = {
    _COMMA: re.compile(r" (\d{1,3}(?:,\d{3}){0,3}|\d{4}) (\S+)$"),
    _DOTS: re.compile(r" (\d{1,3}(?:\.\d{3}){0,3}|\d{4}) (\S+)$"),
    _EMPTY: re.compile(r" (\d{1,3}(?: \d{3}){0,3}) (\S+)$"),
}
#: The word for views, and what a label ends in whose channel is linked with others.
_CHANNEL_LINKED = (
    ("views", " viewers also watch this channel"),
    ("vues", " regarde aussi cette chaîne"),
)
_NONE = re.compile(r" (?:No|Nessuna|Ingen|Keine|Nenhuma|Aucune) \S+$")
_PLAY_SHORT = " - play Short"
_SHORTEST = 20


def parse_historic(label: str, author: str) -> HistoricLabel:
    """A label as the reference reads it. Raises ``LabelError`` where it would have failed."""
    if not author:
        raise LabelError("No source")
    text = label.removesuffix(_PLAY_SHORT)
    if len(text) < _SHORTEST:
        raise LabelError("too short")
    text, noun, row = _language(text)
    views, remainder = _views(text, noun, row)
    splitter = f" {row.separator} {author}" if row.separator else f" {author}"
    pieces = remainder.split(splitter)
    if len(pieces) < 2:
        raise LabelError("Separator Error")
    count, unit = _age(pieces[-1])
    return HistoricLabel(pieces[0], views, count, unit)


def _language(text: str) -> tuple[str, str, _Row]:
    spaced = text.replace("\u202f", " ").replace("\xa0", " ")
    last = spaced.split(" ")[-1]
    for noun in (last, text[-1:], text[-4:]):
        if noun in _ROWS:
            return text, noun, _ROWS[noun]
    line = spaced.removesuffix("\n")
    for noun, tail in _CHANNEL_LINKED:
        at = line.find(f"{noun} ", line.rfind("\n") + 1)
        if at >= 0 and line.endswith(tail, at + len(noun) + 1):
            return spaced[: at + len(noun)], noun, _ROWS[noun]
    raise LabelError(f"1> locale not found! [{last}]")


def _views(text: str, noun: str, row: _Row) -> tuple[int, str]:
    spaced = text.replace("\u202f", " ").replace("\xa0", " ").strip()
    none = _NONE.search(spaced)
    if none is not None:
        return 0, spaced[: none.start()]
    if row.style == _CHINESE:
        found = re.search(r"：([\d,]+)次$", spaced)
        if found is None:
            raise LabelError("no views")
        return int(found[1].replace(",", "")), spaced[: spaced.rindex("：")]
    match = _NUMBERS[row.style].search(spaced)
    if match is None or match[2] != noun:
        raise LabelError("no views")
    return int(re.sub(r"[., ]", "", match[1])), spaced[: match.start()]


def _age(text: str) -> tuple[int | None, str | None]:
    if not text.strip():
        return None, None
    found = re.search(r"(\d+)([^\d]*)", text)
    if found is None:
        raise LabelError("no age")
    unit = None
    for word in found[2].split():
        unit = _UNITS.get(word.rstrip(","), unit)
    if unit is None:
        raise LabelError("unknown unit")
    return int(found[1]), unit
