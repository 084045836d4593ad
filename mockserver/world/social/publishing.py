"""What everybody publishes: posts of every kind, each a function of the seed and its author.

Ages count back from the world's start and stay clear of the borders at which "3 hrs" changes; the
counts of reactions, comments and shares are round where a site abbreviates them, so that a page
tells the whole truth.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from collector.common.model import AuthorKind
from mockserver.world.clock import EPOCH
from mockserver.world.names import slug
from mockserver.world.seeded import key64, rng
from mockserver.world.social.model import Card, Media, Picture, Post, Source
from mockserver.world.social.sources import CATALUNYA, ELPAIS
from mockserver.world.social.words import (
    CALLS,
    DESCRIPTIONS,
    EVENTS,
    MORE,
    OFFERS,
    PAGE_SENTENCES,
    PERSON_SENTENCES,
    THINGS,
)
from mockserver.world.words import patterns, topic_words

#: Posts of each page and each person; advertisements of each advertiser.
POSTS_PER_PAGE, POSTS_PER_PERSON, POSTS_PER_GROUP, ADS_PER_ADVERTISER = 36, 10, 12, 4

_PAGE_MEDIA = {
    Media.STATUS: 0.14, Media.PHOTO: 0.28, Media.VIDEO: 0.14, Media.LINK: 0.28, Media.EVENT: 0.04,
    Media.NOTE: 0.03, Media.SHARE: 0.09,
}  # fmt: skip
_PERSON_MEDIA = {Media.STATUS: 0.45, Media.PHOTO: 0.35, Media.VIDEO: 0.08, Media.SHARE: 0.12}
_GROUP_MEDIA = {Media.STATUS: 0.6, Media.PHOTO: 0.4}
_MEDIA = {
    AuthorKind.PAGE: _PAGE_MEDIA, AuthorKind.PERSON: _PERSON_MEDIA, AuthorKind.GROUP: _GROUP_MEDIA,
}  # fmt: skip

#: Share of people's posts that only friends see.
PRIVATE_SHARE = 0.6

_REACTIONS = {"LIKE": 0.62, "LOVE": 0.14, "HAHA": 0.09, "WOW": 0.05, "SAD": 0.05, "ANGRY": 0.05}

#: How old posts are, hours; a page publishes several times a day.
_OLDEST_H = 9 * 24


def shown_exactly(count: int) -> int:
    """``count`` cut to what an abbreviation keeps: 1 234 → 1 200, 12 345 → 12 000.

    >>> shown_exactly(999), shown_exactly(1234), shown_exactly(12345), shown_exactly(1234567)
    (999, 1200, 12000, 1200000)
    """
    step = 1 if count < 1000 else 100 if count < 10_000 else 1000 if count < 10**6 else 10**5
    return count // step * step


def _age(draw: random.Random) -> timedelta:
    """An age of 1 hour to nine days, never near the border of a unit."""
    hours = min(int(draw.expovariate(1 / 40)) + 1, _OLDEST_H)
    if hours >= 24:
        return timedelta(
            days=hours // 24, hours=draw.randint(2, 20), minutes=draw.randint(3, 50),
            seconds=draw.randint(0, 59),
        )  # fmt: skip
    return timedelta(hours=hours, minutes=draw.randint(5, 25), seconds=draw.randint(0, 59))


class Press:
    """Writes the posts of one world. ``start`` is the moment that ages count back from."""

    def __init__(
        self,
        seed: int,
        start: datetime,
        words: Mapping[str, Mapping[str, tuple[str, ...]]],
        topics: tuple[str, ...],
        originals: Callable[[Source], list[Post]],
        members: Callable[[str], list[Source]],
    ) -> None:
        """:param originals: posts of others that a source may pass on.
        :param members: the people of a language, who write in its groups."""
        self.seed = seed
        self.start = start
        self.words = words
        self.topics = topics
        self.originals = originals
        self.members = members

    def posts(self, source: Source) -> Iterator[Post]:
        """Everything that ``source`` has published, in no order."""
        if source.advertiser:
            yield from (self._ad(source, number) for number in range(ADS_PER_ADVERTISER))
            return
        if source.vanity in (ELPAIS, CATALUNYA):
            yield documented_post(source)
        how_many = {
            AuthorKind.PAGE: POSTS_PER_PAGE, AuthorKind.PERSON: POSTS_PER_PERSON,
            AuthorKind.GROUP: POSTS_PER_GROUP,
        }[source.kind]  # fmt: skip
        for number in range(how_many):
            yield self._post(source, number)

    def _concepts(self, topic: str, lang: str) -> tuple[str, ...]:
        own = self.words.get(topic, {})
        known = topic if topic in self.topics else "science"
        return own.get(lang) or own.get("en") or topic_words(known, lang)

    def _post(self, source: Source, number: int) -> Post:
        draw = rng(self.seed, "post", source.id, number)
        person = source.kind is AuthorKind.PERSON
        shares = _MEDIA[source.kind]
        media = draw.choices(list(shares), list(shares.values()))[0]
        a, b = draw.sample(self._concepts(source.topic, source.lang), 2)
        age = _age(draw)
        post_id = str(10**15 + key64(self.seed, "post", source.id, number) % (9 * 10**15))
        public = draw.random() >= PRIVATE_SHARE if person else not source.closed
        values = {"a": a, "b": b, "n": draw.randint(3, 40), "t": slug(a)[:20] or "news"}
        page = source.kind is AuthorKind.PAGE
        sentences = PAGE_SENTENCES if page else PERSON_SENTENCES
        texts = [draw.choice(sentences[source.lang]).format(**values)]
        if page and draw.random() < 0.35:
            texts.append(draw.choice(MORE[source.lang]).format(**values))
        shared: Post | None = None
        if media is Media.SHARE:
            choice = self.originals(source)
            if choice:
                shared = draw.choice(choice)
            else:
                media = Media.STATUS
        if media is Media.SHARE and draw.random() < 0.4:
            texts = []
        title = draw.choice(EVENTS[source.lang]).format(**values) if media is Media.EVENT else ""
        if media is Media.NOTE:
            title = texts[0].rstrip(".!?؟ ")[:60]
        album = str(10**14 + key64(self.seed, "album", source.id) % 10**14)
        permalink, link_type = _address(source, post_id, media, album, title)
        writer = draw.choice(self.members(source.lang)) if source.kind is AuthorKind.GROUP else None
        return Post(
            id=post_id,
            source_id=source.id,
            topic=shared.topic if shared else source.topic,
            lang=source.lang,
            media=media,
            published=self.start - age,
            texts=tuple(texts),
            reactions=self._reactions(draw, source),
            comments=shown_exactly(int(draw.lognormvariate(2.2, 1.6))),
            shares=shown_exactly(int(draw.lognormvariate(1.6, 1.7))),
            age_h=round(age.total_seconds() / 3600, 4),
            public=public,
            card=self._card(draw, source, values, post_id) if media is Media.LINK else None,
            pictures=_pictures(draw, media, post_id, source if person else writer),
            album=album,
            title=title,
            seconds=draw.randint(12, 600) if media is Media.VIDEO else 0,
            shared_id=shared.id if shared else None,
            permalink=permalink,
            link_type=link_type,
            member_id=writer.id if writer else None,
        )

    def _reactions(self, draw: random.Random, source: Source) -> dict[str, int]:
        typical = max(source.followers, 40) * 0.004
        total = draw.lognormvariate(0, 1.1) * typical
        found = {
            name: shown_exactly(int(total * share * draw.uniform(0.3, 1.7)))
            for name, share in _REACTIONS.items()
        }
        return {name: count for name, count in found.items() if count}

    def _card(
        self, draw: random.Random, source: Source, values: Mapping[str, object], post_id: str
    ) -> Card:
        forms = [form for form in patterns(source.lang) if "{p}" not in form]
        title = draw.choice(forms).format(**values)
        return Card(
            link=f"https://{source.site}/{EPOCH.year}/{post_id[-6:]}/{values['t']}.html",
            site=source.site,
            title=title[:1].upper() + title[1:],
            description=draw.choice(DESCRIPTIONS[source.lang]).format(**values),
        )

    def _ad(self, source: Source, number: int) -> Post:
        draw = rng(self.seed, "feed-ad", source.id, number)
        offer = draw.choice(OFFERS[source.lang]).format(n=draw.randint(3, 60), s=source.name)
        ad_id = str(6 * 10**15 + key64(self.seed, "feed-ad", source.id, number) % 10**15)
        return Post(
            id=ad_id,
            source_id=source.id,
            topic="",
            lang=source.lang,
            media=Media.LINK,
            published=self.start - timedelta(days=draw.randint(2, 60)),
            texts=(offer,),
            reactions=self._reactions(draw, source),
            comments=draw.randint(0, 40),
            shares=draw.randint(0, 20),
            age_h=0.0,
            sponsored=True,
            card=Card(
                link=f"https://{source.site}/offer/{number + 1}",
                site=source.site,
                title=f"{source.name} – {number + 1}",
                description=offer,
            ),
            call=draw.choice(CALLS),
        )


def _pictures(
    draw: random.Random, media: Media, post_id: str, person: Source | None
) -> tuple[Picture, ...]:
    if media not in (Media.PHOTO, Media.EVENT):
        return ()
    count = draw.choice((1, 1, 1, 2, 3)) if media is Media.PHOTO else 1
    # People's photos are captioned with the name of whoever is on them.
    named = (person.id,) if person is not None and draw.random() < 0.7 else ()
    return tuple(
        Picture(
            f"{post_id}-{number}",
            tuple(sorted(draw.sample(THINGS, draw.randint(1, 2)))),
            named if number == 0 else (),
        )
        for number in range(count)
    )


def _address(source: Source, post_id: str, media: Media, album: str, title: str) -> tuple[str, str]:
    """Permalink and the reference's word for its kind."""
    name = source.vanity or source.id
    if source.kind is AuthorKind.GROUP:
        return f"/groups/{source.id}/permalink/{post_id}", "groups"
    match media:
        case Media.EVENT:
            return f"/events/{post_id}", "events"
        case Media.PHOTO:
            return f"/{name}/photos/a.{album}/{post_id}", "photo"
        case Media.VIDEO:
            return f"/{name}/videos/{post_id}", "videos"
        case Media.NOTE:
            return f"/notes/{name}/{slug(title)[:40] or 'note'}/{post_id}", "notes"
    if source.vanity is None:
        return f"/permalink.php?story_fbid={post_id}&id={source.id}", "posts"
    return f"/{name}/posts/{post_id}", "posts"


def documented_post(source: Source) -> Post:
    """The post of a documented page that the examples show, at its own date."""
    if source.vanity == ELPAIS:
        published = datetime(2019, 4, 18, 19, 21, 1, tzinfo=UTC)
        post_id = "10156260262981570"
        texts: tuple[str, ...] = (
            '"Estoy jodido, este es el final de mi presidencia". Es la frase que dijo Trump '
            "cuando Robert Mueller se puso a investigar su presunta conexión con Rusia. En sus "
            "conclusiones, el fiscal especial recoge esta cita y sus intentos por torpedear la "
            "investigación, pero no ve delito",
        )
        card: Card | None = Card(
            "https://elpais.com/internacional/2019/04/18/estados_unidos/1555592324_696739.html",
            "elpais.com",
            "El informe sobre la trama rusa revela los intentos de Trump por torpedear la "
            "investigación",
            "Estoy jodido, este es el final de mi presidencia, dijo el mandatario tras el "
            "nombramiento de un fiscal especial, según el documento de Robert S. Mueller, hecho "
            "público este jueves",
        )
        reactions = {"LIKE": 29, "ANGRY": 18, "HAHA": 8}
    else:
        published = datetime(2019, 4, 18, 17, 21, 30, tzinfo=UTC)
        post_id = "1247146142126177"
        texts = ("Hola a tothom, avui us expliquem les notícies del dia.",)
        card = None
        reactions = {"LIKE": 12}
    return Post(
        id=post_id,
        source_id=source.id,
        topic=source.topic,
        lang=source.lang,
        media=Media.LINK if card else Media.STATUS,
        published=published,
        texts=texts,
        reactions=reactions,
        comments=7,
        shares=3,
        age_h=(EPOCH - published).total_seconds() / 3600,
        card=card,
        permalink=f"/{source.vanity}/posts/{post_id}",
        link_type="posts",
    )
