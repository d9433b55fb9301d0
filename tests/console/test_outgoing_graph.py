"""What the page Outgoing asks for by Microsoft Graph alone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost.outbound import pool
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.transports import graph_words
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.console.test_incoming_sign_in import fields
from tests.console.test_outgoing import form, saved, url
from tests.console.test_outgoing_sign_in import graph, save, switched
from tests.console.test_settings_history import bring_back_newest_of


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail goes out here."""
    return build_desk()


def by_smtp(**more: str) -> dict[str, str]:
    values = {"server": "smtp.northgate.example", "protocol": "smtp", "tls": "yes", "port": "587"}
    return {**form(), **values, **more}


def test_a_graph_server_alone_can_be_certain_of_what_was_sent(desk: Desk) -> None:
    first = builders.signed_in(desk.admin).get(url()).content.decode()
    assert fields(first)["certain"] == "False" and "Certain of what was sent" not in first
    _, page = switched(desk, graph())
    assert "Certain of what was sent" in page and 'type="checkbox" name="certain"' in page
    assert save(desk, graph(certain="on")) == (303, {})
    assert saved().certain
    history = builders.signed_in(desk.admin).get(reverse("settings_history") + "?kind=outgoingserver")
    assert "Certain of what was sent" in history.content.decode()
    assert save(desk, by_smtp(certain="on")) == (303, {})
    assert not saved().certain
    page = bring_back_newest_of(desk, "outgoingserver", saved())
    assert (saved().protocol, saved().certain) == ("graph", True), page


POOL = "notices-1@northgate.example, Notices-2@northgate.example"


def test_a_graph_server_alone_has_a_sender_pool(desk: Desk) -> None:
    first = builders.signed_in(desk.admin).get(url()).content.decode()
    assert 'type="hidden" name="sender_pool"' in first and "Sender pool" not in first
    _, page = switched(desk, graph())
    assert "Sender pool" in page and 'name="sender_pool"' in page
    assert save(desk, graph(sender_pool=POOL)) == (303, {})
    pool_of = ["notices-1@northgate.example", "notices-2@northgate.example"]
    assert saved().sender_pool == pool_of
    shown = builders.signed_in(desk.admin).get(url()).content.decode()
    assert ", ".join(pool_of) in shown
    history = builders.signed_in(desk.admin).get(reverse("settings_history") + "?kind=outgoingserver")
    assert "Sender pool" in history.content.decode()
    assert save(desk, by_smtp(sender_pool=POOL)) == (303, {})
    assert saved().sender_pool == []
    page = bring_back_newest_of(desk, "outgoingserver", saved())
    assert (saved().protocol, saved().sender_pool) == ("graph", pool_of), page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("no address", "no is not"),
        ("it@vantagelegal.example", "is the server&#x27;s own mailbox, which sends anyway"),
        ("n@northgate.example, N@northgate.example", "n@northgate.example stands here twice"),
    ],
)
def test_what_cannot_be_in_a_sender_pool_is_said_at_its_field(desk: Desk, typed: str, said: str) -> None:
    status, errors = save(desk, graph(sender_pool=typed, reply_to="it@vantagelegal.example"))
    assert status == 422 and list(errors) == ["sender_pool"], errors
    assert said.replace("&#x27;", "'") in str(errors["sender_pool"]).replace("&#x27;", "'")


def test_the_page_says_which_mailbox_of_the_pool_is_at_fault_and_what_to_do(desk: Desk) -> None:
    save(desk, graph(sender_pool=POOL))
    reason = graph_words.mailbox_missing(
        "graph.microsoft.com:443", "notices-1@northgate.example", "ErrorInvalidUser"
    )
    ServerConsent.objects.create(
        server=saved(), access_token="a", refresh_token="r", expires_at=timezone.now()
    )
    pool.note_failing(saved().pk, "notices-1@northgate.example", reason, 120.0)
    pool.note_failing(saved().pk, "left@northgate.example", reason, 120.0)
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    assert "notices-1@northgate.example, of the sender pool, sends nothing since " in page
    assert (
        "To do: check the address" in page
        and "The others send its notifications. It is tried again at " in page
    )
    assert "More about this error" in page and ">Sending<" in page
    assert "left@northgate.example" not in page
    assert save(desk, graph(sender_pool=POOL, sender_name="")) == (303, {})
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    assert "of the sender pool, sends nothing" not in page, "saving tries it at once"


def test_where_nothing_is_sent_at_all_no_mailbox_of_the_pool_is_blamed(desk: Desk) -> None:
    save(desk, graph(sender_pool=POOL))
    pool.note_failing(saved().pk, "notices-1@northgate.example", "Somebody has to consent.", 120.0)
    OutgoingServer.objects.filter(pk=saved().pk).update(paused=True)
    page = builders.signed_in(desk.admin).get(url()).content.decode()
    assert "Sending is paused" in page and "of the sender pool, sends nothing" not in page
