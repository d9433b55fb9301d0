"""The line Received as mail servers write it, of clients that say of themselves what suits them."""

import smtplib

import pytest

from deskpost.mime import received
from deskpost.mime.authenticity import entry, from_header
from deskpost.mime.parse import parse
from tests.mime.test_authenticity import BY_MX, FROM_ELSEWHERE, INSIDE, MX, mail
from tests.servers import postfix as postfix_server
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import Dovecot
from tests.servers.milter import milter
from tests.servers.postfix import Postfix

MANY = "from vps.evil.example ([198.51.100.7]:40000 helo=[203.0.113.9]) by mx.example with esmtp (Exim 4.96)"
LINES = [  # of common servers, each as it writes what a client says of itself
    (MANY, "mx.example", "vps.evil.example", "198.51.100.7"),  # Exim
    (MANY.replace("203.0.113.9", "10.0.0.1"), "mx.example", "vps.evil.example", "198.51.100.7"),
    (MANY.replace("]) by", "] ident=[203.0.113.9]) by"), "mx.example", "vps.evil.example", "198.51.100.7"),
    ("from [198.51.100.7] (helo=[203.0.113.9]) by mx.example (Exim 4.96)", "mx.example", "", "198.51.100.7"),
    ("from [198.51.100.7] (port=4 helo=a.example) by mx.example", "mx.example", "a.example", "198.51.100.7"),
    ("from [198.51.100.7] by mx.example with esmtp (Exim 4.96)", "mx.example", "", "198.51.100.7"),
    (  # Postfix
        "from [10.0.0.1] (b.example [198.51.100.7]) (using TLSv1.3 with cipher X (256/256 bits)) (Authenticated "
        "sender: ute) by mx.example (Postfix) with ESMTPSA id 4; Mon",
        *("mx.example", "b.example", "198.51.100.7"),
    ),
    (  # Sendmail
        "from a.example (IDENT:ute@b.example [198.51.100.7] (may be forged)) by mx.example (8.17.1/8.17.1) with ESMTP",
        *("mx.example", "a.example", "198.51.100.7"),
    ),
    (
        "from a.example (root@b.example [198.51.100.7]) by mx.example",
        "mx.example",
        "b.example",
        "198.51.100.7",
    ),
    (  # Exchange, Microsoft's SMTP service
        "from [203.0.113.9] (198.51.100.7) by mx.example (10.0.0.2) with Microsoft SMTP Server id 15.2; Mon",
        *("mx.example", "", "198.51.100.7"),
    ),
    (
        "from a.example ([198.51.100.7]) by mx.example with Microsoft SMTPSVC(6.0)",
        "mx.example",
        "a.example",
        "198.51.100.7",
    ),
    (  # qmail
        "from b.example (HELO 203.0.113.9) (ute@198.51.100.7 with login) by mx.example with SMTP; 1 Jan",
        *("mx.example", "b.example", "198.51.100.7"),
    ),
    (
        "from b.example (HELO [203.0.113.9]) ([198.51.100.7]) by mx.example",
        "mx.example",
        "b.example",
        "198.51.100.7",
    ),
    (
        "from a.example (b.example [198.51.100.7]  (may be forged)) by mx.example",
        "mx.example",
        "a.example",
        "198.51.100.7",
    ),
    (  # Courier, OpenSMTPD, Gmail, Haraka, Stalwart
        "from a.example (b.example [::ffff:198.51.100.7]) (AUTH: LOGIN u, TLS: TLSv1.3) by mx.example with ESMTPS",
        *("mx.example", "b.example", "198.51.100.7"),
    ),
    (
        "from a.example (<unknown> [198.51.100.7]) by mx.example (OpenSMTPD)",
        "mx.example",
        "a.example",
        "198.51.100.7",
    ),
    (
        "from a.example (b.example. [198.51.100.7]) by mx.google.com",
        "mx.google.com",
        "b.example",
        "198.51.100.7",
    ),
    (
        "from a.example (b.example [198.51.100.7]) by mx.example (Haraka/3.0)",
        "mx.example",
        "b.example",
        "198.51.100.7",
    ),
    (
        "from a.example (b.example [198.51.100.7]) (AS64500 X, DE) by mx.example (Stalwart SMTP) with ESMTP",
        "mx.example",
        "b.example",
        "198.51.100.7",
    ),
]


@pytest.mark.parametrize(
    "line",
    [
        "from a.example (evil says [203.0.113.9]) by mx.example",
        "from a.example ([203.0.113.9]) (b.example [198.51.100.7]) by mx.example",
        "from a.example (b.example [198.51.100.7]) ([203.0.113.9]) by mx.example",
        "from x (y [203.0.113.9]) by mx.example ( (evil [198.51.100.7]) by mx.example (Postfix) with ESMTP",
        "from x (y [203.0.113.9]) by mx.example; (evil [198.51.100.7]) by mx.example (Postfix) with ESMTP",
        'from x (y [203.0.113.9]) by mx.example " (evil [198.51.100.7]) by mx.example with ESMTP for <"@x>',
        "from x (y [203.0.113.9]) by mx.example \\( (evil [198.51.100.7]) by mx.example",
        "from x) (y [203.0.113.9]) by mx.example",
        "from [203.0.113.9] by mx.example with SMTP",
        "from x y (b.example [203.0.113.9]) by mx.example",
        "from vps ([198.51.100.7]:4 helo=x) (y [203.0.113.9]) by mx.example (Exim 4.96)",
        "from vps ([198.51.100.7]:4 helo=x [203.0.113.9]) by mx.example (Exim 4.96)",
        "from [198.51.100.7] (helo=x) (y [203.0.113.9]) by mx.example (Exim 4.96)",
        "from b.example (HELO x) (203.0.113.9) (198.51.100.7) by mx.example with SMTP",
        "from a.example (999.1.1.1) by mx.example",
    ],
)
def test_a_line_of_no_known_form_or_of_two_meanings_tells_no_address(line: str) -> None:
    assert received.read(line).address is None


@pytest.mark.parametrize(
    ("line", "by", "client", "address"),
    [
        (
            "from a.example (b.example [203.0.113.9]) by mx.example; Mon",
            "mx.example",
            "b.example",
            "203.0.113.9",
        ),
        ("from [10.0.0.1] (unknown [203.0.113.9]) by mx.example", "mx.example", "", "203.0.113.9"),
        ("from a.example (2001:db8::1) by mx.example (10.0.0.1)", "mx.example", "a.example", "2001:db8::1"),
        ("from a.example ([IPv6:2001:db8::1]) by mx.example", "mx.example", "a.example", "2001:db8::1"),
        ("from unknown (HELO a.example) (203.0.113.9) by mx.example", "mx.example", "unknown", "203.0.113.9"),
        ("by 2002:a05:6512:1 with SMTP id x", "", "", "None"),
        ("(qmail 123 invoked by uid 0); 1 Jan", "", "", "None"),
        *LINES,
    ],
)
def test_received_lines_of_many_servers_are_read(line: str, by: str, client: str, address: str) -> None:
    hop = received.read(line)
    assert (hop.by, hop.client, str(hop.address)) == (by, client, address)


def test_the_way_in_is_told_by_the_own_servers_alone() -> None:
    hop = entry(mail(INSIDE, BY_MX, FROM_ELSEWHERE), MX)
    assert hop is not None and str(hop.address) == "203.0.113.9"
    assert entry(mail(FROM_ELSEWHERE, BY_MX), MX) is None


EVIL = (
    "from evil.example (evil.example [198.51.100.7]) by mx1.provider.example (Postfix) with ESMTP id 3; Mon"
)
TO_STORE = "from mx1.provider.example (mx1.provider.example [203.0.113.130]) by box7.provider.example"
FORGED = (
    "from out.acme.example (out.acme.example [203.0.113.9]) by mx1.provider.example (Postfix) with ESMTP id 9"
)


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ((f"{TO_STORE} with LMTP; Mon", EVIL, FORGED), "198.51.100.7"),
        ((f"{TO_STORE} (Postfix) with ESMTP id 4; Mon", EVIL, FORGED), "198.51.100.7"),
        ((f"{TO_STORE} (8.17.1/8.17.1) with ESMTP id 4; Mon", EVIL, FORGED), "198.51.100.7"),
        (
            (f"{TO_STORE} with SMTP; Mon", EVIL, FORGED),
            None,
        ),  # its name may be nobody's but the sender's word
        ((TO_STORE.replace("(mx1.provider.example ", "(unknown "), FORGED), None),
        ((TO_STORE.replace("130]", "130] (may be forged)"), FORGED), None),
        (
            (
                "from mx1.provider.example (203.0.113.130) by box7.provider.example with Microsoft SMTP",
                FORGED,
            ),
            None,
        ),
        (
            ("from evil (gateway [172.18.0.1]) by mx1.provider.example (Postfix) with ESMTP id 3", FORGED),
            None,
        ),
        (("from evil ([10.0.0.1]) by mx1.provider.example (Postfix) with ESMTP id 3", FORGED), None),
        (("by mx1.provider.example (Postfix, from userid 33) id 4", FORGED), None),
        (("(qmail 7 invoked by uid 33); 1 Jan", FORGED), None),
        (("(qmail 7 invoked from network); 1 Jan", FORGED), "203.0.113.9"),
        (("by 2002:a05:6512:1 with SMTP id k1csp1; Mon", FORGED), "203.0.113.9"),
        # a server that calls itself as the one it speaks to
        (
            ("from mx1.provider.example (vps.example [198.51.100.7]) by mx1.provider.example", FORGED),
            "198.51.100.7",
        ),
    ],
)
def test_the_client_that_is_asked_about_is_none_of_the_own_servers(
    lines: tuple[str, ...], address: str | None
) -> None:
    hop = entry(
        mail(*(f"Received: {line}" for line in lines)), ("mx1.provider.example", "box7.provider.example")
    )
    assert (hop and str(hop.address)) == address


@pytest.mark.parametrize(
    ("helo", "understood"),
    [
        ("[203.0.113.9]", ""),
        ("a.example", "a.example"),
        ("[10.0.0.1])", ""),
        ("x\t(y\t[203.0.113.9])\tby\tmail.test.example\t(", ""),
    ],
)
def test_whatever_a_client_calls_itself_its_address_is_the_one_it_came_from(
    postfix: Postfix, helo: str, understood: str
) -> None:
    recipient = f"helo{len(helo)}@elsewhere.example"
    with smtplib.SMTP("127.0.0.1", postfix.plain, local_hostname=helo) as client:
        client.sendmail("a@x.example", [recipient], "From: a@x.example\r\nSubject: Hi\r\n\r\nHello")
    (raw,) = postfix.mails(recipient, wait_for=1)
    hops = [received.read(value) for value in parse(raw).headers_named("Received")]
    assert (str(hops[-1].address), hops[-1].helo) == ("127.0.0.1", understood)


@pytest.mark.parametrize("index", [0, 1])
def test_what_a_milter_found_counts_before_what_the_sender_wrote(
    index: int,
    certificate_authority: CertificateAuthority,
    dovecot: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At 1, where Postfix inserts what filters add, it stands below Postfix's own line. The client is a neighbour."""
    server = "mail.test.example"
    with milter("Authentication-Results", f"{server}; spf=fail smtp.mailfrom=x.example", index) as port:
        monkeypatch.setattr(
            postfix_server, "_MAIN", f"{postfix_server._MAIN}\nsmtpd_milters = inet:127.0.0.1:{port}\n"
        )
        postfix = Postfix(certificate_authority, dovecot)
        try:
            with smtplib.SMTP("127.0.0.1", postfix.plain) as client:
                forged = (
                    f"Authentication-Results: {server}; dmarc=pass header.from=x.example\r\n"
                    f"Received: from a (a [203.0.113.9]) by {server}; Mon\r\nFrom: a@x.example\r\n\r\nPay here."
                )
                client.sendmail("a@x.example", ["u@y.example"], forged)
            (raw,) = postfix.mails(wait_for=1)
        finally:
            postfix.close()
    lines = [line for line in raw.decode().splitlines() if line.startswith(("Received", "Authentication"))]
    assert lines[index].endswith("spf=fail smtp.mailfrom=x.example")
    message = parse(raw)
    assert from_header(message, (server,)).value == "fail"
    assert entry(message, (server,)) is None
