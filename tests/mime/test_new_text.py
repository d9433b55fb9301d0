"""What is new in a mail is told from the quoted mail and the signature; in doubt everything is new."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpost.mime.new_text import is_forward, split_text
from deskpost.mime.parse import parse
from tests.mime.corpora import MAILS, ROOT

REPLIES = ROOT / "replies"
# What a reader says of each mail of the corpus: the first and last words of its new text, and what is not of it.
# "doubt": why all of it is shown all the same.
READ = json.loads((Path(__file__).parent / "replies.json").read_text(encoding="utf-8"))

NEW = "It works again, thank you."


def new_of(*rest: str) -> str:
    """Give what is new where these lines stand below an answer; nothing is lost."""
    text = "\n".join((NEW, "", *rest))
    pieces = split_text(text)
    assert pieces.new + pieces.rest == text
    return pieces.new


def is_whole(text: str) -> bool:
    """Say whether all of a text is shown."""
    pieces = split_text(text)
    assert pieces.new + pieces.rest == text
    return pieces.new == text and not pieces.kind


@pytest.mark.parametrize("name", sorted(READ))
def test_the_new_text_of_real_replies_is_what_a_reader_says(name):
    text = (REPLIES / name).read_text(encoding="utf-8")
    new, rest, kind, _ = split_text(text)
    assert new + rest == text
    assert bool(rest) == bool(kind)
    read = READ[name]
    words = " ".join(new.split())
    assert words.startswith(read["first"])
    if "doubt" in read:
        assert rest == "", "in doubt everything is shown"
        assert read["last"] in words
    else:
        assert words.endswith(read["last"])
        assert [absent for absent in read["not"] if absent in new] == []
        assert all(absent in rest for absent in read["not"])


def test_every_reply_of_the_corpus_was_read():
    assert {path.name for path in MAILS if path.parent == REPLIES} == set(READ)


HEADS = {
    "de": (
        "Von: Hilfe <help@desk.example>",
        "Gesendet: Montag, 6. Mai 2024 10:00",
        "An: Ann",
        "Betreff: AW: x",
    ),
    "de, new": (
        "Von: Hilfe <help@desk.example>",
        "Datum: Montag, 6. Mai 2024 um 10:00",
        "An: Ann",
        "Betreff: x",
    ),
    "fr": ("De : Aide <help@desk.example>", "Envoyé : lundi 6 mai 2024 10:00", "À : Ann", "Objet : RE: x"),
    "es": (
        "De: Ayuda <help@desk.example>",
        "Enviado el: lunes, 6 de mayo de 2024 10:00",
        "Para: Ann",
        "Asunto: x",
    ),
    "pt": (
        "De: Ajuda <help@desk.example>",
        "Enviada em: segunda-feira, 6 de maio de 2024",
        "Para: A",
        "Assunto: x",
    ),
    "it": ("Da: Aiuto <help@desk.example>", "Inviato: lunedì 6 maggio 2024 10:00", "A: Ann", "Oggetto: R: x"),
    "nl": (
        "Van: Hulp <help@desk.example>",
        "Verzonden: maandag 6 mei 2024 10:00",
        "Aan: Ann",
        "Onderwerp: x",
    ),
    "sv": ("Från: Hjälp <help@desk.example>", "Skickat: den 6 maj 2024 10:00", "Till: Ann", "Ämne: SV: x"),
    "da": ("Fra: Hjælp <help@desk.example>", "Sendt: 6. maj 2024 10:00", "Til: Ann", "Emne: SV: x"),
    "fi": (
        "Lähettäjä: Apu <help@desk.example>",
        "Lähetetty: 6. toukokuuta 2024",
        "Vastaanottaja: A",
        "Aihe: VS: x",
    ),
    "pl": (
        "Od: Pomoc <help@desk.example>",
        "Wysłano: poniedziałek, 6 maja 2024 10:00",
        "Do: Ann",
        "Temat: x",
    ),
    "cs": (
        "Od: Pomoc <help@desk.example>",
        "Odesláno: pondělí 6. května 2024 10:00",
        "Komu: Ann",
        "Předmět: x",
    ),
    "hu": (
        "Feladó: Segély <help@desk.example>",
        "Elküldve: 2024. május 6. 10:00",
        "Címzett: Ann",
        "Tárgy: x",
    ),
    "ro": ("De la: Ajutor <help@desk.example>", "Trimis: luni, 6 mai 2024 10:00", "Către: Ann", "Subiect: x"),
    "tr": ("Kimden: Destek <help@desk.example>", "Gönderildi: 6 Mayıs 2024 10:00", "Kime: Ann", "Konu: x"),
    "ru": ("От: Помощь <help@desk.example>", "Отправлено: 6 мая 2024 г. 10:00", "Кому: Ann", "Тема: x"),
    "uk": ("Від: Допомога <help@desk.example>", "Надіслано: 6 травня 2024 10:00", "Кому: Ann", "Тема: x"),
    "el": ("Από: Βοήθεια <help@desk.example>", "Στάλθηκε: 6 Μαΐου 2024 10:00", "Προς: Ann", "Θέμα: x"),
    "zh": (
        "发件人: 帮助 <help@desk.example>",
        "发送时间: 2024年5月6日 10:00",
        "收件人: Ann",
        "主题: 回复: x",
    ),
    "zh, Taiwan": (
        "寄件者： 幫助 <help@desk.example>",
        "寄件日期： 2024年5月6日",
        "收件者： Ann",
        "主旨： x",
    ),
    "ja": ("差出人: 窓口 <help@desk.example>", "送信日時: 2024年5月6日 10:00", "宛先: Ann", "件名: x"),
    "ko": ("보낸 사람: 도움 <help@desk.example>", "보낸 날짜: 2024년 5월 6일", "받는 사람: Ann", "제목: x"),
    "he": ("מאת: עזרה <help@desk.example>", "נשלח: 6 במאי 2024 10:00", "אל: Ann", "נושא: x"),
    "ar": ("من: مساعدة <help@desk.example>", "تاريخ الإرسال: 6 مايو 2024", "إلى: Ann", "الموضوع: x"),
    "bold": ("*From:* Help", "*Sent:* Monday, 6 May 2024 10:00", "*To:* Ann", "*Subject:* RE: x"),
    "indented": ("   From: Help", "   Sent: Monday, 6 May 2024 10:00", "   To: Ann", "   Subject: x"),
}


@pytest.mark.parametrize("language", HEADS)
def test_the_head_of_a_quoted_mail_is_known_in_many_languages(language):
    assert new_of(*HEADS[language], "", "The old words.") == NEW


@pytest.mark.parametrize(
    "words",
    [
        "On Mon, 6 May 2024 at 10:00, Help Desk <help@desk.example> wrote:",
        "Am Mo., 6. Mai 2024 um 10:00 Uhr schrieb Help Desk <help@desk.example>:",
        "Le lun. 6 mai 2024 à 10:00, Help Desk <help@desk.example> a écrit :",
        "El lun, 6 may 2024 a las 10:00, Help Desk (<help@desk.example>) escribió:",
        "Em seg., 6 de mai. de 2024 às 10:00, Help Desk <help@desk.example> escreveu:",
        "Il giorno lun 6 mag 2024 alle ore 10:00 Help Desk <help@desk.example> ha scritto:",
        "Op ma 6 mei 2024 om 10:00 schreef Help Desk <help@desk.example>:",
        "Den mån 6 maj 2024 kl 10:00 skrev Help Desk <help@desk.example>:",
        "man. 6. maj 2024 kl. 10.00 skrev Help Desk <help@desk.example>:",
        "ma 6. toukok. 2024 klo 10.00 Help Desk (help@desk.example) kirjoitti:",
        "pon., 6 maj 2024 o 10:00 Help Desk <help@desk.example> napisał(a):",
        "po 6. 5. 2024 v 10:00 odesílatel Help Desk <help@desk.example> napsal:",
        "Help Desk <help@desk.example> ezt írta (időpont: 2024. máj. 6., H, 10:00):",
        "În lun., 6 mai 2024 la 10:00, Help Desk <help@desk.example> a scris:",
        "Help Desk <help@desk.example>, 6 May 2024 Pzt, 10:00 tarihinde şunu yazdı:",
        "пн, 6 мая 2024 г. в 10:00, Help Desk <help@desk.example>:",
        "Στις Δευ 6 Μαΐ 2024 στις 10:00 π.μ., ο χρήστης Help Desk <help@desk.example> έγραψε:",
        "Help Desk <help@desk.example> 于2024年5月6日周一 10:00写道：",
        "2024年5月6日(月) 10:00 Help Desk <help@desk.example>:",
        "2024년 5월 6일 (월) 오전 10:00, Help Desk <help@desk.example>님이 작성:",
        "‫בתאריך יום ב׳, 6 במאי 2024 ב-10:00 מאת ‪Help Desk‬‏ <‪help@desk.example‬‏>:‬",
        "Help Desk wrote:",
    ],
)
def test_the_words_above_a_quote_are_folded_with_it_in_many_languages(words):
    assert new_of(words, "> the old words", ">", "> more of them") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----", "-------- Original Message --------", "-----Ursprüngliche Nachricht-----",
        "----- Message d'origine -----", "-----Mensaje original-----", "-----Mensagem original-----",
        "-----Messaggio originale-----", "-----Oorspronkelijk bericht-----", "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----", "-----Alkuperäinen viesti-----", "-----Wiadomość oryginalna-----",
        "-----Původní zpráva-----", "-----Eredeti üzenet-----", "-----Исходное сообщение-----", "-----原始邮件-----",
    ],
)  # fmt: skip
def test_the_line_above_an_original_message_is_known_in_many_languages(line):
    assert new_of(line, "The old words.") == NEW


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from my Galaxy", "Sent from Mail for Windows 10", "Sent from Outlook for iOS",
        "Get Outlook for Android<https://aka.ms/AAb9ysg>", "Von meinem iPhone gesendet",
        "Gesendet von meinem Samsung Galaxy Smartphone.".removesuffix("."), "Envoyé de mon iPhone",
        "Télécharger Outlook pour iOS", "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone",
        "Inviato dal mio dispositivo Samsung", "Verstuurd vanaf mijn iPhone", "Skickat från min iPhone",
        "Sendt fra min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Odesláno z iPhonu",
        "iPhone'umdan gönderildi", "Отправлено с iPhone", "发自我的iPhone", "iPhoneから送信", "나의 iPhone에서 보냄",
    ],
)  # fmt: skip
def test_what_a_phone_puts_below_is_a_signature(line):
    assert new_of(line) == NEW
    assert new_of(line, "", *HEADS["de"], "", "alt") == NEW


def test_a_signature_begins_at_its_mark():
    assert new_of("-- ", "Ann", "ACME", "", "+49 30 123") == NEW
    assert split_text(f"{NEW}\n-- \nAnn").kind == "signature"
    assert split_text(f"{NEW}\n-- \nAnn\n\nHelp wrote:\n> old").kind == "both"
    assert split_text(f"{NEW}\n\nHelp wrote:\n> old").kind == "quote"


def test_lines_that_end_in_cr_and_lf_are_kept_to_the_letter():
    text = "New.\r\n\r\nOn 6 May 2024 10:00, Help <help@desk.example> wrote:\r\n> old\r\n"
    assert split_text(text)[:2] == ("New.\r", text.removeprefix("New.\r"))


ATTRIBUTION = "On Mon, 6 May 2024 at 10:00, Help <help@desk.example> wrote:"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Only this.",
        f"{ATTRIBUTION}\n> old",
        f"Sent from my iPhone\n\n{ATTRIBUTION}\n> old",
        f"-- \nAnn\n\n{ATTRIBUTION}\n> old",
        "-- \nAnn",
        f"\u200b\u200e\n{ATTRIBUTION}\n> old",
        "> old\n> words",
    ],
)
def test_a_mail_that_would_be_left_empty_is_shown_whole(text):
    assert is_whole(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{ATTRIBUTION}\n> old\n\nThe answer.",
        f"Hello,\n{ATTRIBUTION}\n> one\nYes.\n> two\nNo.",
        f"Hello,\n{ATTRIBUTION}\n> one\n\nYes.\n\n> two",
        f"Hello,\n{ATTRIBUTION}\n> Can you tell me whether all of it works again on the top floor now\nyes it is\n> ?",
        f"Hello,\n{ATTRIBUTION}\n> one\n\n-- \nAnn\n\n> two",
        f"Hello,\n{ATTRIBUTION}\n\nThe answer to this:\n> one",
        "\n".join(("Hello,", *HEADS["bold"], "", "> old", "", "The answer.")),
        "See my answers inline.\n\n" + "\n".join((*HEADS["de"], "", "Does it work?", "Yes.")),
        "My answers are in red.\n\n-----Original Message-----\nDoes it work? Yes.",
        f"Meine Antworten in rot.\n\n{ATTRIBUTION}\n> Does it work? Yes.",
    ],
)
def test_answers_below_and_between_quoted_lines_are_never_hidden(text):
    assert is_whole(text)


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------", "Begin forwarded message:", "-------- Forwarded Message --------",
        "-------- Weitergeleitete Nachricht --------", "Anfang der weitergeleiteten Nachricht:",
        "---------- Message transféré ---------", "Début du message réexpédié :",
        "---------- Mensaje reenviado ---------", "Inizio messaggio inoltrato:", "Begin doorgestuurd bericht:",
        "---------- Forwarded mail ----------", "-------- Пересылаемое сообщение --------",
    ],
)  # fmt: skip
def test_a_forwarded_mail_is_shown_whole(line):
    assert is_whole("\n".join((NEW, "", line, *HEADS["bold"], "", "> What it is about.")))
    assert is_whole("\n".join((NEW, "", line, "", f"> {ATTRIBUTION}", ">", "> What it is about.")))


def test_what_the_new_text_speaks_of_is_shown():
    head = "\n".join(HEADS["bold"])
    assert is_whole(f"This came today:\n\n{head}\n\nClick here.")
    assert is_whole(f"Hello Dana,\n\n{head}\n\nDoes it work? Yes, it does.")
    assert is_whole(f"Please see below.\n\n{head}\n\nClick here.")
    assert is_whole(f"FYI\n\n{head}\n\nClick here.")
    assert is_whole(f"Zur Info\n\n{head}\n\nClick here.")
    assert is_whole(f"下記をご確認ください。\n\n{head}\n\nClick here.")


@pytest.mark.parametrize(
    "rest",
    [
        ("--", *(f"a line of a list, number {number}" for number in range(20))),
        ("--", "Part two", "--", "Part three"),
        ("-----", "Ann"),
        ("The error is:", "> cannot open the file"),
        ("What I get when I write to ann@desk.example:", "> 550 no such user"),
        ("On 3 May you wrote:", "it will be mended", "It is not."),
        ("From: the printer", "To: the window", "it is four metres."),
        ("Sent from my desk, as the phone has no reception.",),
        ("On 3 May 2024 at 10:00 I wrote to help@desk.example:", "It is broken.", "Nobody answered."),
        ("On 3 May 2024 at 10:00 you wrote:", "It will be mended.", "It is not."),
        (
            "host 192.0.2.22 [192.0.2.22]",
            "SMTP error after MAIL FROM:<ann@desk.example>:",
            "550 no such user",
        ),
        ("Received: by mx.desk.example", *HEADS["bold"], "", "Why did this come back?"),
        ("-- ", "Ann", "P.S. The scanner is broken, too."),
        ("--", "Ann", "", "PS: the scanner, too"),
        ("Sent from my iPhone", "It is broken again, too."),
        ("wrote:", "x"),
    ],
)
def test_what_looks_like_a_quote_or_a_signature_by_chance_is_shown(rest):
    assert is_whole("\n".join((NEW, "", *rest)))


def test_more_lines_than_any_letter_has_are_shown():
    quote = "\n".join(["Hello", ATTRIBUTION, "> old"])
    assert split_text(quote).rest
    assert is_whole(quote + "\n" * 5_000)


@pytest.mark.parametrize(
    ("subject", "forward"),
    [
        ("Fwd: printer", True), ("FW: printer", True), ("WG: Drucker", True), ("TR : imprimante", True),
        ("RV: x", True), ("转发：打印机", True), ("Re: Fwd: printer", False), ("Printer", False), ("Forward it", False),
        ("I need: help", False), ("", False),
    ],
)  # fmt: skip
def test_a_subject_says_that_a_mail_was_forwarded(subject, forward):
    assert is_forward(subject) is forward


def test_all_mails_of_the_corpora_can_be_split():
    for path in MAILS:
        text = parse(path.read_bytes()).text
        pieces = split_text(text)
        assert pieces.new + pieces.rest == text
        assert pieces.new.strip() or not text.strip()


LINES = (
    NEW, "", ">", "> old", ">> older", ATTRIBUTION, "Help wrote:", "wrote:", "<help@desk.example", "> wrote:", "-- ",
    "--", "—", "__", "a mailing list", "Sent from my iPhone", "-----Original Message-----", "Begin forwarded message:",
    *HEADS["bold"], "From:", "Sent: 2024", ":", "：", "\r", "\x03", "\xa0", "\u2028",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=25).map("\n".join) | st.text())
def test_any_text_comes_out_to_the_letter_and_never_empty(text):
    new, rest, kind, _ = split_text(text)
    assert new + rest == text
    assert bool(rest) == bool(kind)
    assert new.strip() or not rest


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(("> old", "> more", "", "-- ", "Sent from my iPhone", *HEADS["de"])), max_size=12
    ),
    st.lists(st.sampled_from(("> old", "> more", "")), max_size=5),
)
def test_an_answer_below_quoted_lines_is_never_hidden(before, after):
    answer = "And this is what I say to it, in a sentence of my own."
    text = "\n".join((NEW, ATTRIBUTION, "> first", *before, "> last", answer, *after))
    assert answer in split_text(text).new
