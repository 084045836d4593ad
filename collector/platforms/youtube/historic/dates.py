"""Publication dates of watch pages as the reference collector understood them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise

from collector.platforms.locale.dates import parse_date
from collector.platforms.youtube.historic.times import before

_PREFIXES = (
    "Streamed live on ", "Started streaming on ", "Started streaming ", "Streaming avviato ",
    "Ha empezado a emitir en directo hace ", "Premiered ", "Trasmesso in anteprima ",
    "Transmitido ao vivo ", "Trasmissione in live streaming ", "El estreno empezó hace ",
    "Scheduled for ",
)  # fmt: skip
_STARTS = (
    "Started Premiere Se Ha Trasmesso Premiered Streamed Comenzó Трансляция Trasmissione Streaming "
    "Ξεκίνησε Stream Aktiver Diffusion Diffusé Première Transmisja Livestream streamen El"
)
_RELATIVE = frozenset(_STARTS.split(" "))
_UNITS: dict[str, str] = {
    word: unit
    for unit, words in (
        ("hour", ("horas", "hours", "ore", "heures", "godzin", "Stunden", "λεπτά")),
        (
            "minute",
            (
                "minutos",
                "minutes",
                "minuti",
                "Minuten",
                "Minuten.",
                "minute",
                "Minute",
                "минуты",
                "minuten",
            ),
        ),
        ("second", ("segundos", "seconds", "secondo", "secondi")),
    )
    for word in words
}
_ABSOLUTE = re.compile(
    r"\w{3,4}\.? \d{1,2},? \d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2} \w{3,4}\.? \d{4}"
)


def publication_time(text: str, language: str, client_time: datetime | None) -> datetime | None:
    """The time of publication in UTC, or ``None`` where the reference would have lost the page."""
    stripped = text
    for prefix in _PREFIXES:
        stripped = stripped.removeprefix(prefix)
    stripped = stripped.replace(" de ", " ")
    found = _ABSOLUTE.search(stripped)
    if found is not None:
        day = parse_date(found[0], (language, "en"))
        if day is not None:
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    words = text.split(" ")
    if client_time is None or (words[0] not in _RELATIVE and words[-1] not in _RELATIVE):
        return None
    for number, unit in pairwise(words):
        if number.isdigit() and unit in _UNITS:
            return before(client_time, int(number), _UNITS[unit])
    return None
