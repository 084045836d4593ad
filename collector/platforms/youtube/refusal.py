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
            r"бот(?:ом|а)?\b|робот|روبوت|रोबोट|बॉट|בוט|บอท|unusual traffic",
        ),
        (
            Reason.AGE,
            r"\bage\b|age-restricted|\bâge\b|\bedad\b|\bidade\b|\bAlter\b|\betà\b|\bleeftijd|возраст|wiek|"
            r"年齢|年龄|年齡|연령|나이|العمر|आयु|umur|tuổi|yaş",
        ),
        (
            Reason.MEMBERS,
            r"members?[- ](?:only|level)|join this channel|available to this channel.s members|"
            r"réservée? aux membres|solo para miembros|exclusivo para membros|"
            r"nur für (?:Kanal)?mitglieder|"
            r"メンバー限定|会员专享|회원 전용|спонсор",
        ),
        (
            Reason.REGION,
            r"\bcountry\b|\bregion\b|\bpays\b|\bpaís\b|\bLand\b|\bpaese\b|\bkraju\b|стране|国|國|국가|"
            r"in your location|بلدك|देश",
        ),
        (
            Reason.PRIVATE,
            r"\bprivate\b|\bprivé|\bprivad[oa]|\bprivates?\b|\bprivato|частн|доступ ограничен|"
            r"prywatn|非公開|私人|不公开|비공개|خاص|निजी",
        ),
        (
            Reason.PREMIUM,
            r"\bpremium\b|requires payment|\brent\b|\bpurchase|paiement|de pago|kostenpflichtig",
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
            r"entfernt|nicht mehr verfügbar|rimoss[oa]|удален|削除|已删除|삭제|"
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
