"""Comments of generated videos, made when asked for: a function of the seed and the video alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mockserver.world.model import Comment, Video
from mockserver.world.seeded import rng, token

#: The most comments made for one video; its ``comment_count`` may be larger.
MOST = 24

_PHRASES: dict[str, tuple[str, ...]] = {
    "en": ("Great video about {a}", "I disagree about {a}.", "Who is here for {a}?", "First!"),
    "es": ("Gran vídeo sobre {a}", "No estoy de acuerdo con {a}.", "¿Quién vino por {a}?"),
    "fr": ("Super vidéo sur {a}", "Pas d'accord sur {a}.", "Qui est là pour {a} ?"),
    "de": ("Tolles Video über {a}", "Bei {a} bin ich anderer Meinung.", "Wer ist wegen {a} hier?"),
    "it": ("Bel video su {a}", "Non sono d'accordo su {a}.", "Chi è qui per {a}?"),
    "pt": ("Ótimo vídeo sobre {a}", "Não concordo sobre {a}.", "Quem veio por {a}?"),
    "tr": ("{a} hakkında harika video", "{a} konusunda katılmıyorum.", "{a} için gelen?"),
    "ja": ("{a}の動画、最高です", "{a}については反対です。", "{a}を見に来た人いる?"),
    "zh-TW": ("關於{a}的影片很棒", "關於{a}我不同意。", "誰是為了{a}來的?"),
    "ar": ("فيديو رائع عن {a}", "لا أتفق حول {a}.", "من هنا من أجل {a}؟"),
}


def make_comments(
    seed: int, video: Video, users: Sequence[str], start: datetime
) -> tuple[Comment, ...]:
    """Up to ``MOST`` comments of ``video``, newest thread first, each thread's replies after it."""
    draw = rng(seed, "comments", video.id)
    count = min(video.comment_count, MOST)
    span = max((start - video.published).total_seconds(), 60.0)
    phrases = _PHRASES.get(video.lang, _PHRASES["en"])
    threads: list[tuple[Comment, list[Comment]]] = []
    for number in range(count):
        parent = draw.choice(threads) if threads and draw.random() < 0.35 else None
        made = video.published + timedelta(seconds=int(span * draw.random()))
        if parent is not None:
            made = max(made, parent[0].published + timedelta(minutes=1))
        comment = Comment(
            id="Ug" + token(seed, "comment", video.id, number, size=18),
            video_id=video.id,
            author=draw.choice(users),
            text=draw.choice(phrases).format(a=draw.choice(video.tags or (video.topic,))),
            published=made,
            likes=int(draw.paretovariate(0.9)) - 1,
            parent_id=parent[0].id if parent else None,
        )
        if parent is not None:
            parent[1].append(comment)
        else:
            threads.append((comment, []))
    threads.sort(key=lambda thread: (thread[0].published, thread[0].id), reverse=True)
    return tuple(
        comment
        for first, replies in threads
        for comment in (first, *sorted(replies, key=lambda reply: (reply.published, reply.id)))
    )
