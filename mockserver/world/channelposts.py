"""What channels say beside their videos: short texts, some about a video of theirs.

Made when asked for: a function of the seed and the catalogue alone, so the world's bytes are the
same as without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from collector.common.model import ItemKind
from mockserver.world.model import Channel, Entry, Post, Video
from mockserver.world.seeded import rng, token

#: Posts of a channel at most.
MOST = 20
#: Bytes of a post's id behind ``Ugkx``: 32 characters.
_ID_BYTES = 24
#: Share of the posts that show the video they are about.
_SHOWN = 0.5

_TEXTS: dict[str, tuple[str, ...]] = {
    "en": ("New today: {a}", "What should we do next on {b}?", "Thank you for watching {a}!"),
    "es": ("Hoy estrenamos: {a}", "¿Qué hacemos ahora sobre {b}?", "¡Gracias por ver {a}!"),
    "fr": ("Nouveau : {a}", "Que faire ensuite sur {b} ?", "Merci d'avoir regardé {a} !"),
    "de": ("Neu: {a}", "Was sollen wir als Nächstes zu {b} machen?", "Danke, dass ihr {a} seht!"),
    "it": ("Oggi: {a}", "Che cosa facciamo ora su {b}?", "Grazie di aver visto {a}!"),
    "pt": ("Hoje: {a}", "O que fazemos a seguir sobre {b}?", "Obrigado por ver {a}!"),
    "tr": ("Bugün yeni: {a}", "{b} üzerine sırada ne olsun?", "{a} için teşekkürler!"),
    "ja": ("新着: {a}", "{b}について次は何をしましょう?", "{a}のご視聴ありがとうございます"),
    "zh-TW": ("今天推出：{a}", "接下來想看{b}的什麼？", "感謝觀看{a}！"),
    "ar": ("جديد اليوم: {a}", "ماذا نقدم بعد ذلك عن {b}؟", "شكرا لمشاهدة {a}!"),
}


def channel_posts(
    seed: int, channel: Channel, videos: Iterable[Video], until: datetime
) -> tuple[Post, ...]:
    """The posts of a channel, newest first.

    :param seed: of the world
    :param videos: the catalogue; those of other channels are left out
    :param until: the world's present; nothing is said after it
    """
    own = [v for v in videos if v.channel_id == channel.id and v.kind is ItemKind.VIDEO]
    texts = _TEXTS.get(channel.lang, _TEXTS["en"])
    made = []
    for video in own:
        draw = rng(seed, "post", video.id)
        when = video.published + timedelta(minutes=draw.randint(10, 3 * 24 * 60))
        if when > until:
            continue
        made.append(
            Post(
                id="Ugkx" + token(seed, "post", video.id, size=_ID_BYTES),
                channel_id=channel.id,
                text=draw.choice(texts).format(a=video.title, b=video.topic),
                topic=video.topic,
                published=when,
                likes=int(draw.paretovariate(0.9)) - 1,
                video_id=video.id if draw.random() < _SHOWN else None,
            )
        )
    made.sort(key=lambda post: (post.published, post.id), reverse=True)
    return tuple(made[:MOST])


def post_list(posts: Iterable[Post]) -> tuple[Entry, ...]:
    """Posts as the entries of a list, slots from 1."""
    return tuple(
        Entry(slot=slot, kind=ItemKind.POST, item_id=post.id, post=post)
        for slot, post in enumerate(posts, start=1)
    )
