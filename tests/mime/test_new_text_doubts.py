"""Text that a reader would call new is never folded: announced answers, dividers, forms, and what stands below."""

import pytest

from deskpost.mime.new_text import split_text
from tests.mime.test_new_text import ATTRIBUTION, HEADS, NEW, is_whole, new_of

HEAD = "\n".join(HEADS["de"])


@pytest.mark.parametrize(
    "said",
    [
        "Antworten im Text.", "s.u.", "S. u.", "meine Anmerkungen in gelb bzw. lila.", "Meine Antworten stehen dabei.",
        "see my comments in the text", "my replies are marked with >>.", "my answers are marked yellow.",
        "I have highlighted my answers.", "Answers in your text.", "See answers.", "インラインにて回答いたします。",
        "本文中に回答します。", "voir mes réponses dans votre message.", "mes commentaires surlignés",
        "mis respuestas en el texto en mayúsculas.", "minhas respostas no texto", "le mie risposte nel testo",
        "mijn antwoorden in de tekst", "mina svar i texten", "mine svar i teksten", "moje odpowiedzi w treści",
        "мои ответы в тексте", "yanıtlarım metnin içinde", "我在文中回复了", "본문에 답변 드립니다",
    ],
)  # fmt: skip
def test_nothing_is_folded_where_answers_are_announced(said):
    assert is_whole(f"Hello,\n\n{said}\n\n{HEAD}\n\nWelches Modell?\nHP 4000\nWelcher Raum?\n3.14\n")


@pytest.mark.parametrize("head", ["-----Original Message-----\n" + HEAD, HEAD, f"{ATTRIBUTION}\n"])
@pytest.mark.parametrize(
    "body",
    [
        "Which model?\n>> HP 4000\nWhich room?\n>> 3.14",
        "Which model?\n\n> HP 4000\n\nWhich room?\n\n> 3.14",
        "Which model?\n\n[Ute] HP 4000\n\nWhich room?\n\n[Ute] 3.14",
        "The model is:\n>> HP 4000\n",
        "Which model?\n=> HP 4000\n",
        "Which model?\n→ HP 4000\n",
        "Which model?\n--> HP 4000\n",
    ],
)
def test_nothing_is_folded_where_lines_of_the_quoted_mail_are_marked(head, body):
    assert is_whole(f"Hi,\n\nthanks.\n\n{head}\n\n{body}\n")


@pytest.mark.parametrize(
    "body",
    [
        "Which model?\n\nAm 6.5.2024 10:00 schrieb Ann:\n> It is broken.\n> Come.",
        f"Which model?\n\n{ATTRIBUTION}\n\n> It is broken.",
        "[EXTERNAL] This mail came from outside.\n\nWhich model?",
        "[cid:logo.png]\nWhich model?\n[https://x.example/a.png]",
    ],
)
def test_a_quoted_mail_that_quotes_itself_is_folded_all_the_same(body):
    assert new_of(*HEADS["de"], "", body) == NEW


@pytest.mark.parametrize(
    "rest",
    [
        "--\nAlso please reset the password of Bob, he cannot log in.",
        "—\n\nBesides: can you order paper?",
        "--\nERROR disk full\nERROR cannot write",
        "--\nreset Bob",
        "--\nAlso please call Bob, 0123-456789",
        "--\n4711 请重置密码",
        "--\nDrucker Raum 3 Defekt",
        "-- \nyes please do",
        "-- \nyes please do\nUte Brandt",
        "--\nDrucker im Keller brennt",
        "--\n请重置密码",
        "-- \nselect * from t;",
        "-- \nselect * from t",
        "-- \nreset Bob\n-- \nreset Ann",
        "-- \nThe second printer is broken, too.",
        "-- \nUte Brandt\nAcme Ltd\n\nNachtrag: auch der zweite Drucker brennt, bitte sofort kommen!",
        "-- \nUte Brandt\nAcme Ltd\n\nNachtrag: Türcode 1234",
        "-- \nUte Brandt\nAcme Ltd\n\nthe door is open",
        "-- \nUte Brandt\nAcme Ltd\n\nWhat about the second printer?",
        "-- \nthe printer on floor three burns, come at once\n\nUte",
        f"--\nAlso please reset the password of Bob.\n\n{ATTRIBUTION}\n> old\n\nNo.",
    ],
)
def test_what_stands_below_a_divider_is_no_signature(rest):
    assert is_whole(f"The printer is broken.\n{rest}\n")


def test_above_a_quote_what_stands_below_a_divider_is_new():
    text = f"The printer is broken.\n--\nAlso please reset Bob, he cannot log in.\n\n{ATTRIBUTION}\n> old\n"
    assert split_text(text).new.endswith("he cannot log in.")


@pytest.mark.parametrize(
    "rest",
    [
        "-- \nUte Brandt\nHead of IT\nAcme Ltd.\nTel. +49 30 123-45\nwww.acme.example",
        "-- \nrick\nthat support guy",
        "--\nUte Brandt\nLeiterin IT\nute@acme.example",
        "--\nDr. Ute von der Brandt\nAcme GmbH & Co. KG\nHauptstraße 5, 12345 Berlin\nT: 030 / 12 34 56",
        "-- \nUte\n\nThis e-mail is confidential. It is meant for the intended recipient alone.\nDelete it otherwise.",
        "-- \nUte\n\nSitz: Berlin, Registergericht Charlottenburg, HRB 1234.\nGeschäftsführer: Ann Miller.",
        "-- \n山田太郎\n株式会社エーシーエムイー\n03-1234-5678",
        "-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "-- \nAnn\n-- \nlist mailing list\nhttps://lists.example/mailman/listinfo/list",
    ],
)
def test_a_signature_holds_names_and_ways_to_reach_somebody(rest):
    pieces = split_text(f"{NEW}\n{rest}\n")
    assert (pieces.new, pieces.kind) == (NEW, "signature")


@pytest.mark.parametrize(
    "form",
    [
        "From: Room 1\nDate: 3 May\nTo: Room 2\nSubject: Desk",
        "Von: Raum 1\nDatum: 3.5.2026\nAn: Raum 2",
        "Von: Berlin\nDatum: 12.12.2026\nAn: Hamburg\nBetreff: Kundentermin",
        "Von: Berlin\nDatum: 12.12.2026 14:00\nAn: Hamburg",
        "From: 12.12.2026\nDate: 1.12.2026\nTo: 24.12.2026",
        "From: 12.12.2026 8:00\nDate: 1.12.2026 9:00\nSubject: leave",
        "Von: Berlin\nAn: Hamburg\nGesendet: Paket 4711 am 3.5.2026, bestellt von bob@acme.example",
        "Datum: 12.12.2026 14:00\nBetreff: Umzug\nVon: Raum 1\nAn: Raum 2",
    ],
)
def test_a_form_is_no_head_of_a_mail(form):
    assert is_whole(f"Please see to this\n\n{form}\n\nAnd bring a chair, the key is at 4711.\n")


@pytest.mark.parametrize(
    "head",
    [
        "From:\tHelp/Desk\nTo:\tUte/ACME@ACME\nDate:\t23.11.2026 09:12\nSubject:\tRe: Printer",
        "From: Help\nTo: Ute\nDate: 23.11.2026 09:12\nSubject: Re: Printer",
        "From: Help\nSubject: Re: Printer\nDate: 23 November 2026 at 09:12:03 CET\nTo: Ute",
        "From: Help\nSent: Monday, November 23, 2026 9:12 AM\nTo: Ute; Ann\nCc: Bob\nSubject: Re: Printer",
        "Von: Hilfe\nGesendet: Montag, 23. November 2026 09:12\nAn: Ute\nBetreff: AW: Drucker",
        "From: Help <help@desk.example>\nDate: Monday, 23 November\nTo: Ute",
    ],
)
def test_a_head_without_addresses_has_a_time_and_the_order_of_mail_programs(head):
    assert new_of(head, "", "Which one?") == NEW


@pytest.mark.parametrize(
    "end",
    [
        "-----End of original message-----", "----- End Message -----", "-----Ende der ursprünglichen Nachricht-----",
        "---- Fin du message d'origine ----", "-----Fin del mensaje original-----",
        "-----Fine messaggio originale-----",
    ],
)  # fmt: skip
def test_what_stands_below_the_end_of_an_original_message_is_shown(end):
    original = f"Hi,\n\nthanks.\n\n-----Original Message-----\n{HEAD}\n\nWhich model?\n\n{end}\n"
    assert is_whole(f"{original}\nIt is a HP 4000.\n")
    assert split_text(original).rest
    assert split_text(f"{original}\n-- \nUte Brandt").rest


def test_who_told_somebody_something_quotes_no_mail():
    told = "On 23.11.2026 10:00 I told Bob <bob@acme.example>:\nrestart the server\n\nand it still fails."
    assert is_whole(f"These steps I did.\n\n{told}\n")


@pytest.mark.parametrize(
    ("quote", "writer"),
    [
        (HEAD, "help@desk.example"),
        ("-----Original Message-----\n" + HEAD, "help@desk.example"),
        (
            "From: Help\n<Help@desk.example>\nSent: 6 May 2024 10:00\nTo: ann@x.example\nSubject: x",
            "help@desk.example",
        ),
        ("From: Help [mailto:help@desk.example]\nSent: 6 May 2024\nTo: Ann\nSubject: x", "help@desk.example"),
        ("From: Help\nSent: 6 May 2024 10:00\nTo: ann@x.example\nSubject: x", ""),
        (f"{ATTRIBUTION}\n> old", "help@desk.example"),
        (f"> {ATTRIBUTION}\n> old", "help@desk.example"),
        ("Help wrote:\n> write to ann@x.example", ""),
        ("-- \nAnn\nann@x.example\n\n" + HEAD, "help@desk.example"),
    ],
)
def test_the_quote_tells_whose_mail_it_is(quote, writer):
    pieces = split_text(f"{NEW}\n\n{quote}\n")
    assert pieces.rest and pieces.writer == writer
