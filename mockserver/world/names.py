"""Names of people and companies (Faker, one generator a language), handles made from them."""

from __future__ import annotations

import re
import unicodedata

from mockserver.world.seeded import key64, rng
from mockserver.world.words import FAKER_LOCALES

_PROVIDERS = ["faker.providers.person", "faker.providers.company"]

_CHANNEL_FORMS: dict[str, tuple[str, ...]] = {
    "en": ("{p}", "{a} Daily", "The {a} Channel", "{p} on {a}", "{a} Lab"),
    "es": ("{p}", "{a} hoy", "Canal {a}", "{p} y {a}"),
    "fr": ("{p}", "{a} au quotidien", "La chaîne {a}", "{p} et {a}"),
    "de": ("{p}", "{a} täglich", "Der {a}-Kanal", "{p} über {a}"),
    "it": ("{p}", "{a} oggi", "Il canale {a}", "{p} e {a}"),
    "pt": ("{p}", "{a} hoje", "Canal {a}", "{p} e {a}"),
    "tr": ("{p}", "{a} Günlüğü", "{a} Kanalı", "{p} ile {a}"),
    "ja": ("{p}", "{a}チャンネル", "{p}の{a}", "毎日{a}"),
    "zh-TW": ("{p}", "{a}頻道", "{p}聊{a}", "每日{a}"),
    "ar": ("{p}", "قناة {a}", "{p} و{a}", "يوميات {a}"),
}


class Names:
    """Seeded names by language; the same seed gives the same sequence."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._fakers: dict[str, object] = {}
        self._taken: set[str] = set()

    def _faker(self, lang: str) -> object:
        faker = self._fakers.get(lang)
        if faker is None:
            # Heavy: not every process that knows of a world makes one.
            from faker import Factory

            faker = Factory.create(FAKER_LOCALES.get(lang, "en_US"), providers=_PROVIDERS)
            faker.seed_instance(key64(self._seed, "faker", lang))
            self._fakers[lang] = faker
        return faker

    def person(self, lang: str) -> str:
        """First and last name, without academic titles."""
        faker = self._faker(lang)
        first, last = faker.first_name(), faker.last_name()  # type: ignore[attr-defined]
        if lang == "ja":
            return f"{last} {first}"
        return f"{last}{first}" if lang == "zh-TW" else f"{first} {last}"

    def company(self, lang: str = "en") -> str:
        """Draw the name of a company in a language."""
        return str(self._faker(lang).company())  # type: ignore[attr-defined]

    def channel(self, lang: str, concept: str, number: int) -> str:
        """A channel's display name about ``concept``."""
        forms = _CHANNEL_FORMS.get(lang, _CHANNEL_FORMS["en"])
        form = rng(self._seed, "channel-name", number).choice(forms)
        about = concept[:1].upper() + concept[1:] if form.startswith("{a}") else concept
        return form.format(p=self.person(lang), a=about)

    def reserve(self, name: str) -> None:
        """Keep ``name`` from being handed out."""
        self._taken.add(name.lower())

    def handle(self, name: str, fallback: str) -> str:
        """A unique ASCII name of 3–28 characters made from ``name``, else from ``fallback``."""
        base = slug(name)[:24]
        if len(base) < 3:
            base = slug(fallback)[:24]
        found, number = base, 1
        while found in self._taken:
            number += 1
            found = f"{base}{number}"
        self._taken.add(found)
        return found


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits of ``text``; empty when it has none."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ß", "ss"))
    return re.sub(r"[^a-z0-9]+", "", plain.encode("ascii", "ignore").decode("ascii").lower())
