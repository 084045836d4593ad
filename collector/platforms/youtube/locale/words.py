"""The site's own nouns, language by language: the only hand-made tables.

``VIEWS`` are templates around a count, ``NO_VIEWS`` whole texts, ``WATCHING`` templates of live
audiences, ``LIVE``/``UPCOMING``/``SHORTS`` the badges on thumbnails. Regional variants of a
language share its row.
"""

from __future__ import annotations

VIEWS: dict[str, tuple[str, ...]] = {
    "en": ("{n} views", "{n} view"),
    "fr": (
        "{n} de vues", "{n} vues", "{n} vue", "{n} de visionnements", "{n} visionnements",
        "{n} visionnement",
    ),
    "es": (
        "{n} de vistas", "{n} vistas", "{n} vista", "{n} de visualizaciones",
        "{n} visualizaciones", "{n} visualización", "{n} de visualización",
    ),
    "de": ("{n} Aufrufe", "{n} Aufruf"),
    "it": ("{n} di visualizzazioni", "{n} visualizzazioni", "{n} visualizzazione"),
    "pt": ("{n} de visualizações", "{n} visualizações", "{n} visualização", "{n} de visualização"),
    "tr": ("{n} görüntüleme", "{n} görüntülenme", "{n} kez görüntülendi"),
    "zh-TW": ("觀看次數：{n}次", "觀看次數: {n}次", "收看次數：{n}次"),
    "zh-HK": ("收看次數：{n}次", "觀看次數：{n}次"),
    "zh-CN": ("{n}次观看", "观看次数：{n}次", "{n}次觀看"),
    "ja": ("{n}回視聴", "視聴回数 {n}回", "視聴回数：{n}回", "視聴回数 {n}"),
    "ko": ("조회수 {n}회", "조회수 {n}"),
    "ar": (
        "{n} مشاهدات", "{n} من المشاهدات", "{n} مشاهدة", "عدد المشاهدات: {n}", "{n} مشاهدةً",
        "عدد المشاهدات {n}",
    ),
    "ru": ("{n} просмотров", "{n} просмотра", "{n} просмотр"),
    "uk": ("{n} переглядів", "{n} перегляди", "{n} перегляду", "{n} перегляд"),
    "pl": ("{n} wyświetleń", "{n} wyświetlenia", "{n} wyświetlenie"),
    "nl": ("{n} weergaven", "{n} weergave", "{n} keer bekeken"),
    "sv": ("{n} visningar", "{n} visning"),
    "da": ("{n} visninger", "{n} visning"),
    "nb": ("{n} visninger", "{n} visning", "{n} avspillinger", "{n} avspilling", "{n} ganger"),
    "fi": ("{n} näyttökertaa", "{n} näyttökerta", "{n} katselukertaa", "{n} katselukerta"),
    "cs": ("{n} zhlédnutí",),
    "sk": ("{n} zhliadnutí", "{n} zhliadnutia", "{n} zhliadnutie", "{n} zobrazení", "{n} pozretí"),
    "hu": ("{n} megtekintés",),
    "ro": (
        "{n} de vizionări", "{n} vizionări", "{n} vizionare", "{n} de vizualizări",
        "{n} vizualizări", "{n} vizualizare",
    ),
    "bg": ("{n} показвания", "{n} показване", "{n} гледания", "{n} гледане"),
    "el": ("{n} προβολές", "{n} προβολή"),
    "he": ("{n} צפיות", "{n} צפייה"),
    "hi": ("{n} बार देखा गया", "{n} व्यू"),
    "id": ("{n} x ditonton", "{n} ditonton", "{n} tayangan"),
    "ms": ("{n} tontonan",),
    "th": ("การดู {n} ครั้ง", "ดู {n} ครั้ง", "{n} ครั้ง"),
    "vi": ("{n} lượt xem",),
    "ca": ("{n} de visualitzacions", "{n} visualitzacions", "{n} visualització"),
    "hr": ("{n} pregleda", "{n} pregled"),
    "sr": ("{n} прегледа", "{n} преглед", "{n} pregleda"),
    "sl": ("{n} ogledov", "{n} ogleda", "{n} ogledi", "{n} ogled"),
    "lt": ("{n} peržiūrų", "{n} peržiūros", "{n} peržiūra"),
    "lv": ("{n} skatījumu", "{n} skatījumi", "{n} skatījums"),
    "et": ("{n} vaatamist", "{n} vaatamine", "{n} vaatamiskorda"),
    "fa": ("{n} بازدید",),
    "bn": ("{n} বার দেখা হয়েছে", "{n}টি ভিউ", "{n} ভিউ"),
    "ta": ("{n} பார்வைகள்", "{n} காட்சிகள்"),
    "fil": ("{n} panonood", "{n} view", "{n} na panonood"),
    "gl": (
        "{n} de visualizacións", "{n} visualizacións", "{n} visualización", "{n} de reproducións",
        "{n} reproducións", "{n} reprodución",
    ),
    "eu": ("{n} ikustaldi",),
    "af": ("{n} kyke", "{n} keer gekyk"),
    "sw": ("Mara {n} imetazamwa", "Imetazamwa mara {n}"),
    "is": ("{n} áhorf",),
    "mr": ("{n} दृश्ये", "{n} व्ह्यू"),
    "ur": ("{n} ملاحظات", "{n} ویوز"),
    "am": ("{n} ዕይታዎች", "{n} እይታዎች", "{n} ዕይታ", "{n} እይታ"),
    "as": ("{n}টা ভিউ", "{n} টা ভিউ", "{n} ভিউ"),
    "az": ("{n} baxış",),
    "be": ("{n} праглядаў", "{n} прагляды", "{n} прагляду", "{n} прагляд"),
    "bs": ("{n} pregleda", "{n} pregled"),
    "gu": ("{n} જોવાયાની સંખ્યા", "{n} વ્યૂ"),
    "hy": ("{n} դիտում",),
    "ka": ("{n} ნახვა",),
    "kk": ("{n} рет көрілді", "{n} рет қаралды", "{n} көрілім", "{n} қаралым"),
    "km": ("មើល {n} ដង", "ទស្សនា {n} ដង", "ការមើល {n} ដង", "ចំនួនមើល {n}"),
    "kn": ("{n} ವೀಕ್ಷಣೆಗಳು", "{n} ವೀಕ್ಷಣೆ"),
    "ky": ("{n} жолу көрүлдү", "{n} көрүү"),
    "lo": ("ເບິ່ງ {n} ເທື່ອ", "ການເບິ່ງ {n} ຄັ້ງ", "ເບິ່ງ {n} ຄັ້ງ"),
    "mk": ("{n} прегледи", "{n} преглед", "{n} прегледувања"),
    "ml": ("{n} കാഴ്‌ചകൾ", "{n} കാഴ്ചകൾ", "{n} കാഴ്‌ച"),
    "mn": ("{n} үзэлт", "{n} удаа үзсэн"),
    "my": ("ကြည့်ရှုမှု {n} ကြိမ်", "ကြည့်ရှုမှု {n}", "{n} ကြိမ် ကြည့်ရှုထားသည်"),
    "ne": ("{n} पटक हेरियो", "{n} पटक हेरिएको", "{n} भ्यु", "{n} भ्युहरू", "{n} दृश्य"),
    "or": ("{n}ଟି ଭ୍ୟୁ", "{n} ଭ୍ୟୁ", "{n} ଥର ଦେଖାଯାଇଛି"),
    "pa": ("{n} ਵਾਰ ਦੇਖਿਆ ਗਿਆ", "{n} ਵਿਊਜ਼", "{n} ਦ੍ਰਿਸ਼"),
    "si": ("බැලීම් {n}", "නැරඹීම් {n}"),
    "sq": ("{n} shikime", "{n} shikim"),
    "te": ("{n} వీక్షణలు", "{n} వీక్షణ"),
    "uz": ("{n} marta ko‘rilgan", "{n} marta koʻrilgan", "{n} marta ko'rilgan"),
    "zu": ("ukubukwa okungu-{n}", "ukubukwa {n}", "ukubuka okungu-{n}"),
}  # fmt: skip

NO_VIEWS: dict[str, tuple[str, ...]] = {
    "en": ("No views",), "fr": ("Aucune vue",), "de": ("Keine Aufrufe",),
    "es": ("No hay visualizaciones", "Sin vistas", "No hay vistas", "Ninguna visualización"),
    "it": ("Nessuna visualizzazione",), "pt": ("Nenhuma visualização", "Sem visualizações"),
    "tr": ("Görüntüleme yok", "Görüntülenmedi", "Hiç görüntülenmedi"),
    "zh-TW": ("沒有人觀看", "尚無觀看次數", "無觀看次數", "沒有觀看次數"),
    "zh-HK": ("沒有收看次數", "尚無收看次數"), "zh-CN": ("无人观看", "暂无观看次数"),
    "ja": ("視聴なし", "視聴回数なし"), "ko": ("조회수 없음",),
    "ar": ("لا مشاهدات", "لم تتم مشاهدته", "لا توجد مشاهدات", "ليست هناك مشاهدات"),
    "ru": ("Нет просмотров",), "uk": ("Немає переглядів",), "pl": ("Brak wyświetleń",),
    "nl": ("Geen weergaven",), "sv": ("Inga visningar",), "da": ("Ingen visninger",),
    "nb": ("Ingen visninger", "Ingen avspillinger"),
    "fi": ("Ei näyttökertoja", "Ei katselukertoja"),
    "cs": ("Žádná zhlédnutí",), "sk": ("Žiadne zhliadnutia",), "hu": ("Nincs megtekintés",),
    "ro": ("Nicio vizionare", "Nicio vizualizare"), "bg": ("Няма показвания",),
    "el": ("Καμία προβολή",), "he": ("אין צפיות",), "hi": ("कोई व्यू नहीं",),
    "id": ("Tidak ada penayangan", "Belum ditonton"), "ms": ("Tiada tontonan",),
    "th": ("ไม่มีการดู", "ยังไม่มีการดู"), "vi": ("Không có lượt xem nào", "Chưa có lượt xem"),
    "ca": ("Cap visualització",), "hr": ("Nema pregleda",), "sr": ("Нема прегледа",),
}  # fmt: skip

#: A live audience: in a card, a count that is not of views.
WATCHING: dict[str, tuple[str, ...]] = {
    "en": ("{n} watching now", "{n} watching", "{n} waiting"),
    "fr": ("{n} spectateurs", "{n} spectateur", "{n} en attente"),
    "es": ("{n} usuarios", "{n} espectadores", "{n} mirando", "{n} viendo", "{n} esperando"),
    "de": ("{n} aktive Zuschauer", "{n} Zuschauer", "{n} schauen gerade zu", "{n} warten"),
    "it": ("{n} spettatori", "{n} persone che guardano", "{n} in attesa"),
    "pt": ("{n} assistindo", "{n} a ver", "{n} aguardando"),
    "tr": (
        "{n} kullanıcı izliyor", "{n} kişi izliyor", "{n} izleyici", "{n} kişi bekliyor",
        "{n} kullanıcı bekliyor",
    ),
    "zh-TW": ("{n} 人正在觀看", "{n} 人等待中"), "zh-HK": ("{n} 人正在收看",),
    "zh-CN": ("{n} 人正在观看", "{n} 人正在等待"),
    "ja": ("{n} 人が視聴中", "{n} 人が待機中"), "ko": ("{n}명 시청 중", "{n}명 대기 중"),
    "ar": ("{n} مشاهد", "{n} يشاهدون", "{n} من المشاهدين", "{n} يشاهدون الآن", "{n} في الانتظار"),
    "ru": ("{n} зрителей", "{n} зрителя", "{n} зритель", "{n} ожидают"),
    "uk": ("{n} глядачів",), "pl": ("{n} ogląda", "{n} widzów"), "nl": ("{n} kijkers",),
    "sv": ("{n} tittar",), "hi": ("{n} दर्शक",), "id": ("{n} sedang menonton",),
}  # fmt: skip

LIVE: frozenset[str] = frozenset(
    word.casefold()
    for word in (
        "LIVE", "LIVE NOW", "EN DIRECT", "DIRECT", "EN DIRECTO", "EN VIVO", "DIRECTO", "VIVO",
        "JETZT LIVE", "IN DIRETTA", "DAL VIVO", "AO VIVO", "EM DIRETO", "DIRETO", "CANLI",
        "CANLI YAYIN", "直播中", "直播", "正在直播", "ライブ", "ライブ配信中", "실시간", "مباشر",
        "البث المباشر", "بث مباشر", "В ЭФИРЕ", "ПРЯМОЙ ЭФИР", "НАЖИВО", "НА ЖИВО", "NA ŻYWO",
        "LIVESÄNDNING", "DIREKTE", "ŽIVĚ", "NAŽIVO", "ÉLŐ", "ÎN DIRECT", "ΖΩΝΤΑΝΑ", "שידור חי",
        "लाइव", "LANGSUNG", "สด", "TRỰC TIẾP", "UŽIVO", "УЖИВО", "V ŽIVO", "TIESIOGIAI",
    )
)  # fmt: skip

UPCOMING: frozenset[str] = frozenset(
    word.casefold()
    for word in (
        "UPCOMING", "PREMIERE", "À VENIR", "PROCHAINEMENT", "PRÓXIMAMENTE", "PRÓXIMO", "ESTRENO",
        "DEMNÄCHST", "BEVORSTEHEND", "IN ARRIVO", "PROSSIMAMENTE", "IN PROGRAMMA", "EM BREVE",
        "ESTREIA", "YAKINDA", "即將直播", "即將開始", "即將首播", "即将直播", "即将开始",
        "即将首播", "近日公開", "配信予定", "まもなく", "預定直播", "예정", "공개 예정",
        "قريبًا", "قريباً", "قادم",
        "СКОРО", "НЕЗАБАРОМ", "WKRÓTCE", "NADCHODZĄCE", "BINNENKORT", "KOMMANDE", "KOMMENDE",
        "TULOSSA", "BRZY", "ČOSKORO", "HAMAROSAN", "ÎN CURÂND", "ΠΡΟΣΕΧΩΣ", "בקרוב", "आने वाला",
        "SEGERA", "SẮP DIỄN RA", "USKORO",
    )
)  # fmt: skip

SHORTS: frozenset[str] = frozenset(w.casefold() for w in ("SHORTS", "SHORT", "ショート", "短片"))
