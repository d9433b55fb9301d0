"""Automatic mail is told from what people write, and auto-replies from the rest of it."""

import pytest

from deskpost.mime.automatic import is_unread, recognise
from deskpost.mime.parse import parse


def kind(*lines: str) -> str | None:
    """Give the kind of a mail with these header lines."""
    found = recognise(parse("\r\n".join((*lines, "From: a@b.c", "", "text")).encode()))
    assert found is None or found.reason
    return found.kind if found else None


@pytest.mark.parametrize(
    "lines",
    [
        ["Auto-Submitted: auto-replied (vacation)"],
        ["Auto-Submitted: auto-replied; owner-email=a@b.c", "Return-Path: <>"],
        ["X-Autoreply: yes"],
        ["X-Autorespond: x"],
        ["Precedence: auto_reply"],
        [
            "Auto-Submitted: auto-generated",
            "Subject: AUTO: Ute Brandt is out of the office (returning 12.12.2026)",
        ],
        ["X-Auto-Response-Suppress: OOF", "Subject: Ute Brandt is out of the office"],
        ["X-Auto-Response-Suppress: All", "Subject: Absence du bureau : imprimante"],
        ["Auto-Submitted: auto-generated", "Subject: Automatic reply: hello"],
        ["X-Auto-Response-Suppress: All", "Subject: Abwesenheitsnotiz: hallo"],
        ["Return-Path: <>", "Subject: Out of office: hello"],
    ],
)
def test_absence_notes_are_auto_replies(lines):
    assert kind(*lines) == "auto-reply"


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Type: multipart/report; report-type=delivery-status; boundary=b"],
        ["Content-Type: multipart/report; boundary=b", "Auto-Submitted: auto-replied"],
        ["Return-Path: <>", "From: MAILER-DAEMON@mx.example"],
        ["Return-Path: < >", "Precedence: bulk", "From: postmaster@mx.example"],
        ["X-Failed-Recipients: a@b.c", "Auto-Submitted: auto-replied", "Return-Path: <>"],
    ],
)
def test_delivery_reports_are_reports(lines):
    assert kind(*lines) == "report"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["Auto-Submitted: auto-generated"], "auto-generated"),
        (["Return-Path: <>"], "auto-generated"),
        (["Return-Path: <>", "List-Id: <a.b.c>"], "list"),
        (["X-Failed-Recipients: a@b.c"], "auto-generated"),
        (["Auto-Submitted: auto-notified"], "auto-generated"),
        (["X-Auto-Response-Suppress: OOF, AutoReply"], "auto-generated"),
        (["List-Id: <l.example>", "Precedence: bulk"], "list"),
        (["Precedence: list"], "list"),
        (["Precedence: bulk"], "bulk"),
        (["Precedence: JUNK"], "bulk"),
        (["List-Unsubscribe: <https://x.example>"], "bulk"),
    ],
)
def test_alerts_lists_and_mailings_are_no_auto_replies(lines, wanted):
    assert kind(*lines) == wanted


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Auto-Submitted: no"],
        ["Auto-Submitted: NO; comment"],
        ["Subject: Automatic reply: hello"],
        ["Subject: Out of office hours support"],
        ["Return-Path: <a@b.c>"],
        ["X-Auto-Response-Suppress: None"],
        ["Precedence: normal"],
        ["X-Autoreply: no"],
        ["X-MS-Exchange-Inbox-Rules-Loop: a@b.c"],  # a rule that redirects sets it, too
    ],
)
def test_what_a_person_writes_is_not_automatic(lines):
    assert kind(*lines) is None


NOTES = """
Automatic reply: Printer
Automated response: Printer
Autoreply: Printer
Automatische Antwort: Drucker
Abwesenheitsbenachrichtigung: Drucker
Respuesta automática: Impresora
Resposta automàtica: Impressora
Risposta automatica: Stampante
Automatisch antwoord: Printer
Autosvar: Printer
Automaattinen vastaus: Tulostin
Automatyczna odpowiedź: Drukarka
Автоответ: Принтер
Автоматична відповідь: Принтер
Автоматичен отговор: Принтер
Аутоматски одговор: Штампач
Automatinis atsakymas: Spausdintuvas
Erantzun automatikoa: Inprimagailua
Sjálfvirkt svar: Prentari
Balasan otomatis: Printer
自動回覆: 印表機
자동 응답: 프린터
מענה אוטומטי: מדפסת
الرد التلقائي: طابعة
پاسخ خودکار: چاپگر
การตอบกลับอัตโนมัติ: เครื่องพิมพ์
Thư trả lời tự động: Máy in
स्वचालित उत्तर: प्रिंटर
Automatisk svar: Printer
Automatiskt svar: Skrivare
Automatická odpověď: Tisk
Automatická odpoveď: Tlač
Automatikus válasz: Nyomtató
Otomatik yanıt: Yazıcı
Αυτόματη απάντηση: Εκτυπωτής
Răspuns automat: Imprimantă
自动答复: 打印机
自動応答: プリンター
자동 회신: 프린터
תשובה אוטומטית: מדפסת
رد تلقائي: طابعة
ตอบกลับอัตโนมัติ: เครื่องพิมพ์
Trả lời tự động: Máy in
Automatski odgovor: Pisač
Samodejni odgovor: Tiskalnik
Automātiskā atbilde: Printeris
Automaatvastus: Printer
Réponse automatique : Imprimante
Odpowiedź automatyczna: Drukarka
Автоматический ответ: Принтер
""".strip().split("\n")


@pytest.mark.parametrize("subject", NOTES)
def test_absence_notes_are_known_in_the_language_of_whoever_is_away(subject):
    assert kind("Auto-Submitted: auto-generated", f"Subject: {subject}") == "auto-reply"


@pytest.mark.parametrize(
    "subject",
    [
        "Automated response time check failed: web01",
        "Auto-Response time SLA breached: web01",
        "Abwesenheit von Ute Brandt: bitte Postfach umleiten",
        "Abwesenheitsantrag Ute Brandt wartet auf Freigabe",
        "Out of office hours alarm: door open",
    ],
)
def test_an_alert_that_begins_like_an_absence_note_is_none(subject):
    assert kind("Auto-Submitted: auto-generated", f"Subject: {subject}") == "auto-generated"
    assert kind("X-Auto-Response-Suppress: All", f"Subject: {subject}") == "auto-generated"


def test_a_report_that_a_person_redirects_here_is_none_of_ours():
    report = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    assert kind(report, "Auto-Submitted: auto-replied", "Resent-From: ute@acme.example") == "auto-generated"


def test_a_read_receipt_stays_one_wherever_it_is_redirected():
    receipt = """Resent-From: ute@acme.example
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: message/disposition-notification

Disposition: manual-action/MDN-sent-manually; displayed
--b--
"""
    found = recognise(parse(receipt.replace("\n", "\r\n").encode()))
    assert found is not None and found.kind == "report"


@pytest.mark.parametrize(
    ("address", "unread"),
    [
        ("MAILER-DAEMON@mx.example", True),
        ("postmaster@acme.example", True),
        ("noreply@acme.example", True),
        ("No-Reply+7@acme.example", True),
        ("jira.do-not-reply@acme.example", True),
        ("bounces-12=ute=acme.example@list.example", True),
        ("norbert.reply@acme.example", False),
        ("casino-reply@acme.example", False),
        ("postmasters.friend@acme.example", False),
        ("ute@noreply.example", False),
    ],
)
def test_addresses_that_nobody_reads_are_known(address, unread):
    assert is_unread(address) is unread
