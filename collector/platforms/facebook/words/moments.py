"""Times as the feed words them, where the locale data does otherwise."""

from __future__ import annotations

#: "Just now" and "yesterday", in lower case.
NOW: tuple[str, ...] = (
    "just now", "now", "à l’instant", "à l'instant", "ahora", "ahora mismo", "gerade eben",
    "jetzt", "adesso", "pochi secondi fa", "agora", "agora mesmo", "şimdi", "şu anda",
    "az önce", "剛剛", "刚刚", "たった今", "今", "الآن", "nu", "только что",
)  # fmt: skip

YESTERDAY: tuple[str, ...] = (
    "yesterday", "hier", "ayer", "gestern", "ieri", "ontem", "dün", "昨天", "昨日", "أمس", "أمس",
    "gisteren", "вчера", "igår", "i går", "eilen", "wczoraj", "včera", "tegnap", "어제",
)  # fmt: skip

#: Units that the locale data writes otherwise than the site does.
UNITS: dict[str, tuple[str, ...]] = {
    "minute": ("m", "min", "mins", "mn", "dk", "dk.", "Min.", "分鐘", "分", "分钟", "د", "دقيقة"),
    "hour": (
        "h", "hr", "hrs", "Std", "Std.", "sa", "sa.", "小時", "小时", "時間", "س", "ساعة", "ساعات",
        "ore", "ora", "u",
    ),
    "day": (
        "d", "j", "T", "T.", "Tage", "Tag", "g", "gg", "giorni", "gün", "g.", "天", "日", "ي",
        "ي.",
    ),
    "week": (
        "w", "sem", "sem.", "Wo", "Wo.", "sett", "sett.", "hf", "hf.", "週", "周", "週間", "أ",
    ),
}  # fmt: skip
