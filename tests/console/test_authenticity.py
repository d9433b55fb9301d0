"""Verdicts on senders on the pages: set in a mailbox's form, seen by technicians at each mail, by requesters never."""

import pytest
from django.urls import reverse

from deskpost.inbound.deliver import deliver
from deskpost.inbound.mailboxes import Mailbox
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_incoming_form import URL, make, send, typed

MX = "mx.northgate-it.example"


def told(results: str, raw: bytes) -> bytes:
    return f"Authentication-Results: {MX}; {results}\r\n".encode() + raw


@pytest.fixture
def trusting(desk: Desk) -> Mailbox:
    """Give the mailbox, whose server tells of senders."""
    desk.box.trusted_authserv_ids = [MX]
    desk.box.save()
    return desk.box


def text_of(desk: Desk, person: object, url: str = "/requests/1/") -> str:
    return " ".join(builders.signed_in(person).get(url).content.decode().split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ("dmarc=pass header.from=kestrel.example", "sender confirmed"),
        ("dmarc=fail header.from=kestrel.example", "Sender may be forged"),
        ("dmarc=none header.from=kestrel.example", "sender not confirmed"),
    ],
)
def test_technicians_see_the_verdict_at_the_mail_and_requesters_never(
    desk: Desk, trusting: Mailbox, results: str, words: str
) -> None:
    deliver(trusting, told(results, builders.mail()))
    assert words in text_of(desk, desk.dana)
    seen_by_tom = text_of(desk, desk.tom)
    assert "It drops every twenty minutes." in seen_by_tom
    assert not any(one in seen_by_tom for one in ("confirmed", "forged", MX))


def test_a_mailbox_without_a_source_says_nothing_of_senders(desk: Desk) -> None:
    deliver(desk.box, told("dmarc=fail header.from=kestrel.example", builders.mail()))
    page = text_of(desk, desk.dana)
    assert "Sender may be forged" not in page and "sender not confirmed" not in page


def test_the_trace_says_what_speaks_for_the_sender(desk: Desk, trusting: Mailbox) -> None:
    deliver(trusting, told("dmarc=pass header.from=kestrel.example", builders.mail()))
    mail = builders.last_conversation(builders.Record.objects.get())
    way = text_of(desk, desk.dana, reverse("trace_mail", args=[mail.mail_id]))
    assert f"Sender confirmed: {MX} says dmarc=pass of kestrel.example" in way


def test_a_forged_reply_waits_on_the_page_of_its_request_with_the_reason(
    desk: Desk, trusting: Mailbox
) -> None:
    deliver(trusting, builders.mail())
    forged = builders.mail(subject="##RE-1##", message_id="<2@kestrel.example>", text="Pay here.")
    deliver(trusting, told("dmarc=fail header.from=kestrel.example", forged))
    page = text_of(desk, desk.dana)
    assert "Unverified reply from" in page and "Its sender may be forged" in page
    assert "Pay here." not in text_of(desk, desk.tom)


def test_the_form_sets_whose_word_counts_and_the_own_check_and_the_history_tells_of_it(desk: Desk) -> None:
    made = make(
        desk, **typed(trusted_authserv_ids="MX.Kestrel.example, mx2.kestrel.example.", own_check="on")
    )
    assert made.trusted_authserv_ids == ["mx.kestrel.example", "mx2.kestrel.example"]
    assert made.own_check
    again = typed(trusted_authserv_ids="", password="")
    again["username"] = made.username
    status, page = send(builders.signed_in(desk.admin), f"{URL}{made.pk}/", again)
    made.refresh_from_db()
    assert status == 302, page
    assert (made.trusted_authserv_ids, made.own_check) == ([], False)
    history = text_of(desk, desk.admin, f"{reverse('settings_history')}?kind=mailbox")
    assert "Trusted Authentication-Results of" in history
    assert "Check senders by DKIM, SPF and DMARC" in history


@pytest.mark.parametrize("wrong", ["dmarc=pass", "https://mx.example", "a b@c", "x" * 300])
def test_what_is_no_name_of_a_server_is_refused(desk: Desk, wrong: str) -> None:
    status, page = send(
        builders.signed_in(desk.admin), f"{URL}new/", typed(trusted_authserv_ids=f"mx.example, {wrong}")
    )
    assert status == 422 and "is no name of a server" in page
    assert not Mailbox.objects.filter(name="Help").exists()


def test_the_form_says_which_server_the_newest_mails_name_and_fills_nothing_in(desk: Desk) -> None:
    url = f"{URL}{desk.box.pk}/"
    assert "newest mails name" not in text_of(desk, desk.admin, url)
    deliver(desk.box, told("dmarc=pass header.from=kestrel.example", builders.mail()))
    page = text_of(desk, desk.admin, url)
    assert f"Its newest mails name {MX}." in page
    assert f'value="{MX}"' not in page


@pytest.mark.parametrize(
    ("asked", "name"), [("authentication-results", "trusted_authserv_ids"), ("dkim", "own_check")]
)
def test_all_settings_finds_them(desk: Desk, asked: str, name: str) -> None:
    page = text_of(desk, desk.admin, f"{reverse('all_settings')}?q={asked}")
    assert f"{reverse('incoming_mailbox', args=[desk.box.pk])}#id_{name}" in page
