"""Dialogs and cookie bars, as pages draw them, and what a puppet makes of them."""

from __future__ import annotations

from action_pages import SITE, Tab
from playwright.sync_api import Page

from collector.platforms.overlays import Overlays
from collector.platforms.youtube.actions import YouTubeActions

BAR = (
    "<div id='bar' style='position:fixed;bottom:0;left:0;right:0;height:120px;background:#ddd'>"
    "<p>{about}</p>{buttons}</div>"
    "<script>for (const b of document.querySelectorAll('#bar button')) b.onclick = () => {{"
    " document.title = b.textContent; document.querySelector('#bar').remove(); }};</script>"
)

#: What cookie bars of thirty languages say: about, refuse, agree (from sites in those languages).
COOKIE_BARS = {
    "en": ("We use cookies to improve our site.", "Reject all", "Accept all"),
    "fr": ("Nous utilisons des cookies.", "Tout refuser", "Tout accepter"),
    "es": ("Usamos cookies en este sitio.", "Rechazar todo", "Aceptar todo"),
    "de": ("Wir verwenden Cookies.", "Alle ablehnen", "Alle akzeptieren"),
    "it": ("Utilizziamo i cookie.", "Rifiuta tutto", "Accetta tutto"),
    "pt": ("Usamos cookies neste site.", "Rejeitar tudo", "Aceitar tudo"),
    "nl": ("Wij gebruiken cookies.", "Alles weigeren", "Alles accepteren"),
    "pl": ("Używamy plików cookie.", "Odrzuć wszystkie", "Zaakceptuj wszystkie"),
    "sv": ("Vi använder kakor.", "Avvisa alla", "Godkänn alla"),
    "da": ("Vi bruger cookies.", "Afvis alle", "Accepter alle"),
    "nb": ("Vi bruker informasjonskapsler.", "Avvis alle", "Godta alle"),
    "fi": ("Käytämme evästeitä.", "Hylkää kaikki", "Hyväksy kaikki"),
    "cs": ("Používáme soubory cookie.", "Odmítnout vše", "Přijmout vše"),
    "sk": ("Používame súbory cookie.", "Odmietnuť všetko", "Prijať všetko"),
    "hu": ("Sütiket használunk.", "Az összes elutasítása", "Az összes elfogadása"),
    "ro": ("Folosim cookie-uri.", "Respinge tot", "Acceptă tot"),
    "bg": ("Използваме бисквитки.", "Отхвърляне на всички", "Приемане на всички"),
    "hr": ("Koristimo kolačiće.", "Odbij sve", "Prihvati sve"),
    "sr": ("Користимо колачиће.", "Одбиј све", "Прихвати све"),
    "el": ("Χρησιμοποιούμε cookies.", "Απόρριψη όλων", "Αποδοχή όλων"),
    "tr": ("Çerezleri kullanıyoruz.", "Tümünü reddet", "Tümünü kabul et"),
    "ru": ("Мы используем файлы cookie.", "Отклонить все", "Принять все"),
    "uk": ("Ми використовуємо файли cookie.", "Відхилити все", "Прийняти все"),
    "ar": ("نستخدم ملفات تعريف الارتباط.", "رفض الكل", "قبول الكل"),
    "he": ("אנחנו משתמשים בעוגיות.", "דחיית הכול - דחה", "קבלת הכול - אישור"),
    "hi": ("हम कुकी का उपयोग करते हैं।", "सभी अस्वीकार करें", "सभी स्वीकार करें"),
    "ja": ("当サイトではクッキーを使用しています。", "すべて拒否", "すべて許可"),
    "ko": ("쿠키를 사용합니다.", "모두 거부", "모두 수락"),
    "zh": ("我们使用 Cookie。", "全部拒绝", "全部接受"),
    "th": ("เราใช้คุกกี้", "ปฏิเสธทั้งหมด", "ยอมรับทั้งหมด"),
    "vi": ("Chúng tôi sử dụng cookie.", "Từ chối tất cả", "Chấp nhận tất cả"),
    "id": ("Kami menggunakan cookie.", "Tolak semua", "Terima semua"),
}


def over(page: Page, html: str, **policy: str) -> Overlays:
    page.set_content(f"<!doctype html><title>-</title><body style='height:3000px'>{html}")
    return YouTubeActions(Tab(page), SITE, page_timeout_s=60, dialogs=policy).waits.overlays


def dialog(about: str, *buttons: str, attributes: str = "role='dialog'") -> str:
    inside = "".join(f"<button>{one}</button>" for one in buttons)
    return (
        f"<div id='bar' {attributes} style='position:fixed;inset:20%;background:#fff'>"
        f"<p>{about}</p>{inside}</div>"
        "<script>for (const b of document.querySelectorAll('#bar button')) b.onclick = () => {"
        " document.title = b.textContent; document.querySelector('#bar').remove(); };</script>"
    )
