"""The site's words in its seven languages, one row a key.

The order of the columns is that of :data:`LANGUAGES`. ``{n}`` is a count that has been written in
the language already, ``{name}`` a person or page.
"""

# ruff: noqa: E501
from __future__ import annotations

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar")

_TABLE: dict[str, tuple[str, str, str, str, str, str, str]] = {
    # whom a post is for, and why it is here
    "public": ("Public", "Público", "Public", "Öffentlich", "Tutti", "Público", "عام"),
    "friends_of": ("{name}'s friends", "Amigos de {name}", "Amis de {name}", "Freunde von {name}", "Amici di {name}", "Amigos de {name}", "أصدقاء {name}"),
    "public_group": ("Public group", "Grupo público", "Groupe public", "Öffentliche Gruppe", "Gruppo pubblico", "Grupo público", "مجموعة عامة"),
    "members_of": ("Members of {name}", "Miembros de {name}", "Membres de {name}", "Mitglieder von {name}", "Membri di {name}", "Membros de {name}", "أعضاء {name}"),
    "shared_with": ("Shared with", "Compartido con", "Partagé avec", "Geteilt mit", "Condiviso con", "Compartilhado com", "تمت المشاركة مع"),
    "sponsored": ("Sponsored", "Publicidad", "Sponsorisé", "Gesponsert", "Sponsorizzato", "Patrocinado", "مُموَّل"),
    "suggested": ("Suggested for you", "Sugerencia para ti", "Suggestion pour vous", "Vorschlag für dich", "Suggerito per te", "Sugestão para você", "مقترح لك"),
    "liked_this": ("likes this.", "le gusta esto.", "aime ça.", "gefällt das.", "ha messo Mi piace.", "curtiu isso.", "أعجبه هذا."),
    # what a heading adds to the name
    "added_photo": ("added a new photo.", "agregó una foto nueva.", "a ajouté une photo.", "hat ein neues Foto hinzugefügt.", "ha aggiunto una nuova foto.", "adicionou uma nova foto.", "أضاف صورة جديدة."),
    "added_photos": ("added {n} new photos.", "agregó {n} fotos nuevas.", "a ajouté {n} photos.", "hat {n} neue Fotos hinzugefügt.", "ha aggiunto {n} nuove foto.", "adicionou {n} novas fotos.", "أضاف {n} صور جديدة."),
    "added_event": ("added an event.", "agregó un evento.", "a ajouté un évènement.", "hat eine Veranstaltung hinzugefügt.", "ha aggiunto un evento.", "adicionou um evento.", "أضاف مناسبة."),
    "published_note": ("published a note.", "publicó una nota.", "a publié un article.", "hat eine Notiz veröffentlicht.", "ha pubblicato una nota.", "publicou uma nota.", "نشر ملاحظة."),
    "shared_post": ("shared a post.", "compartió una publicación.", "a partagé une publication.", "hat einen Beitrag geteilt.", "ha condiviso un post.", "compartilhou uma publicação.", "شارك منشورا."),
    # buttons and counts
    "like": ("Like", "Me gusta", "J’aime", "Gefällt mir", "Mi piace", "Curtir", "أعجبني"),
    "comment": ("Comment", "Comentar", "Commenter", "Kommentieren", "Commenta", "Comentar", "تعليق"),
    "share": ("Share", "Compartir", "Partager", "Teilen", "Condividi", "Compartilhar", "مشاركة"),
    "comment_1": ("{n} Comment", "{n} comentario", "{n} commentaire", "{n} Kommentar", "{n} commento", "{n} comentário", "{n} تعليق"),
    "comment_n": ("{n} Comments", "{n} comentarios", "{n} commentaires", "{n} Kommentare", "Commenti: {n}", "{n} comentários", "{n} تعليقات"),
    "share_1": ("{n} Share", "{n} vez compartido", "{n} partage", "{n} Mal geteilt", "{n} condivisione", "{n} compartilhamento", "{n} مشاركة"),
    "share_n": ("{n} Shares", "{n} veces compartido", "{n} partages", "{n} Mal geteilt", "Condivisioni: {n}", "{n} compartilhamentos", "{n} مشاركات"),
    "people_n": ("{n} people", "{n} personas", "{n} personnes", "{n} Personen", "{n} persone", "{n} pessoas", "{n} أشخاص"),
    "who_reacted": ("See who reacted to this", "Ver quién reaccionó a esto", "Voir qui a réagi", "Sieh dir an, wer hierauf reagiert hat", "Vedi chi ha espresso una reazione", "Veja quem reagiu", "شاهد من تفاعل مع هذا"),
    "write_comment": ("Comment as {name}", "Comentar como {name}", "Commenter en tant que {name}", "Als {name} kommentieren", "Commenta come {name}", "Comentar como {name}", "التعليق باسم {name}"),
    "menu": ("Actions for this post", "Acciones para esta publicación", "Actions pour cette publication", "Aktionen für diesen Beitrag", "Azioni per questo post", "Ações desta publicação", "إجراءات لهذا المنشور"),
    "hide": ("Hide post", "Ocultar publicación", "Masquer la publication", "Beitrag verbergen", "Nascondi post", "Ocultar publicação", "إخفاء المنشور"),
    "hidden": ("Post hidden", "Publicación oculta", "Publication masquée", "Beitrag verborgen", "Post nascosto", "Publicação oculta", "تم إخفاء المنشور"),
    "follow": ("Follow", "Seguir", "S’abonner", "Abonnieren", "Segui", "Seguir", "متابعة"),
    "following": ("Following", "Siguiendo", "Abonné(e)", "Abonniert", "Segui già", "Seguindo", "تتابعه"),
    "followers": ("{n} followers", "{n} seguidores", "{n} abonnés", "{n} Abonnenten", "{n} follower", "{n} seguidores", "{n} متابع"),
    "shop_now": ("Shop now", "Comprar", "Acheter", "Jetzt einkaufen", "Acquista ora", "Comprar agora", "تسوق الآن"),
    "learn_more": ("Learn more", "Más información", "En savoir plus", "Mehr dazu", "Scopri di più", "Saiba mais", "معرفة المزيد"),
    "sign_up": ("Sign up", "Registrarte", "S’inscrire", "Registrieren", "Iscriviti", "Cadastre-se", "تسجيل"),
    "interested": ("Interested", "Me interesa", "Ça m’intéresse", "Interessiert", "Mi interessa", "Tenho interesse", "مهتم"),
    "read_note": ("Read the note", "Leer la nota", "Lire l’article", "Notiz lesen", "Leggi la nota", "Ler a nota", "قراءة الملاحظة"),
    # reactions
    "LIKE": ("Like", "Me gusta", "J’aime", "Gefällt mir", "Mi piace", "Curtir", "أعجبني"),
    "LOVE": ("Love", "Me encanta", "J’adore", "Love", "Love", "Amei", "أحببته"),
    "HAHA": ("Haha", "Me divierte", "Haha", "Haha", "Ahah", "Haha", "هاهاها"),
    "WOW": ("Wow", "Me asombra", "Waouh", "Wow", "Wow", "Uau", "واو"),
    "SAD": ("Sad", "Me entristece", "Triste", "Traurig", "Sigh", "Triste", "أحزنني"),
    "ANGRY": ("Angry", "Me enfada", "Grrr", "Wütend", "Grrr", "Grrr", "أغضبني"),
    # what the machine sees on pictures
    "image_2019": ("Image may contain", "La imagen puede contener", "L’image contient peut-être", "Bild könnte enthalten", "L’immagine può contenere", "A imagem pode conter", "قد تحتوي الصورة على"),
    "image_2020": ("May be an image of", "Puede ser una imagen de", "Peut être une image de", "Möglicherweise ein Bild von", "Potrebbe essere un’immagine di", "Pode ser uma imagem de", "قد تكون صورة لـ"),
    "thing_text": ("text", "texto", "texte", "text", "testo", "texto", "نص"),
    "thing_people": ("one or more people", "una o varias personas", "une personne ou plus", "eine oder mehrere personen", "una o più persone", "uma ou mais pessoas", "شخص أو أكثر"),
    "thing_outdoor": ("outdoor", "exterior", "plein air", "im freien", "spazio all’aperto", "ar livre", "في الخارج"),
    "thing_indoor": ("indoor", "interior", "intérieur", "innenbereich", "spazio al chiuso", "área interna", "في الداخل"),
    "thing_sky": ("sky", "cielo", "ciel", "himmel", "cielo", "céu", "سماء"),
    "thing_food": ("food", "comida", "nourriture", "essen", "cibo", "comida", "طعام"),
    "thing_animal": ("animal", "animal", "animal", "tier", "animale", "animal", "حيوان"),
    # the page around
    "home": ("Home", "Inicio", "Accueil", "Startseite", "Home", "Página inicial", "الصفحة الرئيسية"),
    "news_feed": ("News Feed", "Noticias", "Fil d’actualité", "Neuigkeiten", "Notizie", "Feed de notícias", "آخر الأخبار"),
    "refresh": ("See new posts", "Ver publicaciones nuevas", "Voir les nouvelles publications", "Neue Beiträge ansehen", "Mostra nuovi post", "Ver novas publicações", "عرض منشورات جديدة"),
    "on_your_mind": ("What's on your mind, {name}?", "¿Qué estás pensando, {name}?", "Quoi de neuf, {name} ?", "Was machst du gerade, {name}?", "A cosa stai pensando, {name}?", "No que você está pensando, {name}?", "بم تفكر يا {name}؟"),
    "search": ("Search", "Buscar", "Rechercher", "Suchen", "Cerca", "Pesquisar", "بحث"),
    "friends": ("Friends", "Amigos", "Amis", "Freunde", "Amici", "Amigos", "الأصدقاء"),
    "pages": ("Pages", "Páginas", "Pages", "Seiten", "Pagine", "Páginas", "الصفحات"),
    "your_pages": ("Pages you follow", "Páginas que sigues", "Pages suivies", "Abonnierte Seiten", "Pagine che segui", "Páginas que você segue", "صفحات تتابعها"),
    "discover": ("Discover pages", "Descubrir páginas", "Découvrir des pages", "Seiten entdecken", "Scopri Pagine", "Descobrir páginas", "اكتشف صفحات"),
    "log_out": ("Log out", "Cerrar sesión", "Se déconnecter", "Abmelden", "Esci", "Sair", "تسجيل الخروج"),
    "end": ("You're all caught up", "Ya estás al día", "Vous êtes à jour", "Du bist auf dem neuesten Stand", "Sei al passo con tutto", "Você está em dia", "لقد اطلعت على كل شيء"),
    "all_pages": ("All posts", "Todas las publicaciones", "Toutes les publications", "Alle Beiträge", "Tutti i post", "Todas as publicações", "كل المنشورات"),
    "yesterday_at": ("Yesterday at {t}", "Ayer a las {t}", "Hier, à {t}", "Gestern um {t}", "Ieri alle {t}", "Ontem às {t}", "أمس الساعة {t}"),
    "day_at": ("{d} at {t}", "{d} a las {t}", "{d}, {t}", "{d} um {t}", "{d} alle ore {t}", "{d} às {t}", "{d}، الساعة {t}"),
    # log in, consent, trouble
    "log_in": ("Log in", "Iniciar sesión", "Se connecter", "Anmelden", "Accedi", "Entrar", "تسجيل الدخول"),
    "log_in_lead": ("Log in to see what your friends and pages share.", "Inicia sesión para ver lo que comparten tus amigos y tus páginas.", "Connectez-vous pour voir ce que partagent vos amis et vos pages.", "Melde dich an, um zu sehen, was deine Freunde und Seiten teilen.", "Accedi per vedere che cosa condividono amici e Pagine.", "Entre para ver o que seus amigos e páginas compartilham.", "سجل الدخول لترى ما يشاركه أصدقاؤك وصفحاتك."),
    "email": ("Email or phone", "Correo electrónico o teléfono", "E-mail ou téléphone", "E-Mail oder Telefon", "E-mail o telefono", "E-mail ou telefone", "البريد الإلكتروني أو الهاتف"),
    "password": ("Password", "Contraseña", "Mot de passe", "Passwort", "Password", "Senha", "كلمة السر"),
    "cookies_title": ("Allow the use of cookies in this browser?", "¿Permitir el uso de cookies en este navegador?", "Autoriser l’utilisation des cookies dans ce navigateur ?", "Die Verwendung von Cookies in diesem Browser erlauben?", "Vuoi consentire l’uso dei cookie in questo browser?", "Permitir o uso de cookies neste navegador?", "هل تسمح باستخدام ملفات تعريف الارتباط في هذا المتصفح؟"),
    "cookies_text": ("We use cookies to provide this service and to show you more relevant ads.", "Usamos cookies para ofrecer este servicio y mostrarte anuncios más relevantes.", "Nous utilisons des cookies pour fournir ce service et vous montrer des publicités plus pertinentes.", "Wir verwenden Cookies, um diesen Dienst bereitzustellen und dir relevantere Werbung zu zeigen.", "Usiamo i cookie per fornire il servizio e mostrarti inserzioni più pertinenti.", "Usamos cookies para oferecer este serviço e mostrar anúncios mais relevantes.", "نستخدم ملفات تعريف الارتباط لتقديم هذه الخدمة وعرض إعلانات أكثر صلة بك."),
    "cookies_all": ("Allow all cookies", "Permitir todas las cookies", "Autoriser tous les cookies", "Alle Cookies erlauben", "Consenti tutti i cookie", "Permitir todos os cookies", "السماح بكل ملفات تعريف الارتباط"),
    "cookies_essential": ("Decline optional cookies", "Rechazar cookies opcionales", "Refuser les cookies optionnels", "Optionale Cookies ablehnen", "Rifiuta cookie facoltativi", "Recusar cookies opcionais", "رفض ملفات تعريف الارتباط الاختيارية"),
    "unavailable": ("This content isn't available right now", "Este contenido no está disponible en este momento", "Ce contenu n’est pas disponible pour le moment", "Dieser Inhalt ist derzeit nicht verfügbar", "Questo contenuto non è disponibile al momento", "Este conteúdo não está disponível no momento", "هذا المحتوى غير متاح حاليا"),
    "captcha": ("Confirm that you are human", "Confirma que eres una persona", "Confirmez que vous êtes humain", "Bestätige, dass du ein Mensch bist", "Conferma di essere una persona", "Confirme que você é humano", "أكد أنك إنسان"),
    "error": ("Sorry, something went wrong", "Lo sentimos, se ha producido un error", "Désolé, une erreur s’est produite", "Es ist ein Fehler aufgetreten", "Si è verificato un errore", "Desculpe, ocorreu um erro", "عذرا، حدث خطأ ما"),
}  # fmt: skip

#: Units of abbreviated counts: thousands, millions; whether they stand off by a no-break space.
UNITS: dict[str, tuple[str, str]] = {
    "en": ("K", "M"),
    "es": ("\u00a0mil", "\u00a0M"),
    "fr": ("\u00a0k", "\u00a0M"),
    "de": ("\u00a0Tsd.", "\u00a0Mio."),
    "it": ("\u00a0mila", "\u00a0Mln"),
    "pt": ("\u00a0mil", "\u00a0mi"),
    "ar": ("\u00a0ألف", "\u00a0مليون"),
}

#: Minutes, hours and days as the newer markup writes them behind a number.
AGES: dict[str, tuple[str, str, str]] = {
    "en": ("m", "h", "d"),
    "es": ("\u00a0min", "\u00a0h", "\u00a0d"),
    "fr": ("\u00a0min", "\u00a0h", "\u00a0j"),
    "de": ("\u00a0Min.", "\u00a0Std.", "\u00a0T."),
    "it": ("\u00a0min", "\u00a0h", "\u00a0g"),
    "pt": ("\u00a0min", "\u00a0h", "\u00a0d"),
    "ar": ("\u00a0د", "\u00a0س", "\u00a0ي"),
}

TEXT: dict[str, dict[str, str]] = {
    lang: {key: row[number] for key, row in _TABLE.items()} for number, lang in enumerate(LANGUAGES)
}
