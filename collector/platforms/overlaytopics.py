# ruff: noqa: E501 - one language a line, and letters that are wider than others
"""What dialogs are about that have no words in common from language to language.

A pattern finds a part of the text, whose capitals and accents are gone by then (``fold``), as they
are gone from the patterns.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Language → patterns of a question whether somebody is still there.
STILL_WATCHING: Mapping[str, str] = {
    "en": r"continue watching|still watching|still there",
    "fr": r"continuer (?:à regarder|la lecture|le visionnage)|toujours là",
    "es": r"(?:seguir|continuar) (?:viendo|mirando)|sigues ahí",
    "de": r"weiterschauen|weiter(?:hin)? (?:an)?sehen|wiedergabe fortsetzen|noch da",
    "it": r"continuare (?:a guardare|la visione|la riproduzione)",
    "pt": r"continuar (?:assistindo|a ver|vendo|a assistir)|ainda está aí",
    "nl": r"doorgaan met kijken|verder ?kijken|blijven kijken|kijk je nog",
    "pl": r"ogląda(?:ć|sz) dalej|kontynuować oglądanie|nadal ogląda",
    "sv": r"fortsätta titta|tittar du fortfarande",
    "da": r"fortsætte med at se|se videre|ser du stadig",
    "nb": r"fortsette å se|ser du fortsatt",
    "fi": r"jatk\p{L}+ katselu|katsotko (?:vielä|edelleen)",
    "cs": r"pokračovat ve sledování|pokračovat v přehrávání|(?:stále|ještě) sledujete",
    "sk": r"pokračovať v (?:sledovaní|pozeraní|prehrávaní)|stále (?:sledujete|pozeráte)",
    "hu": r"folytat\p{L}* (?:az? )?(?:megtekint|nézés|lejátszás)|még (?:mindig )?néz",
    "ro": r"continu\p{L}* (?:vizion|redarea|să (?:vizion|urmăr))|încă (?:vizion|urmăr)",
    "bg": r"продълж\p{L}* (?:ли )?(?:с )?(?:гледането|да гледа)|още ли гледа",
    "hr": r"nastavi\p{L}* (?:s |sa )?gleda|još (?:uvijek )?gleda",
    "sr": r"настави\p{L}* (?:са |с |да )?гледа|још (?:увек )?гледа",
    "el": r"συνέχ\p{L}* (?:της |την |να )?(?:παρακολούθ|προβολ)|παρακολουθείτε ακόμα",
    "tr": r"izlemeye devam|hâlâ izliyor",
    "ru": r"продолжить просмотр|всё ещё смотрите",
    "uk": r"продовжити перегляд|(?:ще|досі) дивитеся",
    "ar": r"(?:متابعة|مواصلة) (?:ال)?مشاهدة|ما زلت تشاهد",
    "he": r"להמשיך (?:לצפות|בצפייה|את הצפייה)|המשך ה?צפייה|עדיין צופ",
    "hi": r"देखना जारी|अब भी देख",
    "ja": r"視聴を続け|続きを視聴|視聴し続け|まだ視聴",
    "ko": r"계속 시청|시청을 계속|아직 시청",
    "zh": r"继续观看|繼續觀看|仍在观看|還在觀看",
    "th": r"ดูต่อ|รับชมต่อ|ยังดูอยู่",
    "vi": r"tiếp tục xem|xem tiếp|vẫn đang xem",
    "id": r"lanjutkan menonton|terus menonton|masih menonton",
}

#: Language → patterns of a question for the age of who watches.
AGE: Mapping[str, str] = {
    "en": r"age[- ]restricted|confirm your age|you must be \d+|how old are you",
    "fr": r"confirme[rz]? (?:votre|ton) âge|limite d.âge",
    "es": r"confirm[ae]r? (?:tu|su|la) edad|restricci\p{L}+ de edad",
    "de": r"(?:dein|ihr) alter bestätigen|bestätigen? (?:sie )?(?:dein|ihr) alter|altersbeschränk",
    "it": r"conferma(?:re)? (?:la tua|l.)\s?età|limiti di età",
    "pt": r"confirm[ae]r? (?:a )?(?:sua )?idade|restriç\p{L}+ de idade",
    "nl": r"bevestig je leeftijd|leeftijdsbeperk",
    "pl": r"potwierdź (?:swój )?wiek|ograniczeni\p{L}+ wiekow",
    "sv": r"bekräfta (?:din )?ålder|åldersgräns",
    "da": r"bekræft (?:din )?alder|aldersbegræns",
    "nb": r"bekreft (?:din )?alder|aldersgrense|aldersbegrens",
    "fi": r"vahvista ikä|ikäraj",
    "cs": r"potvrďte (?:svůj )?věk|věkov\p{L}+ omezen",
    "sk": r"potvrďte (?:svoj )?vek|vekov\p{L}+ obmedzen",
    "hu": r"erősítse meg (?:az )?életkor|korhatár",
    "ro": r"confirm\p{L}+(?:-[țv]\p{L}+)? vârsta|restricți\p{L}+ de vârstă",
    "bg": r"потвърдете възрастта|възрастов\p{L}+ огранич",
    "hr": r"potvrdite (?:svoju )?dob|dobn\p{L}+ ogranič",
    "sr": r"потврдите (?:своје |свој )?(?:године|узраст)|(?:старосн|узрасн)\p{L}+ огранич",
    "el": r"επιβεβαιώστε την ηλικία|περιορισμ\p{L}+ ηλικίας",
    "tr": r"yaşınızı (?:onayla|doğrula)|yaş (?:sınır|kısıtlama)",
    "ru": r"подтвердите (?:свой )?возраст|возрастн\p{L}+ огранич",
    "uk": r"підтвердьте (?:свій )?вік|віков\p{L}+ обмеж",
    "ar": r"تأكيد عمرك|أكد عمرك|العمر",
    "he": r"(?:אימות|אישור) ה?גיל|את הגיל|הגבלת גיל",
    "hi": r"उम्र की (?:पुष्टि|पाबंदी)",
    "ja": r"年齢を確認|年齢制限|年齢確認",
    "ko": r"연령 제한|(?:나이|연령)를? ?확인|연령을 확인",
    "zh": r"(?:确认|驗證|验证|確認)(?:您的|你的)?(?:年龄|年齡)|(?:年龄|年齡)限制",
    "th": r"ยืนยันอายุ|จำกัดอายุ",
    "vi": r"xác nhận (?:độ )?tuổi|giới hạn độ tuổi",
    "id": r"konfirmasi(?:kan)? usia|(?:batas|pembatas)an usia",
}

#: Language → patterns of a notice about where somebody is.
REGION: Mapping[str, str] = {
    "en": r"not available in your (?:country|region|location)|visiting from|choose your (?:country|region)",
    "fr": r"disponible dans (?:ton|votre) pays|(?:ta|votre) région|choisi\p{L}* (?:ton|votre) pays",
    "es": r"disponible en (?:tu|su) país|(?:tu|su) región|elig[ea] (?:tu|su) país",
    "de": r"in (?:deinem|ihrem) land|(?:deine[rn]?|ihre[rn]?) region|land auswählen",
    "it": r"disponibile nel tuo paese|la tua (?:regione|area geografica)|scegli (?:il tuo )?paese",
    "pt": r"disponível n[oe]\s?(?:o )?seu país|sua região|escolha (?:o )?seu país",
    "nl": r"in (?:je|jouw|uw) (?:land|regio)|kies (?:je|een) (?:land|regio)",
    "pl": r"w twoim (?:kraju|regionie)|wybierz (?:swój )?(?:kraj|region)",
    "sv": r"i ditt land|din region|välj (?:ditt )?land",
    "da": r"i dit land|din region|vælg (?:dit )?land",
    "nb": r"i (?:ditt land|landet ditt)|(?:din region|regionen din)|velg land",
    "fi": r"maassasi|alueellasi|valitse maa",
    "cs": r"ve vaší (?:zemi|oblasti)|vyberte (?:svou )?zemi",
    "sk": r"vo vašej (?:krajine|oblasti)|vyberte (?:svoju )?krajinu",
    "hu": r"az ön (?:országában|régiójában)|válassz\p{L}* (?:ki )?(?:az )?ország",
    "ro": r"în (?:țara|regiunea) (?:ta|dvs|dumneavoastră)|aleg\p{L}+ țara",
    "bg": r"във (?:вашата (?:държава|страна)|вашия регион)|изберете държава",
    "hr": r"u vašoj (?:zemlji|regiji|državi)|odaberite (?:svoju )?(?:zemlju|državu)",
    "sr": r"у вашој (?:земљи|регији|држави)|изаберите (?:своју )?(?:земљу|државу)",
    "el": r"στη χώρα σας|στην περιοχή σας|επιλέξτε (?:τη )?χώρα",
    "tr": r"ülkenizde|bölgenizde|ülkenizi seçin",
    "ru": r"в вашей стране|в вашем регионе|выберите (?:свою )?(?:страну|регион)",
    "uk": r"у ваш(?:ій країні|ому регіоні)|виберіть (?:свою )?країну",
    "ar": r"في بلدك|منطقتك|اختر (?:بلدك|الدولة|المنطقة)",
    "he": r"במדינה שלך|באזור שלך|בחרו? (?:את ה)?מדינה",
    "hi": r"आपके देश|आपके क्षेत्र|देश चुनें",
    "ja": r"お住まいの(?:地域|国)|国を選択|地域を選択",
    "ko": r"해당 (?:국가|지역)|거주 국가|(?:국가|지역)를? ?선택|지역을 선택",
    "zh": r"您所在的?(?:国家|國家|地区|地區)|(?:选择|選擇)(?:国家|國家|地区|地區)",
    "th": r"ในประเทศของคุณ|ภูมิภาคของคุณ|เลือกประเทศ",
    "vi": r"(?:quốc gia|khu vực) của bạn|chọn quốc gia",
    "id": r"di negara anda|wilayah anda|pilih negara",
}

#: Language → patterns of a notice that the browser is too old.
UPDATE_BROWSER: Mapping[str, str] = {
    "en": r"(?:update|upgrade) your browser|browser (?:is|isn.t|is not|version)[^.]{0,30}(?:support|out ?dated|old)",
    "fr": r"(?:mets|mettez|mettre) à jour (?:ton|votre|le) navigateur|navigateur [^.]{0,30}(?:pris en charge|obsolète)",
    "es": r"actuali[zc][ae]r? (?:tu|el|su) navegador|navegador [^.]{0,30}(?:compatible|obsoleto)",
    "de": r"browser aktualisieren|aktualisieren? (?:sie )?(?:deinen|ihren) browser|browser [^.]{0,30}(?:unterstützt|veraltet)",
    "it": r"aggiorna(?:re)? il (?:tuo )?browser|browser [^.]{0,30}(?:supportato|obsoleto)",
    "pt": r"atuali[zs][ae]r? (?:o )?(?:seu )?navegador|navegador [^.]{0,30}(?:compatível|desatualizado)",
    "nl": r"update je browser|je browser (?:bij|te updaten)|browser [^.]{0,30}(?:ondersteund|verouderd)",
    "pl": r"zaktualizuj (?:swoją )?przeglądark|przeglądark\p{L}+ [^.]{0,30}(?:obsługiwan|nieaktualn)",
    "sv": r"uppdatera (?:din )?webbläsare|webbläsare\p{L}* [^.]{0,30}(?:stöds|gammal|föråldrad)",
    "da": r"opdater (?:din )?browser|browser\p{L}* [^.]{0,30}(?:understøttes|forældet)",
    "nb": r"oppdater nettleser|nettleser\p{L}* [^.]{0,30}(?:støttes|utdatert)",
    "fi": r"päivitä selai|selain\p{L}* [^.]{0,30}(?:tueta|vanhentunut)",
    "cs": r"aktualizujte (?:si |svůj )?prohlížeč|prohlížeč [^.]{0,30}(?:podporován|zastaral)",
    "sk": r"aktualizujte (?:si |svoj )?prehliadač|prehliadač [^.]{0,30}(?:podporovan|zastaran)",
    "hu": r"frissíts\p{L} (?:a )?böngész|böngész\p{L}+ [^.]{0,30}(?:támogat|elavult)",
    "ro": r"actualiz\p{L}+ (?:-\p{L}+ )?browser|browser\p{L}* [^.]{0,30}(?:acceptat|învechit|compatibil)",
    "bg": r"актуализирайте (?:своя )?браузър|браузър\p{L}* [^.]{0,30}(?:поддърж|остарял)",
    "hr": r"ažurirajte (?:svoj )?preglednik|preglednik [^.]{0,30}(?:podržan|zastario)",
    "sr": r"ажурирајте (?:свој )?прегледач|прегледач [^.]{0,30}(?:подржан|застарео)",
    "el": r"ενημερώστε το πρόγραμμα περιήγησης|πρόγραμμα περιήγησης[^.]{0,40}υποστηρίζεται",
    "tr": r"tarayıcınızı (?:güncelle|yükselt)|tarayıcı\p{L}* [^.]{0,30}(?:desteklenm|eski)",
    "ru": r"обновите (?:свой )?браузер|браузер [^.]{0,30}(?:поддержив|устарел)",
    "uk": r"оновіть (?:свій )?(?:браузер|веб-переглядач)|(?:браузер|веб-переглядач) [^.]{0,30}(?:підтрим|застарі)",
    "ar": r"(?:تحديث|حد.?ث) (?:ال)?متصفح|المتصفح [^.]{0,30}(?:غير|قديم)",
    "he": r"(?:עדכנו?|לעדכן) את הדפדפן|הדפדפן [^.]{0,30}נתמך",
    "hi": r"ब्राउज़र (?:को )?अपडेट|ब्राउज़र [^.]{0,30}(?:पुराना|नहीं करता)",
    "ja": r"ブラウザを?(?:更新|アップデート|アップグレード)|ブラウザは[^。]{0,30}サポート",
    "ko": r"브라우저를 (?:업데이트|업그레이드)|브라우저는 [^.]{0,30}지원",
    "zh": r"(?:更新|升级|升級)(?:您的|你的)?(?:浏览器|瀏覽器)|(?:浏览器|瀏覽器)[^。]{0,30}(?:支持|支援|过时|過時)",
    "th": r"อัปเดตเบราว์เซอร์|ไม่รองรับเบราว์เซอร์",
    "vi": r"cập nhật trình duyệt|trình duyệt [^.]{0,30}(?:hỗ trợ|lỗi thời)",
    "id": r"perbarui (?:browser|peramban)|(?:browser|peramban) [^.]{0,30}(?:didukung|usang)",
}

#: What an offer without adverts calls them, where it does not say "premium".
AD_FREE = (
    r"ad[- ]free|free trial|sans pub|werbefrei|sin anuncios|senza pubblicità|sem anúncios|zonder advertenties"
    r"|bez reklam|utan reklam|uden reklamer|uten reklame|ilman mainoksia|bez reklám|reklámok? nélkül|fără reclame"
    r"|без реклам|bez oglasa|без огласа|χωρίς διαφημίσεις|reklamsız|بدون إعلانات|ללא פרסומות|बिना विज्ञापन|広告なし"
    r"|광고 없|无广告|無廣告|ไม่มีโฆษณา|không (?:có )?quảng cáo|tanpa iklan"
)
NOTIFICATIONS = (
    r"notification|benachrichtigung|notificaci|notifica|meldingen|powiadom|avisering|notiser|notifikation|varsl"
    r"|ilmoituks|oznámení|upozorneni|értesítés|notificăr|извести|obavijest|обавештењ|ειδοποιήσ|bildirim|уведомлени"
    r"|сповіщен|إشعار|התראות|सूचना|通知|알림|การแจ้งเตือน|thông báo|notifikasi"
)
