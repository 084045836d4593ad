"""Which language a text is in, and which known concepts it names: a small local topic labeller.

Stands where the original used a paid service. It knows the concepts of the mock's world and a few
words of public life, in ten languages, each as the title of an encyclopaedia's article; it never
guesses a concept that it does not know. Same text, same answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from collector.platforms.symbols import symbols
from mockserver.world._vocabulary import WORDS

#: Shorter texts say too little.
SHORTEST = 40
#: Concepts of one text.
MOST = 12

_STOP: dict[str, frozenset[str]] = {
    lang: frozenset(text.split())
    for lang, text in {
        "en": "the and of to in is that for it with as was on are this be have from not you at",
        "es": "el la los las de que y en un una por con para del se es su al lo como más no",
        "fr": "le la les des de et en un une est que qui dans pour sur au avec pas plus ce il ne",
        "de": "der die das und ist nicht ein eine mit auf für von den dem im zu sich auch es dass",
        "it": "il lo la gli le di che e un una per con del della non sono è si da nel ai alla più",
        "pt": "o os as de que e um uma para com do da não em no na por mais se ao é dos das foi",
        "tr": "ve bir bu da de için ile çok daha gibi olan ne ama kadar en sonra ya",
        "nl": "de het een en van in is dat op te zijn voor met niet aan er om ook maar",
    }.items()
}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

#: Public life, by language; the mock's world adds the concepts of its topics.
_PUBLIC_LIFE: dict[str, tuple[str, ...]] = {
    "en": ("Election", "Parliament", "Climate change", "Immigration", "European Union", "Tax",
           "President", "Police", "Hospital", "School"),
    "es": ("Elecciones", "Parlamento", "Cambio climático", "Inmigración", "Unión Europea",
           "Impuesto", "Presidente", "Policía", "Hospital", "Escuela", "Rusia", "Cataluña"),
    "fr": ("Élection", "Parlement", "Réchauffement climatique", "Immigration", "Union européenne",
           "Impôt", "Président", "Police", "Hôpital", "École"),
    "de": ("Wahl", "Bundestag", "Klimawandel", "Einwanderung", "Europäische Union", "Steuer",
           "Präsident", "Polizei", "Krankenhaus", "Schule"),
    "it": ("Elezioni", "Parlamento", "Cambiamento climatico", "Immigrazione", "Unione europea",
           "Tassa", "Presidente", "Polizia", "Ospedale", "Scuola"),
    "pt": ("Eleição", "Parlamento", "Mudança climática", "Imigração", "União Europeia", "Imposto",
           "Presidente", "Polícia", "Hospital", "Escola"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Annotation:
    """One concept that a text names. ``label`` and ``title`` are the title of its article,
    ``wp`` the article's address, and ``confidence`` is 0–1, higher the more often it is named."""

    label: str
    title: str
    spot: str
    """The words of the text that name the concept."""
    wp: str
    confidence: float


def language(text: str) -> str | None:
    """The two letters of the language a text is written in, or ``None`` if that cannot be told."""
    for lang, script in _SCRIPTS:
        if len(script.findall(text)) * 4 > len(text.replace(" ", "")):
            return lang
    words = [word.lower() for word in _WORD.findall(text[:4000])]
    scores = {lang: sum(word in stop for word in words) for lang, stop in _STOP.items()}
    best = max(scores, key=lambda lang: scores[lang])
    others = [score for lang, score in scores.items() if lang != best]
    return best if scores[best] >= 2 and scores[best] > max(others) else None


def annotate(text: str) -> tuple[str, tuple[Annotation, ...]] | None:
    """Language and concepts of a text; ``None`` where it is too short or in no known language."""
    if symbols(text) < SHORTEST:
        return None
    lang = language(text)
    if lang is None:
        return None
    regex, titles = _lexicon(lang)
    if regex is None:
        return lang, ()
    found: dict[str, list[str]] = {}
    for match in regex.finditer(text[:20_000]):
        found.setdefault(titles[match[0].casefold()], []).append(match[0])
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST]
    return lang, tuple(
        Annotation(
            label=title,
            title=title,
            spot=spots[0],
            wp=f"http://{lang}.wikipedia.org/wiki/{quote(title.replace(' ', '_'))}",
            confidence=round(min(0.99, 0.6 + 0.1 * len(spots) + 0.01 * len(title)), 2),
        )
        for title, spots in ranked
    )


@lru_cache(maxsize=32)
def _lexicon(lang: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    titles: dict[str, str] = {}
    for topic in WORDS.values():
        for word in topic.get("zh-TW" if lang == "zh" else lang, ()):
            if len(word) > 2 or not word.isascii():
                titles.setdefault(word.casefold(), word[:1].upper() + word[1:])
    for title in _PUBLIC_LIFE.get(lang, ()):
        titles.setdefault(title.casefold(), title)
    if not titles:
        return None, {}
    known = "|".join(re.escape(word) for word in sorted(titles, key=lambda w: (-len(w), w)))
    edges = ("", "") if lang in ("ja", "zh", "th") else (r"(?<!\w)", r"(?!\w)")
    return re.compile(f"{edges[0]}(?:{known}){edges[1]}", re.IGNORECASE), titles
