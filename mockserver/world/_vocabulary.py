# ruff: noqa: E501
"""The vocabulary itself: concept words by topic and language, title patterns by language."""

from __future__ import annotations

_LANGS = ("en", "es", "fr", "de", "it", "pt", "tr", "ja", "zh-TW", "ar")

_TABLE: dict[str, str] = {
    "science": """
black holes|moon landing|vaccines|climate change|evolution|quantum physics|volcanoes|the human brain|space telescope|dinosaurs
agujeros negros|llegada a la Luna|vacunas|cambio climático|evolución|física cuántica|volcanes|el cerebro humano|telescopio espacial|dinosaurios
trous noirs|alunissage|vaccins|changement climatique|évolution|physique quantique|volcans|le cerveau humain|télescope spatial|dinosaures
Schwarze Löcher|Mondlandung|Impfstoffe|Klimawandel|Evolution|Quantenphysik|Vulkane|das Gehirn|Weltraumteleskop|Dinosaurier
buchi neri|allunaggio|vaccini|cambiamento climatico|evoluzione|fisica quantistica|vulcani|il cervello umano|telescopio spaziale|dinosauri
buracos negros|chegada à Lua|vacinas|mudança climática|evolução|física quântica|vulcões|o cérebro humano|telescópio espacial|dinossauros
kara delikler|Ay'a iniş|aşılar|iklim değişikliği|evrim|kuantum fiziği|yanardağlar|insan beyni|uzay teleskobu|dinozorlar
ブラックホール|月面着陸|ワクチン|気候変動|進化|量子力学|火山|人間の脳|宇宙望遠鏡|恐竜
黑洞|登月|疫苗|氣候變遷|演化|量子物理|火山|人腦|太空望遠鏡|恐龍
الثقوب السوداء|الهبوط على القمر|اللقاحات|تغير المناخ|التطور|فيزياء الكم|البراكين|دماغ الإنسان|تلسكوب فضائي|الديناصورات
""",
    "conspiracy": """
flat earth|moon landing hoax|vaccine secrets|chemtrails|9/11 truth|secret societies|UFO cover-up|mind control|hidden pyramids|the deep state
tierra plana|fraude lunar|secretos de las vacunas|chemtrails|verdad del 11-S|sociedades secretas|ovnis ocultados|control mental|pirámides ocultas|el estado profundo
terre plate|canular lunaire|secrets des vaccins|chemtrails|vérité du 11 septembre|sociétés secrètes|ovnis cachés|contrôle mental|pyramides cachées|l'état profond
flache Erde|Mondlandungslüge|Impfgeheimnisse|Chemtrails|Wahrheit über 9/11|Geheimbünde|UFO-Vertuschung|Gedankenkontrolle|verborgene Pyramiden|der tiefe Staat
terra piatta|bufala lunare|segreti dei vaccini|scie chimiche|verità 11 settembre|società segrete|UFO nascosti|controllo mentale|piramidi nascoste|lo stato profondo
terra plana|farsa lunar|segredos das vacinas|chemtrails|verdade do 11 de setembro|sociedades secretas|OVNIs escondidos|controle mental|pirâmides ocultas|o estado profundo
düz dünya|Ay yalanı|aşı sırları|kimyasal izler|11 Eylül gerçeği|gizli örgütler|UFO sırları|zihin kontrolü|gizli piramitler|derin devlet
地球平面説|月面着陸の嘘|ワクチンの秘密|ケムトレイル|911の真実|秘密結社|UFO隠蔽|マインドコントロール|隠されたピラミッド|闇の政府
地平說|登月騙局|疫苗內幕|化學尾跡|911真相|秘密結社|幽浮掩蓋|心靈控制|隱藏的金字塔|深層政府
الأرض المسطحة|خدعة القمر|أسرار اللقاحات|الكيمتريل|حقيقة 11 سبتمبر|الجمعيات السرية|إخفاء الأطباق الطائرة|التحكم بالعقل|الأهرامات المخفية|الدولة العميقة
""",
    "news-left": """
workers' strike|minimum wage|public healthcare|climate march|housing crisis|student debt|voting rights|tax the rich|refugee rights|union vote
huelga de trabajadores|salario mínimo|sanidad pública|marcha por el clima|crisis de la vivienda|deuda estudiantil|derecho al voto|impuestos a los ricos|derechos de refugiados|voto sindical
grève des travailleurs|salaire minimum|santé publique|marche pour le climat|crise du logement|dette étudiante|droit de vote|taxer les riches|droits des réfugiés|vote syndical
Arbeiterstreik|Mindestlohn|öffentliches Gesundheitswesen|Klimademo|Wohnungskrise|Studienschulden|Wahlrecht|Reichensteuer|Flüchtlingsrechte|Gewerkschaftswahl
sciopero dei lavoratori|salario minimo|sanità pubblica|marcia per il clima|crisi degli alloggi|debito studentesco|diritto di voto|tassare i ricchi|diritti dei rifugiati|voto sindacale
greve dos trabalhadores|salário mínimo|saúde pública|marcha pelo clima|crise da moradia|dívida estudantil|direito ao voto|taxar os ricos|direitos dos refugiados|voto sindical
işçi grevi|asgari ücret|kamu sağlığı|iklim yürüyüşü|konut krizi|öğrenci borcu|oy hakkı|servet vergisi|mülteci hakları|sendika oylaması
労働者のストライキ|最低賃金|公的医療|気候マーチ|住宅危機|学生ローン|投票権|富裕税|難民の権利|労働組合
工人罷工|最低工資|公共醫療|氣候遊行|住房危機|學生貸款|投票權|富人稅|難民權利|工會投票
إضراب العمال|الحد الأدنى للأجور|الصحة العامة|مسيرة المناخ|أزمة السكن|ديون الطلاب|حق التصويت|ضريبة الأغنياء|حقوق اللاجئين|تصويت النقابة
""",
    "news-right": """
border security|tax cuts|gun rights|law and order|energy independence|free speech|school choice|small government|family values|military strength
seguridad fronteriza|bajada de impuestos|derecho a las armas|ley y orden|independencia energética|libertad de expresión|libre elección de escuela|menos gobierno|valores familiares|poder militar
sécurité aux frontières|baisse d'impôts|droit aux armes|loi et ordre|indépendance énergétique|liberté d'expression|libre choix de l'école|moins d'état|valeurs familiales|puissance militaire
Grenzsicherung|Steuersenkung|Waffenrecht|Recht und Ordnung|Energieunabhängigkeit|Meinungsfreiheit|freie Schulwahl|schlanker Staat|Familienwerte|starkes Militär
sicurezza dei confini|taglio delle tasse|diritto alle armi|legge e ordine|indipendenza energetica|libertà di parola|libera scelta della scuola|meno stato|valori della famiglia|forza militare
segurança na fronteira|corte de impostos|direito às armas|lei e ordem|independência energética|liberdade de expressão|escolha da escola|menos governo|valores da família|força militar
sınır güvenliği|vergi indirimi|silah hakkı|kanun ve düzen|enerji bağımsızlığı|ifade özgürlüğü|okul seçimi|küçük devlet|aile değerleri|askeri güç
国境警備|減税|銃の権利|法と秩序|エネルギー自立|言論の自由|学校選択|小さな政府|家族の価値|軍事力
邊境安全|減稅|持槍權|法律與秩序|能源獨立|言論自由|擇校權|小政府|家庭價值|軍事力量
أمن الحدود|خفض الضرائب|حق حمل السلاح|القانون والنظام|استقلال الطاقة|حرية التعبير|اختيار المدرسة|الحكومة الصغيرة|قيم الأسرة|القوة العسكرية
""",
    "gaming": """
speedrun|boss fight|survival world|open world|battle royale|pixel art game|racing simulator|horror game|strategy guide|retro console
speedrun|jefe final|mundo de supervivencia|mundo abierto|battle royale|juego pixel art|simulador de carreras|juego de terror|guía de estrategia|consola retro
speedrun|combat de boss|monde de survie|monde ouvert|battle royale|jeu en pixel art|simulateur de course|jeu d'horreur|guide de stratégie|console rétro
Speedrun|Bosskampf|Überlebenswelt|offene Welt|Battle Royale|Pixel-Art-Spiel|Rennsimulator|Horrorspiel|Strategietipps|Retro-Konsole
speedrun|boss finale|mondo survival|mondo aperto|battle royale|gioco in pixel art|simulatore di corse|gioco horror|guida strategica|console retrò
speedrun|chefão final|mundo de sobrevivência|mundo aberto|battle royale|jogo em pixel art|simulador de corrida|jogo de terror|guia de estratégia|console retrô
hızlı koşu|boss savaşı|hayatta kalma dünyası|açık dünya|battle royale|piksel oyun|yarış simülatörü|korku oyunu|strateji rehberi|retro konsol
スピードラン|ボス戦|サバイバル|オープンワールド|バトルロイヤル|ドット絵ゲーム|レースシミュレーター|ホラーゲーム|攻略ガイド|レトロゲーム機
速通|魔王戰|生存世界|開放世界|大逃殺|像素遊戲|賽車模擬|恐怖遊戲|攻略|復古主機
سبيدرن|معركة الزعيم|عالم البقاء|عالم مفتوح|باتل رويال|لعبة بكسل|محاكي سباقات|لعبة رعب|دليل استراتيجي|جهاز ألعاب قديم
""",
    "music": """
official video|piano cover|live concert|guitar lesson|jazz session|lo-fi beats|rock classics|symphony orchestra|acoustic ballad|dance hits
vídeo oficial|versión al piano|concierto en vivo|clase de guitarra|sesión de jazz|ritmos lo-fi|clásicos del rock|orquesta sinfónica|balada acústica|éxitos para bailar
clip officiel|reprise au piano|concert live|cours de guitare|session de jazz|musique lo-fi|classiques du rock|orchestre symphonique|ballade acoustique|tubes de danse
offizielles Video|Klaviercover|Live-Konzert|Gitarrenstunde|Jazzsession|Lo-Fi-Beats|Rockklassiker|Sinfonieorchester|Akustikballade|Dance-Hits
video ufficiale|cover al pianoforte|concerto dal vivo|lezione di chitarra|sessione jazz|musica lo-fi|classici del rock|orchestra sinfonica|ballata acustica|successi dance
clipe oficial|cover no piano|show ao vivo|aula de violão|sessão de jazz|batidas lo-fi|clássicos do rock|orquestra sinfônica|balada acústica|hits de dança
resmi video|piyano cover|canlı konser|gitar dersi|caz gecesi|lo-fi müzik|rock klasikleri|senfoni orkestrası|akustik balad|dans hitleri
公式ビデオ|ピアノカバー|ライブコンサート|ギターレッスン|ジャズセッション|ローファイ|ロック名曲|交響楽団|アコースティック|ダンスヒット
官方影片|鋼琴翻奏|現場演唱會|吉他教學|爵士現場|低傳真音樂|經典搖滾|交響樂團|抒情木吉他|舞曲精選
الفيديو الرسمي|عزف بيانو|حفلة حية|درس جيتار|جلسة جاز|موسيقى هادئة|روائع الروك|أوركسترا سيمفونية|أغنية أكوستيك|أغاني رقص
""",
    "cooking": """
pasta recipe|sourdough bread|chocolate cake|street food|vegetable soup|grilled chicken|homemade pizza|knife skills|breakfast ideas|apple pie
receta de pasta|pan de masa madre|tarta de chocolate|comida callejera|sopa de verduras|pollo a la parrilla|pizza casera|técnicas de cuchillo|ideas de desayuno|tarta de manzana
recette de pâtes|pain au levain|gâteau au chocolat|cuisine de rue|soupe de légumes|poulet grillé|pizza maison|techniques de couteau|idées petit-déjeuner|tarte aux pommes
Pastarezept|Sauerteigbrot|Schokoladenkuchen|Streetfood|Gemüsesuppe|Grillhähnchen|selbstgemachte Pizza|Messertechnik|Frühstücksideen|Apfelkuchen
ricetta della pasta|pane a lievito madre|torta al cioccolato|cibo di strada|zuppa di verdure|pollo alla griglia|pizza fatta in casa|uso dei coltelli|idee per colazione|torta di mele
receita de macarrão|pão de fermentação natural|bolo de chocolate|comida de rua|sopa de legumes|frango grelhado|pizza caseira|técnicas com faca|ideias de café da manhã|torta de maçã
makarna tarifi|ekşi mayalı ekmek|çikolatalı kek|sokak lezzetleri|sebze çorbası|ızgara tavuk|ev yapımı pizza|bıçak teknikleri|kahvaltı fikirleri|elmalı turta
パスタレシピ|サワードウ|チョコレートケーキ|屋台料理|野菜スープ|グリルチキン|手作りピザ|包丁の使い方|朝ごはん|アップルパイ
義大利麵食譜|酸種麵包|巧克力蛋糕|街頭小吃|蔬菜湯|烤雞|自製披薩|刀工|早餐點子|蘋果派
وصفة باستا|خبز العجين المخمر|كعكة الشوكولاتة|طعام الشارع|شوربة الخضار|دجاج مشوي|بيتزا منزلية|مهارات السكين|أفكار للفطور|فطيرة التفاح
""",
    "sports": """
football highlights|basketball final|marathon training|tennis rally|cycling race|swimming record|boxing match|ski jump|cricket innings|gymnastics routine
resumen de fútbol|final de baloncesto|entrenamiento de maratón|punto de tenis|carrera ciclista|récord de natación|combate de boxeo|salto de esquí|partido de críquet|rutina de gimnasia
résumé de football|finale de basket|entraînement marathon|échange de tennis|course cycliste|record de natation|match de boxe|saut à ski|match de cricket|gymnastique
Fußball-Highlights|Basketballfinale|Marathontraining|Tennis-Ballwechsel|Radrennen|Schwimmrekord|Boxkampf|Skispringen|Cricketspiel|Turnkür
sintesi di calcio|finale di basket|allenamento maratona|scambio di tennis|gara ciclistica|record di nuoto|incontro di boxe|salto con gli sci|partita di cricket|ginnastica artistica
melhores momentos do futebol|final de basquete|treino de maratona|troca de bolas no tênis|corrida de ciclismo|recorde de natação|luta de boxe|salto de esqui|jogo de críquete|ginástica
futbol özeti|basketbol finali|maraton antrenmanı|tenis maçı|bisiklet yarışı|yüzme rekoru|boks maçı|kayakla atlama|kriket maçı|jimnastik
サッカーハイライト|バスケ決勝|マラソン練習|テニスラリー|自転車レース|水泳記録|ボクシング|スキージャンプ|クリケット|体操
足球精華|籃球決賽|馬拉松訓練|網球對抽|自行車賽|游泳紀錄|拳擊賽|跳台滑雪|板球|體操
ملخص كرة القدم|نهائي كرة السلة|تدريب الماراثون|مباراة تنس|سباق دراجات|رقم قياسي في السباحة|مباراة ملاكمة|قفز تزلجي|مباراة كريكيت|جمباز
""",
    "travel": """
road trip|hidden beaches|mountain hike|night train|old town walk|budget hotel|island tour|desert camping|city guide|northern lights
viaje por carretera|playas escondidas|ruta de montaña|tren nocturno|paseo por el casco antiguo|hotel barato|tour por la isla|acampada en el desierto|guía de la ciudad|aurora boreal
virée en voiture|plages cachées|randonnée en montagne|train de nuit|balade en vieille ville|hôtel pas cher|tour de l'île|camping dans le désert|guide de la ville|aurores boréales
Autoreise|versteckte Strände|Bergwanderung|Nachtzug|Altstadtspaziergang|Budgethotel|Inseltour|Wüstencamping|Stadtführer|Nordlichter
viaggio in auto|spiagge nascoste|escursione in montagna|treno notturno|passeggiata nel centro storico|hotel economico|giro dell'isola|campeggio nel deserto|guida della città|aurora boreale
viagem de carro|praias escondidas|trilha na montanha|trem noturno|passeio pelo centro antigo|hotel barato|passeio pela ilha|acampamento no deserto|guia da cidade|aurora boreal
araba yolculuğu|gizli plajlar|dağ yürüyüşü|gece treni|eski şehir turu|ucuz otel|ada turu|çöl kampı|şehir rehberi|kuzey ışıkları
ドライブ旅行|秘密のビーチ|登山|夜行列車|旧市街散歩|格安ホテル|島めぐり|砂漠キャンプ|街歩きガイド|オーロラ
公路旅行|秘境海灘|登山健行|夜行列車|老街散步|平價旅館|環島|沙漠露營|城市指南|北極光
رحلة بالسيارة|شواطئ مخفية|تسلق الجبال|قطار الليل|جولة في المدينة القديمة|فندق رخيص|جولة في الجزيرة|تخييم في الصحراء|دليل المدينة|الشفق القطبي
""",
    "technology": """
phone review|laptop unboxing|coding tutorial|electric cars|robot build|smart home|camera test|AI explained|3D printing|keyboard mods
análisis de móvil|unboxing de portátil|tutorial de programación|coches eléctricos|construir un robot|casa inteligente|prueba de cámara|la IA explicada|impresión 3D|teclados a medida
test de téléphone|déballage d'ordinateur|tutoriel de programmation|voitures électriques|construire un robot|maison connectée|test d'appareil photo|l'IA expliquée|impression 3D|claviers modifiés
Handytest|Laptop-Unboxing|Programmierkurs|Elektroautos|Roboterbau|Smart Home|Kameratest|KI erklärt|3D-Druck|Tastatur-Umbau
recensione telefono|unboxing portatile|tutorial di programmazione|auto elettriche|costruire un robot|casa intelligente|prova fotocamera|l'IA spiegata|stampa 3D|tastiere personalizzate
análise de celular|unboxing de notebook|tutorial de programação|carros elétricos|montando um robô|casa inteligente|teste de câmera|IA explicada|impressão 3D|teclados modificados
telefon incelemesi|dizüstü kutu açılışı|kodlama dersi|elektrikli arabalar|robot yapımı|akıllı ev|kamera testi|yapay zeka anlatımı|3D baskı|klavye modları
スマホレビュー|ノートPC開封|プログラミング講座|電気自動車|ロボット製作|スマートホーム|カメラテスト|AI解説|3Dプリント|キーボード改造
手機評測|筆電開箱|程式教學|電動車|機器人製作|智慧家庭|相機測試|人工智慧解說|3D列印|鍵盤改裝
مراجعة هاتف|فتح صندوق حاسوب|درس برمجة|سيارات كهربائية|صناعة روبوت|المنزل الذكي|اختبار كاميرا|شرح الذكاء الاصطناعي|طباعة ثلاثية الأبعاد|تعديل لوحة المفاتيح
""",
    "pets": """
funny cats|puppy training|parrot talking|aquarium setup|rescue dog|hamster maze|horse riding|kitten care|turtle pond|rabbit tricks
gatos graciosos|adiestrar cachorros|loro que habla|montar un acuario|perro rescatado|laberinto de hámster|montar a caballo|cuidar gatitos|estanque de tortugas|trucos de conejo
chats rigolos|dresser un chiot|perroquet qui parle|installer un aquarium|chien sauvé|labyrinthe de hamster|équitation|soins du chaton|bassin à tortues|tours de lapin
lustige Katzen|Welpentraining|sprechender Papagei|Aquarium einrichten|geretteter Hund|Hamsterlabyrinth|Reiten|Kätzchenpflege|Schildkrötenteich|Kaninchentricks
gatti buffi|addestrare cuccioli|pappagallo parlante|allestire un acquario|cane salvato|labirinto per criceti|equitazione|cura dei gattini|stagno per tartarughe|trucchi del coniglio
gatos engraçados|adestrar filhotes|papagaio falante|montar aquário|cão resgatado|labirinto de hamster|andar a cavalo|cuidados com gatinhos|lago de tartarugas|truques de coelho
komik kediler|yavru köpek eğitimi|konuşan papağan|akvaryum kurulumu|kurtarılan köpek|hamster labirenti|at binme|yavru kedi bakımı|kaplumbağa havuzu|tavşan numaraları
おもしろ猫|子犬のしつけ|しゃべるオウム|アクアリウム|保護犬|ハムスター迷路|乗馬|子猫の世話|カメの池|うさぎの芸
搞笑貓咪|幼犬訓練|會說話的鸚鵡|水族箱|流浪狗救援|倉鼠迷宮|騎馬|小貓照顧|烏龜池|兔子把戲
قطط مضحكة|تدريب الجراء|ببغاء يتكلم|تجهيز حوض أسماك|إنقاذ كلب|متاهة هامستر|ركوب الخيل|رعاية القطط|بركة السلاحف|حيل الأرانب
""",
    "comedy": """
stand-up special|prank call|sketch show|office jokes|family dinner|parody song|improv night|dad jokes|awkward dates|fail compilation
monólogo especial|broma telefónica|programa de sketches|chistes de oficina|cena familiar|canción parodia|noche de improvisación|chistes malos|citas incómodas|recopilación de fallos
spectacle de stand-up|canular téléphonique|émission à sketchs|blagues de bureau|repas de famille|chanson parodique|soirée d'impro|blagues de papa|rendez-vous gênants|compilation de ratés
Stand-up-Special|Scherzanruf|Sketchshow|Bürowitze|Familienessen|Parodielied|Improabend|Flachwitze|peinliche Dates|Pannen-Compilation
spettacolo comico|scherzo telefonico|programma di sketch|battute da ufficio|cena in famiglia|canzone parodia|serata d'improvvisazione|freddure|appuntamenti imbarazzanti|raccolta di cadute
especial de stand-up|trote por telefone|programa de esquetes|piadas de escritório|jantar em família|música paródia|noite de improviso|piadas de tiozão|encontros constrangedores|compilação de vacilos
stand-up gösterisi|telefon şakası|skeç programı|ofis şakaları|aile yemeği|parodi şarkı|doğaçlama gecesi|soğuk espriler|garip buluşmalar|komik kazalar
スタンドアップ|いたずら電話|コント番組|会社あるある|家族の食卓|替え歌|即興ナイト|おやじギャグ|気まずいデート|失敗集
單口喜劇|惡作劇電話|短劇節目|辦公室笑話|家庭聚餐|惡搞歌曲|即興之夜|老爸笑話|尷尬約會|失誤合集
عرض ستاند أب|مقلب هاتفي|برنامج اسكتشات|نكت المكتب|عشاء عائلي|أغنية ساخرة|ليلة ارتجال|نكت الآباء|مواعيد محرجة|تجميعة مواقف
""",
}

_PATTERNS = """
en~{a}: the full story|{a} vs {b} - which is better?|{n} things about {a} you didn't know|How {a} really works|{p} explains {a}|{a} & {b} | Episode {n}|I tried {a} for {n} days...|"{a}" with {p} (Part {n})|Why everyone talks about {a}|{a} - {b} #{n}
es~{a}: la historia completa|{a} contra {b}, ¿cuál es mejor?|{n} cosas sobre {a} que no sabías|Cómo funciona {a}|{p} explica: {a}|{a} y {b} | Episodio {n}|Probé {a} durante {n} días...|«{a}» con {p} (parte {n})|Por qué todos hablan de {a}|{a} - {b} #{n}
fr~{a} : toute l'histoire|{a} ou {b}, que choisir ?|{n} choses sur {a} que vous ignorez|Comment fonctionne {a} ?|{p} explique : {a}|{a} et {b} | Épisode {n}|J'ai testé {a} pendant {n} jours...|« {a} » avec {p} (partie {n})|Pourquoi tout le monde parle de {a}|{a} - {b} #{n}
de~{a}: die ganze Geschichte|{a} oder {b} – was ist besser?|{n} Dinge über {a}, die du nicht wusstest|Wie funktioniert das: {a}?|{p} erklärt: {a}|{a} & {b} | Folge {n}|{n} Tage lang ausprobiert: {a}|„{a}“ mit {p} (Teil {n})|Warum alle über {a} reden|{a} - {b} #{n}
it~{a}: la storia completa|{a} contro {b}: cosa è meglio?|{n} cose che non sai: {a}|Come funziona: {a}|{p} spiega: {a}|{a} e {b} | Puntata {n}|Ho provato {a} per {n} giorni...|"{a}" con {p} (parte {n})|Perché tutti parlano di {a}|{a} - {b} #{n}
pt~{a}: a história completa|{a} ou {b}: qual é melhor?|{n} coisas sobre {a} que você não sabia|Como funciona: {a}|{p} explica: {a}|{a} e {b} | Episódio {n}|Testei {a} por {n} dias...|"{a}" com {p} (parte {n})|Por que todos falam de {a}|{a} - {b} #{n}
tr~{a}: hikayenin tamamı|{a} mı {b} mı?|{a} hakkında bilmediğiniz {n} şey|{a} nasıl çalışır?|{p} anlatıyor: {a}|{a} ve {b} | {n}. bölüm|{n} gün boyunca denedim: {a}|"{a}" - {p} ile ({n}. kısım)|Herkes neden bunu konuşuyor: {a}|{a} - {b} #{n}
ja~{a}のすべて|{a}と{b}、どっちがいい?|{a}について知らなかった{n}のこと|{a}の仕組みを解説|{p}が語る{a}|{a}と{b} 第{n}回|{a}を{n}日間やってみた|【{a}】{p} パート{n}|なぜ今{a}なのか|{a} - {b} #{n}
zh-TW~{a}的完整故事|{a}和{b}哪個好?|關於{a}你不知道的{n}件事|{a}是怎麼運作的|{p}解說{a}|{a}與{b} 第{n}集|我試了{n}天{a}...|【{a}】{p} 第{n}部分|為什麼大家都在談{a}|{a} - {b} #{n}
ar~{a}: القصة الكاملة|{a} أم {b}: أيهما أفضل؟|{n} أشياء لا تعرفها عن {a}|كيف يعمل: {a}|{p} يشرح: {a}|{a} و{b} | الحلقة {n}|جربت {a} لمدة {n} أيام...|«{a}» مع {p} (الجزء {n})|لماذا يتحدث الجميع عن {a}|{a} - {b} #{n}
"""

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    topic: dict(
        zip(_LANGS, (tuple(line.split("|")) for line in table.strip().splitlines()), strict=True)
    )
    for topic, table in _TABLE.items()
}


def _read_patterns() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _PATTERNS.strip().splitlines():
        lang, _, rest = line.partition("~")
        # " | " belongs to a title; a bare bar parts two patterns.
        parts = rest.replace(" | ", "\x00").split("|")
        found[lang] = tuple(part.replace("\x00", " | ") for part in parts)
    return found


PATTERNS: dict[str, tuple[str, ...]] = _read_patterns()
