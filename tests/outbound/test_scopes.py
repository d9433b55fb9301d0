"""Which server mail leaves by."""

import pytest

from deskpost.access.targets import login_of
from deskpost.desk.installation import Instance
from deskpost.outbound.endpoints import alternate, primary, split_port
from deskpost.outbound.scopes import load_senders, server_for
from tests.outbound import builders as make

pytestmark = pytest.mark.django_db


def test_an_accounts_own_server_comes_before_its_instances_and_that_before_the_directorys() -> None:
    acme, desk, other = make.account(), make.instance(), Instance.objects.create(name="HR")
    assert server_for(acme.pk, desk.pk) is None
    directory = make.server(instance=None)
    assert server_for(acme.pk, desk.pk) == directory
    of_desk = make.server(instance=desk)
    assert server_for(acme.pk, desk.pk) == of_desk
    assert server_for(acme.pk, other.pk) == directory
    own = make.server(account=acme)
    assert server_for(acme.pk, desk.pk) == server_for(acme.pk, other.pk) == own
    assert server_for(make.account("Other").pk, desk.pk) == of_desk


def test_the_directory_follows_the_it_help_desk_until_it_has_its_own() -> None:
    of_desk = make.server()
    make.server(instance=Instance.objects.create(name="HR"))
    assert server_for(None, None) == of_desk
    copy = make.server(instance=None, copied=True)
    assert server_for(None, None) == of_desk
    copy.copied = False
    copy.save()
    assert server_for(None, None) == copy


def test_a_reply_leaves_from_the_address_written_to_where_the_server_allows_it() -> None:
    make.server(reply_to="help@desk.example", allowed_from=["sales@desk.example"])
    sender = load_senders().choose(None, None)
    assert sender is not None
    assert sender.written_as(["x@acme.example", "SALES+a@desk.example"]) == "sales@desk.example"
    assert sender.written_as(["other@desk.example"]) == "help@desk.example"


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("mail2.example", "mail2.example", 587),
        ("mail2.example:2525", "mail2.example", 2525),
        ("::1", "::1", 587),
        ("[::1]:2525", "::1", 2525),
        ("[::1]", "::1", 587),
    ],
)
def test_the_alternate_takes_port_tls_and_login_of_the_primary_unless_it_names_a_port(
    written: str, host: str, port: int
) -> None:
    server = make.server(
        587, tls="starttls", alternate_server=written, authentication="basic", username="u", password="p"
    )
    there = alternate(server)
    assert there is not None
    assert (there.host, there.port, there.tls) == (host, port, "starttls")
    assert there.verify_certificate == primary(server).verify_certificate
    assert login_of(server, primary(server)) is not None


def test_an_unticked_login_is_not_used() -> None:
    server = make.server(username="u", password="p")
    assert login_of(server, primary(server)) is None
    assert split_port("mail.example:99999") == ("mail.example", None)
