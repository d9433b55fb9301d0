"""Which networks mail servers may be in: what the settings say holds for mailboxes, outgoing servers and the doctor."""

from collections.abc import Callable

import pytest
import yaml

from deskpost import settings_file
from deskpost.inbound.collecting.collect import fetch
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.send import sample, send_due
from tests.command_line import deskpost, is_a_sentence
from tests.inbound.builders import mail, mailbox
from tests.outbound import builders as make
from tests.servers.cutting_proxy import CuttingProxy
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.usefixtures("database")

Settings = Callable[[str], None]


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Gives a function that applies a settings file of this text, as people do."""

    def apply(text: str) -> None:
        file = tmp_path / "settings.yaml"
        file.write_text(text)
        ran = deskpost("settings", "apply", file)
        assert ran.code == 0, ran.err

    return apply


def state_of(name: str) -> dict[str, object]:
    ran = deskpost("mailboxes", "--json")
    return next(one for one in ran.json if one["name"] == name)


@pytest.fixture
def watched(dovecot: Dovecot, cutting_proxy) -> tuple[Mailbox, CuttingProxy]:
    """A mailbox with one mail at a real server, and the proxy before it, which counts connections."""
    user = dovecot.new_user()
    dovecot.deliver(user, mail())
    proxy = cutting_proxy(dovecot.imap)
    return mailbox("Help", port=proxy.port, username=user, password=PASSWORD), proxy


def test_a_mailbox_in_a_network_that_is_kept_out_fails_and_nothing_is_dialled(watched, settings):
    made, proxy = watched
    settings("network: {allow_private: false}")
    assert fetch(made.pk).failure is not None
    state = state_of("Help")
    assert state["state"] == "failing"
    assert state["reason"].startswith(
        f"127.0.0.1:{proxy.port} was not connected to: its address 127.0.0.1 is this machine's own, "
    )
    is_a_sentence(state["reason"])
    assert proxy.connections == 0
    settings("network: {allow_private: true}")
    assert fetch(made.pk).collected == 1, "the next fetch follows the settings"
    assert state_of("Help")["state"] == "fetching"
    assert proxy.connections == 1


def test_a_link_local_address_is_refused_whatever_the_settings_say(settings):
    made = mailbox("Help", server="169.254.169.254")
    server = make.server(25, server="169.254.169.254")
    (waiting,) = make.queue_mails(server, ["ute@client.example"])
    settings("network: {allow_private: true}")
    failure = fetch(made.pk).failure
    assert failure is not None
    sentence = (
        "169.254.169.254:{} was not connected to: its address 169.254.169.254 is a cloud's metadata service."
    )
    assert failure.words.startswith(sentence.format(143))
    assert send_due(server.pk).trouble.startswith(sentence.format(25))
    waiting.refresh_from_db()
    assert waiting.state == OutboxMail.State.QUEUED, "nothing is lost"


def test_an_outgoing_server_and_its_alternate_are_held_to_the_same(settings):
    with SmtpSink() as primary, SmtpSink() as alternate:
        server = make.server(primary.port, alternate_server=f"127.0.0.1:{alternate.port}")
        make.queue_mails(server, ["ute@client.example"])
        settings("network: {allow_private: false}")
        result = send_due(server.pk)
        assert (result.sent, result.queued_again) == (0, 0)
        assert f"127.0.0.1:{alternate.port} was not connected to" in result.trouble
        tried = sample(server, "ute@client.example")
        assert not tried.ok and f"127.0.0.1:{primary.port} was not connected to" in tried.words
        assert (primary.sessions, alternate.sessions) == (0, 0)
        settings(f"network: {{allow_private: true}}\noutgoing: [{{name: {server.name}}}]")
        make.send_until_none_is_queued(server)
        assert primary.sessions + alternate.sessions > 0


def test_an_alternate_is_used_when_the_primary_may_not_be_connected_to(smtp_sink):
    server = make.server(smtp_sink.port, server="169.254.1.1", alternate_server="127.0.0.1")
    make.queue_mails(server, ["ute@client.example"])
    assert send_due(server.pk).sent == 1
    assert len(smtp_sink.received) == 1


def test_the_doctor_asks_no_server_that_is_kept_out(watched, settings, smtp_sink):
    _, proxy = watched
    make.server(smtp_sink.port, name="Main")
    settings("network: {allow_private: false}")
    found = {one["check"]: one for one in deskpost("doctor", "--json").json}
    for check in ("mailbox Help", "outgoing server Main"):
        assert not found[check]["ok"]
        assert "is this machine's own, and the settings allow none there" in found[check]["words"]
        is_a_sentence(found[check]["words"])
    assert (proxy.connections, smtp_sink.sessions) == (0, 0)


def test_an_export_says_whether_private_networks_are_kept_out(settings):
    assert yaml.safe_load(settings_file.export())["network"] == {"allow_private": True}
    settings("network: {allow_private: false}")
    exported = settings_file.export()
    assert yaml.safe_load(exported)["network"] == {"allow_private": False}
    settings("network: {allow_private: true}")
    settings(exported)
    assert yaml.safe_load(settings_file.export())["network"] == {"allow_private": False}
