"""Verdicts by Authentication-Results: of the trusted server alone, and of what it wrote itself."""

import pytest

from deskpost.mime import authentication_results, received
from deskpost.mime.alignment import aligned, organisational_domain
from deskpost.mime.authenticity import Verdict, from_header, named_on_top
from deskpost.mime.message import Message
from deskpost.mime.parse import parse
from tests.mime.corpora import MAILS

MX = ("mx.desk.example",)
BY_MX = (
    "Received: from out.acme.example (out.acme.example [203.0.113.9])\r\n\tby mx.desk.example (Postfix) with ESMTPS "
    "id 4X; Mon, 23 Nov 2026 09:00:00 +0100"
)
INSIDE = "Received: from mx.desk.example (mx.desk.example [10.0.0.4]) by store.desk.example; Mon, 23 Nov 2026"
FROM_ELSEWHERE = (
    "Received: from pc (unknown [198.51.100.7]) by out.acme.example; Mon, 23 Nov 2026 08:59:00 +0100"
)


def mail(*headers: str, sender: str = "Ute Brandt <ute@acme.example>") -> Message:
    return parse("\r\n".join((*headers, f"From: {sender}", "Subject: Printer", "", "It burns.")).encode())


def said(results: str, by: str = "mx.desk.example") -> str:
    return f"Authentication-Results: {by}; {results}"


def value(*headers: str, trusted: tuple[str, ...] = MX, sender: str = "ute@acme.example") -> str:
    return from_header(mail(*headers, sender=sender), trusted).value


@pytest.mark.parametrize(
    ("results", "wanted"),
    [
        ("dmarc=pass header.from=acme.example", "pass"),
        ("dmarc=pass (p=reject dis=none) header.from=ACME.example", "pass"),
        ("dmarc=fail (p=none dis=none) header.from=acme.example", "fail"),
        ("dkim=fail header.d=acme.example; dmarc=pass header.from=acme.example", "pass"),
        ("dkim=pass header.d=acme.example; dmarc=fail header.from=acme.example", "fail"),
        ("dmarc=none header.from=acme.example", "none"),
        ("dmarc=temperror header.from=acme.example; dkim=pass header.d=acme.example", "pass"),
        ("dmarc=bestguesspass header.from=acme.example", "pass"),
        ("dkim=pass header.d=acme.example", "pass"),
        ("dkim=pass header.i=@mail.acme.example header.s=s1 header.b=abc", "pass"),
        ("dkim=pass header.d=bulk.example", "none"),
        ("dkim=pass header.d=bulk.example; dkim=fail header.d=acme.example", "none"),
        ("dkim=fail header.d=acme.example; spf=none", "none"),
        ("dkim=fail header.d=acme.example; spf=fail smtp.mailfrom=ute@acme.example", "fail"),
        ('spf=pass smtp.mailfrom="a@acme.example"@evil.example; dkim=none', "none"),
        ('spf=pass smtp.mailfrom="a@acme.example"(x)@evil.example', "none"),
        ("spf=pass smtp.mailfrom=a@acme.example x@evil.example", "none"),
        ("spf=pass smtp.mailfrom=ute@acme.example smtp.mailfrom=eve@evil.example", "none"),
        ("spf=pass smtp.mailfrom=eve@evil.example/.acme.example", "none"),
        ('dkim=pass header.i="a@acme.example"@evil.example', "none"),
        ('spf=pass (of "x); dmarc=pass header.from=acme.example; spf=pass (y"@evil.example)', "none"),
        (
            "spf=pass (of x); dmarc=pass header.from=acme.example; a=b (y@evil.example) smtp.mailfrom=x)",
            "none",
        ),
        ("spf=pass smtp.mailfrom=x(@evil.example; dmarc=pass header.from=acme.example", "none"),
        ('spf=pass smtp.mailfrom=a"b@evil.example; dmarc=fail header.from=acme.example', "fail"),
        ('spf=pass smtp.mailfrom=a"b@evil.example; dmarc=pass header.from=acme.example', "none"),
        ("dmarc=pass header.from=acme.example; dmarc=none header.from=acme.example", "none"),
        (f"dmarc=pass header.from=acme.example; {'a=b ' * 6000}", "none"),
        ('dkim=pass header.i="ute b"@acme.example', "pass"),
        ('spf=pass reason="all is well" smtp.mailfrom="ute@acme.example"', "pass"),
        ("dkim=fail header.d=acme.example; spf=pass smtp.mailfrom=ute@acme.example", "pass"),
        ("spf=pass smtp.mailfrom=bounces.acme.example", "pass"),
        ("spf=pass smtp.mailfrom=eve@evil.example", "none"),
        ("spf=fail smtp.mailfrom=ute@acme.example", "fail"),
        ("spf=softfail smtp.mailfrom=ute@acme.example", "none"),
        ("spf=pass smtp.helo=out.acme.example", "pass"),
        ("iprev=pass policy.iprev=203.0.113.9; auth=pass smtp.auth=ute", "none"),
        ("none", "none"),
        ("", "none"),
        ('dmarc = pass header.from = "acme.example"', "pass"),
        ("dmarc/1=pass (a (nested; dmarc=fail) one) header.from=acme.example", "pass"),
        ("dmarc=pass header.from=acme.example; dmarc=fail header.from=acme.example", "none"),
        ("dmarc=pass header.from=evil.example", "fail"),
    ],
)
def test_dmarc_counts_first_then_what_speaks_of_the_domain_of_from(results: str, wanted: str) -> None:
    assert value(BY_MX, said(results)) == wanted


def test_googles_and_microsofts_forms_are_understood() -> None:
    google = said(
        "dkim=pass header.i=@acme.example header.s=20 header.b=AbC; spf=pass (google.com: domain of ute@acme.example "
        "designates 203.0.113.9 as permitted sender) smtp.mailfrom=ute@acme.example; dmarc=pass (p=REJECT sp=REJECT "
        "dis=NONE) header.from=acme.example",
        "mx.google.com",
    )
    by_google = BY_MX.replace("mx.desk.example (Postfix)", "mx.google.com")
    first = "Received: by 2002:a05:6512:1 with SMTP id k1csp1; Mon, 23 Nov 2026 00:00:01 -0800 (PST)"
    assert value(first, by_google, google, FROM_ELSEWHERE, trusted=("mx.google.com",)) == "pass"
    microsoft = (
        "Authentication-Results: spf={spf} (sender IP is 203.0.113.9)\r\n smtp.mailfrom=acme.example; dkim=none "
        "(message not signed)\r\n header.d=none;dmarc={dmarc} action=none\r\n header.from=acme.example;"
        "compauth={compauth} reason=100"
    )
    hops = (
        "Received: from A.prod.outlook.com (2603:10a6:20b::1) by B.prod.outlook.com with HTTPS; Mon, 23 Nov 2026",
        "Received: from out.acme.example (203.0.113.9) by C.mail.protection.outlook.com (10.167.1.1); Mon, 23 Nov",
    )
    for spf, dmarc, compauth, wanted in (
        ("pass", "pass", "pass", "pass"),
        ("fail", "none", "fail", "fail"),
        ("softfail", "none", "softpass", "none"),
        ("none", "none", "pass", "pass"),
        ("pass", "bestguesspass", "pass", "pass"),
        ("fail", "fail", "fail", "fail"),
    ):
        header = microsoft.format(spf=spf, dmarc=dmarc, compauth=compauth)
        assert value(*hops, header, trusted=("protection.outlook.com",)) == wanted
        assert value(*hops, header, trusted=MX) == "none"
    assert named_on_top(mail(microsoft)) == "protection.outlook.com"
    assert named_on_top(mail(google)) == "mx.google.com"
    assert named_on_top(mail(BY_MX)) == ""


PASSED = said("dmarc=pass header.from=acme.example")


@pytest.mark.parametrize(
    "headers",
    [
        (BY_MX, said("dmarc=pass header.from=acme.example", "mx.evil.example")),
        (BY_MX, FROM_ELSEWHERE, PASSED),
        (INSIDE, BY_MX, FROM_ELSEWHERE, PASSED),
        (BY_MX, said("dkim=none"), PASSED),
        (BY_MX, said("dkim=none"), FROM_ELSEWHERE, PASSED),
        (FROM_ELSEWHERE, PASSED),
        (BY_MX, "Received: from x by mx.desk.example; Mon", PASSED),
        (BY_MX, said("spf=pass smtp.mailfrom=eve@evil.example (dmarc=pass header.from=acme.example)")),
        (BY_MX, said('spf=pass smtp.mailfrom="x; dmarc=pass header.from=acme.example"@evil.example')),
        (BY_MX, f"X-{PASSED}"),
        (BY_MX,),
    ],
)
def test_what_the_sender_wrote_itself_proves_nothing(headers: tuple[str, ...]) -> None:
    assert value(*headers) == "none"


def test_a_header_counts_wherever_the_own_servers_stand_above_it() -> None:
    assert value(PASSED, BY_MX, FROM_ELSEWHERE) == "pass"
    assert value(INSIDE, BY_MX, PASSED, FROM_ELSEWHERE) == "pass"
    assert value(PASSED) == "pass"
    assert value(INSIDE, PASSED, BY_MX, FROM_ELSEWHERE) == "pass"
    by_lmtp = "Received: from mx.desk.example by store.desk.example with LMTP id x; Mon, 23 Nov 2026"
    assert value(by_lmtp, BY_MX, PASSED, FROM_ELSEWHERE) == "pass"
    assert value("Received: (qmail 25 invoked from network); 23 Nov 2026", BY_MX, PASSED) == "pass"


DISOWNED = said("dmarc=fail header.from=acme.example")
HIDDEN = (
    "Received: from evil.example (gateway [172.18.0.1]) by mx.desk.example (Postfix) with ESMTP id 4; Mon"
)


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ((HIDDEN, said("dkim=none; spf=fail smtp.mailfrom=acme.example"), PASSED, BY_MX), "fail"),
        ((HIDDEN, DISOWNED, PASSED, BY_MX), "fail"),
        ((DISOWNED, HIDDEN, PASSED, BY_MX), "fail"),
        ((DISOWNED, PASSED, BY_MX), "fail"),
        ((said("dkim=none"), PASSED, BY_MX), "none"),
        ((HIDDEN, BY_MX, PASSED), "none"),
        ((HIDDEN.replace("gateway", "mx.desk.example"), BY_MX, PASSED), "none"),
        ((HIDDEN.replace("gateway", "unknown").replace("evil", "mx.desk"), BY_MX, PASSED), "none"),
        ((HIDDEN.replace("gateway", "gateway.desk.example"), BY_MX, PASSED), "none"),
    ],
)
def test_behind_a_router_that_hides_addresses_the_first_header_counts_alone(
    headers: tuple[str, ...], wanted: str
) -> None:
    """Docker, and routers that hide addresses, make every stranger look like a neighbour."""
    assert value(*headers) == wanted


def test_servers_of_exchange_online_are_believed_within_their_network_alone() -> None:
    hops = [
        "Received: from A.prod.outlook.com (2603:10a6:20b::1) by B.prod.outlook.com (2603:10a6::2) with HTTPS; Mon",
        "Received: from C.prod.protection.outlook.com (2603:10a6:10::9) by A.outlook.office365.com (2603:10a6::7) "
        "with Microsoft SMTP Server (version=TLS1_3, cipher=X) id 15.20; Mon",
    ]
    found = "Authentication-Results: spf=pass smtp.mailfrom=acme.example;dmarc=pass header.from=acme.example"
    entered = (
        "Received: from out.acme.example (203.0.113.9) by C.mail.protection.outlook.com (10.167.1.1); Mon"
    )
    microsoft = ("protection.outlook.com",)
    assert value(*hops, found, entered, trusted=microsoft) == "pass"
    assert (
        value(hops[0], hops[1].replace("2603:10a6:10::9", "198.51.100.7"), entered, found, trusted=microsoft)
        == "none"
    )


def test_the_reason_says_who_said_it_or_why_nobody_is_believed() -> None:
    assert from_header(mail(BY_MX, PASSED), MX) == Verdict(
        "pass", "mx.desk.example says dmarc=pass of acme.example", "mx.desk.example"
    )
    assert from_header(mail(BY_MX, FROM_ELSEWHERE, PASSED), MX).reason == (
        "no Authentication-Results of mx.desk.example above what the sender wrote; those further down prove nothing"
    )


@pytest.mark.parametrize(
    ("sender", "more", "wanted"),
    [
        ("ceo@desk.example, eve@acme.example", (), "fail"),
        ("ute@acme.example, tom@acme.example", (), "pass"),
        ("eve@acme.example", ("From: ceo@desk.example",), "fail"),
        ("nobody", (), "none"),
        ("", (), "none"),
    ],
)
def test_a_from_that_names_several_is_no_ones(sender: str, more: tuple[str, ...], wanted: str) -> None:
    assert value(BY_MX, PASSED, *more, sender=sender) == wanted


def test_domains_are_aligned_by_their_owner() -> None:
    assert aligned("mail.acme.co.uk", "acme.co.uk") and not aligned("evil.co.uk", "acme.co.uk")
    assert aligned("xn--mller-kva.example", "müller.example")
    assert not aligned("a.github.io", "b.github.io")
    assert not aligned("", "") and not aligned("notacme.example", "acme.example")
    assert organisational_domain("A.B.acme.example.") == "acme.example"


@pytest.mark.parametrize(
    "hostile",
    ["((", '"', "a=b ", "a ", "a", ";", "\\", "((a)", "dmarc=pass ", '"\\', " = ", "a.b-c/1", "a=\t"],
)
def test_hostile_headers_end_and_say_nothing(hostile: str) -> None:
    """Squared, a million signs would take hours."""
    text = f"mx.desk.example; {hostile * (1_000_000 // len(hostile))}"
    authentication_results.READ, before = len(text), authentication_results.READ
    try:
        found = authentication_results.read(text)
    finally:
        authentication_results.READ = before
    assert {one.about.get("header.from") for one in found.results} <= {None}
    assert received.read(f"from {text}").by == ""
    assert from_header(mail(BY_MX, f"Authentication-Results: {text}"), MX).value in ("none", "pass")


def test_no_mail_of_the_corpora_raises() -> None:
    names = set()
    for path in MAILS:
        message = parse(path.read_bytes())
        names.add(named_on_top(message))
        trusted = (named_on_top(message) or "mx.desk.example",)
        assert from_header(message, trusted).value in ("pass", "fail", "none")
    assert len(names) > 3
