"""Senders that are confirmed or forged, over the whole way of a mail: what may join, who is answered, what is told."""

import hashlib
from collections.abc import Iterator, Mapping

import pytest
from django.db import transaction
from django.utils import timezone

from deskpost.desk.installation import Installation, Instance, InstanceAlert
from deskpost.desk.records import Record
from deskpost.inbound import own_check, reprocess
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.deliver import deliver, rehearse
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome
from deskpost.inbound.process import process
from deskpost.inbound.reprocess import seen_of
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.source import RawMail
from tests.console import builders
from tests.inbound.builders import account, mail, mailbox
from tests.mime.corpora import MAILS
from tests.mime.signing import quoted, record, sign
from tests.servers.name_server import name_server

pytestmark = pytest.mark.usefixtures("database")
MX = "mx.desk.example"
BY_MX = f"Received: from out.example (out.example [203.0.113.9]) by {MX}; Mon, 23 Nov 2026 09:00:00 +0100\r\n"
ACME = {
    ("s1._domainkey.acme.example", "TXT"): (quoted(record()),),
    ("_dmarc.acme.example", "TXT"): ('"v=DMARC1; p=reject"',),
    ("acme.example", "TXT"): ('"v=spf1 ip4:203.0.113.9 -all"',),
}


def box(**settings: object) -> Mailbox:
    """Make a mailbox whose server tells of senders."""
    return mailbox(**{"trusted_authserv_ids": [MX], **settings})


def told(results: str, raw: bytes, by: str = MX) -> bytes:
    """Give a mail as the server hands it on, with what it found."""
    return f"Authentication-Results: {by}; {results}\r\n".encode() + raw


def forged(raw: bytes) -> bytes:
    return told("dmarc=fail (p=reject) header.from=acme.example", raw)


def genuine(raw: bytes) -> bytes:
    return told("dmarc=pass header.from=acme.example", raw)


def trace_line() -> list[object]:
    """Give the line of authenticity in the trace of the newest mail."""
    outcome = MailOutcome.objects.order_by("-pk")[0]
    return next(one[:3] for one in outcome.trace if one[0] == "authenticity")


def reply(number: int = 2, **more: str) -> bytes:
    return mail(message_id=f"<{number}@acme.example>", subject="Re: ##RE-1##", **more)


@pytest.fixture
def acme(database: str) -> None:
    """Make the account of the senders."""
    account("Acme", "acme.example")


@pytest.mark.usefixtures("acme")
def test_a_confirmed_sender_joins_and_the_trace_says_who_confirmed_it() -> None:
    made = box()
    deliver(made, genuine(mail()))
    assert deliver(made, genuine(reply()))["outcome"]["kind"] == "conversation"
    assert trace_line() == [
        "authenticity",
        "passed",
        "Sender confirmed: mx.desk.example says dmarc=pass of acme.example",
    ]
    assert set(MailOutcome.objects.values_list("authenticity", flat=True)) == {"pass"}


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("who_may_join", ["account", "strict", "open"])
def test_a_forged_reply_waits_whoever_may_join(who_may_join: str) -> None:
    Installation.objects.update(who_may_join=who_may_join)
    made = box()
    deliver(made, mail())
    way = deliver(made, forged(reply()))
    assert way["outcome"]["kind"] == "held" and way["outcome"]["record"] == "RE-1"
    assert "dmarc=fail of acme.example" in way["outcome"]["reason"]
    assert trace_line()[1:] == [
        "remark",
        "Sender may be forged: mx.desk.example says dmarc=fail of acme.example",
    ]
    assert deliver(made, reply(3))["outcome"]["kind"] == "conversation"
    assert Record.objects.count() == 1


@pytest.mark.usefixtures("acme")
def test_a_forged_reply_waits_with_a_token_too() -> None:
    made = box()
    deliver(made, mail())
    receipt = OutboxMail.objects.get().message_id
    way = deliver(made, forged(mail(message_id="<2@acme.example>", In_Reply_To=receipt)))
    assert way["outcome"]["kind"] == "held" and "token" in way["outcome"]["reason"]


@pytest.mark.usefixtures("acme")
def test_a_forged_absence_note_joins_nothing() -> None:
    made = box()
    deliver(made, mail())
    assert deliver(made, forged(reply(Auto_Submitted="auto-replied")))["outcome"]["kind"] == "automatic"


@pytest.mark.pain("refusals-to-forged-senders")
@pytest.mark.usefixtures("acme")
def test_polite_answers_to_forged_senders_put_no_domain_on_a_blocklist() -> None:
    """mozilla/addons-server #11707, mailcow/mailcow #560: what others wrote is not answered to whom they named."""
    made = box()
    assert deliver(made, forged(mail()))["outcome"]["kind"] == "request"
    assert not OutboxMail.objects.filter(event="request_received").exists()
    assert deliver(made, mail(message_id="<2@acme.example>", subject="Other"))["outcome"]["kind"] == "request"
    assert OutboxMail.objects.filter(event="request_received").count() == 1


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("confirmed", [True, False])
def test_a_forged_technician_is_never_sent_on_though_somebody_accepts_it(confirmed: bool) -> None:
    sam = builders.person("Sam Okafor", "sam@msp.example", "SDAdmin")
    InstanceAlert.objects.create(instance=Instance.objects.get(), person=sam)
    made = box()
    deliver(made, mail())
    notice = OutboxMail.objects.get(event="request_created")
    raw = mail(message_id="<2@x>", sender="sam@msp.example", In_Reply_To=notice.message_id, text="Pay here.")
    verdict = "pass" if confirmed else "fail"
    deliver(made, told(f"dmarc={verdict} header.from=msp.example", raw))
    if not confirmed:
        held = MailOutcome.objects.get(kind="held")
        reprocess.move(held.pk, Record.objects.get().pk, sam, seen_of(held))
        held.refresh_from_db()
        assert held.kind == "conversation" and "not sent on to the requester" in held.reason
    assert OutboxMail.objects.filter(event="reply_from_technician").exists() == confirmed


@pytest.mark.usefixtures("acme")
def test_who_writes_the_trusted_header_himself_is_not_confirmed() -> None:
    made = box()
    below = BY_MX.encode() + b"Received: from pc by out.example; Mon, 23 Nov 2026\r\n" + genuine(mail())
    deliver(made, below)
    assert trace_line()[2].startswith(
        "Sender not confirmed: no Authentication-Results of mx.desk.example above"
    )
    deliver(made, told("dmarc=pass header.from=acme.example", mail(message_id="<2@x>"), by="mx.evil.example"))
    assert trace_line()[2] == "Sender not confirmed: no Authentication-Results of mx.desk.example"
    assert set(MailOutcome.objects.values_list("authenticity", flat=True)) == {"none"}


@pytest.mark.usefixtures("acme")
def test_a_list_that_is_confirmed_confirms_nobody_it_writes_for() -> None:
    made = box(addresses=["help@acme.example"])
    raw = mail(sender="Eve via help <help@acme.example>", X_Original_From="Boss <boss@acme.example>")
    deliver(made, genuine(raw))
    assert trace_line()[2].startswith(
        "Sender not confirmed: help@acme.example is confirmed, and not boss@acme.example"
    )


def stating(from_: str, results: str, **headers: str) -> bytes:
    """Give a reply to request 1 with this From, as the server hands it on."""
    raw = mail(message_id="<2@evil.example>", subject="Re: ##RE-1##", sender="place@x.example", **headers)
    return told(results, raw.replace(b"From: place@x.example", f"From: {from_}".encode()))


def nobodys(found: MailOutcome) -> bool:
    """Tell whether a mail was taken for nobody's."""
    talk = found.conversation
    return talk is None or (talk.from_address, talk.author) == ("", None)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("from_", ["x, Mallory <m@evil.example>", "x", "undisclosed-recipients:;", "a@", ""])
def test_no_other_header_makes_a_sender_of_a_from_that_begins_with_no_address(from_: str) -> None:
    made = box()
    deliver(made, mail())
    ute = "Ute Brandt <ute@acme.example>"
    named = dict.fromkeys(("Reply_To", "Sender", "X_Original_From", "X_Original_Sender"), ute)
    passing = "dmarc=pass header.from=evil.example; spf=pass smtp.mailfrom=evil.example"
    deliver(made, stating(from_, passing, **named))
    found = MailOutcome.objects.latest("pk")
    assert (found.kind, found.authenticity, nobodys(found)) == ("held", "none", True), found.reason
    failing = "dmarc=fail (p=reject) header.from=acme.example; spf=fail smtp.mailfrom=evil.example"
    deliver(made, stating(from_, failing, **named).replace(b"<2@evil", b"<3@evil"))
    found = MailOutcome.objects.latest("pk")
    assert (found.kind, found.authenticity, nobodys(found)) == ("held", "fail", True), found.reason


@pytest.mark.usefixtures("acme")
def test_a_forged_mail_without_from_waits_though_nothing_names_its_domain() -> None:
    made = box()
    deliver(made, mail())
    raw = stating("x", "dmarc=fail; spf=fail smtp.mailfrom=evil.example", Reply_To="ute@acme.example")
    way = deliver(made, raw.replace(b"From: x\n", b""))
    assert way["outcome"]["kind"] == "held"
    assert trace_line()[2].endswith("mx.desk.example says dmarc=fail, and its From names no domain")


def test_without_a_source_of_verdicts_nothing_is_asked_or_kept() -> None:
    made = mailbox()
    way = deliver(made, forged(mail()))
    assert way["outcome"]["kind"] == "request"
    assert trace_line() == ["authenticity", "passed", ""]
    assert MailOutcome.objects.get().authenticity == ""


def test_a_spam_rule_may_ask_for_the_verdict() -> None:
    made = box()
    SpamRule.objects.create(
        name="Forged",
        instance=made.instance,
        position=1,
        criteria=[{"field": "authenticity", "condition": "is", "values": ["fail"]}],
    )
    kinds = [
        deliver(made, raw)["outcome"]["kind"]
        for raw in (forged(mail()), genuine(mail(message_id="<2@x>")), mail(message_id="<3@x>"))
    ]
    assert kinds == ["dropped", "request", "request"]
    assert MailOutcome.objects.get(kind="dropped").authenticity == "fail"


@pytest.fixture
def domains() -> Iterator[list[str]]:
    """Answer for acme.example as its name service would."""
    with name_server(ACME) as asked:
        yield asked


def checked(raw: bytes, **settings: object) -> tuple[str, str]:
    """Give the verdict of the own check, and the words in the trace."""
    made = mailbox(**{"own_check": True, **settings})
    deliver(made, raw)
    return MailOutcome.objects.latest("pk").authenticity, str(trace_line()[2])


@pytest.mark.usefixtures("domains")
def test_the_own_check_confirms_a_signed_mail() -> None:
    assert checked(sign(mail(), "acme.example")) == (
        "pass",
        "Sender confirmed: the own check: the DKIM signature of acme.example holds",
    )


@pytest.mark.usefixtures("domains")
def test_the_own_check_confirms_a_mail_by_the_server_it_came_from() -> None:
    raw = b"Return-Path: <ute@acme.example>\r\n" + BY_MX.encode() + mail()
    assert checked(raw, trusted_authserv_ids=[MX]) == (
        "pass",
        "Sender confirmed: the own check: SPF of acme.example says pass to 203.0.113.9",
    )


def test_a_domain_in_letters_is_the_one_that_signed_it_in_ascii() -> None:
    ascii_ = "xn--bcher-kva.example"
    known = {
        (f"s1._domainkey.{ascii_}", "TXT"): (quoted(record()),),
        (f"_dmarc.{ascii_}", "TXT"): ('"v=DMARC1; p=reject; adkim=s"',),
    }
    raw = "From: a@b\u00fccher.example\r\nTo: help@desk.example\r\nSubject: Hi\r\n\r\nIt burns.\r\n".encode()
    with name_server(known):
        assert checked(sign(raw, ascii_)) == (
            "pass",
            f"Sender confirmed: the own check: the DKIM signature of {ascii_} holds",
        )


@pytest.mark.usefixtures("domains")
@pytest.mark.parametrize(
    ("raw", "wanted", "words"),
    [
        (sign(mail(), "acme.example").replace(b"burns", b"melts"), "fail", "the text was changed"),
        (mail(), "fail", "no DKIM signature of acme.example; SPF of acme.example says fail to 198.51.100.7"),
        (sign(mail(), "evil.example"), "fail", "acme.example asks by DMARC: reject"),
        (b"Subject: Pay now\r\n" + sign(mail(), "acme.example"), "fail", "Subject stands there more often"),
        (b"Content-Type: text/html\r\n" + sign(mail(), "acme.example"), "fail", "Content-Type stands there"),
        (sign(mail(), "acme.example", "s2"), "fail", "its key is not published"),
        (sign(mail(sender="a@nothing.example"), "evil.example"), "none", "nothing.example has no DMARC"),
    ],
)
def test_the_own_check_tells_a_forged_mail(raw: bytes, wanted: str, words: str) -> None:
    sender = b"a@nothing.example" if b"nothing" in raw else b"ute@acme.example"
    elsewhere = BY_MX.replace("203.0.113.9", "198.51.100.7").encode()
    verdict, told_words = checked(
        b"Return-Path: <" + sender + b">\r\n" + elsewhere + raw, trusted_authserv_ids=[MX]
    )
    assert (verdict, words in told_words) == (wanted, True), told_words


@pytest.mark.usefixtures("acme", "domains")
@pytest.mark.parametrize(
    "line",
    [
        "from vps.evil.example ([198.51.100.7]:40000 helo=[203.0.113.9])\r\n\tby mx.desk.example (Exim 4.96)",
        "from [198.51.100.7] (helo=[203.0.113.9])\r\n\tby mx.desk.example with esmtp (Exim 4.96)",
        "from vps.evil.example ([198.51.100.7] helo=[10.0.0.1]) by mx.desk.example with esmtp (Exim 4.96)",
    ],
)
def test_what_a_client_calls_itself_is_not_taken_for_its_address(line: str) -> None:
    made = box(own_check=True)
    deliver(made, mail())
    raw = f"Return-Path: <ute@acme.example>\r\nReceived: {line}; Mon\r\n{BY_MX}".encode() + reply()
    assert deliver(made, raw)["outcome"]["kind"] == "held"
    assert "SPF of acme.example says fail to 198.51.100.7" in str(trace_line())


@pytest.mark.usefixtures("domains")
def test_where_nobody_says_whom_a_mail_came_from_nothing_is_held_against_it() -> None:
    assert checked(mail()) == (
        "none",
        "Sender not confirmed: the own check: no DKIM signature of acme.example; no trusted server says whom it came "
        "from, so SPF tells nothing",
    )


def test_what_a_trusted_server_told_is_not_asked_again(domains: list[str]) -> None:
    deliver(box(own_check=True), genuine(sign(mail(), "acme.example")))
    assert trace_line()[2].startswith("Sender confirmed: mx.desk.example")
    assert domains == []


def test_the_check_is_off_until_somebody_switches_it_on(domains: list[str]) -> None:
    deliver(mailbox(), sign(mail(), "acme.example"))
    assert domains == [] and trace_line()[2] == ""


@pytest.mark.usefixtures("domains")
def test_a_silent_name_service_holds_up_no_mail_and_nothing_against_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_check, "SECONDS", 0.0)
    verdict, words = checked(sign(mail(), "acme.example"))
    assert verdict == "none" and "the name service did not tell of _dmarc.acme.example" in words


def handed_in_at_once(made: Mailbox, raws: list[bytes]) -> None:
    """Store mails as one fetch does, and decide them as one batch."""
    mails = [RawMail(f"sha256:{hashlib.sha256(raw).hexdigest()}", len(raw), raw, False) for raw in raws]
    with transaction.atomic():
        store(made, 0, "", "", mails, timezone.now(), lambda _: False)
    while process(made.pk):
        pass


@pytest.mark.usefixtures("acme")
def test_domains_whose_name_service_is_silent_weaken_nobody_elses_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_check, "SECONDS", 2.0)
    made = box(own_check=True)
    deliver(made, mail())
    from_elsewhere = BY_MX.replace("203.0.113.9", "198.51.100.7").encode()
    forged_reply = b"Return-Path: <ute@acme.example>\r\n" + from_elsewhere + reply()
    waiting = [
        from_elsewhere + mail(message_id=f"<t{n}@x>", sender=f"a@tarpit{n}.example", subject=f"Hello {n}")
        for n in range(40)
    ]
    with name_server(ACME, silent="tarpit"):
        handed_in_at_once(made, [*waiting, forged_reply])
    found = MailOutcome.objects.get(message_id="<2@acme.example>")
    assert (found.kind, found.authenticity) == ("held", "fail")
    others = MailOutcome.objects.filter(message_id__startswith="<t")
    assert others.count() == 40 and set(others.values_list("authenticity", flat=True)) == {"none"}


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("signer", "path", "wanted"),
    [
        ("dead.acme.example", "ute@acme.example", "fail"),  # a forger may have chosen it
        ("acme.example", "ute@dead.acme.example", "fail"),
        ("acme.example", "ute@acme.example", "none"),
    ],
)
def test_a_silent_subdomain_that_a_forger_may_choose_does_not_clear_him(
    signer: str, path: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_check, "SECONDS", 3.0)
    silent = "dead" if "dead" in signer + path else "s1._domainkey"
    raw = sign(mail(), signer) if "dead" not in path else mail()
    raw = f"Return-Path: <{path}>\r\n{BY_MX.replace('203.0.113.9', '198.51.100.7')}".encode() + raw
    with name_server(ACME, silent=silent):
        assert checked(raw, trusted_authserv_ids=[MX])[0] == wanted


@pytest.mark.usefixtures("domains")
def test_rehearsing_checks_as_deciding_does() -> None:
    made = mailbox(own_check=True)
    way = rehearse(made, sign(mail(), "acme.example"))
    (step,) = (one for one in way["steps"] if one["step"] == "authenticity")
    assert step["reason"].startswith("Sender confirmed: the own check")


def test_no_mail_of_the_corpora_raises_in_the_own_check() -> None:
    made = mailbox(own_check=True, trusted_authserv_ids=["mx.google.com", "protection.outlook.com"])
    with name_server({}):
        for path in MAILS[::7]:
            way: Mapping[str, object] = rehearse(made, path.read_bytes())
            assert way["outcome"]["kind"] != "error"  # type: ignore[index]
            assert "failed on this mail" not in str(way["steps"])
