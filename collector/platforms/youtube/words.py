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
DONT_RECOMMEND = [
    "don't recommend channel",
    "ne pas recommander la chaîne",
    "no recomendarme este canal",
    "kanal nicht empfehlen",
    "non consigliarmi questo canale",
    "não recomendar o canal",
    "kanalı önerme",
    "不要推薦這個頻道",
    "チャンネルをおすすめに表示しない",
    "عدم اقتراح القناة",
    "don’t recommend channel",
    "不推荐此频道",
]
CLEAR_HISTORY = [
    "clear all watch history",
    "effacer tout l'historique des vidéos regardées",
    "borrar todo el historial de reproducciones",
    "gesamten wiedergabeverlauf löschen",
    "cancella tutta la cronologia visualizzazioni",
    "limpar todo o histórico de exibição",
    "tüm izleme geçmişini temizle",
    "清除所有觀看記錄",
    "すべての再生履歴を削除",
    "محو كل سجلّ المشاهدة",
    "清除所有观看记录",
]
PAUSE_HISTORY = [
    "pause watch history",
    "suspendre l'historique des vidéos regardées",
    "pausar historial de reproducciones",
    "wiedergabeverlauf pausieren",
    "sospendi cronologia visualizzazioni",
    "pausar histórico de exibição",
    "i̇zleme geçmişini duraklat",
    "暫停觀看記錄",
    "再生履歴を一時停止",
    "إيقاف سجلّ المشاهدة مؤقتًا",
    "暂停观看记录",
]
RESUME_HISTORY = [
    "turn on watch history",
    "activer l'historique des vidéos regardées",
    "activar historial de reproducciones",
    "wiedergabeverlauf aktivieren",
    "attiva cronologia visualizzazioni",
    "ativar histórico de exibição",
    "i̇zleme geçmişini aç",
    "開啟觀看記錄",
    "再生履歴を有効にする",
    "تفعيل سجلّ المشاهدة",
]
