"""What is decided of held and lapsed mails together, and a queue that is sent through another server."""

import re

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deskpost.desk.roles import Role
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.servers import OutgoingServer
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_outbox import queued

DECIDE, QUEUE = reverse("outbox_decide"), reverse("outbox_queue")


def lapsed(desk: Desk, **fields: object) -> OutboxMail:
    return queued(desk, state="lapsed", done_at=timezone.now(), **fields)


def states() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("state", flat=True))


def page(client: Client, url: str, **values: object) -> str:
    response = client.get(url, values)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def done(client: Client, url: str, **values: object) -> str:
    """Send a form, and give the page that follows."""
    return client.post(url, values, follow=True).content.decode()


def test_held_and_lapsed_stand_apart_with_what_may_be_done_to_all(desk: Desk) -> None:
    for _ in range(3):
        lapsed(desk)
    queued(desk, state="held")
    shown = page(builders.signed_in(desk.admin), reverse("outbox"), tab="held")
    assert re.search(r'Held <span class="num">1<.*Lapsed <span class="num">3<', shown)
    assert f"{DECIDE}?tab=held&amp;act=send&amp;state=lapsed" in shown
    assert "All were sent" not in shown, "it was never begun"


def test_all_lapsed_mails_of_a_filter_are_asked_about_with_their_count_and_sent(desk: Desk) -> None:
    lapsed(desk), lapsed(desk), lapsed(desk, account_id=desk.vantage.pk)
    client = builders.signed_in(desk.admin)
    url = f"{DECIDE}?tab=held&account={desk.kestrel.pk}"
    shown = page(client, f"{url}&act=send&state=lapsed")
    assert "Send 2 lapsed notices after all?" in shown
    (newest,) = re.findall(r'name="newest" value="(\d+)"', shown)
    lapsed(desk)
    told = done(client, url, act="send", state="lapsed", newest=newest)
    assert "2 mails are sent now." in told
    assert states() == ["queued", "queued", "lapsed", "lapsed"], "neither another account's, nor a later one"


def test_who_did_it_is_in_the_trace_of_each_mail(desk: Desk) -> None:
    mails = [lapsed(desk), lapsed(desk)]
    client = builders.signed_in(desk.admin)
    done(client, DECIDE, act="cancel", state="lapsed", newest=str(mails[1].pk))
    assert states() == ["cancelled", "cancelled"]
    for mail in mails:
        assert "cancelled by Priya Raman" in page(client, reverse("outbox_mail", args=[mail.pk]))


def test_what_cannot_be_sent_is_said_before_and_left(desk: Desk) -> None:
    queued(desk, state="held"), queued(desk, state="held", server=None)
    client = builders.signed_in(desk.admin)
    shown = page(client, DECIDE, act="send", state="held")
    assert "Send 1 held mail again?" in shown and "1 more has no server that may carry it" in shown
    done(client, DECIDE, act="send", state="held", newest=str(OutboxMail.objects.latest("pk").pk))
    assert states() == ["queued", "held"]


def test_a_mail_of_which_nobody_knows_is_said_to_have_been_sent(desk: Desk) -> None:
    one = queued(desk, state="held", unknown_fate=True, server=None, reason="The server was removed.")
    more = queued(desk, state="held", unknown_fate=True)
    client = builders.signed_in(desk.admin)
    url = reverse("outbox_mail", args=[one.pk])
    shown = page(client, url)
    assert "It is not known whether this mail was sent" in shown and "Send it again" in shown
    assert "It counts as sent." in done(client, reverse("outbox_was_sent", args=[one.pk]))
    assert "Priya Raman said that it was sent" in page(client, url)
    assert "Count 1 held mail as sent?" in page(client, DECIDE, act="was_sent", state="held")
    done(client, DECIDE, act="was_sent", state="held", newest=str(more.pk))
    assert states() == ["sent", "sent"]


def test_a_held_mail_is_looked_for_again_when_a_person_asks(desk: Desk) -> None:
    one = queued(desk, state="held", unknown_fate=True, looks=5, reason="Sent Items were asked 5 times.")
    client = builders.signed_in(desk.admin)
    shown = page(client, reverse("outbox_mail", args=[one.pk]))
    assert "Look again" in shown and "Sent Items were asked 5 times." in shown
    assert "the server was taken away" not in shown
    assert "It is looked for now." in done(client, reverse("outbox_look", args=[one.pk]))
    one.refresh_from_db()
    assert (one.state, one.looks) == ("queued", 4), "once more, and then a person decides again"
    assert "Priya Raman asked to look for it again" in page(client, reverse("outbox_mail", args=[one.pk]))


def test_chosen_mails_are_decided_and_the_others_are_not(desk: Desk) -> None:
    first, second, third = lapsed(desk), lapsed(desk), lapsed(desk)
    client = builders.signed_in(desk.admin)
    other = OutgoingServer.objects.create(
        name="Second", server="x", port=25, reply_to="x@northgate-it.example"
    )
    assert "To do: choose mails" in done(client, DECIDE, act="send")
    told = done(client, DECIDE, through=str(other.pk), mail=[str(first.pk)])
    assert "1 mail is sent now." in told
    assert "sent through ESM Directory by Priya Raman" in page(
        client, reverse("outbox_mail", args=[first.pk])
    )
    told = done(client, DECIDE, act="cancel", mail=[str(first.pk), str(second.pk), "x"])
    assert "1 mail is never sent." in told and "2 of the chosen mails stay as they are" in told
    assert states() == ["queued", "cancelled", "lapsed"]
    assert third.pk


def test_a_coordinator_of_one_account_decides_of_its_mails_alone(desk: Desk) -> None:
    mine, theirs = lapsed(desk), lapsed(desk, account_id=desk.vantage.pk)
    address = "cora@kestrel.example"
    who = builders.person("Cora", address, "SDCoordinator", account=desk.kestrel, within=desk.kestrel)
    client = builders.signed_in(who)
    assert "Send 1 lapsed notice after all?" in page(client, DECIDE, act="send", state="lapsed")
    done(client, DECIDE, act="cancel", mail=[str(mine.pk), str(theirs.pk)])
    done(client, DECIDE, act="send", state="lapsed", newest=str(theirs.pk))
    assert states() == ["cancelled", "lapsed"]
    assert client.get(QUEUE).status_code == 403, "a queue is everybody's"
    assert builders.signed_in(desk.dana).get(DECIDE).status_code == 403


def test_what_is_no_act_is_not_found(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    for values in ({}, {"act": "x", "state": "held"}, {"act": "was_sent", "state": "lapsed"}):
        assert client.get(DECIDE, values).status_code == 404


def test_a_queue_is_counted_then_sent_through_the_other_server_and_what_stays_is_said(desk: Desk) -> None:
    theirs = builders.outgoing_of(desk.kestrel)
    queued(desk), queued(desk), queued(desk, account_id=desk.vantage.pk), queued(desk, state="sending")
    client = builders.signed_in(desk.admin)
    assert f'href="{QUEUE}"' in page(client, reverse("outbox"))
    form = {"source": str(desk.server.pk), "target": str(theirs.pk)}
    shown = page(client, QUEUE, **form)
    assert "Send 2 mails of IT Help Desk through Kestrel Logistics?" in shown
    assert "1 mail stays: it is of another account." in shown and "1 mail is being sent" in shown
    assert OutboxMail.objects.filter(server=theirs).count() == 0, "asked first"
    told = done(client, QUEUE, **form)
    assert "2 mails of IT Help Desk are sent through Kestrel Logistics now." in told
    assert "1 mail stays at IT Help Desk: it is of another account" in told and "was being sent" in told
    assert OutboxMail.objects.filter(server=theirs).count() == 2


def test_a_queue_needs_two_servers(desk: Desk) -> None:
    client = builders.signed_in(desk.admin)
    assert "Both are the same server." in page(client, QUEUE, source=desk.server.pk, target=desk.server.pk)
    assert "A server is missing." in page(client, QUEUE, source=desk.server.pk, target="x")
    assert client.post(QUEUE, {"source": "9" * 40}).status_code == 422


def test_who_sets_up_mail_without_the_outbox_is_led_back_to_the_servers(desk: Desk) -> None:
    role = Role.objects.create(name="Mail only", permissions=["settings.mail"])
    client = builders.signed_in(builders.person("Mia", "mia@northgate-it.example", role.name))
    theirs = builders.outgoing_of(desk.kestrel)
    queued(desk)
    told = done(client, QUEUE, source=str(desk.server.pk), target=str(theirs.pk))
    assert "1 mail of IT Help Desk is sent through Kestrel Logistics now." in told
