"""What servers' replies mean, in the words of programs and providers that the corpus does not hold."""

import pytest

from tests.mime.reports import recipient, report, understood


def reason_of(reply: str, status: str = "5.0.0", action: str = "failed") -> tuple[str, bool | None]:
    """Give reason and hardness of a report with this reply."""
    fields = recipient("anna@client.example", action, status, f"Diagnostic-Code: smtp; {reply}")
    (found,) = understood(report(fields)).recipients
    return found.reason, found.hard


GONE = [
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "userunknown"),
    ("550 Requested action not taken: mailbox unavailable", "userunknown"),
    ("550 5.4.310 DNS domain client.example does not exist [Message=InfoDomainNonexistent]", "hostunknown"),
    (
        "Host or domain name not found. Name service error for name=client.example type=AAAA: Host not found",
        "hostunknown",
    ),
    ("Unrouteable address", "hostunknown"),
    ("556 5.1.10 Recipient address has null MX", "notaccept"),
    ("551 5.7.17 User has moved to another system", "hasmoved"),
    (
        "450 4.1.1 <anna@client.example>: Recipient address rejected: User unknown in virtual alias table",
        "userunknown",
    ),
    ("550 Empfänger unbekannt", "userunknown"),
    ("550 L'adresse du destinataire est introuvable", "userunknown"),
    ("550 指定されたアドレスが存在しません", "userunknown"),
]
NOT_GONE = [
    ("550 5.7.1 MX record for desk.example not found", "rejected"),
    ("550 5.7.1 Policy: sender domain desk.example has no MX record", "rejected"),
    (
        "550 5.7.124 RESOLVER.RST.SenderNotInAllowedSenders; sender not found in group's allowed-senders list",
        "rejected",
    ),
    ("550 Callout verification failed: 550 User unknown", "rejected"),
    ("550 5.7.1 DKIM public key not found", "authfailure"),
    ("550 Message contains link to non-existent domain", "policyviolation"),
    ("450 4.1.2 <anna@client.example>: Recipient address rejected: Domain not found", "hostunknown"),
    ("451 4.7.1 Greylisting in action, come back later, user unknown to greylist", "expired"),
    (
        "450 4.2.0 <anna@client.example>: Recipient address rejected: Mailbox busy, come back later",
        "filtered",
    ),
    ("450 Requested mail action not taken: mailbox unavailable", "undefined"),
    (
        "450 4.2.0 <anna@client.example>: Recipient address rejected: Greylisted, see http://postgrey.example",
        "expired",
    ),
    ("450 4.1.8 <desk@msp.example>: Sender address rejected: Domain not found", "rejected"),
    ("550 <desk@msp.example>: Sender address rejected: User unknown", "rejected"),
    ("550 Sender verify failed", "rejected"),
    (
        "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname; Host not found",
        "blocked",
    ),
    ("Name service error for name=client.example type=MX: Host not found, try again", "networkerror"),
    ("connect to mx.client.example[192.0.2.1]:25: No route to host", "networkerror"),
    ("554 5.4.14 Hop count exceeded - possible mail loop", "networkerror"),
    ("550 5.4.300 Message expired", "expired"),
    ("552-5.2.2 The email account that you tried to reach is over quota", "mailboxfull"),
    ("554 delivery error: dd Requested mail action aborted: exceeded storage allocation", "mailboxfull"),
    ("550 Das Postfach des Empfängers ist voll", "mailboxfull"),
    ("550 La boîte de réception du destinataire est pleine", "mailboxfull"),
    ("550 受信者のメールボックスがいっぱいです", "mailboxfull"),
    ("550 5.2.1 Mailbox disabled, not accepting messages", "suspend"),
    ("550 5.7.1 Unable to relay", "norelaying"),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "norelaying"),
    ("550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "blocked"),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "blocked"),
    ("550 5.7.350 Remote server returned message detected as spam", "spamdetected"),
    ("554 5.7.5 Permanent error evaluating DMARC policy", "authfailure"),
    ("550 5.7.23 The message was rejected because of SPF", "authfailure"),
    ("554 IP address 192.0.2.1 has no reverse DNS entry", "requireptr"),
    ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", "securityerror"),
    (
        "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents more",
        "ratelimited",
    ),
    ("421 4.7.0 Too many concurrent connections from 192.0.2.1", "toomanyconn"),
    ("552 5.3.4 Message size exceeds fixed maximum message size", "mesgtoobig"),
    ("550 5.6.0 Malformed header", "contenterror"),
    ("503 5.5.1 Bad sequence of commands", "syntaxerror"),
    ("452 4.3.1 Insufficient system storage", "systemfull"),
    ("554 5.7.1 The content of this message contained a virus", "virusdetected"),
]


@pytest.mark.parametrize(("reply", "reason"), GONE)
def test_an_address_that_is_gone_is_known_by_the_reply(reply, reason):
    assert reason_of(reply) == (reason, True)


@pytest.mark.parametrize(("reply", "reason"), NOT_GONE)
def test_what_may_pass_or_is_no_fault_of_the_address_is_not_hard(reply, reason):
    assert reason_of(reply) == (reason, False)


def test_a_delay_without_a_cause_is_a_matter_of_time():
    assert reason_of("451 Try again", "4.0.0", "delayed") == ("expired", False)


@pytest.mark.parametrize(
    ("status", "reason", "hard"),
    [
        ("5.1.1", "userunknown", True),
        ("5.1.2", "hostunknown", True),
        ("5.2.2", "mailboxfull", False),
        ("5.3.4", "mesgtoobig", False),
        ("4.4.7", "expired", False),
        ("5.7.25", "requireptr", False),
        ("5.9.9", "undefined", False),
    ],
)
def test_where_there_are_no_words_the_status_counts(status, reason, hard):
    (found,) = understood(report(recipient("anna@client.example", "failed", status), text="")).recipients
    assert (found.reason, found.hard, found.status) == (reason, hard, status)
