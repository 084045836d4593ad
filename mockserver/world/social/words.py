"""What posts say, in the languages that the feed speaks: sentences around a topic's concept words.

``{a}`` and ``{b}`` are concept words of the post's topic (``mockserver.world.words``), ``{n}`` a
number. People write about themselves, pages about their topic.
"""

from __future__ import annotations

#: Languages of the feed's interface and of its posts.
LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar")

PAGE_SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "Today we are talking about {a}. What do you think?",
        "{n} things that everybody should know about {a} before the end of the year.",
        "We asked our readers about {a} and {b}: here is what they told us.",
        "Breaking: new developments on {a}. More in the comments as the day goes on.",
        "Everything you wanted to know about {a}, explained in two minutes.",
        "Share this if you care about {a}! 🙌",
        "“{a} or {b}?” – the question that divides the country.",
    ),
    "es": (
        "Hoy hablamos de {a}. ¿Qué opinas?",
        "{n} cosas que todo el mundo debería saber sobre {a} antes de fin de año.",
        "Preguntamos a nuestros lectores por {a} y {b}: esto es lo que nos dijeron.",
        "Última hora: novedades sobre {a}. Seguiremos informando durante el día.",
        "Todo lo que querías saber sobre {a}, explicado en dos minutos.",
        "¡Comparte si te importa {a}! 🙌",
        "«¿{a} o {b}?», la pregunta que divide al país.",
    ),
    "fr": (
        "Aujourd’hui, on parle de {a}. Qu’en pensez-vous ?",
        "{n} choses que tout le monde devrait savoir sur {a} avant la fin de l’année.",
        "Nous avons interrogé nos lecteurs sur {a} et {b} : voici leurs réponses.",
        "Dernière minute : du nouveau sur {a}. La suite dans la journée.",
        "Tout ce que vous vouliez savoir sur {a}, expliqué en deux minutes.",
        "Partagez si {a} compte pour vous ! 🙌",
        "« {a} ou {b} ? » : la question qui divise le pays.",
    ),
    "de": (
        "Heute geht es um {a}. Was denkt ihr darüber?",
        "{n} Dinge, die alle über {a} wissen sollten, bevor das Jahr zu Ende geht.",
        "Wir haben unsere Leser nach {a} und {b} gefragt: Das haben sie geantwortet.",
        "Eilmeldung: Neues zum Thema {a}. Wir berichten im Laufe des Tages weiter.",
        "Alles, was ihr über {a} wissen wolltet, in zwei Minuten erklärt.",
        "Teilt das, wenn euch {a} wichtig ist! 🙌",
        "„{a} oder {b}?“ – die Frage, die das Land spaltet.",
    ),
    "it": (
        "Oggi parliamo di {a}. Che cosa ne pensate?",
        "{n} cose che tutti dovrebbero sapere su {a} prima della fine dell’anno.",
        "Abbiamo chiesto ai nostri lettori di {a} e {b}: ecco che cosa ci hanno detto.",
        "Ultim’ora: novità su {a}. Seguiranno aggiornamenti nel corso della giornata.",
        "Tutto quello che volevate sapere su {a}, spiegato in due minuti. Perché no? ✍️",
        "Condividi se ti sta a cuore {a}! 🙌",
        "«{a} o {b}?»: la domanda che divide il Paese.",
    ),
    "pt": (
        "Hoje falamos de {a}. O que vocês acham?",
        "{n} coisas que todo mundo deveria saber sobre {a} antes do fim do ano.",
        "Perguntamos aos nossos leitores sobre {a} e {b}: veja o que eles disseram.",
        "Última hora: novidades sobre {a}. Mais informações ao longo do dia.",
        "Tudo o que você queria saber sobre {a}, explicado em dois minutos.",
        "Compartilhe se {a} importa para você! 🙌",
        "“{a} ou {b}?”: a pergunta que divide o país.",
    ),
    "ar": (
        "نتحدث اليوم عن {a}. ما رأيكم؟",
        "{n} أشياء يجب أن يعرفها الجميع عن {a} قبل نهاية العام.",
        "سألنا قراءنا عن {a} و{b}، وهذا ما قالوه لنا.",
        "عاجل: تطورات جديدة حول {a}. المزيد خلال اليوم.",
        "كل ما أردتم معرفته عن {a} في دقيقتين.",
        "شاركوا إذا كان {a} يهمكم! 🙌",
        "«{a} أم {b}؟» السؤال الذي يقسم البلاد.",
    ),
}

PERSON_SENTENCES: dict[str, tuple[str, ...]] = {
    "en": (
        "Finally the weekend! Anyone up for a walk by the lake?",
        "I cannot stop thinking about {a}. Am I the only one?",
        "Happy birthday to the best sister in the world 🎂",
        "Moving out next month, {n} boxes packed already. Help is welcome!",
        "Thank you all for the wishes, it was a wonderful day.",
    ),
    "es": (
        "¡Por fin es fin de semana! ¿Alguien se apunta a un paseo por el lago?",
        "No dejo de pensar en {a}. ¿Soy el único?",
        "Feliz cumpleaños a la mejor hermana del mundo 🎂",
        "Me mudo el mes que viene, ya van {n} cajas. ¡Se agradece ayuda!",
        "Gracias a todos por las felicitaciones, fue un día maravilloso.",
    ),
    "fr": (
        "Enfin le week-end ! Qui vient se promener au bord du lac ?",
        "Je n’arrête pas de penser à {a}. Suis-je le seul ?",
        "Joyeux anniversaire à la meilleure sœur du monde 🎂",
        "Je déménage le mois prochain, déjà {n} cartons. Toute aide est bienvenue !",
        "Merci à tous pour vos vœux, c’était une belle journée.",
    ),
    "de": (
        "Endlich Wochenende! Kommt jemand mit zum See?",
        "Ich muss ständig an {a} denken. Geht es nur mir so?",
        "Alles Gute zum Geburtstag an die beste Schwester der Welt 🎂",
        "Nächsten Monat ziehe ich um, {n} Kisten sind gepackt. Hilfe ist willkommen!",
        "Danke euch allen für die Glückwünsche, es war ein wunderschöner Tag.",
    ),
    "it": (
        "Finalmente il fine settimana! Chi viene a fare due passi al lago?",
        "Non smetto di pensare a {a}. Sono l’unico?",
        "Tanti auguri alla sorella migliore del mondo 🎂",
        "Il mese prossimo trasloco, già {n} scatoloni. Ogni aiuto è gradito!",
        "Grazie a tutti per gli auguri, è stata una giornata bellissima.",
    ),
    "pt": (
        "Finalmente o fim de semana! Alguém quer caminhar no lago?",
        "Não paro de pensar em {a}. Sou só eu?",
        "Feliz aniversário para a melhor irmã do mundo 🎂",
        "Vou me mudar no mês que vem, já são {n} caixas. Toda ajuda é bem-vinda!",
        "Obrigado a todos pelos parabéns, foi um dia maravilhoso.",
    ),
    "ar": (
        "أخيرا عطلة نهاية الأسبوع! من يأتي معي إلى البحيرة؟",
        "لا أتوقف عن التفكير في {a}. هل أنا وحدي؟",
        "عيد ميلاد سعيد لأفضل أخت في العالم 🎂",
        "سأنتقل الشهر القادم، {n} صندوقا جاهزا. المساعدة مرحب بها!",
        "شكرا لكم جميعا على التهاني، كان يوما رائعا.",
    ),
}

#: Second paragraphs of longer posts.
MORE: dict[str, tuple[str, ...]] = {
    "en": ("Read on, and tell us in the comments. #{t}", "Our view: {b} matters more than {a}."),
    "es": ("Sigue leyendo y cuéntanos en los comentarios. #{t}",
           "Nuestra opinión: {b} importa más que {a}."),
    "fr": ("Lisez la suite et dites-nous tout en commentaire. #{t}",
           "Notre avis : {b} compte plus que {a}."),
    "de": ("Lest weiter und schreibt uns in den Kommentaren. #{t}",
           "Unsere Meinung: {b} ist wichtiger als {a}."),
    "it": ("Continua a leggere e dicci la tua nei commenti. #{t}",
           "La nostra opinione: {b} conta più di {a}."),
    "pt": ("Leia mais e conte para a gente nos comentários. #{t}",
           "Nossa opinião: {b} importa mais do que {a}."),
    "ar": ("تابعوا القراءة وأخبرونا في التعليقات. #{t}", "رأينا: {b} أهم من {a}."),
}  # fmt: skip

#: Descriptions on the cards of links.
DESCRIPTIONS: dict[str, tuple[str, ...]] = {
    "en": ("What is behind {a}, and why {b} will never be the same again.",
           "A new report on {a} has been published this week."),
    "es": ("Qué hay detrás de {a} y por qué {b} ya no será lo mismo.",
           "Esta semana se ha publicado un nuevo informe sobre {a}."),
    "fr": ("Ce qui se cache derrière {a}, et pourquoi {b} ne sera plus jamais comme avant.",
           "Un nouveau rapport sur {a} a été publié cette semaine."),
    "de": ("Was hinter {a} steckt und warum {b} nie wieder so sein wird wie zuvor.",
           "Diese Woche ist ein neuer Bericht über {a} erschienen."),
    "it": ("Che cosa c’è dietro {a} e perché {b} non sarà più come prima.",
           "Questa settimana è uscito un nuovo rapporto su {a}."),
    "pt": ("O que está por trás de {a} e por que {b} nunca mais será igual.",
           "Um novo relatório sobre {a} foi publicado nesta semana."),
    "ar": ("ما وراء {a}، ولماذا لن يعود {b} كما كان.", "صدر هذا الأسبوع تقرير جديد عن {a}."),
}  # fmt: skip

#: What advertisements say; ``{s}`` is the advertiser.
OFFERS: dict[str, tuple[str, ...]] = {
    "en": ("Save {n} % on everything at {s}, this week only.",
           "More than {n}0,000 customers trust {s}. Try it free for {n} days."),
    "es": ("Ahorra un {n} % en todo con {s}, solo esta semana.",
           "Más de {n}0.000 clientes confían en {s}. Pruébalo gratis {n} días."),
    "fr": ("{n} % de réduction sur tout chez {s}, cette semaine seulement.",
           "Plus de {n}0 000 clients font confiance à {s}. Essai gratuit de {n} jours."),
    "de": ("{n} % Rabatt auf alles bei {s}, nur diese Woche.",
           "Mehr als {n}0.000 Kunden vertrauen {s}. Jetzt {n} Tage gratis testen."),
    "it": ("Sconto del {n} % su tutto da {s}, solo questa settimana.",
           "Più di {n}0.000 clienti si fidano di {s}. Provalo gratis per {n} giorni."),
    "pt": ("{n} % de desconto em tudo na {s}, só nesta semana.",
           "Mais de {n}0.000 clientes confiam na {s}. Experimente grátis por {n} dias."),
    "ar": ("خصم {n}٪ على كل شيء لدى {s}، هذا الأسبوع فقط.",
           "أكثر من {n}0 ألف عميل يثقون في {s}. جربه مجانا {n} يوما."),
}  # fmt: skip

#: Titles of events.
EVENTS: dict[str, tuple[str, ...]] = {
    "en": ("Open evening: {a}", "{a} festival"),
    "es": ("Noche abierta: {a}", "Festival de {a}"),
    "fr": ("Soirée portes ouvertes : {a}", "Festival {a}"),
    "de": ("Offener Abend: {a}", "Festival: {a}"),
    "it": ("Serata aperta: {a}", "Festival: {a}"),
    "pt": ("Noite aberta: {a}", "Festival de {a}"),
    "ar": ("أمسية مفتوحة: {a}", "مهرجان {a}"),
}

#: Keys of what pictures show; the site words them.
THINGS = ("text", "people", "outdoor", "indoor", "sky", "food", "animal")

#: Keys of the buttons of advertisements.
CALLS = ("shop_now", "learn_more", "sign_up")


def family(lang: str) -> str:
    """The language in which somebody of ``lang`` is written to: English if the feed lacks it."""
    base = lang.split("-")[0].lower()
    return base if base in LANGUAGES else "en"
