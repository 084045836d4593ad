"""Posts to parse: facts as fragments of both generations of markup, in the site's languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mockserver.platforms.facebook.fragments import Author, Card, Shown, classic, feed_unit

WHEN = datetime(2026, 3, 4, 18, 6, 49, tzinfo=UTC)
PUBLISHED = WHEN.replace(hour=15, minute=6, second=49)
PAGE = Author("El País", "/elpais/", "8585811569")
PERSON = Author("Ann Lee", "/profile.php?id=100004999", "100004999", "user")

#: Markup → (function, how a reaction is labelled in it).
MARKUPS: dict[str, Callable[[Shown], str]] = {"2019": classic, "2020": feed_unit}

CARD = Card(
    "https://elpais.com/internacional/2019/04/18/x.html?id=7&utm_source=fb",
    "elpais.com",
    "El informe revela los intentos",
    "Este es el final de mi presidencia, dijo",
)


@dataclass(frozen=True)
class Words:
    """The interface in one language."""

    hours: str
    yesterday: str
    public: str
    friends: str
    sponsored: str
    suggested: str
    like: str
    like_count: str
    """1,200 or so likes as the interface abbreviates them."""
    likes: int
    comments: str
    shares: str


LANGUAGES: dict[str, Words] = {
    "en": Words("3 hrs", "Yesterday at 18:20", "Public", "Friends", "Sponsored",
                "Suggested for you", "Like", "1.2K", 1200, "13 Comments", "110 Shares"),
    "fr": Words("3 h", "Hier, à 18:20", "Public", "Amis", "Sponsorisé", "Suggestion pour vous",
                "J’aime", "1,2 K", 1200, "13 commentaires", "110 partages"),
    "es": Words("3 h", "Ayer a las 18:20", "Público", "Amigos", "Publicidad",
                "Sugerencia para ti", "Me gusta", "1,2 mil", 1200, "13 comentarios",
                "110 veces compartido"),
    "de": Words("3 Std.", "Gestern um 18:20", "Öffentlich", "Freunde", "Gesponsert",
                "Vorschlag für dich", "Gefällt mir", "1234", 1234, "13 Kommentare",
                "110 Mal geteilt"),
    "it": Words("3 h", "Ieri alle 18:20", "Tutti", "Amici", "Sponsorizzato",
                "Suggerita per te", "Mi piace", "1,2 mila", 1200, "13 commenti",
                "110 condivisioni"),
    "pt": Words("3 h", "Ontem às 18:20", "Público", "Amigos", "Patrocinado",
                "Sugestão para você", "Curtir", "1,2 mil", 1200, "13 comentários",
                "110 compartilhamentos"),
    "tr": Words("3 sa", "Dün, 18:20", "Herkese Açık", "Arkadaşlar", "Sponsorlu",
                "Senin İçin Önerilen", "Beğen", "1,2 B", 1200, "13 Yorum", "110 Paylaşım"),
    "zh-TW": Words("3小時", "昨天下午6:20", "公開", "朋友", "贊助", "為你推薦", "讚", "1.2萬",
                   12000, "13則留言", "110次分享"),
    "ja": Words("3時間前", "昨日 18:20", "公開", "友達", "広告", "おすすめ", "いいね！", "1.2万",
                12000, "コメント13件", "シェア110件"),
    "ar": Words("٣ س", "أمس الساعة 18:20", "عام", "الأصدقاء", "مُموَّل", "مقترح لك", "أعجبني",
                "١٫٢ ألف", 1200, "١٣ تعليقًا", "١١٠ مشاركة"),
}  # fmt: skip


def post(markup: str = "2019", lang: str = "en", **more: object) -> Shown:
    """A public post of a page: text, a link with its card, reactions, comments, shares."""
    words = LANGUAGES[lang]
    plain = f"{words.like_count} {words.like}"
    shown = Shown(
        author=PAGE,
        post_id="10156260262981570",
        link="/elpais/posts/10156260262981570",
        second=int(PUBLISHED.timestamp()),
        time_text=words.hours,
        audience=words.public,
        paragraphs=("Estoy jodido.", "Es la frase que dijo."),
        card=CARD,
        reactions={"LIKE": plain if markup == "2019" else f"{words.like}: {words.like_count}"},
        comments=words.comments,
        shares=words.shares,
        replies=((PERSON, "what a nice thing 5 Likes"),),
    )
    return replace(shown, **more)  # type: ignore[arg-type]


def html(markup: str = "2019", lang: str = "en", **more: object) -> str:
    return MARKUPS[markup](post(markup, lang, **more))


YESTERDAY = (WHEN - timedelta(days=1)).replace(hour=18, minute=20, second=0)
