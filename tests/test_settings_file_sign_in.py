"""OAuth, EWS and Graph of mailboxes by file: what is read, proposed, masked and refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deskpost import settings_file
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.servers import OutgoingServer

pytestmark = pytest.mark.django_db
SECRET = "s~ecret value"
GRAPH = """\
mailboxes:
  - name: Help
    protocol: graph
    username: deskpost@brightwater.example
    mailbox: servicedesk@brightwater.example
    addresses: [servicedesk@brightwater.example]
    oauth:
      client_id: 5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40
      client_secret: s~ecret value
      secret_ends: 2028-11-24
"""
EWS = """\
mailboxes:
  - name: Help
    protocol: ews
    connect_url: https://mail.brightwater.example/EWS/Exchange.asmx
    username: desk
    password: pw
    addresses: [desk@brightwater.example]
"""


@pytest.fixture
def apply(tmp_path: Path):
    """Gives a function that applies a text, and gives the warnings."""

    def apply(text: str) -> Any:
        file = tmp_path / "settings.yaml"
        file.write_text(text)
        return settings_file.apply(settings_file.read(file))

    return apply


def box() -> Mailbox:
    return Mailbox.objects.get(name="Help")


def mistakes(apply: Any, text: str) -> list[tuple[int, str]]:
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        apply(text)
    return [(one.line, one.said) for one in caught.value.mistakes]


@pytest.mark.requirement("R79")
def test_what_a_graph_mailbox_leaves_out_is_proposed_as_in_its_form(apply) -> None:
    apply(GRAPH)
    made = box()
    assert (made.authentication, made.server, made.port, made.tls) == ("oauth", "", 443, "implicit")
    assert made.graph_endpoint == "https://graph.microsoft.com"
    assert made.token_url == "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
    assert made.scope == "Mail.ReadWrite,Mail.ReadWrite.Shared,offline_access"
    assert (made.client_secret, made.mailbox_to_open) == (SECRET, "servicedesk@brightwater.example")
    assert str(made.client_secret_ends) == "2028-11-24"


def test_what_is_exported_has_no_secret_and_changes_nothing_when_applied(apply, tmp_path: Path) -> None:
    apply(GRAPH.replace("mailboxes:", EWS.replace("Help", "Other").rstrip(), 1))
    text = settings_file.export()
    assert SECRET not in text and "pw" not in str(
        [one["password"] for one in yaml.safe_load(text)["mailboxes"]]
    )
    exported = {one["name"]: one for one in yaml.safe_load(text)["mailboxes"]}
    assert exported["Help"]["oauth"]["client_secret"] == "********"
    assert exported["Help"]["oauth"]["secret_ends"] == "2028-11-24"
    assert exported["Other"]["oauth"] is None
    assert exported["Other"]["connect_url"] == "https://mail.brightwater.example/EWS/Exchange.asmx"
    assert not apply(text).changes
    assert box().client_secret == SECRET


def test_another_protocol_takes_its_own_scope_and_leaves_what_was_written(apply) -> None:
    apply(GRAPH)
    imap = (
        "mailboxes: [{name: Help, protocol: imaps, server: outlook.office365.com, port: 993, tls: implicit}]"
    )
    apply(imap)
    assert box().scope == "https://outlook.office365.com/IMAP.AccessAsUser.All, offline_access"
    shared = "servicedesk@brightwater.example"
    assert (box().graph_endpoint, box().mailbox_to_open, box().client_secret) == ("", shared, SECRET)
    assert f"mailbox: {shared}" in settings_file.export()
    apply(
        "mailboxes: [{name: Help, oauth: {scope: 'https://mail.google.com/', token_url: 'https://sign-in.example/t'}}]"
    )
    assert (box().scope, box().token_url) == ("https://mail.google.com/", "https://sign-in.example/t")


def test_a_password_in_place_of_oauth_takes_the_tokens_settings_away(apply) -> None:
    apply(
        EWS.replace(
            "    password: pw\n",
            "    oauth: {client_id: x, client_secret: y, token_url: 'https://a.example/t',"
            " authorization_url: 'https://a.example/a', scope: mail}\n",
        )
    )
    assert (box().authentication, box().password) == ("oauth", "")
    apply("mailboxes: [{name: Help, authentication: basic, password: pw}]")
    assert (box().client_id, box().client_secret, box().scope, box().password) == ("", "", "", "pw")


@pytest.mark.parametrize(
    "changes",
    [
        "authentication: basic, password: pw",
        "oauth: {grant: client_credentials, token_url: 'https://a.example/t'}",
    ],
)
def test_with_a_password_and_to_an_application_the_user_of_imap_is_the_mailbox(apply, changes: str) -> None:
    urls = "      token_url: https://a.example/token\n      authorization_url: https://a.example/authorize\n"
    server = "server: imap.brightwater.example\n    port: 993\n    tls: implicit"
    apply(GRAPH.replace("graph", f"imaps\n    {server}") + urls + "      scope: mail\n")
    assert box().mailbox_to_open == "servicedesk@brightwater.example"
    apply(f"mailboxes: [{{name: Help, {changes}}}]")
    assert (box().mailbox_to_open, box().username) == ("", "deskpost@brightwater.example")


def test_proxy_debug_and_push_are_switched_by_file(apply) -> None:
    apply(GRAPH.replace("    oauth:", "    proxy: true\n    debug: true\n    push: false\n    oauth:"))
    assert box().proxy and box().debug_until is not None
    ends = box().debug_until
    apply("mailboxes: [{name: Help, debug: true}]")
    assert box().debug_until == ends, "what is on keeps its end"
    apply("mailboxes: [{name: Help, debug: false}]")
    assert box().debug_until is None


@pytest.mark.requirement("R2")
@pytest.mark.requirement("R78")
@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GRAPH.replace("    username", "    authentication: basic\n    username"), 4, "takes OAuth only"),
        (
            GRAPH + "      scope: Mail.Read https://outlook.office365.com/SMTP.Send\n",
            11,
            "serves one of them only",
        ),
        (
            GRAPH + "      scope: Mail.Read https://outlook.office365.com/SMTP.Send\n"
            "      token_url: https://sign-in.example/t\n",
            11,
            "serves one of them only",
        ),
        (GRAPH + "      token_url: https://login.microsoftonline.com/contoso/x\n", 11, "is no tenant"),
        (GRAPH + "      grant: client_credentials\n", 8, "stands for every organisation"),
        (GRAPH + "      grant: somebody\n", 11, "somebody"),
        (GRAPH.replace("2028-11-24", "soon"), 10, "soon is no date"),
        (GRAPH.replace("s~ecret value", "'********'"), 9, "there is none to keep"),
        (
            GRAPH.replace("    oauth:\n", "    graph_endpoint: graph.microsoft.com\n    oauth:\n"),
            7,
            "no web address",
        ),
        (EWS.replace("    password: pw\n", ""), 2, "needs the key password"),
        (
            EWS.replace("    connect_url: https://mail.brightwater.example/EWS/Exchange.asmx\n", ""),
            2,
            "connect_url",
        ),
        (
            EWS.replace("mail.brightwater.example", "outlook.office365.com"),
            4,
            "Basic authentication is not possible",
        ),
        (EWS.replace("https:", "http:"), 4, "(in a settings file: tls: none)"),
        (
            GRAPH.replace(SECRET, "5f0c9a52-71de-4e0b-9a86-2c7f1d3e8b40"),
            9,
            "the id of a client secret and not",
        ),
    ],
)
def test_a_mistake_names_its_line(apply, text: str, line: int, words: str) -> None:
    found = mistakes(apply, text)
    assert any(at == line and words in said for at, said in found), found
    assert not Mailbox.objects.filter(name="Help").exists()


def test_an_application_at_a_graph_of_one_s_own_is_proposed_the_scope_of_that(apply) -> None:
    own = "    graph_endpoint: https://graph.brightwater.example/v1.0\n    oauth:\n      grant: client_credentials\n"
    apply(GRAPH.replace("    oauth:\n", own) + "      token_url: https://sign-in.brightwater.example/token\n")
    assert box().scope == "https://graph.brightwater.example/.default"


def test_http_for_ews_is_allowed_by_tls_none(apply) -> None:
    apply(EWS.replace("https:", "http:").replace("    password", "    tls: none\n    password"))
    assert box().tls == "none"


@pytest.mark.requirement("R83")
def test_one_client_id_in_both_directions_of_a_graph_mailbox_is_a_mistake(apply) -> None:
    OutgoingServer.objects.create(
        name="Main",
        protocol="graph",
        port=443,
        authentication="oauth",
        client_id="5F0C9A52-71de-4e0b-9a86-2c7f1d3e8b40",
        mailbox_to_open="servicedesk@brightwater.example",
        reply_to="servicedesk@brightwater.example",
    )
    assert any("in the other direction too" in said for _, said in mistakes(apply, GRAPH))


def test_exchange_online_by_ews_is_warned_about(apply) -> None:
    text = EWS.replace("mail.brightwater.example", "outlook.office365.com").replace(
        "    password: pw\n", "    oauth: {client_id: x, client_secret: y}\n"
    )
    assert any("2027-04-01" in words for words in apply(text).warnings)
    assert box().scope == "https://outlook.office365.com/EWS.AccessAsUser.All, offline_access"
