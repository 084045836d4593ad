"""How sites speak to whoever looks: greetings, and the labels of the account's own button.

In the languages of the personas that are shipped, and those of the parsers. A word too many costs
nothing but a first name after it.
"""

from __future__ import annotations

import re

_GREETINGS = """
welcome / welcome back / hi / hello / hey / dear / good morning / good afternoon / good evening
willkommen / willkommen zurück / hallo / hey / guten tag / guten morgen / guten abend / servus
bonjour / bonsoir / bienvenue / salut / bon retour
hola / bienvenido / bienvenida / te damos la bienvenida / buenos días / buenas tardes
olá / oi / bem-vindo / bem-vinda / bom dia / boa tarde / boa noite
ciao / benvenuto / benvenuta / buongiorno / buonasera / bentornato / bentornata
hoi / welkom / welkom terug / goedemorgen / goedemiddag / goedenavond / dag
hej / välkommen / hei / velkommen / tervetuloa / moi
witaj / cześć / dzień dobry / ahoj / dobrý den / vítejte / szia / üdvözlünk / bună
merhaba / selam / hoş geldin / hoş geldiniz / günaydın / iyi akşamlar
здравствуйте / привет / добро пожаловать / вітаємо / γεια / καλώς ήρθες
مرحبا / مرحبًا / أهلا / أهلاً / اهلا / שלום / ברוך הבא / ברוכה הבאה
नमस्ते / สวัสดี / xin chào / halo / selamat datang
ようこそ / こんにちは / 欢迎 / 歡迎 / 你好 / 您好 / 哈囉 / 안녕하세요 / 환영합니다
"""
#: In lower case; a page is searched with its ASCII letters in lower case.
GREETINGS = tuple(
    sorted(
        {
            cased
            for line in _GREETINGS.strip().splitlines()
            for word in line.split("/")
            if (plain := word.strip())
            for cased in (plain, plain[0].upper() + plain[1:])
        }
    )
)
#: Follow a name at once.
HONORIFICS = tuple(word.encode() for word in ("さん", "さま", "様", "님", "，您好", "，你好"))

#: ``Google Account: Ada Lovelace (ada@example.org)``, with the colons and brackets of all scripts.
LABELLED = re.compile(
    r"[:\uff1a]\s{0,8}(?P<name>[^:\uff1a()\uff08\uff09<>]{2,80}?)\s{0,8}"
    r"[(\uff08]\s{0,8}(?P<mail>[^()\uff08\uff09<>\s@]{1,64}@[^()\uff08\uff09<>\s@]{3,190})\s{0,8}[)\uff09]"
)

#: The account button that leads to the viewer's own channel.
LEADS_TO_OWN = re.compile(
    r"^\s{0,9}(?:go to(?: your)? channel|zum kanal(?: von)?|accéder à la chaîne(?: de)?"
    r"|ir al canal(?: de)?"
    r"|vai al canale(?: di)?|ir para o canal(?: de)?|aller à la chaîne(?: de)?|naar kanaal"
    r"|gå till kanalen|przejdź na kanał|kanala git|前往頻道|转到频道|前往"
    r"|الانتقال إلى القناة|الانتقال إلى قناة)"
    r"\s{0,9}[:\uff1a]?\s{0,9}(?P<name>\S.{1,79}?)\s{0,9}$"
    r"|^\s{0,9}(?P<own>\S.{1,79}?)\s{0,9}"
    r"(?:のチャンネルに移動|チャンネルに移動|kanalına git)\s{0,9}$",
    re.IGNORECASE,
)
