"""Multipliers and ages that sites spell otherwise than the locale data does: hand-made tables.

Regional variants of a language share its row.
"""

from __future__ import annotations

#: Multipliers that sites write and the locale data writes otherwise.
MULTIPLIERS: dict[str, dict[str, int]] = {
    "fr": {"k": 1000, "millier": 1000, "milliers": 1000},
    "es": {"k": 1000, "mil": 1000, "mill.": 10**6, "M": 10**6},
    "pt": {"mil": 1000, "mi": 10**6, "M": 10**6, "mi.": 10**6, "bi": 10**9},
    "it": {"Mln": 10**6, "mln": 10**6, "Mrd": 10**9, "mld": 10**9, "mila": 1000},
    "de": {"Tsd.": 1000, "Mio.": 10**6, "Mrd.": 10**9},
    "tr": {"B": 1000, "Mn": 10**6, "Mr": 10**9},
    "zh": {
        "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "百萬": 10**6,
        "百万": 10**6,
    },
    "ja": {"千": 1000, "万": 10**4, "億": 10**8},
    "ko": {"천": 1000, "만": 10**4, "억": 10**8},
    "ar": {"ألف": 1000, "آلاف": 1000, "مليون": 10**6, "ملايين": 10**6, "مليار": 10**9},
    "ru": {"тыс.": 1000, "млн": 10**6, "млрд": 10**9},
    "pl": {"tys.": 1000, "mln": 10**6, "mld": 10**9},
    "nl": {"d.": 1000, "mln.": 10**6, "mld.": 10**9},
    "sv": {"tn": 1000, "mn": 10**6, "md": 10**9},
    "da": {"t": 1000, "mio.": 10**6, "mia.": 10**9},
    "nb": {"k": 1000, "mill.": 10**6, "mrd.": 10**9},
    "id": {"rb": 1000, "jt": 10**6, "M": 10**9, "ribu": 1000, "juta": 10**6},
    "vi": {"N": 1000, "Tr": 10**6, "T": 10**9, "nghìn": 1000, "triệu": 10**6},
    "hi": {"हज़ार": 1000, "लाख": 10**5, "लाख.": 10**5, "क॰": 10**7, "करोड़": 10**7},
    "th": {"พัน": 1000, "หมื่น": 10**4, "แสน": 10**5, "ล้าน": 10**6},
    "en": {"lakh": 10**5, "crore": 10**7, "Cr": 10**7},
}  # fmt: skip

#: "ago" forms that the locale data lacks or spells otherwise: (unit, pattern).
AGES: dict[str, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("year", "{0} 年前"), ("month", "{0} 個月前"), ("month", "{0} 个月前"),
        ("week", "{0} 週前"), ("week", "{0} 周前"), ("week", "{0} 星期前"),
        ("day", "{0} 天前"), ("day", "{0} 日前"),
        ("hour", "{0} 小時前"), ("hour", "{0} 小时前"), ("minute", "{0} 分鐘前"),
        ("minute", "{0} 分钟前"), ("second", "{0} 秒前"), ("second", "{0} 秒鐘前"),
    ),
    "el": (
        ("year", "πριν από {0} χρόνια"), ("year", "πριν από {0} χρόνο"),
        ("year", "πριν {0} χρόνια"), ("month", "πριν {0} μήνες"), ("day", "πριν {0} ημέρες"),
    ),
    "th": (
        ("year", "{0} ปีที่ผ่านมา"), ("month", "{0} เดือนที่ผ่านมา"), ("week", "{0} สัปดาห์ที่ผ่านมา"),
        ("day", "{0} วันที่ผ่านมา"), ("hour", "{0} ชั่วโมงที่ผ่านมา"), ("minute", "{0} นาทีที่ผ่านมา"),
    ),
    "ja": (("month", "{0} か月前"), ("month", "{0} ヶ月前"), ("month", "{0} カ月前")),
    "hi": (("year", "{0} साल पहले"), ("day", "{0} दिन पहले"), ("month", "{0} महीने पहले")),
    "it": (("hour", "{0} ore fa"), ("hour", "{0} ora fa")),
    "tr": (("week", "{0} hafta önce"),),
}  # fmt: skip
