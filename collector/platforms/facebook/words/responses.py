"""What stands beside the counts under a post: reactions, comments, shares."""

from __future__ import annotations

#: Reactions as accessible labels name them.
REACTIONS: dict[str, tuple[str, ...]] = {
    "LIKE": (
        "Like", "J’aime", "J'aime", "Me gusta", "Gefällt mir", "Mi piace", "Curtir", "Gosto",
        "Beğen", "讚", "赞", "いいね！", "いいね!", "いいね", "أعجبني", "Vind ik leuk", "Нравится",
    ),
    "LOVE": (
        "Love", "J’adore", "J'adore", "Me encanta", "Love", "Adoro", "Amei", "Muhteşem", "大心",
        "大爱", "超いいね！", "超いいね!", "超いいね", "أحببته", "Geweldig", "Супер",
    ),
    "WOW": (
        "Wow", "Waouh", "Me asombra", "Uau", "İnanılmaz", "哇", "すごいね", "واااو", "واو",
        "Ух ты!",
    ),
    "HAHA": (
        "Haha", "Me divierte", "Ahah", "Kahkaha", "哈", "うけるね", "هاهاها", "أضحكني", "Ха-ха",
    ),
    "SAD": (
        "Sad", "Triste", "Me entristece", "Traurig", "Sigh", "Üzgün", "嗚", "悲しいね", "أحزنني",
        "Verdrietig", "Сочувствую",
    ),
    "ANGRY": (
        "Angry", "Grrr", "Me enoja", "Me enfada", "Wütend", "Kızgın", "怒", "ひどいね", "أغضبني",
        "Boos", "Возмутительно",
    ),
    "CARE": (
        "Care", "Solidaire", "Me importa", "Umarmung", "Abbraccio", "Força", "Coragem",
        "Yanındayım", "加油", "大切だね", "أدعمه", "Zorgzaam", "Мы вместе",
    ),
    "THANKFUL": ("Thankful",),
}  # fmt: skip

#: ``reaction_type`` of links, and the name the reference gives it.
REACTION_TYPES: dict[int, str] = {
    1: "LIKE",
    2: "LOVE",
    3: "WOW",
    4: "HAHA",
    7: "SAD",
    8: "ANGRY",
    11: "THANKFUL",
    16: "CARE",
}

#: Beginnings of the nouns beside the counts under a post, in lower case.
COMMENTS: tuple[str, ...] = (
    "comment", "coment", "kommentar", "komment", "yorum", "留言", "則留言", "评论", "コメント",
    "تعليق",
    "تعليقات", "opmerking", "reactie", "комментар", "коментар", "komentarz", "komentář",
    "bình luận", "댓글",
)  # fmt: skip

SHARES: tuple[str, ...] = (
    "share", "partage", "compartid", "veces compartido", "geteilt", "mal geteilt",
    "condivision", "compartilhamento", "partilha", "paylaşım", "次分享", "分享", "件のシェア",
    "シェア",
    "مشاركة", "مشاركات", "keer gedeeld", "поделились", "udostępnie", "공유",
)  # fmt: skip
