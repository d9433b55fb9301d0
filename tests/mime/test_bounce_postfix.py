"""The reports of a real Postfix."""

import smtplib
from collections.abc import Iterator

import pytest

from deskpost.mime.bounce import Report, recognise
from deskpost.mime.parse import parse
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

SENDER = "desk@msp.example"
MAIL = (
    f"From: {SENDER}\r\nTo: anna@client.example\r\nSubject: =?utf-8?q?L=C3=A4uft?=\r\n"
    "Message-ID: <sent-1@msp.example>\r\n\r\nIt prints.\r\n"
)


class ConfiguredPostfix(Postfix):
    """A Postfix with settings of its own after those that all tests share."""

    def __init__(self, authority: CertificateAuthority, dovecot: Dovecot, *settings: str) -> None:
        self._settings = settings
        super().__init__(authority, dovecot)

    def _choose_ports(self) -> None:
        super()._choose_ports()
        with (self.folder / "config" / "main.cf").open("a") as main:
            main.writelines(f"{setting}\n".replace("FOLDER", str(self.folder)) for setting in self._settings)


@pytest.fixture
def reporting(
    postfix: Postfix, certificate_authority: CertificateAuthority, dovecot: Dovecot
) -> Iterator[Postfix]:
    """Give a Postfix that takes every mail and knows but two addresses: it reports the others to the sender."""
    known = ", ".join(f"{{{address}=FOLDER/mail/}}" for address in (SENDER, "known@client.example"))
    with ConfiguredPostfix(
        certificate_authority,
        dovecot,
        f"virtual_mailbox_maps = inline:{{{known}}}",
        "smtpd_reject_unlisted_recipient = no",
    ) as server:
        yield server


def reports(server: Postfix, *recipients: str, options: tuple[str, ...] = ()) -> list[Report | None]:
    """Send a mail, and give what is recognised of the first mail that comes back."""
    with smtplib.SMTP("127.0.0.1", server.no_login, timeout=120) as smtp:
        smtp.sendmail(SENDER, recipients, MAIL, rcpt_options=options)
    return [recognise(raw, parse(raw)) for raw in server.mails(SENDER, wait_for=1)]


def test_a_mail_to_an_unknown_user_of_postfix_comes_back_as_a_failure(reporting: Postfix) -> None:
    (found,) = reports(reporting, "anna@client.example", "berta@client.example")
    assert found is not None
    assert found.kind == "failed"
    assert {each.address for each in found.recipients} == {"anna@client.example", "berta@client.example"}
    for each in found.recipients:
        assert (each.status, each.reply_code, each.reason, each.hard) == ("5.1.1", "", "userunknown", True)
        assert each.said == f'unknown user: "{each.address}"'
    assert found.original.message_id == "<sent-1@msp.example>"
    assert found.original.to == ("anna@client.example",)
    assert found.original.subject == "Läuft"


def test_a_mail_that_postfix_delivered_comes_back_as_delivered(reporting: Postfix) -> None:
    (found,) = reports(reporting, "known@client.example", options=("NOTIFY=SUCCESS",))
    assert found is not None
    assert (found.kind, found.recipients[0].reason) == ("delivered", "delivered")
    assert found.recipients[0].address == "known@client.example"
    assert found.recipients[0].status == "2.0.0"


def test_the_mail_that_postfix_delivered_is_no_report(reporting: Postfix) -> None:
    with smtplib.SMTP("127.0.0.1", reporting.no_login, timeout=120) as smtp:
        smtp.sendmail(SENDER, ["known@client.example"], MAIL)
    (raw,) = reporting.mails("known@client.example", wait_for=1)
    assert recognise(raw, parse(raw)) is None


@pytest.fixture
def relaying(
    postfix: Postfix, certificate_authority: CertificateAuthority, dovecot: Dovecot
) -> Iterator[Postfix]:
    """Give a Postfix that hands every mail on to the one of all tests, which refuses `refused@` and `later@`."""
    with ConfiguredPostfix(
        certificate_authority,
        dovecot,
        f"virtual_transport = smtp:[127.0.0.1]:{postfix.no_login}",
        "smtpd_recipient_restrictions = permit",
        "delay_warning_time = 1s",
        "minimal_backoff_time = 1s",
        "queue_run_delay = 1s",
    ) as server:
        yield server


@pytest.mark.parametrize(
    ("recipient", "wanted"),
    [
        ("refused@client.example", ("failed", "5.1.1", "550", "userunknown", True)),
        ("later@client.example", ("delayed", "4.2.0", "450", "expired", False)),
    ],
)
def test_what_another_server_answered_is_in_the_report(postfix, relaying, recipient, wanted) -> None:
    sender = f"of-{recipient.replace('@', '-at-')}@msp.example"
    with smtplib.SMTP("127.0.0.1", relaying.no_login, timeout=120) as smtp:
        smtp.sendmail(sender, [recipient], MAIL)
    raw = postfix.mails(sender, wait_for=1)[0]
    found = recognise(raw, parse(raw))
    assert found is not None
    (told,) = found.recipients
    assert told.address == recipient
    assert (told.kind, told.status, told.reply_code, told.reason, told.hard) == wanted
    assert found.original.message_id == "<sent-1@msp.example>"
