# ruff: noqa: E501 - one language a line
"""Dialogs are known by what they say in thirty languages, in a style sheet's capitals too."""

from __future__ import annotations

import pytest
from dialog_pages import BAR, COOKIE_BARS, dialog, over
from playwright.sync_api import Page

from collector.platforms.overlaywords import LANGUAGES

pytestmark = pytest.mark.browser

#: Language → what a player that has paused asks and its yes, and what is said of an age, of a place
#: and of an old browser.
SAID: dict[str, tuple[str, str, str, str, str]] = {
    "en": ("Video paused. Continue watching?", "Yes", "Confirm your age", "Not available in your country", "Please update your browser"),
    "fr": ("Vidéo mise en pause. Voulez-vous continuer la lecture ?", "Oui", "Veuillez confirmer votre âge", "Non disponible dans votre pays", "Mettez à jour votre navigateur"),
    "es": ("Vídeo en pausa. ¿Quieres seguir viéndolo?", "Sí", "Confirma tu edad", "No está disponible en tu país", "Actualiza tu navegador"),
    "de": ("Video angehalten. Weiter ansehen?", "Ja", "Bestätige dein Alter", "In deinem Land nicht verfügbar", "Dein Browser wird nicht mehr unterstützt"),
    "it": ("Video in pausa. Vuoi continuare a guardare?", "Sì", "Conferma la tua età", "Non disponibile nel tuo paese", "Aggiorna il browser"),
    "pt": ("Vídeo pausado. Continuar assistindo?", "Sim", "Confirme sua idade", "Não está disponível no seu país", "Atualize seu navegador"),
    "nl": ("Video gepauzeerd. Doorgaan met kijken?", "Ja", "Bevestig je leeftijd", "Niet beschikbaar in je land", "Je browser wordt niet meer ondersteund"),
    "pl": ("Film wstrzymany. Chcesz oglądać dalej?", "Tak", "Potwierdź swój wiek", "Niedostępne w Twoim kraju", "Zaktualizuj przeglądarkę"),
    "sv": ("Videon har pausats. Vill du fortsätta titta?", "Ja", "Bekräfta din ålder", "Inte tillgänglig i ditt land", "Uppdatera din webbläsare"),
    "da": ("Videoen er sat på pause. Vil du fortsætte med at se?", "Ja", "Bekræft din alder", "Ikke tilgængelig i dit land", "Opdater din browser"),
    "nb": ("Videoen er satt på pause. Vil du fortsette å se på?", "Ja", "Bekreft alderen: aldersgrense", "Ikke tilgjengelig i landet ditt", "Oppdater nettleseren din"),
    "fi": ("Video keskeytetty. Jatketaanko katselua?", "Kyllä", "Vahvista ikäsi", "Ei saatavilla maassasi", "Päivitä selaimesi"),
    "cs": ("Video je pozastaveno. Chcete pokračovat ve sledování?", "Ano", "Potvrďte svůj věk", "Není k dispozici ve vaší zemi", "Aktualizujte svůj prohlížeč"),
    "sk": ("Video je pozastavené. Chcete pokračovať v sledovaní?", "Áno", "Potvrďte svoj vek", "Nie je k dispozícii vo vašej krajine", "Aktualizujte si prehliadač"),
    "hu": ("A videó szünetel. Folytatja a megtekintést?", "Igen", "Erősítse meg az életkorát", "Az Ön országában nem érhető el", "Frissítse a böngészőjét"),
    "ro": ("Videoclip întrerupt. Continui vizionarea?", "Da", "Confirmă-ți vârsta", "Nu este disponibil în țara ta", "Actualizează browserul"),
    "bg": ("Видеоклипът е на пауза. Искате ли да продължите гледането?", "Да", "Потвърдете възрастта си", "Не е налице във вашата държава", "Браузърът ви не се поддържа"),
    "hr": ("Videozapis je pauziran. Nastaviti s gledanjem?", "Da", "Potvrdite svoju dob", "Nije dostupno u vašoj zemlji", "Ažurirajte preglednik"),
    "sr": ("Видео је паузиран. Желите ли да наставите са гледањем?", "Да", "Потврдите своје године", "Није доступно у вашој земљи", "Ажурирајте прегледач"),
    "el": ("Το βίντεο τέθηκε σε παύση. Συνέχεια παρακολούθησης;", "Ναι", "Επιβεβαιώστε την ηλικία σας", "Δεν είναι διαθέσιμο στη χώρα σας", "Ενημερώστε το πρόγραμμα περιήγησης"),
    "tr": ("Video duraklatıldı. İzlemeye devam edilsin mi?", "Evet", "Yaşınızı doğrulayın", "Ülkenizde kullanılamıyor", "Tarayıcınızı güncelleyin"),
    "ru": ("Видео приостановлено. Продолжить просмотр?", "Да", "Подтвердите свой возраст", "Недоступно в вашей стране", "Обновите браузер"),
    "uk": ("Відео призупинено. Продовжити перегляд?", "Так", "Підтвердьте свій вік", "Недоступно у вашій країні", "Оновіть браузер"),
    "ar": ("تم إيقاف الفيديو مؤقتًا. هل تريد متابعة المشاهدة؟", "نعم", "يرجى تأكيد عمرك", "غير متاح في بلدك", "يرجى تحديث المتصفح"),
    "he": ("הסרטון הושהה. להמשיך לצפות?", "כן", "נדרש אימות גיל", "לא זמין במדינה שלך", "הדפדפן אינו נתמך"),
    "hi": ("वीडियो रोक दिया गया है. क्या आप देखना जारी रखना चाहते हैं?", "हां", "अपनी उम्र की पुष्टि करें", "आपके देश में उपलब्ध नहीं है", "अपना ब्राउज़र अपडेट करें"),
    "ja": ("動画が一時停止されました。続きを視聴しますか？", "はい", "年齢を確認してください", "お住まいの国ではご利用いただけません", "ブラウザを更新してください"),
    "ko": ("동영상이 일시중지되었습니다. 계속 시청하시겠습니까?", "예", "연령을 확인해 주세요", "해당 국가에서 사용할 수 없습니다", "브라우저를 업데이트하세요"),
    "zh": ("影片已暫停。要繼續觀看嗎？", "是", "請確認您的年齡", "您所在的国家/地区无法使用", "請更新瀏覽器"),
    "th": ("วิดีโอหยุดชั่วคราว ต้องการดูต่อไหม", "ใช่", "ยืนยันอายุของคุณ", "ไม่พร้อมให้บริการในประเทศของคุณ", "โปรดอัปเดตเบราว์เซอร์"),
    "vi": ("Video đã tạm dừng. Tiếp tục xem?", "Có", "Xác nhận tuổi của bạn", "Không có ở quốc gia của bạn", "Hãy cập nhật trình duyệt"),
    "id": ("Video dijeda. Lanjutkan menonton?", "Ya", "Konfirmasi usia Anda", "Tidak tersedia di negara Anda", "Perbarui browser Anda"),
}  # fmt: skip
KINDS = ("still-watching", "age", "region", "update-browser")
CAPITALS = (
    "<style>body, button {text-transform: uppercase}</style><script>document.documentElement.lang"
)


def capitals(language: str) -> str:
    """What makes a page's letters capitals, by the rules of its language."""
    return f"{CAPITALS} = '{language}'</script>"


def test_every_language_is_tried() -> None:
    assert set(SAID) == set(LANGUAGES)


@pytest.mark.sweep(6)
@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("large", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_a_dialog_is_about_is_known_in_every_language(
    page: Page, large: bool, language: str
) -> None:
    asked, yes, *rest = SAID[language]
    for kind, said in zip(KINDS, (asked, *rest), strict=True):
        style = capitals(language) if large else ""
        buttons = ("#", yes) if kind == "still-watching" else ("#",)
        (met,) = over(page, style + dialog(said, *buttons)).sweep()
        pressed = page.title() if kind == "still-watching" else yes
        assert (met.kind, pressed) == (kind, yes)


@pytest.mark.slow
def test_cookie_bars_in_capitals_are_refused_in_every_language(page: Page) -> None:
    """Greek loses its accents then, German its ß, and Turkish has other letters."""
    bars = {**COOKIE_BARS, "he": ("אנחנו משתמשים בעוגיות.", "דחיית הכול", "קבלת הכול")}
    bars |= {
        "de": ("Cookies", "Nur erforderliche", "Alle akzeptieren"),
        "tr": ("Çerezler", "Hayır, teşekkürler", "İzin ver"),
    }
    wrong = []
    for language, (about, refuse, agree) in bars.items():
        buttons = "".join(f"<button>{word}</button>" for word in (agree, refuse))
        bar = capitals(language) + BAR.format(about=about, buttons=buttons)
        met = over(page, bar).sweep()
        if [one.kind for one in met] != ["cookies"] or page.title() != refuse:
            wrong.append((language, met, page.title()))
    assert wrong == []


def test_a_notice_in_capitals_is_closed(page: Page) -> None:
    html = capitals("de") + dialog("Deine Region", "Mehr", "Schließen")
    (met,) = over(page, html).sweep()
    assert (met.kind, page.title()) == ("region", "Schließen")
