"""Sending by Microsoft Graph, against the sandbox: mails are read back where they arrive, and trouble is told."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskpost.mime.compose import Draft, File, compose
from deskpost.mime.message import Address, Message
from deskpost.mime.parse import attachment_content, parse
from deskpost.sandbox.cloud.store import Mailbox
from deskpost.transports.envelope import Delivery, Envelope
from deskpost.transports.errors import (
    ConsentLost,
    LoginRefused,
    MailboxMissing,
    MessageRefused,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.graph.sender import GraphSender, open_graph_sender
from deskpost.transports.logins import Login
from deskpost.transports.protocols import PROTOCOLS

from .graph_world import CUSTOMER, Gate, World, cloud_served, fresh

LOOK = ("GET", "inbox")  # when a sender is entered: token, mailbox and permission are right
LOOP = "5c0f1f5e-1111-4222-8333-444444444444"
IMAGE = File("logo.png", "image/png", b"\x89PNG" + bytes(range(256)), "logo@desk.example")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with cloud_served(tmp_path_factory.mktemp("graph")) as world:
        yield world


@pytest.fixture
def world(served: World) -> World:
    return fresh(served)


def draft(world: World, *files: File, **changes: Any) -> Draft:
    """Give a reply by a technician, with all that threads it."""
    made = Draft(
        message_id="<r.1.abc@desk.example>",
        date=datetime(2026, 11, 30, 9, tzinfo=UTC),
        sender=Address("Help Desk", world.desk.address),
        to=(Address("Ute Sömmer", CUSTOMER),),
        cc=(Address("", "boss@customer.example"),),
        subject="Re: Drücker ##12##",
        text="It is mended.\n",
        html="<p>It is <b>mended</b>. Grüße</p>",
        in_reply_to="<q.1@customer.example>",
        references=("<p.0@customer.example>", "<q.1@customer.example>"),
        thread_index="Ac7k" * 7 + "AQ==",
        automatic=True,
        loop_id=LOOP,
        files=files,
    )
    return replace(made, **changes)


def everybody(said: Draft) -> tuple[str, ...]:
    return tuple(one.address for one in (*said.to, *said.cc))


def send(world: World, said: Draft, recipients: tuple[str, ...] | None = None, **target: Any) -> Delivery:
    with open_graph_sender(world.target(**target)) as sender:
        return sender.send(envelope(said, recipients))


def envelope(said: Draft, recipients: tuple[str, ...] | None = None) -> Envelope:
    return Envelope(said.sender.address, recipients or everybody(said), compose(said))


def arrived(world: World) -> tuple[Message, bytes, list[str]]:
    """Give the one mail that came out of the cloud, and to whom."""
    ((_, recipients, raw),) = world.sent
    return parse(raw), raw, recipients


def in_folder(mailbox: Mailbox, folder: str) -> list[bytes]:
    found = mailbox.folder(folder)
    assert found is not None
    return [item.raw for item in mailbox.in_folder(found.id)]


def asked(world: World) -> list[tuple[str, str]]:
    root = world.server.base.partition("//")[2]
    return [(one.method, one.path.replace(root, "").rsplit("/", 1)[-1]) for one in world.asked]


# What arrives


@pytest.mark.requirement("R107")
def test_a_mail_goes_in_one_request_and_threads_where_it_arrives(world: World) -> None:
    said = draft(world, IMAGE, File("note.txt", "text/plain", b"Hello"))
    delivery = send(world, said)
    assert delivery.data is not None and (delivery.data.code, delivery.unknown) == (202, False)
    assert all(delivery.error_for(one) is None for one in everybody(said))
    mail, raw, recipients = arrived(world)
    assert recipients == [CUSTOMER, "boss@customer.example"]
    assert raw.replace(b"\r\n", b"\n") == compose(said).replace(b"\r\n", b"\n")
    assert asked(world) == [LOOK, ("POST", "sendMail")]
    assert len(in_folder(world.desk, "sentitems")) == 1


@pytest.mark.requirement("R81")
def test_the_reply_address_is_where_the_mail_comes_from(world: World) -> None:
    send(world, draft(world))
    mail, _, _ = arrived(world)
    assert mail.from_ == (Address("Help Desk", world.desk.address),) and mail.reply_to == ()


def same_mail(mail: Message, said: Draft) -> None:
    """Check what tells which mail it is, and what threads it."""
    assert mail.message_id == said.message_id and mail.subject == said.subject
    assert mail.in_reply_to == (said.in_reply_to,) and mail.references == said.references
    assert mail.header("Thread-Index") == said.thread_index
    assert mail.header("X-Deskpost-Loop") == LOOP and mail.header("X-Auto-Response-Suppress") == "All"
    assert "mended" in (mail.html or "") and "Grüße" in (mail.html or "")


def test_a_large_mail_becomes_a_draft_and_threads_where_it_arrives(world: World) -> None:
    large = bytes(range(256)) * 14_000  # 3.6 MB: by an upload session
    files = (
        IMAGE,
        File("Übersicht.pdf", "application/pdf", b"%PDF" + large[:1_500_000]),
        File("größe.bin", "application/octet-stream", large),
        File("second.zip", "application/zip", large[:2_900_000]),
    )
    said = draft(world, *files)
    delivery = send(world, said)
    assert delivery.data is not None and delivery.data.accepted
    mail, raw, recipients = arrived(world)
    same_mail(mail, said)
    assert recipients == [CUSTOMER, "boss@customer.example"]
    assert (mail.to[0].name, mail.cc[0].address) == ("Ute Sömmer", "boss@customer.example")
    got = {one.name: hashlib.sha256(attachment_content(raw, one.part)).digest() for one in mail.attachments}
    assert got == {one.name: hashlib.sha256(one.content).digest() for one in files}
    (image,) = (one for one in mail.attachments if one.name == "logo.png")
    assert image.content_id == "logo@desk.example"
    assert in_folder(world.desk, "drafts") == [] and len(in_folder(world.desk, "sentitems")) == 1
    steps = [method for method, tail in asked(world)]
    assert steps == ["GET", "GET", "POST", "POST", "PUT", "PUT", "POST", "POST"]


def test_files_that_fit_go_with_the_draft_in_one_request(world: World) -> None:
    images = [
        replace(IMAGE, name=f"{n}.png", content_id=f"{n}@desk", content=b"x" * 300_000) for n in range(10)
    ]
    said = draft(world, *images, html="".join(f'<img src="cid:{n}@desk">' for n in range(10)))
    assert len(compose(said)) > 3 * 1024 * 1024
    send(world, said)
    assert asked(world) == [LOOK, ("POST", "sendMail")]
    mail, _, _ = arrived(world)
    assert len(mail.attachments) == 10 and all(one.content_id for one in mail.attachments)
    assert mail.references == said.references


def test_who_is_in_no_header_gets_a_hidden_copy(world: World) -> None:
    hidden = tuple(f"hidden{number}@customer.example" for number in range(40))
    send(world, draft(world), (CUSTOMER, "boss@customer.example", *hidden))
    _, raw, recipients = arrived(world)
    assert set(hidden) < set(recipients)
    assert len(recipients) == 42 and b"hidden7@" not in raw


def test_nobody_but_the_recipients_gets_a_mail_whatever_its_header_says(world: World) -> None:
    said = draft(world)
    send(world, said, ("boss@customer.example", "third@customer.example"))
    mail, raw, recipients = arrived(world)
    assert recipients == ["boss@customer.example", "third@customer.example"]
    same_mail(mail, said)
    assert mail.to == () and b"third@" not in raw
    assert asked(world) == [LOOK, ("POST", "sendMail")]


def test_a_mail_to_hidden_recipients_alone_reaches_them(world: World) -> None:
    said = draft(world, to=(), cc=())
    assert b"undisclosed-recipients" in compose(said)
    send(world, said, (CUSTOMER,))
    assert arrived(world)[2] == [CUSTOMER]


def test_the_second_mail_of_a_message_id_is_the_same_as_the_first(world: World) -> None:
    said = draft(world)
    send(world, said)
    send(world, said)
    (_, _, first), (_, _, second) = world.sent
    assert first == second


@pytest.mark.pain("graph-drops-headers")
def test_exchange_drops_headers_and_the_mail_is_still_known_and_threaded(world: World) -> None:
    """Microsoftgraph/msgraph-sdk-dotnet #2209, tombruton87/freescout-mail365 #7."""
    habits = world.cloud.habits
    habits.keep_x_headers = habits.keep_auto_submitted = False
    world.cloud.known_headers.clear()
    said = draft(world)
    send(world, said)
    mail, _, _ = arrived(world)
    assert mail.header("X-Deskpost-Loop") is None and mail.header("Auto-Submitted") is None
    assert mail.header("X-Auto-Response-Suppress") == "All"
    assert (mail.message_id, mail.references) == (said.message_id, said.references)
    world.sent.clear()
    with open_graph_sender(
        world.target()
    ) as sender:  # as the sample mail goes: Exchange learns the header by it
        sender.send(replace(envelope(said), by_fields=True))
        same_mail(arrived(world)[0], said)
        world.sent.clear()
        sender.send(envelope(said))
    assert arrived(world)[0].header("X-Deskpost-Loop") == LOOP


# As whom


def test_another_from_than_the_mailboxs_own_goes_as_json_where_it_may(world: World) -> None:
    other = world.cloud.store.add_mailbox("billing@contoso.example", shared_with=[world.desk.address])
    said = draft(world, sender=Address("Billing", other.address))
    send(world, said)
    mail, _, _ = arrived(world)
    assert mail.from_ == (Address("Billing", other.address),)
    same_mail(mail, said)


def test_a_from_that_the_mailbox_may_not_use_is_explained(world: World) -> None:
    with pytest.raises(
        MessageRefused, match='does not let the mailbox "desk.*send as "boss@x.example"'
    ) as refused:
        send(world, draft(world, sender=Address("Boss", "boss@x.example")))
    assert "Mail.Send.Shared" in refused.value.words and not world.sent


def test_a_shared_mailbox_sends_as_itself(world: World) -> None:
    shared = world.cloud.store.add_mailbox("sales@contoso.example", shared_with=[world.desk.address])
    send(world, draft(world, sender=Address("Sales", shared.address)), mailbox=shared.address)
    assert arrived(world)[0].from_[0].address == shared.address
    assert len(in_folder(shared, "sentitems")) == 1


def test_an_application_on_its_own_sends_from_the_mailbox_that_is_named(world: World) -> None:
    login = world.login(token=world.token(None, (".default",)), on_its_own=True)
    send(world, draft(world), login=login)
    assert len(world.sent) == 1
    with pytest.raises(MailboxMissing, match="nobody@contoso.example"):
        send(world, draft(world), login=login, mailbox="nobody@contoso.example")


# Refusals


@pytest.mark.parametrize("large", [False, True])
def test_the_missing_permission_is_named(world: World, large: bool) -> None:
    login = world.login(token=world.token(scopes=("Mail.ReadWrite",)))
    said = draft(world, File("x", "text/plain", b"x" * 3_600_000)) if large else draft(world)
    with pytest.raises(ConsentLost, match=r"the permission Mail\.Send may be missing"):
        send(world, said, login=login)
    assert in_folder(world.desk, "drafts") == []
    with pytest.raises(LoginRefused, match="takes no user name and password"):
        send(world, said, login=Login("desk", "secret"))


def test_a_token_that_expired_is_renewed_and_the_mail_sent_once(world: World) -> None:
    login = world.login(token=world.token(lasts=-1), renew=world.login)
    send(world, draft(world), login=login)
    assert len(world.sent) == 1


def test_more_recipients_than_microsoft_takes_are_not_even_tried(world: World) -> None:
    many = tuple(f"u{number}@customer.example" for number in range(501))
    with pytest.raises(MessageRefused, match="501 recipients, and Microsoft 365 takes 500"):
        send(world, draft(world), many)
    assert asked(world) == [LOOK]


def test_addresses_that_none_could_write_hold_up_nobody_else(world: World) -> None:
    bad = "two words@customer.example"
    delivery = send(world, draft(world), (CUSTOMER, bad, "no-address"))
    assert arrived(world)[2] == [CUSTOMER]
    assert delivery.error_for(CUSTOMER) is None
    assert isinstance(delivery.error_for(bad), MessageRefused)
    assert isinstance(delivery.error_for("no-address"), MessageRefused)
    only_bad = send(world, draft(world), (bad,))
    assert only_bad.data is None and isinstance(only_bad.error_for(bad), MessageRefused)


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (400, "ErrorInvalidRecipients", MessageRefused, "does not take the mail"),
        (413, "ErrorMessageSizeExceeded", MessageRefused, "does not take the mail"),
        (429, "ApplicationThrottled", Throttled, "asks for patience"),
        (503, "ErrorServerBusy", Throttled, "asks for patience"),
        (403, "ErrorAccessDenied", ConsentLost, r"Mail\.Send may be missing"),
        (400, "SubmissionQuotaExceededException", Throttled, "limit of recipients or messages"),
        (429, "ErrorExceededMessageLimit", Throttled, "asks for patience"),
    ],
)
def test_each_refusal_has_its_meaning(
    world: World, status: int, code: str, kind: type[TransportError], said: str
) -> None:
    body = f'{{"error": {{"code": "{code}", "message": "No."}}}}'
    world.fault("status", {"status": status, "body": body}, path="sendMail")
    with open_graph_sender(world.target()) as sender:
        with pytest.raises(kind, match=said) as trouble:
            sender.send(envelope(draft(world)))
        assert code in str(trouble.value.answer) and "To do: " in trouble.value.words
        assert sender.send(envelope(draft(world))).data is not None


def test_what_is_said_to_be_sent_already_is_sent(world: World) -> None:
    body = '{"error": {"code": "ErrorInternalServerError", "message": "MapiExceptionDuplicateDelivery"}}'
    world.fault("status", {"status": 500, "body": body}, path="sendMail")
    delivery = send(world, draft(world))
    assert not delivery.unknown and delivery.data is not None and "DuplicateDelivery" in delivery.data.text


# Fates


@pytest.mark.parametrize(
    ("fault", "value", "sent"),
    [
        ("lost_answer", None, 1),
        ("half_answer", None, 1),
        ("reset", None, 0),
        ("status", 504, 0),
        ("status", 500, 0),
        ("status", {"status": 200, "body": "<html>Sign in</html>"}, 0),
    ],
)
@pytest.mark.parametrize("large", [False, True], ids=["at once", "as a draft"])
def test_a_mail_whose_answer_never_came_has_an_open_fate(
    world: World, fault: str, value: object, sent: int, large: bool
) -> None:
    world.fault(fault, value, path="(sendMail|/send)$")
    said = draft(world, File("x", "text/plain", b"x" * 3_600_000)) if large else draft(world)
    with open_graph_sender(world.target()) as sender:
        began = datetime.now(UTC) - timedelta(seconds=1)
        delivery = sender.send(envelope(said))
        assert (delivery.unknown, delivery.data, len(world.sent)) == (True, None, sent)
        assert "looks for it in" in delivery.words
        places = [copy.place for copy in sender.copies(str(said.message_id), said.subject, began)]
        assert places == (["sent"] if sent else ["drafts"] if large else [])


def test_a_server_that_cannot_be_reached_surely_has_no_mail(world: World) -> None:
    with pytest.raises(ServerUnreachable) as trouble:
        send(world, draft(world), address="https://127.0.0.1:1/v1.0")
    assert trouble.value.met == "server"


def test_a_draft_that_cannot_be_finished_is_taken_back(world: World) -> None:
    said = draft(world, File("x", "text/plain", b"x" * 3_600_000))
    for fault, value, kind in (
        ("status", 400, MessageRefused),
        ("status", 503, Throttled),
        ("reset", None, ServerUnreachable),
    ):
        world.fault(fault, value, path="createUploadSession")
        with pytest.raises(kind):
            send(world, said)
        assert in_folder(world.desk, "drafts") == [] and not world.sent


def test_what_an_earlier_try_left_in_drafts_is_cleared_away(world: World) -> None:
    said = draft(world, File("x", "text/plain", b"x" * 3_600_000))
    world.fault("status", 503, path="createUploadSession")
    world.fault("status", 503, path="messages/AAMk[^/]*$")  # the draft cannot be deleted either
    with pytest.raises(Throttled):
        send(world, said)
    assert len(in_folder(world.desk, "drafts")) == 1
    send(world, said)
    assert in_folder(world.desk, "drafts") == [] and len(world.sent) == 1


# Uploads


@pytest.mark.parametrize(("fault", "times"), [("reset", 2), ("lost_answer", 1), ("half_answer", 2)])
def test_an_upload_that_breaks_goes_on_where_it_was(world: World, fault: str, times: int) -> None:
    content = bytes(range(251)) * 14_000  # 3.5 MB: two pieces
    world.fault(fault, path="AttachmentSessions", times=times)
    send(world, draft(world, File("x.bin", "application/octet-stream", content)))
    mail, raw, _ = arrived(world)
    assert attachment_content(raw, mail.attachments[0].part) == content and len(mail.attachments) == 1


def test_a_file_whose_last_answer_was_lost_is_attached_once(world: World) -> None:
    content = b"x" * 3_200_000  # one piece
    world.fault("lost_answer", path="AttachmentSessions")
    send(world, draft(world, File("x.bin", "application/octet-stream", content)))
    assert len(arrived(world)[0].attachments) == 1


def test_no_token_goes_along_with_the_pieces_of_a_file(world: World) -> None:
    send(world, draft(world, File("x.bin", "application/octet-stream", b"x" * 3_600_000)))
    pieces = [one for one in world.asked if one.method == "PUT"]
    assert len(pieces) == 2 and {one.status for one in pieces} == {
        200,
        201,
    }  # the sandbox refuses a token there


# Copies


def copies_of(sender: GraphSender, message_id: str, subject: str, ago: float = 60.0) -> list[tuple[str, str]]:
    since = datetime.now(UTC) - timedelta(seconds=ago)
    return [(one.place, one.message_id) for one in sender.copies(message_id, subject, since)]


def test_what_became_of_a_mail_is_found_by_its_message_id(world: World) -> None:
    said = draft(world)
    send(world, said)
    with open_graph_sender(world.target()) as sender:
        (copy,) = sender.copies(said.message_id, said.subject, datetime.now(UTC))
        assert (copy.place, copy.message_id, copy.subject) == ("sent", said.message_id, said.subject)
        assert copy.recipients == {CUSTOMER, "boss@customer.example"}
        assert copy.references == said.references and copy.at.tzinfo is not None
        assert copies_of(sender, "<nobody's@desk.example>", "Another ' subject") == []
        assert sender.keeps_copies


def test_a_mail_whose_message_id_exchange_changed_is_found_by_subject_and_time(world: World) -> None:
    world.cloud.habits.keep_message_id = False
    said = draft(world, subject="It's 100 % & done: " + "ü€" * 300)
    send(world, said)
    send(world, replace(said, subject=said.subject + "!"))
    with open_graph_sender(world.target()) as sender:
        ((place, message_id),) = copies_of(sender, said.message_id, said.subject)
        assert place == "sent" and message_id != said.message_id
        assert copies_of(sender, said.message_id, said.subject, ago=-60.0) == []


def test_a_copy_that_comes_late_is_not_there_at_first(world: World) -> None:
    world.cloud.habits.late_sent_copy = 3600.0
    said = draft(world)
    send(world, said)
    with open_graph_sender(world.target()) as sender:
        assert copies_of(sender, said.message_id, said.subject) == []


# Limits


def test_each_request_is_made_within_the_gate(world: World) -> None:
    gate = Gate()
    send(world, draft(world, File("x.bin", "application/octet-stream", b"x" * 3_600_000)), gate=gate)
    assert (gate.most, gate.held, gate.times) == (1, 0, len(world.asked))


def test_graph_is_offered_in_both_directions_with_oauth_alone() -> None:
    graph = PROTOCOLS["graph"]
    assert graph.open_source is not None and graph.open_sender is open_graph_sender
    assert graph.logins == ("oauth",) and graph.label == "Microsoft Graph"
