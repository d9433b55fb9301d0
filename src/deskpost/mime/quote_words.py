"""What mail programs write around a quoted mail, and phones below a new one, in many languages: facts, no rules."""

FROM, SENT, TO, SUBJECT, OTHER = "from", "sent", "to", "subject", "other"

_LABELS = {
    FROM: """
        from|von|absender|de|expéditeur|da|mittente|remitente|remetente|van|afzender|från|fra|avsender|afsender
        lähettäjä|od|nadawca|odesílatel|odosielateľ|feladó|de la|expeditor|pošiljatelj|šalje|kimden|gönderen|от
        от кого|від|відправник|подател|από|no|nuo|saatja|发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람
        מאת|من|từ|người gửi|dari|จาก
    """,
    SENT: """
        sent|date|sent on|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|message du|enviado|enviado el
        enviada|enviado em|enviada em|fecha|data|inviato|data invio|verzonden|verstuurd|skickat|sendt|dato
        lähetetty|päivämäärä|päiväys|wysłano|wysłane|odesláno|odoslané|dátum|elküldve|küldve|trimis|dată|poslano
        gönderildi|gönderilme tarihi|tarih|отправлено|дата|надіслано|изпратено|στάλθηκε|ημερομηνία|nosūtīts
        išsiųsta|saadetud|kuupäev|发送时间|发送日期|日期|時間|时间|寄件日期|傳送時間|送信日時|日時|日付|날짜
        보낸 날짜|보낸 시간|נשלח|תאריך|تاريخ الإرسال|التاريخ|đã gửi|ngày|dikirim|tanggal|วันที่|ส่ง
    """,
    TO: """
        to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|címzett|către|za|kime|alıcı|кому|до|προς|kam|kellele
        收件人|收件者|宛先|받는 사람|받는사람|אל|إلى|đến|kepada|ถึง
    """,
    SUBJECT: """
        subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy
        subiect|zadeva|naslov|konu|тема|относно|θέμα|temats|tema|teema|主题|主題|主旨|件名|제목|נושא|الموضوع
        chủ đề|subjek|perihal|เรื่อง
    """,
    OTHER: """
        cc|kopie|copie|copie à|copia|cópia|kopia|kopi|kopio|másolat|копия|копія|抄送|副本|참조|bcc|reply-to
        reply to|antwort an|importance|priorität|attachments|anlagen|pièces jointes
    """,
}
LABELS = {
    word: kind
    for kind, table in _LABELS.items()
    for line in table.split("\n")
    for word in line.strip().split("|")
}
LABELS.pop("")
FIRST_LABELS = tuple(word for word, kind in LABELS.items() if kind == FROM or word in ("message du", "date"))

ORIGINAL = """
    original message|original mail|original email|original-nachricht|ursprüngliche nachricht|originalnachricht
    ursprüngliche mail|message d'origine|message original|message d’origine|mensaje original|mensagem original
    messaggio originale|oorspronkelijk bericht|origineel bericht|ursprungligt meddelande|originalmeddelande
    oprindelig besked|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna
    oryginalna wiadomość|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|mesajul original
    izvorna poruka|izvirno sporočilo|orijinal mesaj|özgün ileti|исходное сообщение|оригинальное сообщение
    вихідне повідомлення|оригинално съобщение|αρχικό μήνυμα|原始邮件|原邮件|原始郵件|元のメッセージ|원본 메시지
    원본 메일|הודעה מקורית|الرسالة الأصلية|tin nhắn gốc|thư gốc|pesan asli|reply message|antwortnachricht
"""
FORWARDED = """
    forwarded message|forwarded mail|forwarded email|begin forwarded message|weitergeleitete nachricht
    weitergeleitete mail|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail
    message transféré|message réexpédié|début du message transféré|début du message réexpédié|mensaje reenviado
    inicio del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada
    início da mensagem reencaminhada|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht
    begin doorgestuurd bericht|vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat brev
    videresendt besked|videresendt meddelelse|videresendt melding|start på videresendt besked
    start på videresendt melding|välitetty viesti|välitetty viesti alkaa|wiadomość przekazana
    przekazana wiadomość|treść przekazanej wiadomości|přeposlaná zpráva|preposlaná správa|továbbított üzenet
    továbbított levél|mesaj redirecționat|proslijeđena poruka|posredovano sporočilo|iletilen mesaj
    yönlendirilmiş ileti|пересланное сообщение|пересылаемое сообщение|переслане повідомлення
    препратено съобщение|προωθημένο μήνυμα|转发的邮件|转发邮件|轉寄的郵件|轉寄郵件|転送メッセージ
    転送されたメッセージ|전달된 메시지|전달된 메일|הודעה שהועברה|رسالة معاد توجيهها|tin nhắn được chuyển tiếp
    thư được chuyển tiếp|pesan terusan|edastatud kiri|pārsūtīta ziņa|persiųstas laiškas
"""
FORWARD_PREFIXES = """
    fw fwd wg tr rv enc i doorst vs vb vl pd fs tov továbbítás ilt ynt-ilt ilet пересл пересылка fp 转发 轉寄
    転送 전달 הועבר pr prosl proslijeđeno edasi
"""
WROTE = """
    wrote|writes|schrieb|hat geschrieben|geschrieben|a écrit|écrit|escribió|escribio|ha escrito|escreveu
    ha scritto|scrisse|scrive|schreef|heeft geschreven|geschreven|skrev|har skrevet|har skrivit|kirjoitti
    napisał|napisała|napisał(a)|napisał/a|pisze|napsal|napsala|napsal(a)|napísal|napísala|napísal(a)|írta
    a scris|je napisao|je napisala|je napisao/la|je napisal|yazdı|şunu yazdı|написал|написала|написал(а)|пишет
    пише|написав|написа|έγραψε|rašė|rakstīja|kirjutas|写道|寫道|写了|さんは書きました|のメッセージ|작성
    님이 작성|כתב|כתבה|כתב/ה|كتب|كتبت|đã viết|menulis|เขียนว่า|เขียน
"""
# How the line begins that a mail program puts below what was written: the device, or where to get the program.
FROM_DEVICE = """
    sent from|sent via|sent by my|sent with|sent using|sent on the go|get outlook for|download outlook
    gesendet von|gesendet mit|gesendet über|von meinem|von mobil gesendet|mit freundlichen grüßen von meinem
    holen sie sich outlook|outlook für|laden sie outlook|envoyé de|envoyé depuis|envoyé à partir|envoyé avec
    envoyé via|obtenir outlook|télécharger outlook|téléchargez outlook|enviado desde|enviado do|enviado da
    enviado de|enviado a partir|enviado por|enviado via|enviado con|obtener outlook|obtenga outlook
    obter o outlook|obtenha o outlook|inviato da|inviato dal|inviato con|inviato tramite|scarica outlook
    ottieni outlook|verzonden vanaf|verzonden met|verstuurd vanaf|verstuurd met|outlook voor|outlook downloaden
    skickat från|skickades från|hämta outlook|sendt fra|sendt med|hent outlook|få outlook|lähetetty
    hanki outlook|wysłane z|wysłano z|wysłane przez|pobierz program outlook|pobierz outlook|odesláno z
    odesláno ze|získat outlook|odoslané z|odoslané zo|získajte outlook|az iphone-omról|elküldve|küldve
    trimis de pe|trimis din|poslano s|poslano sa|poslano z|iphone'umdan|ipad'imden|outlook'u edinin|отправлено с
    отправлено из|надіслано з|изпратено от|στάλθηκε από|发自我的|發自我的|从我的|從我的|來自我的|发送自
    iphoneから|ipadから|androidから|나의 iphone|내 iphone|나의 ipad|נשלח מה|נשלח מ|أرسلت من|أُرسلت من|đã gửi từ
    được gửi từ|dikirim dari|ส่งจาก|saadetud minu|išsiųsta iš|nosūtīts no
"""
# Words by which somebody says that what stands below is part of the message.
SEE_BELOW = """
    below|beneath|fyi|f.y.i.|for your information|unten|untenstehend|unterhalb|nachfolgend|nachstehend|zur info
    zur information|zur kenntnis|z.k.|zk|anbei die mail|ci-dessous|ci dessous|plus bas|pour info
    pour information|abajo|más abajo|para su información|abaixo|para conhecimento|sotto|di seguito|qui sotto
    per conoscenza|per informazione|onderstaand|onderstaande|hieronder|ter info|ter informatie|nedan|nedenfor
    nedenstående|alapuolella|poniżej|do wiadomości|níže|nižšie|alább|mai jos|ispod|niže|spodaj|aşağıda|aşağıdaki
    ниже|нижче|по-долу|παρακάτω|下記|以下|下面|아래|להלן|למטה|أدناه|bên dưới|dưới đây|di bawah|ด้านล่าง
    s.u.|s.w.u.|v.i.|c.f. infra|cf. infra|z.o.|n.ž.
"""
# And that answers stand within the quoted mail.
ANSWERED_INSIDE = """
    inline|in-line|in line|interleaved|between the lines|in red|in blue|in green|in bold|in capitals|in caps
    in rot|in blau|in grün|in fett|rot markiert|farbig markiert|im text unten|zwischen den zeilen|en rouge
    en bleu|en vert|en gras|dans le texte|en rojo|en azul|en verde|en negrita|em vermelho|em azul|em verde
    em negrito|in rosso|in blu|in verde|in grassetto|in het rood|in het blauw|in het groen|tussen de regels
    i rött|i blått|i grönt|i rødt|med rødt|med rød|punaisella|sinisellä|na czerwono|na niebiesko|červeně
    červeným|modře|pirossal|kékkel|cu roșu|crvenom|rdeče|kırmızı|красным|синим|червоним|червено|με κόκκινο
    赤字で|红色|紅色|빨간색|באדום|بالأحمر|màu đỏ|warna merah
    in the text|in your text|in text below|in your mail|in your email|in your e-mail|in your message|within your
    see answers|see my answers|my answers|my replies|my comments|my responses|my remarks|our answers|our comments
    answers are|comments are|replies are|answers in|comments in|replies in|in yellow|in orange|in purple|in italics
    in pink|yellow|marked with|marked in|marked as|marked by|highlighted|in colour|in color|in another colour
    im text|in ihrem text|in deinem text|in ihrer mail|in deiner mail|in ihrer e-mail|in ihrer nachricht
    meine antworten|meine anmerkungen|meine kommentare|unsere antworten|antworten in|antworten anbei|antworten stehen
    siehe antworten|in gelb|in lila|in orange|in pink|in farbe|in kursiv|in großbuchstaben|gelb|gelb markiert
    markiert|hervorgehoben|eingefärbt|kursiv
    mes réponses|mes commentaires|mes remarques|nos réponses|dans votre message|dans ton message|dans votre mail
    dans votre texte|dans le corps|en jaune|en violet|en orange|en italique|en majuscules|en couleur|surligné
    surlignés|surlignées|mis respuestas|mis comentarios|en el texto|en su mensaje|en tu mensaje|en su correo
    en amarillo|en morado|en naranja|en mayúsculas|en cursiva|resaltado|minhas respostas|meus comentários|no texto
    na sua mensagem|em amarelo|em maiúsculas|em itálico|destacado|mie risposte|miei commenti|nel testo
    nel tuo messaggio|nel suo messaggio|in giallo|in maiuscolo|in corsivo|evidenziato|mijn antwoorden
    mijn opmerkingen|in de tekst|in je mail|in uw mail|in geel|in hoofdletters|gemarkeerd|mina svar
    mina kommentarer|i texten|i gult|mine svar|mine kommentarer|i teksten|i gul|vastaukseni|kommenttini|tekstissä
    keltaisella|moje odpowiedzi|moje uwagi|w treści|w tekście|na żółto|moje odpovědi|v textu|žlutě|v texte|žlto
    válaszaim|a szövegben|sárgával|răspunsurile mele|în text|cu galben|moji odgovori|u tekstu|žuto|v besedilu
    yanıtlarım|cevaplarım|metnin içinde|metin içinde|sarı ile|мои ответы|мои комментарии|в тексте|жёлтым|желтым
    мої відповіді|у тексті|жовтим|отговорите ми|в текста|οι απαντήσεις μου|στο κείμενο|インライン|本文中|文中
    黄色|赤色|青字|青色|行内|正文中|蓝色|藍色|黃色|인라인|본문에|본문 중|노란색|파란색|בגוף ההודעה|בצהוב|في النص
    trong văn bản|màu vàng|di dalam teks|warna kuning
"""
# What a mail program asks of its reader, a firm must say of itself, and a filter adds, below a signature.
SMALL_PRINT = """
    confidential|privileged|intended recipient|intended solely|intended only|disclaimer|unauthori|disclos|addressee
    virus|environment|before printing|think before|registered in|registered office|company number|vat
    vertraulich|empfänger|irrtümlich|unbefugt|registergericht|amtsgericht|handelsregister|hrb|geschäftsführer
    geschäftsführung|vorstand|aufsichtsrat|ust-id|steuernummer|sitz der gesellschaft|sitz:|umwelt|ausdrucken
    confidentiel|destinataire|environnement|imprimer|siret|rcs|tva|confidencial|destinatario|medio ambiente
    imprimir|destinatário|meio ambiente|riservat|ambiente|stampare|partita iva|vertrouwelijk|geadresseerde|kvk
    konfidentiell|mottagar|fortrolig|modtager|mottaker|luottamuksellis|poufn|adresat|důvěrn|bizalmas|címzett
    gizli|alıcı|конфиденциальн|адресат|機密|受信者|机密|保密|기밀
"""


def words(table: str) -> tuple[str, ...]:
    """Give the entries of a table, in lower case."""
    return tuple(word.casefold() for line in table.split("\n") for word in line.strip().split("|") if word)
