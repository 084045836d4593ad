"""Whom a post is meant for, and why it is shown: labels of audiences, advertising, suggestions.

Audiences are compared as whole labels, never by their last word: "Members of Go Public" is no
public audience. What the page's structure says goes before any of these words.
"""

from __future__ import annotations

#: Labels of the public audience.
PUBLIC: dict[str, tuple[str, ...]] = {
    "en": ("Public",),
    "fr": ("Public", "Tout le monde"),
    "es": ("Público", "Todos"),
    "de": ("Öffentlich",),
    "it": ("Tutti", "Pubblico", "Pubblica"),
    "pt": ("Público", "Todos"),
    "tr": ("Herkese Açık", "Herkes"),
    "zh-TW": ("公開", "所有人", "地球上的所有人"),
    "zh-CN": ("公开", "所有人"),
    "ja": ("公開",),
    "ko": ("전체 공개",),
    "ar": ("عام", "العامة", "للعامة"),
    "nl": ("Openbaar", "Iedereen"),
    "sv": ("Offentligt", "Offentlig", "Alla"),
    "da": ("Offentligt", "Offentlig"),
    "nb": ("Offentlig", "Alle"),
    "fi": ("Julkinen",),
    "is": ("Opið", "Öllum"),
    "cs": ("Veřejné", "Veřejný"),
    "sk": ("Verejné", "Verejný"),
    "pl": ("Publiczne", "Publiczny", "Publiczna"),
    "hu": ("Nyilvános",),
    "ro": ("Public",),
    "bg": ("Публично", "Публична"),
    "ru": ("Доступно всем", "Общедоступно"),
    "uk": ("Загальнодоступне", "Для всіх", "Усі"),
    "el": ("Δημόσια", "Δημόσιο"),
    "he": ("ציבורי", "כולם"),
    "hi": ("सार्वजनिक", "पब्लिक"),
    "id": ("Publik", "Umum"),
    "ms": ("Umum", "Awam"),
    "th": ("สาธารณะ",),
    "vi": ("Công khai",),
    "et": ("Avalik",),
    "lt": ("Vieša",),
    "lv": ("Publisks", "Publiska"),
    "hr": ("Javno",),
    "sl": ("Javno",),
    "sr": ("Јавно", "Javno"),
    "ca": ("Públic",),
    "gl": ("Público",),
    "eu": ("Publikoa",),
    "af": ("Openbaar",),
}  # fmt: skip

#: Labels of groups that everybody can read.
PUBLIC_GROUP: dict[str, tuple[str, ...]] = {
    "en": ("Public group",),
    "fr": ("Groupe public",),
    "es": ("Grupo público",),
    "de": ("Öffentliche Gruppe",),
    "it": ("Gruppo pubblico",),
    "pt": ("Grupo público",),
    "tr": ("Herkese Açık grup", "Herkese açık grup"),
    "zh-TW": ("公開社團",),
    "zh-CN": ("公开小组",),
    "ja": ("公開グループ",),
    "ar": ("مجموعة عامة",),
    "nl": ("Openbare groep",),
}  # fmt: skip

#: What stands before an audience in an accessible label.
SHARED_WITH: tuple[str, ...] = (
    "Shared with", "Partagé avec", "Compartido con", "Geteilt mit", "Condiviso con",
    "Persone che condividono con", "Compartilhado com", "Partilhado com", "Şununla paylaşıldı",
    "Paylaşılan", "分享對象", "分享对象", "公開範囲", "共有範囲", "تمت المشاركة مع",
    "تمت مشاركته مع",
    "Gedeeld met", "Доступно", "Udostępniono", "Sdíleno s", "Delat med", "Delt med",
)  # fmt: skip

#: Labels of advertising.
SPONSORED: dict[str, tuple[str, ...]] = {
    "en": ("Sponsored", "Paid for by", "Paid partnership"),
    "fr": ("Sponsorisé", "Sponsorisée", "Commandité", "Publication sponsorisée"),
    "es": ("Publicidad", "Patrocinado", "Patrocinada"),
    "de": ("Gesponsert", "Anzeige"),
    "it": ("Sponsorizzato", "Sponsorizzata", "Post sponsorizzato"),
    "pt": ("Patrocinado", "Patrocinada"),
    "tr": ("Sponsorlu",),
    "zh-TW": ("贊助", "贊助商"),
    "zh-CN": ("赞助内容", "赞助"),
    "ja": ("広告", "スポンサー"),
    "ko": ("광고", "스폰서"),
    "ar": ("مُموَّل", "ممول", "إعلان مُموَّل"),
    "nl": ("Gesponsord",),
    "ru": ("Реклама",),
    "uk": ("Реклама",),
    "pl": ("Sponsorowane",),
    "sv": ("Sponsrad", "Sponsrat"),
    "da": ("Sponsoreret",),
    "nb": ("Sponset",),
    "fi": ("Sponsoroitu",),
    "cs": ("Sponzorováno",),
    "sk": ("Sponzorované",),
    "hu": ("Hirdetés", "Szponzorált"),
    "ro": ("Sponsorizat", "Sponsorizată"),
    "el": ("Χορηγούμενη",),
    "he": ("ממומן",),
    "id": ("Bersponsor",),
    "vi": ("Được tài trợ",),
    "th": ("ได้รับการสนับสนุน",),
}  # fmt: skip

#: Headings of posts of somebody that the viewer does not follow.
SUGGESTED: dict[str, tuple[str, ...]] = {
    "en": ("Suggested for you", "Suggested post", "Suggested Post", "Suggested Group"),
    "fr": ("Suggestion pour vous", "Suggestions pour vous", "Publication suggérée"),
    "es": ("Sugerencia para ti", "Sugerencias para ti", "Publicación sugerida"),
    "de": ("Vorschlag für dich", "Vorschläge für dich", "Vorgeschlagener Beitrag"),
    "it": ("Suggerita per te", "Suggerito per te", "Post suggerito", "Post consigliato"),
    "pt": ("Sugestão para você", "Sugestões para você", "Sugerido para você", "Sugerido para ti"),
    "tr": ("Senin İçin Önerilen", "Senin için önerilen", "Önerilen Gönderi"),
    "zh-TW": ("為你推薦", "推薦貼文"),
    "zh-CN": ("为你推荐",),
    "ja": ("おすすめ", "あなたへのおすすめ"),
    "ar": ("مقترح لك", "اقتراحات لك", "منشور مقترح"),
    "nl": ("Voorgesteld voor jou", "Aanbevolen voor jou"),
}  # fmt: skip


def languages_of(table: dict[str, tuple[str, ...]], label: str) -> tuple[str, ...]:
    """The languages whose row of ``table`` holds exactly this label."""
    return tuple(tag for tag, words in table.items() if label in words)
