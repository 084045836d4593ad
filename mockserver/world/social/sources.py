"""Who publishes: pages on every topic in every language, people, groups, advertisers.

A page's address is the same whatever the seed (``/newsleft.it.1/``), so that a scenario can name
it; its name is not. Every newcomer of a language has the same friends and groups, so that twins
begin equal. Every second person has an address of their own (``/jane.doe.en.7``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.common.model import AuthorKind
from mockserver.world.names import Names, slug
from mockserver.world.recipe import Recipe
from mockserver.world.seeded import key64, rng
from mockserver.world.social.model import Source
from mockserver.world.social.words import LANGUAGES
from mockserver.world.words import topic_words

#: Pages on each topic in each language.
PAGES_PER_TOPIC = 4
#: People of each language; friends are drawn from them.
PEOPLE_PER_LANGUAGE = 16
ADVERTISERS_PER_LANGUAGE = 6
#: Groups of each language; every second one is closed.
GROUPS_PER_LANGUAGE = 4

#: Pages that examples of the historical documentation name.
ELPAIS, CATALUNYA = "elpais", "CatalunyaDiari"

_FORMS: dict[str, tuple[str, ...]] = {
    "en": ("{a} Daily", "The {a} Page", "{a} Today", "All about {a}"),
    "es": ("{a} hoy", "La página de {a}", "Todo sobre {a}", "Amigos de {a}"),
    "fr": ("{a} aujourd’hui", "La page {a}", "Tout sur {a}", "Les amis de {a}"),
    "de": ("{a} heute", "Die Seite: {a}", "Alles über {a}", "Freunde von {a}"),
    "it": ("{a} oggi", "La pagina di {a}", "Tutto su {a}", "Amici di {a}"),
    "pt": ("{a} hoje", "A página de {a}", "Tudo sobre {a}", "Amigos de {a}"),
    "ar": ("{a} اليوم", "صفحة {a}", "كل شيء عن {a}", "أصدقاء {a}"),
}

_GROUP_FORMS: dict[str, str] = {
    "en": "{a} – the group", "es": "Grupo: {a}", "fr": "Le groupe {a}", "de": "Gruppe: {a}",
    "it": "Il gruppo di {a}", "pt": "Grupo: {a}", "ar": "مجموعة {a}",
}  # fmt: skip


def vanity(topic: str, lang: str, number: int) -> str:
    """The name in the address of a page: ``newsleft.it.1``."""
    return f"{slug(topic)}.{lang}.{number}"


class Sources:
    """Everybody who publishes in one world."""

    def __init__(self, seed: int, recipe: Recipe) -> None:
        self.seed = seed
        names = Names(seed)
        self.topics = tuple(recipe.topics)
        self.languages = tuple(
            lang for lang in LANGUAGES if lang in recipe.languages or lang == "en"
        ) or ("en",)
        self.pages = [*documented_pages(), *self._pages(recipe.words)]
        self.people = list(self._people(names))
        self.groups = list(self._groups(recipe.words))
        self.advertisers = list(self._advertisers(names))
        self.by_id = {one.id: one for one in self.everybody()}
        self._by_vanity = {one.vanity.lower(): one for one in self.everybody() if one.vanity}

    def everybody(self) -> Iterable[Source]:
        """Walk through pages, people, groups and advertisers, in this order."""
        yield from self.pages
        yield from self.people
        yield from self.groups
        yield from self.advertisers

    def by_path(self, first: str, number: str = "") -> Source | None:
        """The source at ``/first/`` or ``/profile.php?id=number``."""
        if first == "profile.php":
            return self.by_id.get(number)
        return self._by_vanity.get(first.lower()) or self.by_id.get(first)

    def friends(self, lang: str, count: int) -> tuple[Source, ...]:
        """The friends of a newcomer of ``lang``."""
        people = self.members(lang)
        return tuple(rng(self.seed, "friends", lang).sample(people, min(count, len(people))))

    def members(self, lang: str) -> list[Source]:
        """The people of ``lang``: every group of the language has them all as members."""
        return [one for one in self.people if one.lang == lang]

    def joined(self, lang: str, count: int) -> tuple[Source, ...]:
        """The groups that a newcomer of ``lang`` is in."""
        return tuple([one for one in self.groups if one.lang == lang][:count])

    def _pages(self, words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[Source]:
        for lang in self.languages:
            taken: set[str] = set()
            for topic in self.topics:
                own = words.get(topic, {})
                concepts = own.get(lang) or own.get("en") or topic_words(topic, lang)
                for number in range(1, PAGES_PER_TOPIC + 1):
                    draw = rng(self.seed, "page", topic, lang, number)
                    concept = draw.choice([c for c in concepts if c not in taken] or concepts)
                    taken.add(concept)
                    form = _FORMS[lang][number % len(_FORMS[lang])]
                    about = concept[:1].upper() + concept[1:] if form[0] == "{" else concept
                    # The last page of each topic has no name in its address.
                    named = number < PAGES_PER_TOPIC
                    yield Source(
                        id=str(2_000_000_000_000_00 + key64(self.seed, "page", topic, lang, number)
                               % 9_000_000_000_000),
                        kind=AuthorKind.PAGE,
                        name=form.format(a=about),
                        vanity=vanity(topic, lang, number) if named else None,
                        topic=topic,
                        lang=lang,
                        followers=int(10 ** draw.gauss(4.5, 0.8)),
                        site=f"www.{slug(topic)}{number}-{lang}.example",
                    )  # fmt: skip

    def _people(self, names: Names) -> Iterator[Source]:
        for lang in self.languages:
            for number in range(PEOPLE_PER_LANGUAGE):
                draw = rng(self.seed, "person", lang, number)
                name = names.person(lang)
                parts = [part for word in name.split() if (part := slug(word))]
                own = ".".join([*parts, lang, str(number)]) if parts and number % 2 else None
                yield Source(
                    id=str(1000 * 10**11 + key64(self.seed, "person", lang, number) % 10**11),
                    kind=AuthorKind.PERSON,
                    name=name,
                    vanity=own,
                    topic=draw.choice(self.topics),
                    lang=lang,
                )

    def _groups(self, words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[Source]:
        for lang in self.languages:
            for number in range(GROUPS_PER_LANGUAGE):
                draw = rng(self.seed, "group", lang, number)
                topic = draw.choice(self.topics)
                own = words.get(topic, {})
                about = draw.choice(own.get(lang) or own.get("en") or topic_words(topic, lang))
                yield Source(
                    id=str(7 * 10**14 + key64(self.seed, "group", lang, number) % 10**13),
                    kind=AuthorKind.GROUP,
                    name=_GROUP_FORMS[lang].format(a=about),
                    vanity=None,
                    topic=topic,
                    lang=lang,
                    followers=200 + 83 * number,
                    closed=number % 2 == 1,
                )

    def _advertisers(self, names: Names) -> Iterator[Source]:
        for lang in self.languages:
            for number in range(ADVERTISERS_PER_LANGUAGE):
                name = names.company(lang if lang != "ar" else "en")
                address = f"{slug(name)[:18] or 'firm'}{number}.{lang}"
                yield Source(
                    id=str(3 * 10**14 + key64(self.seed, "advertiser", lang, number) % 10**13),
                    kind=AuthorKind.PAGE,
                    name=name,
                    vanity=address,
                    topic="",
                    lang=lang,
                    followers=1000 + 37 * number,
                    advertiser=True,
                    site=f"www.{address.replace('.', '-')}.example",
                )


def documented_pages() -> tuple[Source, ...]:
    """Pages that exist in every world."""
    return (
        Source("8585811569", AuthorKind.PAGE, "El País", ELPAIS, "news", "es", 4_000_000,
               site="elpais.com"),
        Source("276940492443", AuthorKind.PAGE, "Catalunya Diari", CATALUNYA, "news", "es", 90_000,
               site="www.catalunyadiari.com"),
    )  # fmt: skip
