"""Why the site does not show what was asked for: from the player's answer, or from the page's
words.

The player's ``playabilityStatus`` has a closed set of codes and a reason in the interface's
language. The codes that stand for several things are told apart by the answer's structure first,
then by words; what neither tells is :attr:`Reason.REFUSED`.
"""

from __future__ import annotations

import re
from enum import StrEnum

from collector.platforms.youtube.parse.payload import Json, dig, find, words


class Reason(StrEnum):
    """Why a page is not a list (closed vocabulary; ``statusReason`` of an observation)."""

    BOT_CHECK = "bot-check"
    AGE = "age"
    PRIVATE = "private"
    REMOVED = "removed"
    REGION = "region"
    MEMBERS = "members"
    PREMIUM = "premium"
    LOGIN_WALL = "login-wall"
    RESTRICTED = "account-restricted"
    PROXY = "proxy"
    REFUSED = "refused"
    NOT_DRAWN = "not-drawn"
    NOT_READ = "not-read"
    OTHER_PLATFORM = "other-platform"
    NEW_VISITOR = "new-visitor"


#: Reasons for which the video is not there at all for this viewer.
GONE = frozenset(
    (Reason.AGE, Reason.PRIVATE, Reason.REMOVED, Reason.REGION, Reason.MEMBERS, Reason.PREMIUM,
     Reason.REFUSED)
)  # fmt: skip

_WORDS: tuple[tuple[Reason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        (
            Reason.BOT_CHECK,
            r"\b(?:ro)?bots?\b|\bbota\b|\bbotem\b|\brobô|\bkeine? Bot|機器人|机器人|"
            r"ロボット|ボット|봇|로봇|"
            r"бот(?:ом|а)?\b|робот|روبوت|रोबोट|बॉट|בוט|บอท|บ็อต|unusual traffic",
        ),
        (
            Reason.AGE,
            r"\bage\b|age-restricted|\bâge\b|\bedad\b|\bidade\b|\bAlter\b|\betà\b|\bleeftijd|возраст|"
            r"wiek|年齢|年龄|年齡|연령|나이|العمر|आयु|उम्र|\bumur|\busia\b|tuổi|yaş|อายุ|"
            r"\bålder|\balder(?:en)?\b|\bikäsi\b|\bvěk|\bvek\b|életkor|vârst|ηλικία|\bвік\b|גיל|"
            r"inappropriate for some users",
        ),
        (
            Reason.PREMIUM,
            r"\bpremium\b|requires payment|\brent\b|\bpurchase|paiement|de pago|kostenpflichtig|"
            r"Zahlung erforderlich|a pagamento|płatn|платн",
        ),
        (
            Reason.MEMBERS,
            r"members?[- ](?:only|level)|join this channel|available to this channel.s members|"
            r"réservée?s? aux membres|membre de cette chaîne|solo para miembros|"
            r"exclusivo para membros|"
            r"nur für (?:Kanal)?mitglieder|Mitglied dieses Kanals|riservat[oi] agli abbonati|"
            r"alleen toegankelijk (?:is )?voor leden|lid van dit kanaal|tylko dla wspierających|"
            r"üyelere özel|メンバー限定|会员专享|會員專屬|회원 전용|спонсор",
        ),
        (
            Reason.REGION,
            r"\bcountry\b|\bregion\b|\bpays\b|\bpaís\b|\bLand\b|\bpaese\b|\bkraju\b|стране|国|國|국가|"
            r"in your location|بلدك|देश|ülke|\bzemi\b|країн|quốc gia|negara|ประเทศ|χώρα|מדינה|"
            r"ország|\bțar",
        ),
        (
            Reason.PRIVATE,
            r"\bprivates?\b|\bprivé|\bprivad[oa]|\bprivat\b|\bprivato|частн|"
            r"доступ ограничен|ограниченным доступом|prywatn|soukrom|súkromn|\bprivát|ιδιωτικ|"
            r"приватн|פרטי|pribadi|ส่วนตัว|riêng tư|yksityi|\bözel\b|非公開|私人|私享|不公开|"
            r"\bv[ií]deo (?:é )?particular\b|비공개|خاص|निजी",
        ),
        (
            Reason.RESTRICTED,
            r"administrator|account (?:is |has been )?(?:restricted|terminated|suspended)|"
            r"restricted mode|administrateur|administrador|Administrator",
        ),
        (
            Reason.REMOVED,
            r"removed|no longer available|deleted|terminated|copyright|supprimée?|"
            r"eliminado|removid[oa]|"
            r"entfernt|nicht mehr verfügbar|rimoss[oa]|verwijderd|usunięt|kaldırıl|tagits bort|"
            r"fjernet|odstraněn|poistettu|видалено|đã bị .{0,40}xóa|telah dihapus|удал[её]н|"
            r"削除|删除|刪除|삭제|"
            r"isn.t available any ?more",
        ),
    )
)  # fmt: skip

_AGE_CODES = frozenset(
    ("AGE_VERIFICATION_REQUIRED", "AGE_CHECK_REQUIRED", "CONTENT_CHECK_REQUIRED")
)
_PLAYABLE = frozenset(("OK", "LIVE_STREAM_OFFLINE"))


def in_words(text: str) -> Reason | None:
    """The reason that a message names, ``None`` if it names none that is known."""
    return next((reason for reason, pattern in _WORDS if pattern.search(text)), None)


def of_player(player: Json | None) -> tuple[Reason, str] | None:
    """The refusal of a player's answer and its words; ``None`` if it plays or says nothing."""
    state = dig(player, "playabilityStatus")
    code = dig(state, "status")
    if not isinstance(code, str) or code in _PLAYABLE:
        return None
    text = _said(state)
    if code in _AGE_CODES or dig(state, "desktopLegacyAgeGateReason"):
        return Reason.AGE, text
    named = in_words(text)
    match code:
        case "LOGIN_REQUIRED":
            if named is None:
                named = Reason.LOGIN_WALL if dig(state, "reason") else Reason.PRIVATE
        case "ERROR":
            named = named if named in (Reason.PRIVATE, Reason.REGION) else Reason.REMOVED
        case "UNPLAYABLE":
            if find(dig(state, "errorScreen"), "offerId") is not None:
                named = named or Reason.PREMIUM
    return named or Reason.REFUSED, text


def _said(state: Json) -> str:
    """All that the answer says to the viewer."""
    screen = dig(state, "errorScreen", "playerErrorMessageRenderer")
    messages = dig(state, "messages")
    parts = [
        words(dig(state, "reason")),
        words(dig(screen, "reason")),
        words(dig(screen, "subreason")),
        *(words(m) for m in (messages if isinstance(messages, list) else ())),
    ]
    return " ".join(dict.fromkeys(part for part in parts if part))
