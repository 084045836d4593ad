# ruff: noqa: E501 - one language a line, and letters that are wider than others
"""What dialogs over a page say, in lower case, by language: what they are about, and their buttons.

Thirty languages, those of the mock among them. A word is found as a part of the text, so that it is
the shortest that is not a part of another one's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from collector.platforms.overlaytopics import (
    AD_FREE,
    AGE,
    NOTIFICATIONS,
    REGION,
    STILL_WATCHING,
    UPDATE_BROWSER,
)

#: Language → words of: a button that refuses, one that agrees, one that closes, and "cookie".
_BUTTONS: Mapping[str, tuple[str, str, str, str]] = {
    "en": ("reject|decline|refuse|necessary|essential|no thanks|not now|no, thanks",
           "accept|agree|allow|got it|yes|ok", "close|dismiss|skip|maybe later", "cookie"),
    "fr": ("refuser|rejeter|non merci|pas maintenant|nécessaires|continuer sans accepter",
           "accepter|autoriser|j'accepte|oui", "fermer|ignorer|plus tard", "cookie"),
    "es": ("rechazar|no, gracias|ahora no|necesarias", "aceptar|permitir|sí", "cerrar|omitir",
           "cookie"),
    "de": ("ablehnen|nein danke|nicht jetzt|notwendige|erforderliche|essenzielle|widersprechen",
           "akzeptieren|zustimmen|annehmen|erlauben|ja", "schließen|später", "cookie"),
    "it": ("rifiuta|no grazie|non ora|necessari", "accetta|consenti|sì", "chiudi|ignora",
           "cookie"),
    "pt": ("rejeitar|recusar|não, obrigado|agora não|necessários", "aceitar|permitir|sim",
           "fechar|dispensar", "cookie"),
    "nl": ("weigeren|afwijzen|nee, bedankt|niet nu|noodzakelijke", "accepteren|toestaan|ja",
           "sluiten|later", "cookie"),
    "pl": ("odrzuć|nie, dziękuję|nie teraz|niezbędne", "akceptuj|zaakceptuj|zezwól|tak",
           "zamknij|później", "cookie|ciasteczk"),
    "sv": ("avvisa|neka|nej tack|inte nu|nödvändiga", "godkänn|acceptera|tillåt|ja", "stäng",
           "cookie|kakor"),
    "da": ("afvis|nej tak|ikke nu|nødvendige", "accepter|tillad|ja", "luk", "cookie"),
    "nb": ("avvis|avslå|nei takk|ikke nå|nødvendige", "godta|aksepter|tillat|ja", "lukk",
           "informasjonskapsl|cookie"),
    "fi": ("hylkää|ei kiitos|ei nyt|välttämättömät", "hyväksy|salli|kyllä", "sulje", "eväste"),
    "cs": ("odmítnout|ne, děkuji|teď ne|nezbytné", "přijmout|povolit|souhlasím|ano", "zavřít",
           "cookie"),
    "sk": ("odmietnuť|nie, ďakujem|teraz nie|nevyhnutné", "prijať|povoliť|súhlasím|áno",
           "zavrieť", "cookie"),
    "hu": ("elutasít|nem, köszönöm|most nem|szükséges", "elfogad|engedélyez|igen", "bezárás",
           "cookie|süti"),
    "ro": ("respinge|refuz|nu, mulțumesc|nu acum|necesare", "accept|permite|da", "închide",
           "cookie"),
    "bg": ("отхвърл|не, благодаря|не сега|необходими", "приемам|приемане|разреш|да", "затвор",
           "бисквитк"),
    "hr": ("odbij|ne, hvala|ne sada|nužne", "prihvati|dopusti|da", "zatvori", "kolačić"),
    "sr": ("одбиј|не, хвала|не сада|неопходн", "прихвати|дозволи|да", "затвори", "колачић"),
    "el": ("απόρριψη|όχι, ευχαριστώ|όχι τώρα|απαραίτητα", "αποδοχή|να επιτρέπεται|ναι",
           "κλείσιμο", "cookie"),
    "tr": ("reddet|hayır, teşekkürler|şimdi değil|zorunlu", "kabul|izin ver|evet", "kapat",
           "çerez"),
    "ru": ("отклонить|отказаться|нет, спасибо|не сейчас|необходимые", "принять|разрешить|да",
           "закрыть", "cookie|куки"),
    "uk": ("відхилити|ні, дякую|не зараз|необхідні", "прийняти|дозволити|так", "закрити",
           "cookie|куки"),
    "ar": ("رفض|لا شكر|ليس الآن", "قبول|موافق|السماح|نعم", "إغلاق", "ملفات تعريف الارتباط"),
    "he": ("דחייה|דחיית|לדחות|דחה|לא תודה|לא עכשיו", "קבלה|אישור|אשר|כן", "סגירה|סגור", "עוגיות|cookie"),
    "hi": ("अस्वीकार|नहीं, धन्यवाद|अभी नहीं", "स्वीकार|अनुमति|हाँ|हां", "बंद करें", "कुकी"),
    "ja": ("拒否|同意しない|今は|不要|スキップ", "同意する|許可|承諾|はい", "閉じる", "クッキー|cookie"),
    "ko": ("거부|거절|아니요|나중에", "동의|수락|허용|예", "닫기", "쿠키"),
    "zh": ("拒绝|拒絕|不用了|暂不|暫時不要|以后再说", "接受|同意|允许|允許|是", "关闭|關閉", "cookie"),
    "th": ("ปฏิเสธ|ไม่เป็นไร|ไม่ใช่ตอนนี้", "ยอมรับ|อนุญาต|ใช่", "ปิด", "คุกกี้"),
    "vi": ("từ chối|không, cảm ơn|để sau", "chấp nhận|đồng ý|cho phép|có", "đóng", "cookie"),
    "id": ("tolak|tidak, terima kasih|jangan sekarang", "terima|izinkan|setuju|ya", "tutup",
           "cookie"),
}  # fmt: skip

#: Language → words of a dialog that asks who is there to sign in.
SIGN_IN: Mapping[str, str] = {
    "en": "sign in|log in", "fr": "se connecter|connectez-vous|connecte-toi",
    "es": "iniciar sesión|inicia sesión|inicie sesión", "de": "anmelden|melde dich an|einloggen",
    "it": "accedi", "pt": "fazer login|faça login|iniciar sessão|inicie sessão|inicia sessão",
    "nl": "inloggen|log in|meld je aan", "pl": "zaloguj", "sv": "logga in", "da": "log ind|log på",
    "nb": "logg på|logg inn", "fi": "kirjaudu", "cs": "přihlásit se|přihlaste se|přihlas se",
    "sk": "prihlásiť sa|prihláste sa|prihlás sa",
    "hu": "bejelentkez|jelentkezz be|jelentkezzen be", "ro": "conectează-te|conectați-vă|conectare",
    "bg": "влезте|влез в|вход в", "hr": "prijavi se|prijavite se", "sr": "пријави се|пријавите се",
    "el": "συνδεθείτε|συνδεθείς|σύνδεση στο", "tr": "oturum aç|giriş yap",
    "ru": "войти|войдите", "uk": "увійти|увійдіть", "ar": "تسجيل الدخول|سجّل الدخول|سجل الدخول",
    "he": "התחבר|היכנס|כניסה לחשבון", "hi": "साइन इन|लॉग इन|लॉगिन", "ja": "ログイン", "ko": "로그인",
    "zh": "登录|登入|登錄", "th": "ลงชื่อเข้าใช้|เข้าสู่ระบบ", "vi": "đăng nhập",
    "id": "login|masuk untuk|masuk ke",
}  # fmt: skip
#: No letter of a script that has words stands before a word of these: "design in" is another.
_BEGINS = r"(?<![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}])"


def fold(text: str) -> str:
    """``text`` (a word or a pattern in lower case) without accents, as overlays.js folds a page's:
    capitals of a style sheet have none in Greek, and are others in Turkish and German.

    >>> fold("schließen"), fold("απόρριψη"), fold("hayır")
    ('schliessen', 'απορριψη', 'hayir')
    """
    bare = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


_LETTERS = str.maketrans({"ß": "ss", "ς": "σ", "ı": "i"})


def _any(told: Mapping[str, str]) -> str:
    return "|".join(told.values())


#: What a dialog is about → words that only such a one has. The order is that of asking.
ABOUT: Mapping[str, str] = {
    kind: fold(words)
    for kind, words in {
        "age": _any(AGE),
        "region": _any(REGION),
        "update-browser": _any(UPDATE_BROWSER),
        "premium": f"premium|{AD_FREE}",
        "notifications": NOTIFICATIONS,
        "still-watching": _any(STILL_WATCHING),
        # The last: an offer, a question of age or a bar about cookies has a link to sign in, too.
        "sign-in": f"{_BEGINS}(?:{'|'.join(sorted(set(_any(SIGN_IN).split('|'))))})",
    }.items()
}


def _all(which: int) -> list[str]:
    return sorted({fold(word) for told in _BUTTONS.values() for word in told[which].split("|")})


REFUSE, AGREE, CLOSE = _all(0), _all(1), _all(2)
COOKIES = _all(3)
LANGUAGES = tuple(_BUTTONS)
