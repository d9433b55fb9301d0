"""One mail's page: its way, its head, its source with a note of who read it, and what can be done with it."""

import html
import re

import pytest
from django.urls import reverse

from deskpost.console.templatetags.deskpost_ui import milliseconds
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Status
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.inbound import whose
from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import InboundMessage, MailAct, MailOutcome, Unacknowledged
from deskpost.inbound.process import process
from tests.console import builders
from tests.console.conftest import Desk


def take(desk: Desk, **parts: object) -> int:
    """Let a mail come in, and give its id."""
    return builders.take(desk.box, **parts).pk


def text_of(client: object, id: int, what: str = "trace_mail", status: int = 200) -> str:
    response = client.get(reverse(what, args=[id]))  # type: ignore[attr-defined]
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def post(client: object, act: str, id: int, **values: str) -> object:
    """Send a form of a mail's page as the page has it."""
    seen = re.search(r'name="seen" value="([^"]*)"', text_of(client, id))
    return client.post(  # type: ignore[attr-defined]
        reverse(f"trace_{act}", args=[id]), {"seen": seen[1] if seen else "", **values}
    )


def said(response: object, client: object, id: int) -> str:
    """Give what the page says after an act that was done."""
    assert response.status_code == 303, response.content.decode()[:3000]  # type: ignore[attr-defined]
    return text_of(client, id)


def test_the_page_says_what_became_of_a_mail_and_why_step_by_step(desk: Desk) -> None:
    take(desk, message_id="<1@x>")
    id = take(
        desk,
        subject="Re: ##RE-1## VPN",
        message_id="<2@x>",
        text="Again",
        files={"log.txt": ("text/plain", b"x" * 2000)},
        In_Reply_To="<1@x>",
    )
    text = text_of(builders.signed_in(desk.admin), id)
    assert "Became a mail of request" in text and 'href="/requests/1/"' in text
    assert "Decided in step 10 of 11, threading. It names RE-1: number in the subject." in text
    took = sum(line[3] for line in MailOutcome.objects.get(pk=id).trace)
    assert milliseconds(took) in text
    for words in ("tom@kestrel.example", builders.HELP, "Kestrel Logistics", "IT Help Desk", "log.txt"):
        assert words in text
    assert "Message-ID: &lt;2@x&gt;" in text and "In-Reply-To: &lt;1@x&gt;" in text
    assert text.count('class="nav-link" href="/trace/') >= 2  # the thread: this one and the first
    assert "a mail of request 1" in text and "not reached" in text


def test_reading_and_downloading_the_raw_source_is_noted_with_the_person(desk: Desk) -> None:
    id = take(desk, text="raw <b>bytes</b>")
    client = builders.signed_in(desk.dana)
    text_of(client, id)
    assert not MailAct.objects.exists()
    assert "raw &lt;b&gt;bytes&lt;/b&gt;" in text_of(client, id, "trace_source")
    file = client.get(reverse("trace_file", args=[id]))
    assert b"raw <b>bytes</b>" in file.content
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"] == f'attachment; filename="mail-{id}.eml"'
    acts = MailAct.objects.order_by("pk").values_list("kind", "person", "by")
    assert list(acts) == [
        ("read", desk.dana.pk, "Dana Whitfield"),
        ("downloaded", desk.dana.pk, "Dana Whitfield"),
    ]
    text = text_of(client, id)
    assert "read its raw source" in text and "downloaded its raw source" in text


def test_who_sees_the_request_without_the_permission_is_told_which_it_needs(desk: Desk) -> None:
    id = take(desk)
    client = builders.signed_in(desk.tom)
    for what in ("trace_mail", "trace_source", "trace_file"):
        assert "trace.view" in text_of(client, id, what, 403)
    assert not MailAct.objects.exists()
    assert builders.signed_in(desk.admin).get(reverse("trace_mail", args=[id + 1])).status_code == 404


def test_a_mail_without_a_request_is_only_for_those_of_its_mailbox(desk: Desk) -> None:
    id = take(desk, subject="Away", Auto_Submitted="auto-replied")
    who = builders.person(
        "Tara", "t@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel
    )
    client = builders.signed_in(who)
    for what in ("trace_mail", "trace_source", "trace_file"):
        text_of(client, id, what, 404)
    for act in ("move", "own", "again"):
        assert client.post(reverse(f"trace_{act}", args=[id])).status_code == 404
    assert not MailAct.objects.exists()


def test_a_mail_is_moved_by_a_number_as_people_write_it_and_moved_back(desk: Desk) -> None:
    take(desk, message_id="<1@x>")
    take(desk, message_id="<2@x>", subject="Scanner", text="No paper")
    id = take(desk, message_id="<3@x>", subject="Re: ##RE-1##", text="The scanner")
    client = builders.signed_in(desk.dana)
    for written, number in ((" ##RE-2## ", 2), ("1", 1), ("#2", 2)):
        text = said(post(client, "move", id, number=written), client, id)
        assert f"The mail is in request {number} now." in text
        assert Conversation.objects.get(mail_id=id).record.number == number
    assert "Move it back to request 1" in text
    assert "Dana Whitfield moved it here from RE-1." in text
    assert "moved it from request 1 to 2" in text
    assert "Decided in step" not in text
    history = client.get("/requests/2/").content.decode()
    assert "<del" in history and "RE-1" in history and "RE-2" in history


def test_what_a_server_refuses_to_do_with_a_mail_is_shown_with_the_mail_and_its_mailbox(desk: Desk) -> None:
    id = take(desk)
    admin = builders.signed_in(desk.admin)
    assert "At its server" not in text_of(admin, id)
    refused = "imap.example:993 refused to move mails. To do: look at the folder's rights."
    Unacknowledged.objects.create(mail_id=id, mailbox=desk.box, refusals=2, reason=refused)
    shown = html.unescape(text_of(admin, id))
    assert f"Asked 2 times, and refused. It is tried again. {refused}" in shown
    listed = html.unescape(admin.get(reverse("incoming")).content.decode())
    assert (
        f"1 mail is taken in, but its server refuses to mark, move or delete it; it is tried again. {refused}"
        in listed
    )


@pytest.mark.parametrize(
    "written, words",
    [
        ("", "Type the number of the request."),
        ("77", "There is no request 77 that you work on."),
        ("x' OR 1=1", "There is no request x&#x27; OR 1=1 that you work on."),
        ("9" * 80, "There is no request"),
        ("-1", "There is no request -1 that you work on."),
        ("+1", "There is no request +1 that you work on."),
    ],
)
def test_a_number_of_no_request_is_said_beside_the_field(desk: Desk, written: str, words: str) -> None:
    id = take(desk)
    client = builders.signed_in(desk.admin)
    response = post(client, "move", id, number=written)
    text = response.content.decode()  # type: ignore[attr-defined]
    assert response.status_code == 422 and words in text  # type: ignore[attr-defined]
    assert 'aria-invalid="true"' in text and 'name="filter" open' in text


def test_a_request_of_another_account_is_not_there_and_not_named(desk: Desk) -> None:
    id = take(desk, message_id="<1@x>")
    take(desk, message_id="<2@x>", subject="Secret", sender="Helen Cho <helen@vantage.example>")
    who = builders.person(
        "Tara", "t@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel
    )
    client = builders.signed_in(who)
    text = post(client, "move", id, number="2").content.decode()  # type: ignore[attr-defined]
    nobodys = post(client, "move", id, number="3").content.decode()  # type: ignore[attr-defined]
    assert "There is no request 2 that you work on." in text and "Secret" not in text
    assert "There is no request 3 that you work on." in nobodys
    text = post(builders.signed_in(desk.admin), "move", id, number="2").content.decode()  # type: ignore[attr-defined]
    assert "Request 2 is of another account than this mail." in text
    assert Conversation.objects.get(mail_id=id).record.number == 1


def test_of_two_people_the_second_is_told_who_was_faster(desk: Desk) -> None:
    for number in (1, 2, 3):
        take(desk, message_id=f"<{number}@x>", subject=f"Thing {number}", text=str(number))
    id = take(desk, message_id="<4@x>", subject="Re: ##RE-1##", text="More")
    dana, sam = builders.signed_in(desk.dana), builders.signed_in(desk.sam)
    seen = re.search(r'name="seen" value="([^"]*)"', text_of(sam, id))
    assert seen
    said(post(dana, "move", id, number="2"), dana, id)
    response = sam.post(reverse("trace_move", args=[id]), {"seen": seen[1], "number": "3"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Dana Whitfield moved it to request 2 meanwhile. Nothing was done" in text
    assert Conversation.objects.get(mail_id=id).record.number == 2


def test_what_a_move_does_to_closed_and_emptied_requests_is_said(desk: Desk) -> None:
    id = take(desk, message_id="<1@x>")
    take(desk, message_id="<2@x>", subject="Scanner", text="No paper")
    second = Record.objects.get(number=2)
    write(second, Changes({"Status": Status.objects.filter(kind="closed")[0]}), By(desk.admin, "page"))
    client = builders.signed_in(desk.dana)
    text = said(post(client, "move", id, number="2"), client, id)
    assert "Request 2 was closed and is open again." in text
    assert "Request 1 has no mail left." in text


def test_a_held_mail_is_accepted_with_one_button(desk: Desk) -> None:
    take(desk, message_id="<1@x>")
    id = take(desk, message_id="<2@x>", sender="eve@home.example", subject="##RE-1##", text="Me too")
    client = builders.signed_in(desk.dana)
    text = text_of(client, id)
    assert "Held at request" in text and "Accept the reply" in text
    text = said(post(client, "move", id, number="1"), client, id)
    assert "Became a mail of request" in text and "Dana Whitfield accepted it." in text
    assert "Me too" in client.get("/requests/1/").content.decode()


def test_a_mail_becomes_a_request_of_its_own(desk: Desk) -> None:
    first = take(desk, message_id="<1@x>")
    id = take(desk, message_id="<2@x>", subject="Re: ##RE-1## lift", text="The lift")
    client = builders.signed_in(desk.dana)
    assert "Make it a request of its own" not in text_of(client, first)
    assert "The mail is in request 2 now." in said(post(client, "own", id), client, id)
    assert Record.objects.get(number=2).subject == "Re: ##RE-1## lift"
    assert "Move it back to request 1" in text_of(client, id)


def test_an_error_mail_is_processed_again_and_keeps_what_was_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(whose, "sender", fail)
        id = take(desk, message_id="<1@x>")
    client = builders.signed_in(desk.dana)
    text = text_of(client, id)
    assert "Could not be processed" in text and "Move the mail" not in text
    said(post(client, "again", id), client, id)
    text = text_of(client, id)
    assert "Is being processed again" in text and 'hx-trigger="every 2s"' in text
    process(desk.box.pk)
    text = text_of(client, id)
    assert "Became request" in text and "every 2s" not in text
    assert "What had become of it before" in text and "The step duplicate failed on this mail" in text
    assert "had it processed again" in text


def test_why_a_mail_is_not_processed_again_stands_beside_the_button(desk: Desk) -> None:
    id = take(desk)
    client = builders.signed_in(desk.dana)
    text = text_of(client, id)
    assert "It is a mail of request 1: processed again it would be there a second time." in text
    assert 'aria-disabled="true" aria-describedby="again-why"' in text
    assert post(client, "again", id).status_code == 409  # type: ignore[attr-defined]


def test_who_may_look_and_not_edit_is_offered_no_act(desk: Desk) -> None:
    from deskpost.desk.roles import Grant, Role

    id = take(desk)
    role = Role.objects.create(name="Auditor", permissions=["request.view", "trace.view"])
    who = builders.person("Olga", "olga@northgate-it.example")
    Grant.objects.create(person=who, role=role)
    client = builders.signed_in(who)
    text = text_of(client, id)
    assert "Raw source" in text
    assert "Move the mail" not in text and "of its own" not in text
    for act in ("move", "own", "again"):
        assert post(client, act, id, number="1").status_code == 403  # type: ignore[attr-defined]


def test_a_hostile_mail_is_shown_as_text(desk: Desk) -> None:
    raw = (
        builders.mail(subject="<script>alert(1)</script>", text="x") + b"\0\xff\xfe<script>alert(2)</script>"
    )
    deliver(desk.box, raw)
    id = InboundMessage.objects.get().pk
    client = builders.signed_in(desk.admin)
    for what in ("trace_mail", "trace_source"):
        text = text_of(client, id, what)
        assert "<script>alert" not in text and "\0" not in text


def test_the_popover_leads_to_the_whole_trace(desk: Desk) -> None:
    id = take(desk)
    conversation = Conversation.objects.get(mail_id=id)
    client = builders.signed_in(desk.dana)
    url = reverse("mail_way", args=[conversation.pk])
    popover = client.get(url, headers=builders.htmx()).content.decode()
    assert f'href="{reverse("trace_mail", args=[id])}"' in popover and "<html" not in popover
    assert client.get(url).headers["Location"] == reverse("trace_mail", args=[id])
