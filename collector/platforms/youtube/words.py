"""Words on YouTube's buttons, in lower case, in the languages that a puppet may speak.

Only where the place of a button does not tell it: consent dialogs and the card's menu.
"""

from __future__ import annotations

#: en, fr, es, de, it, pt, tr, zh-TW/zh-CN, ja, ar
REJECT = [
    "reject", "refuser", "rechazar", "ablehnen", "widersprechen", "rifiuta", "rejeitar", "recusar",
    "reddet", "拒絕", "拒绝", "拒否", "رفض",
]  # fmt: skip
ACCEPT = [
    "accept", "accepter", "aceptar", "akzeptieren", "zustimmen", "accetta", "aceitar", "kabul",
    "接受", "同意", "許可", "قبول", "موافقة",
]  # fmt: skip
NOT_INTERESTED = [
    "not interested", "pas intéressé", "no me interesa", "kein interesse", "non mi interessa",
    "não tenho interesse", "não me interessa", "sem interesse", "ilgilenmiyorum", "不感興趣",
    "没兴趣", "興味なし", "興味がない", "غير مهتم", "لا يهمني",
]  # fmt: skip
