"""Sending over EWS, against the sandbox: what arrives, what is refused, and what is known of a mail of before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from deskpost.sandbox.cloud.store import Mailbox
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import (
    ConsentLost,
    LoginRefused,
    MailboxMissing,
    MessageDelayed,
    MessageRefused,
    ProtocolViolated,
    ServerUnreachable,
    ServiceEnded,
    Throttled,
    TransportError,
)
from deskpost.transports.ews.sender import EwsSender
from deskpost.transports.logins import BearerLogin, Credentials, Login

from .ews_world import Gate, World, cloud_served, fresh

CUSTOMER, OTHER = "ute@customer.example", "otto@customer.example"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
XML = {"Content-Type": "text/xml; charset=utf-8"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("ews")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


def letter(
    world: World, *to: str, id: str = "<reply-1@msp.example>", sender: str = "", **fields: str
) -> Envelope:
    """Give a reply of the desk, as Deskpost composes them."""
    sender = sender or world.desk.address
    recipients = to or (CUSTOMER,)
    head = {
        "From": f"Northgate IT <{sender}>",
        "To": ", ".join(recipients),
        "Subject": "Re: Printer",
        "Message-ID": id,
        "Date": "Mon, 30 Nov 2026 10:00:00 +0000",
        "In-Reply-To": "<question@customer.example>",
        "References": "<first@customer.example> <question@customer.example>",
        "Thread-Index": "AQHbQ==",
        "X-Deskpost-Loop": "this-installation",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    body = "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n.\r\n"
    return Envelope(sender, recipients, (lines + body).encode())


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def copies(
    sender: EwsSender, id: str = "<reply-1@msp.example>", since: datetime = LONG_AGO
) -> list[tuple[str, str]]:
    return [(copy.place, copy.message_id) for copy in sender.copies(id, "Re: Printer", since)]


def test_a_mail_arrives_as_it_was_written_and_its_copy_stays(world: World) -> None:
    gate = Gate()
    mail = letter(world)
    with world.sender(gate=gate) as sender:
        delivery = sender.send(mail)
    answer = delivery.answer_for(CUSTOMER)
    assert answer is not None and answer.accepted and not delivery.unknown
    assert delivery.place == f"127.0.0.1:{world.server.server_port}" and gate.times == 2
    ((sender_address, recipients, content),) = world.sent
    assert (sender_address, recipients) == (world.desk.address, [CUSTOMER])
    before, after = read(mail.content), read(content)
    for name in ("From", "To", "Subject", "Message-ID", "Date", "In-Reply-To", "References", "Thread-Index"):
        assert after[name] == before[name], name
    assert after["X-Deskpost-Loop"] == "this-installation" and after["Bcc"] is None
    assert after.get_content() == before.get_content()
    (copy,) = world.lies_in("sentitems")
    assert read(copy.raw)["Message-ID"] == "<reply-1@msp.example>" and copy.is_read


def test_each_way_to_sign_in_sends_over_one_connection(world: World) -> None:
    logins: list[Credentials] = [world.basic(), world.bearer(), world.on_its_own()]
    for number, login in enumerate(logins):
        with world.sender(login) as sender:
            assert sender.keeps_copies
            for part in range(2):
                sender.send(letter(world, id=f"<{number}-{part}@msp.example>"))
    assert len(world.sent) == 6


def test_who_is_in_the_envelope_and_not_in_the_header_gets_it_hidden(world: World) -> None:
    mail = letter(world, CUSTOMER, OTHER, To=CUSTOMER, Bcc="somebody@else.example")
    with world.sender() as sender:
        sender.send(mail)
    ((_, recipients, content),) = world.sent
    assert sorted(recipients) == sorted((CUSTOMER, OTHER))
    assert OTHER.encode() not in content and b"somebody@else" not in content


def test_who_is_in_the_header_and_not_in_the_envelope_does_not_get_it(world: World) -> None:
    to = f'"Sommer, Ute" <{CUSTOMER}>, =?utf-8?q?J=C3=BCrgen?= <jo@customer.example>'
    mail = letter(world, CUSTOMER, OTHER, To=to, Cc=f"{OTHER}, boss@customer.example")
    with world.sender() as sender:
        sender.send(mail)
    ((_, recipients, content),) = world.sent
    assert sorted(recipients) == sorted((CUSTOMER, OTHER))
    after = read(content)
    assert [(one.display_name, one.addr_spec) for one in after["To"].addresses] == [("Sommer, Ute", CUSTOMER)]
    assert [one.addr_spec for one in after["Cc"].addresses] == [OTHER]


def test_a_mail_leaves_as_another_address_where_that_is_allowed(world: World) -> None:
    world.cloud.habits.keep_from = False  # Exchange puts the mailbox's own address into MIME
    with world.sender() as sender:
        sender.send(letter(world, sender=world.shared.address))
        stranger = world.cloud.store.add_mailbox(f"stranger-{world.desk.address}", "Stranger", "x")
        with pytest.raises(MessageRefused, match="send as") as refused:
            sender.send(letter(world, sender=stranger.address))
    assert refused.value.code == 550 and stranger.address in refused.value.words
    assert "Add-RecipientPermission" in refused.value.words
    ((_, _, content),) = world.sent
    assert read(content)["From"] == f"Northgate IT <{world.shared.address}>"


def test_a_shared_mailbox_sends_and_keeps_the_copy(world: World) -> None:
    for login in (world.basic(), world.bearer(), world.on_its_own()):
        with world.sender(login, mailbox=world.shared.address) as sender:
            sender.send(letter(world, sender=world.shared.address))
            assert copies(sender)
    froms = [str(read(content)["From"]) for _, _, content in world.sent]
    assert froms == [f"Northgate IT <{world.shared.address}>"] * 3
    assert len(world.lies_in("sentitems", world.shared)) == 3 and not world.lies_in("sentitems")


def test_a_message_id_that_cannot_be_set_beside_the_mail_is_left_to_the_mail(world: World) -> None:
    world.fault("refuse", "ErrorInvalidPropertySet", "CreateItem")
    with world.sender() as sender:
        sender.send(letter(world))
        sender.send(letter(world, id="<reply-2@msp.example>"))
    ids = [read(content)["Message-ID"] for _, _, content in world.sent]
    assert ids == ["<reply-1@msp.example>", "<reply-2@msp.example>"]
    assert world.operations().count("CreateItem") == 3


def test_a_large_mail_is_sent_in_one_request(world: World) -> None:
    mail = letter(world)
    large = Envelope(mail.sender, mail.recipients, mail.content + b"0123456789abcdef\r\n" * 250_000)
    with world.sender() as sender:
        sender.send(large)
    assert len(world.sent[0][2]) >= len(large.content)


# What is refused


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("ErrorMessageSizeExceeded", MessageRefused, "larger than"),
        ("ErrorSendAsDenied", MessageRefused, "send as"),
        ("ErrorInvalidRecipients", MessageRefused, "does not take this mail"),
        ("ErrorMimeContentInvalid", MessageRefused, "does not take this mail"),
        ("ErrorQuotaExceeded", MessageDelayed, "is full"),
        ("ErrorInternalServerError", MessageDelayed, "for now"),
        ("ErrorNobodyHasSeenYet", MessageDelayed, "for now"),
        ("ErrorServerBusy", Throttled, "patience"),
        ("ErrorNonExistentMailbox", MailboxMissing, "knows no mailbox"),
        ("ErrorImpersonateUserDenied", LoginRefused, "act as the mailbox"),
    ],
)
def test_each_refusal_has_its_words(world: World, code: str, kind: type[TransportError], words: str) -> None:
    with world.sender() as sender:
        world.fault("refuse", code, "CreateItem")
        with pytest.raises(kind, match=words) as refused:
            sender.send(letter(world))
        assert type(refused.value) is kind and refused.value.met == "server"
        assert code in refused.value.words or kind is Throttled
        assert "To do: " in refused.value.words
        sender.send(letter(world))
    assert len(world.sent) == 1


def test_a_fault_is_about_the_server_or_may_be_about_this_mail(world: World) -> None:
    with world.sender() as sender:
        world.fault("busy", 3, "CreateItem")
        with pytest.raises(Throttled) as busy:
            sender.send(letter(world))
        assert (busy.value.retry_after, busy.value.met) == (3, "server")
        world.fault("error", "ErrorInternalServerError", "CreateItem")
        with pytest.raises(ServerUnreachable) as broken:
            sender.send(letter(world))
        assert broken.value.met == "mail"
        world.fault("policy", "blocked", "CreateItem")
        with pytest.raises(ServiceEnded) as ended:
            sender.send(letter(world))
        assert ended.value.met == "server"
        world.fault("status", 413, "CreateItem")
        with pytest.raises(MessageRefused, match="larger than"):
            sender.send(letter(world))
    assert not world.sent


def test_a_login_is_refused_when_the_connection_is_made(world: World) -> None:
    with pytest.raises(LoginRefused), world.sender(Login(world.desk.address, "wrong")):
        pass
    stale = BearerLogin(
        world.desk.address, "eyJno-good", renew=lambda: BearerLogin(world.desk.address, "eyJno")
    )
    with pytest.raises(ConsentLost), world.sender(stale):
        pass


def test_a_token_that_runs_out_between_two_mails_is_renewed(world: World) -> None:
    first = world.token()
    login = BearerLogin(world.desk.address, first, renew=world.bearer)
    with world.sender(login) as sender:
        sender.send(letter(world))
        world.cloud.tokens.access.pop(first)
        sender.send(letter(world))
    assert len(world.sent) == 2


# What becomes of a mail whose answer did not come


@pytest.mark.parametrize(
    ("do", "value", "arrives"),
    [
        ("lost_answer", None, True),
        ("half_answer", None, True),
        ("half_unframed", None, True),
        ("reset", None, False),
        ("status", 504, False),
        ("status", {"status": 200, "body": "<a><b>", "headers": XML}, False),
    ],
)
def test_a_mail_whose_answer_is_lost_has_an_unknown_fate_and_the_mailbox_knows(
    world: World, do: str, value: object, arrives: bool
) -> None:
    with world.sender() as sender:
        world.fault(do, value, "CreateItem")
        delivery = sender.send(letter(world))
        assert delivery.unknown and delivery.answer_for(CUSTOMER) is None
        assert "Sent Items" in delivery.words and "To do: " in delivery.words
        assert copies(sender) == ([("sent", "<reply-1@msp.example>")] if arrives else [])
    assert len(world.sent) == arrives


def test_a_server_that_is_away_has_surely_not_taken_the_mail(world: World) -> None:
    with world.sender() as sender:
        world.fault("status", 503, "CreateItem")
        with pytest.raises(ServerUnreachable) as away:
            sender.send(letter(world))
        assert away.value.met == "server"
        world.fault("status", {"status": 404, "body": "<html>"}, "CreateItem")
        with pytest.raises(ProtocolViolated) as elsewhere:
            sender.send(letter(world))
        assert elsewhere.value.met == "server"
        sender.send(letter(world))
    assert len(world.sent) == 1


def test_a_copy_is_known_by_its_message_id_else_by_subject_recipients_and_time(world: World) -> None:
    with world.sender() as sender:
        began = datetime.now(UTC) - timedelta(seconds=1)
        sender.send(letter(world, id="<other@msp.example>", Subject="Another"))
        world.cloud.habits.keep_message_id = False
        sender.send(letter(world, CUSTOMER, OTHER, To=CUSTOMER, Cc=OTHER))
        (copy,) = sender.copies("<reply-1@msp.example>", "Re: Printer", began)
        assert copy.place == "sent" and copy.message_id.endswith("outlook.com>")
        assert copy.recipients == {CUSTOMER, OTHER} and copy.subject == "Re: Printer"
        assert copy.references == ("<first@customer.example>", "<question@customer.example>")
        assert began <= copy.at + timedelta(seconds=1) and copy.id in world.desk.items
        assert copies(sender, since=datetime.now(UTC) + timedelta(minutes=1)) == []


def test_drafts_and_the_outbox_are_looked_into_too(world: World) -> None:
    raw = letter(world, Subject='Quote " & <mark>').content
    for folder in ("outbox", "drafts", "inbox"):
        world.deliver(raw, folder)
    with world.sender() as sender:
        assert sorted(copies(sender)) == [
            ("drafts", "<reply-1@msp.example>"),
            ("outbox", "<reply-1@msp.example>"),
        ]
        found = sender.copies("<none@msp.example>", 'Quote " & <mark>', LONG_AGO)
        assert {copy.place for copy in found} == {"outbox", "drafts"}


def test_a_mail_without_a_message_id_is_sent_all_the_same(world: World) -> None:
    with world.sender() as sender:
        sender.send(letter(world, Message_ID=""))
    assert read(world.sent[0][2])["Message-ID"]
    inside: Mailbox = world.shared
    with world.sender() as sender:
        sender.send(letter(world, inside.address))
    assert len(world.lies_in("inbox", inside)) == 1
