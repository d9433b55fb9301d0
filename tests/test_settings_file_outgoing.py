"""Outgoing servers by EWS, Graph and OAuth in a settings file."""

from pathlib import Path

import pytest
import yaml

from deskpost import settings_file
from deskpost.outbound.servers import OutgoingServer

pytestmark = pytest.mark.django_db
GRAPH = """
outgoing:
  - name: Legal
    scope: {directory: true}
    protocol: graph
    reply_to: it@vantagelegal.example
    oauth: {client_id: 8d2e4f11-0b6a-4c7e-a3d5-91f07be26c58, client_secret: the value}
"""


def apply(folder: Path, text: str) -> list[str]:
    """Apply a text, and give what changed, one line each."""
    file = folder / "settings.yaml"
    file.write_text(text)
    return [str(change) for change in settings_file.apply(settings_file.read(file)).changes]


def refused(folder: Path, text: str) -> tuple[int, str]:
    """Give line and words of the first mistake of a text that is refused."""
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        apply(folder, text)
    assert not OutgoingServer.objects.exists()
    first = caught.value.mistakes[0]
    return first.line, first.said


@pytest.mark.requirement("R84")
def test_of_a_graph_server_what_is_left_out_is_proposed(tmp_path: Path) -> None:
    apply(tmp_path, GRAPH)
    server = OutgoingServer.objects.get()
    assert (server.authentication, server.server, server.port, server.tls) == ("oauth", "", 443, "implicit")
    assert server.graph_endpoint == "https://graph.microsoft.com"
    assert server.scope == "Mail.ReadWrite,Mail.Send.Shared,offline_access"
    assert server.token_url.startswith("https://login.microsoftonline.com/")
    assert server.client_secret == "the value"


def test_an_export_masks_the_client_secret_and_applies_again_without_a_change(tmp_path: Path) -> None:
    apply(tmp_path, GRAPH)
    written = settings_file.export()
    text = written if isinstance(written, str) else yaml.safe_dump(written)
    assert "the value" not in text
    assert apply(tmp_path, text) == []
    assert OutgoingServer.objects.get().client_secret == "the value"


def test_a_server_new_at_microsofts_smtp_has_the_pace_that_is_proposed_there(tmp_path: Path) -> None:
    smtp = """
outgoing:
  - name: Legal
    scope: {directory: true}
    protocol: smtp
    server: smtp.office365.com
    reply_to: it@vantagelegal.example
"""
    apply(tmp_path, smtp)
    server = OutgoingServer.objects.get()
    assert (server.connections, server.mails_per_minute) == (3, 30)
    assert apply(tmp_path, smtp) == []
    apply(tmp_path, smtp + "    connections: 4\n    mails_per_minute: null\n")
    server.refresh_from_db()
    assert (server.connections, server.mails_per_minute) == (4, None)


def test_ews_by_password_needs_its_url_and_no_server_name(tmp_path: Path) -> None:
    ews = """
outgoing:
  - {name: Own, scope: {directory: true}, protocol: ews, connect_url: 'https://mail.msp.example/EWS/Exchange.asmx',
     username: desk, password: pw, reply_to: desk@msp.example}
"""
    apply(tmp_path, ews)
    server = OutgoingServer.objects.get()
    assert (server.authentication, server.host, server.tls) == ("basic", "mail.msp.example", "implicit")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            GRAPH.replace("graph\n", "graph\n    authentication: basic\n"),
            6,
            "Microsoft Graph takes OAuth only.",
        ),
        (GRAPH.replace("client_id: 8d2e4f11-0b6a-4c7e-a3d5-91f07be26c58, ", ""), 7, "OAuth needs it"),
        (GRAPH.replace("the value}", "'********'}"), 7, "there is none to keep"),
        (GRAPH.replace("reply_to", "graph_endpoint: 'http://graph.example'\n    reply_to"), 6, "http"),
        (
            GRAPH.replace("reply_to", "alternate_server: two.example\n    reply_to"),
            6,
            "Only SMTP has an alternate",
        ),
    ],
)
def test_a_mistake_names_its_line_and_nothing_is_saved(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    found, said = refused(tmp_path, text)
    assert (found, words in said) == (line, True), f"line {found}: {said}"


RELAY = """\
  - name: Relay
    scope: {instance: IT Help Desk}
    protocol: smtp
    server: smtp.relay.example
    reply_to: relay@contoso.example
"""


def test_a_graph_server_overflows_to_a_server_that_stands_after_it(tmp_path: Path) -> None:
    apply(tmp_path, GRAPH + "    overflow_to: Relay\n" + RELAY)
    server = OutgoingServer.objects.exclude(overflow_to=None).get()
    assert server.overflow_to is not None and server.overflow_to.name == "Relay"
    assert server.overflow_after_s == 15
    apply(tmp_path, GRAPH + "    overflow_to: Relay\n    overflow_after_s: 40\n")
    server.refresh_from_db()
    assert server.overflow_after_s == 40
    written = settings_file.export()
    text = written if isinstance(written, str) else yaml.safe_dump(written)
    assert "overflow_to: Relay" in text and "overflow_after_s: 40" in text and apply(tmp_path, text) == []
    apply(tmp_path, GRAPH + "    overflow_to: null\n")
    server.refresh_from_db()
    assert server.overflow_to is None


BASIC = "authentication: basic\n    username: u\n    password: p"


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("alternate", ["smtp.office365.com", "SMTP.office365.com:587"])
def test_a_password_for_microsofts_smtp_as_the_alternate_is_warned_about_with_the_date(
    tmp_path: Path, alternate: str
) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(f"outgoing:\n{RELAY}    alternate_server: {alternate}\n    {BASIC}\n")
    for dry_run in (True, False):
        warnings = settings_file.apply(settings_file.read(file), dry_run=dry_run).warnings
        (dated,) = [one for one in warnings if "will end" in one]
        assert "smtp.office365.com" in dated.lower() and "December 2026" in dated


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("alternate", ["outlook.office365.com", "outlook.office365.us:587"])
def test_a_password_is_refused_where_the_alternate_takes_none(tmp_path: Path, alternate: str) -> None:
    text = f"outgoing:\n{RELAY}    alternate_server: {alternate}\n    {BASIC}\n"
    line, said = refused(tmp_path, text)
    assert line == 7 and "Basic authentication is not possible" in said
    apply(tmp_path, text.replace(BASIC, "authentication: none"))


def test_a_graph_server_is_certain_of_what_was_sent_and_no_other(tmp_path: Path) -> None:
    apply(tmp_path, GRAPH + "    certain: true\n")
    assert OutgoingServer.objects.get().certain
    written = settings_file.export()
    text = written if isinstance(written, str) else yaml.safe_dump(written)
    assert "certain: true" in text and apply(tmp_path, text) == []
    OutgoingServer.objects.all().delete()
    _, words = refused(
        tmp_path, "outgoing:\n" + RELAY.replace("protocol: smtp", "protocol: smtp\n    certain: true")
    )
    assert "Only a server by Microsoft Graph can be certain" in words


def test_a_graph_server_has_a_sender_pool_in_a_file(tmp_path: Path) -> None:
    apply(tmp_path, GRAPH + "    sender_pool: [n1@vantagelegal.example, N2@vantagelegal.example]\n")
    pool = ["n1@vantagelegal.example", "n2@vantagelegal.example"]
    assert OutgoingServer.objects.get().sender_pool == pool
    written = settings_file.export()
    text = written if isinstance(written, str) else yaml.safe_dump(written)
    assert all(one in text for one in pool) and apply(tmp_path, text) == []
    assert apply(tmp_path, GRAPH + "    sender_pool: [n2@vantagelegal.example]\n") == [
        "outgoing Legal: sender_pool: "
        "[n1@vantagelegal.example, n2@vantagelegal.example] -> [n2@vantagelegal.example]"
    ]
    apply(tmp_path, GRAPH + "    sender_pool: []\n")
    assert OutgoingServer.objects.get().sender_pool == []


@pytest.mark.parametrize(
    ("pool", "words"),
    [
        ("[nobody]", "nobody is not an e-mail address"),
        ("[it@vantagelegal.example]", "is the server's own mailbox, which sends anyway"),
        ("[n1@vantagelegal.example, N1@vantagelegal.example]", "stands here twice"),
    ],
)
def test_what_cannot_be_in_a_sender_pool_is_said_with_its_line(tmp_path: Path, pool: str, words: str) -> None:
    line, said = refused(tmp_path, GRAPH + f"    sender_pool: {pool}\n")
    assert (line, words in said) == (8, True), said


def test_smtp_has_no_sender_pool(tmp_path: Path) -> None:
    text = "outgoing:\n" + RELAY + "    sender_pool: [n1@vantagelegal.example]\n"
    assert "Only a server by Microsoft Graph has a sender pool" in refused(tmp_path, text)[1]
