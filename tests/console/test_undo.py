"""What became of a mail is undone from its page, whatever it was; the page says how, and the database has it then."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant, Role
from deskpost.inbound import whose
from deskpost.inbound.collecting.collect import store
from deskpost.inbound.dropped_files import DroppedFile
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome, Undecided
from deskpost.inbound.process import process
from deskpost.outbound.outbox import OutboxMail
from deskpost.transports.source import RawMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_bounced import TOM
from tests.console.test_bounced import bounced as bounced
from tests.console.test_spam import rule


def take(desk: Desk, **parts: Any) -> int:
    """Let a mail come in, and give its id."""
    return builders.take(desk.box, **{"message_id": "<it@x>", **parts}).pk


def page_of(client: Client, id: int) -> str:
    answer = client.get(reverse("trace_mail", args=[id]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def press(client: Client, id: int, button: str, **typed: str) -> None:
    """Press a button of a mail's page: send the form that it stands in, with what is typed into it."""
    page = page_of(client, id)
    forms = [one for one in re.findall(r"<form[^>]*>.*?</form>", page, re.S) if f">{button}<" in one]
    assert len(forms) == 1, (button, page)
    action = re.search(r'action="([^"]*)"', forms[0])
    values = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', forms[0]))
    assert action
    answer = client.post(action[1], {**values, **typed})
    assert answer.status_code == 303, answer.content.decode()[:3000]


def undo_of(page: str) -> str:
    """Give the box Undo as text."""
    found = re.search(r"<h2>Undo</h2>(.*?)</section>", page, re.S)
    assert found, page
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split())


def became(id: int, kind: str) -> MailOutcome:
    outcome = MailOutcome.objects.select_related("record").get(pk=id)
    assert outcome.kind == kind, (outcome.kind, outcome.reason)
    return outcome


@dataclass(frozen=True)
class Case:
    """How a mail comes to an outcome, what its page says of the undo, the undo, and what is true then."""

    happens: Callable[[Desk, pytest.MonkeyPatch], int]
    kind: str
    says: str
    undo: Callable[[Desk, Client, int], None]
    then: Callable[[int], None]


def _request(desk: Desk, _: object) -> int:
    take(desk, message_id="<1@x>", subject="VPN", text="First")
    return take(desk, subject="Also VPN", text="Second")


def _conversation(desk: Desk, _: object) -> int:
    take(desk, message_id="<1@x>")
    return take(desk, subject="Re: ##RE-1## the lift", text="The lift")


def _automatic(desk: Desk, _: object) -> int:
    return take(desk, subject="Away", Auto_Submitted="auto-replied")


def _duplicate(desk: Desk, _: object) -> int:
    take(desk)
    other = builders.mailbox("Second", addresses=["second@northgate-it.example"])
    return builders.take(other, message_id="<it@x>").pk


def _dropped(desk: Desk, _: object) -> int:
    rule(desk)
    return take(desk, subject="An offer")


def _refused(desk: Desk, _: object) -> int:
    Mailbox.objects.filter(pk=desk.box.pk).update(new_requests_disabled=True)
    desk.box.refresh_from_db()
    return take(desk)


def _held(desk: Desk, _: object) -> int:
    take(desk, message_id="<1@x>")
    return take(desk, sender="eve@home.example", subject="##RE-1##", text="Me too")


def _error(desk: Desk, patch: pytest.MonkeyPatch) -> int:
    with patch.context() as patched:
        patched.setattr(whose, "sender", lambda *_: 1 // 0)
        return take(desk)


def too_large(desk: Desk) -> int:
    """Let a mail be larger than its mailbox takes."""
    head = builders.mail().partition(b"\n\n")[0] + b"\n\n"
    mail = RawMail("7", 61_000_000, head, truncated=True)
    with transaction.atomic():
        store(desk.box, desk.box.source_number, "INBOX", "1", [mail], timezone.now(), lambda uid: False)
    process(desk.box.pk)
    return InboundMessage.objects.latest("pk").pk


def _own(desk: Desk, client: Client, id: int) -> None:
    press(client, id, "Make it a request of its own")


def _move(desk: Desk, client: Client, id: int) -> None:
    press(client, id, "Move the mail", number="1")


def _again(desk: Desk, client: Client, id: int) -> None:
    press(client, id, "Process again")
    process(InboundMessage.objects.get(pk=id).mailbox_id)


def _after_all(desk: Desk, client: Client, id: int) -> None:
    press(client, id, "Process after all")
    process(desk.box.pk)


def _allow_and_again(desk: Desk, client: Client, id: int) -> None:
    Mailbox.objects.filter(pk=desk.box.pk).update(new_requests_disabled=False)
    _again(desk, client, id)


def _accept(desk: Desk, client: Client, id: int) -> None:
    press(client, id, "Accept the reply")


def is_own(id: int) -> None:
    """It is the first mail of a request that has no other."""
    outcome = became(id, "request")
    assert outcome.record is not None
    assert [one.mail_id for one in outcome.record.conversations.all()] == [id]


def is_in_the_first(id: int) -> None:
    """It is a mail of request 1."""
    outcome = became(id, "conversation")
    assert outcome.record is not None and outcome.record.number == 1
    assert Conversation.objects.get(mail_id=id).record_id == outcome.record_id


OWN = "make it a request of its own"
CASES = {
    "a new request": Case(
        _request, "request", "move it to the request that it belongs to", _move, is_in_the_first
    ),
    "a conversation": Case(_conversation, "conversation", OWN, _own, is_own),
    "an automatic mail": Case(_automatic, "automatic", OWN, _own, is_own),
    "a duplicate": Case(_duplicate, "duplicate", "process it again", _again, is_own),
    "a duplicate as its own": Case(_duplicate, "duplicate", OWN, _own, is_own),
    "a dropped mail": Case(_dropped, "dropped", "process it after all", _after_all, is_own),
    "a refused mail": Case(_refused, "refused", OWN, _own, is_own),
    "a refused mail, allowed": Case(_refused, "refused", "process it again", _allow_and_again, is_own),
    "a held mail": Case(_held, "held", "accept the reply", _accept, is_in_the_first),
    "a held mail as its own": Case(_held, "held", OWN, _own, is_own),
    "an error": Case(_error, "error", "process it again", _again, is_own),
}


@pytest.mark.parametrize("name", CASES)
def test_what_became_of_a_mail_is_undone_from_its_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case, client = CASES[name], builders.signed_in(desk.dana)
    id = case.happens(desk, monkeypatch)
    became(id, case.kind)
    assert case.says in undo_of(page_of(client, id)).lower()
    case.undo(desk, client, id)
    case.then(id)
    act = MailAct.objects.filter(mail=id).latest("pk")
    assert act.person == desk.dana and act.before and act.before["kind"] == case.kind
    assert not Undecided.objects.exists()


def test_what_was_undone_is_put_back_where_it_was(desk: Desk) -> None:
    id, client = _conversation(desk, None), builders.signed_in(desk.dana)
    _own(desk, client, id)
    is_own(id)
    press(client, id, "Move it back to request 1")
    is_in_the_first(id)
    assert Record.objects.get(number=2).conversations.count() == 0


@pytest.mark.parametrize("to_one", [False, True])
def test_a_delivery_report_is_undone_and_nobody_is_answered(
    desk: Desk, bounced: OutboxMail, to_one: bool
) -> None:
    id, client = MailOutcome.objects.get(kind="bounce").pk, builders.signed_in(desk.dana)
    before = set(OutboxMail.objects.values_list("pk", flat=True))
    says = undo_of(page_of(client, id))
    assert OWN in says and "stays marked" in says
    if to_one:
        _move(desk, client, id)
        is_in_the_first(id)
    else:
        _own(desk, client, id)
        is_own(id)
    written = OutboxMail.objects.exclude(pk__in=before)
    assert not [one for one in written if "mailer-daemon" in str([*one.to, *one.cc, *one.bcc]).lower()]
    bounced.refresh_from_db()
    assert bounced.recipients[TOM]["state"] == "failed"


def test_a_dropped_file_is_kept_after_all(desk: Desk) -> None:
    kind = "application/octet-stream"
    id = take(desk, files={"in#valid?.bin": (kind, b"hello"), "tool.exe": (kind, b"hello")})
    client = builders.signed_in(desk.dana)
    page = page_of(client, id)
    assert "2 attachments were dropped on the way." in page
    assert "Keep the dropped attachment after all" in undo_of(page), "the one that is not denied"
    part = DroppedFile.objects.get(name="in#valid?.bin").part
    assert client.post(reverse("trace_take_in", args=[id]), {"part": part}).status_code == 303
    assert Attachment.objects.get(mail_id=id).name == "in#valid?.bin"
    assert "1 attachment was dropped on the way." in page_of(client, id)
    assert "after all" not in undo_of(page_of(client, id)), "nobody takes in what is denied"
    part = DroppedFile.objects.get(name="tool.exe").part
    assert client.post(reverse("trace_take_in", args=[id]), {"part": part}).status_code == 409


def test_a_request_that_went_as_spam_comes_back_from_the_trace(desk: Desk) -> None:
    id, client = take(desk), builders.signed_in(desk.admin)
    assert "It is spam: say so on the page of the request." in undo_of(page_of(client, id))
    assert "It is spam" not in undo_of(page_of(builders.signed_in(desk.dana), id)), "she deletes no request"
    assert 'action="/requests/1/spam/"' in client.get(reverse("request", args=[1])).content.decode()
    assert client.post(reverse("request_spam", args=[1])).status_code == 303
    became(id, "dropped")
    assert Record.objects.get().deleted_at is not None
    says = undo_of(page_of(client, id))
    assert "process it after all" in says.lower() and "brings its request back" in says
    press(client, id, "Process after all")
    assert became(id, "request").record == Record.objects.get(deleted_at=None)


def test_of_a_mail_whose_header_alone_is_here_the_page_says_that_there_is_no_undo(desk: Desk) -> None:
    says = undo_of(page_of(builders.signed_in(desk.dana), too_large(desk)))
    assert "Only the header of this mail was taken" in says and "To do:" in says


def test_what_somebody_may_not_do_is_not_named(desk: Desk) -> None:
    id, role = _conversation(desk, None), Role.objects.get(name="SDTechnician")
    Role.objects.filter(pk=role.pk).update(
        permissions=[one for one in role.permissions if one != "request.create"]
    )
    says = undo_of(page_of(builders.signed_in(desk.dana), id))
    assert (
        "move it to the request that it belongs to." in says
        and "of its own" not in says.partition("Process")[0]
    )


def test_who_may_do_nothing_is_told_of_no_undo(desk: Desk) -> None:
    role = Role.objects.create(name="Auditor", permissions=["request.view", "trace.view"])
    who = builders.person("Olga", "olga@northgate-it.example")
    Grant.objects.create(person=who, role=role)
    assert "<h2>Undo</h2>" not in page_of(builders.signed_in(who), take(desk))
