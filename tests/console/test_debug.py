"""Email Debug on the forms: what was recorded is told and downloaded, by whom is noted; no secret comes out."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from deskpost import settings_file
from deskpost.access import wire_logs
from deskpost.access.columns import MailServerSettings
from deskpost.access.wire_logs import WireLog, WireLogReading
from deskpost.desk import settings
from deskpost.inbound.collecting import sources
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound import endpoints, server_scopes
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.envelope import Envelope
from deskpost.transports.errors import TransportError
from tests.access import rows
from tests.command_line import deskpost
from tests.console import builders
from tests.console.conftest import Desk
from tests.oauth.conftest import served, there
from tests.oauth.world import DESK, SECRET, World
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.secrets import holds
from tests.servers.smtp_sink import SmtpSink
from tests.transports.builders import mail

__all__ = ["served", "there"]
NASTY = 'p"4\\ss<&>/+wörd%;='


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def downloaded(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


@pytest.mark.requirement("R63")
def test_what_was_recorded_is_downloaded_and_who_did_is_noted(desk: Desk) -> None:
    url = reverse("incoming_debug", args=[desk.box.pk])
    admin = builders.signed_in(desk.admin)
    assert admin.get(url).status_code == 404
    for text in ("first connection\n", "second connection\n"):
        wire_logs.keep({"mailbox_id": desk.box.pk}, text)
    for who in (desk.dana, desk.tom):
        assert builders.signed_in(who).get(url).status_code == 403
    assert admin.head(url).status_code == 200 and not WireLogReading.objects.exists()
    assert downloaded(admin, url) == "first connection\n\nsecond connection\n\n"
    noted = WireLogReading.objects.get()
    assert (noted.person, noted.name, noted.thing, noted.connections) == (
        desk.admin,
        "Priya Raman",
        "Support",
        2,
    )
    form = admin.get(reverse("incoming_mailbox", args=[desk.box.pk])).content.decode()
    assert "2 connections" in form and url in form and "Last by Priya Raman" in form


def test_an_outgoing_server_has_its_own_records(desk: Desk) -> None:
    wire_logs.keep({"server_id": desk.server.pk}, "by SMTP\n")
    scope = server_scopes.scope_of(desk.server)
    admin = builders.signed_in(desk.admin)
    assert downloaded(admin, reverse("outgoing_debug", args=[scope.key])) == "by SMTP\n\n"
    assert admin.get(reverse("incoming_debug", args=[desk.box.pk])).status_code == 404
    form = admin.get(reverse("outgoing_server", args=[scope.key])).content.decode()
    assert "1 connection" in form and "Enable Email Debug" in form


@pytest.mark.requirement("R64", "R62")
def test_both_forms_have_both_boxes_with_their_hints(desk: Desk) -> None:
    admin = builders.signed_in(desk.admin)
    scope = server_scopes.scope_of(desk.server)
    for url in (reverse("incoming_new"), reverse("outgoing_server", args=[scope.key])):
        page = admin.get(url).content.decode()
        for label in (
            "Enable proxy server",
            "Enable Email Debug",
            "Only if recommended by the support team.",
        ):
            assert label in page
        assert reverse("proxy") in page


def use(row: MailServerSettings) -> None:
    """Fetch or send once; a refusal is recorded too."""
    try:
        if isinstance(row, Mailbox):
            with sources.open_source(row, read_only=True) as source:
                list(source.fetch(source.list(None, None)[:2], 1_000_000))
            return
        assert isinstance(row, OutgoingServer)
        content = mail(1).replace(b"Customer <customer@client.example>", DESK.encode())
        with endpoints.open_sender(row) as sender:
            sender.send(Envelope(DESK, ("ute@client.example",), content))
    except TransportError:
        pass


def everything_shown(desk: Desk, tables: bool = True) -> dict[str, str]:
    """Give every place at which a secret could come out, by its name."""
    admin = builders.signed_in(desk.admin)
    urls = [
        reverse("settings_history"),
        reverse("settings_export"),
        reverse("all_settings"),
        reverse("proxy"),
    ]
    for box in Mailbox.objects.all():
        urls += [reverse("incoming_mailbox", args=[box.pk]), reverse("incoming_debug", args=[box.pk])]
    for scope, _ in server_scopes.with_server():
        urls += [reverse(name, args=[scope.key]) for name in ("outgoing_server", "outgoing_debug")]
    shown = {}
    for url in urls:
        answer = admin.get(url, follow=True)
        parts = getattr(answer, "streaming_content", None)
        shown[url] = (b"".join(parts) if parts is not None else answer.content).decode()
    shown["settings export"] = settings_file.export()
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT one::text FROM "{table}" one')  # noqa: S608 - names of the catalogue
            shown[f"table {table}"] = "\n".join(row[0] for row in cursor.fetchall())
    return shown


@pytest.mark.requirement("R63", "R76", "R85")
def test_no_secret_of_any_kind_comes_out_anywhere_while_debug_is_on(
    desk: Desk,
    there: World,
    dovecot: Dovecot,
    smtp_sink_with: Callable[..., SmtpSink],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    OutgoingServer.objects.all().delete()
    user = dovecot.new_user()
    dovecot.deliver(user, mail(1))
    sink = smtp_sink_with(logins={"anna": NASTY})
    on = {"debug_until": in_an_hour()}
    basic = {"protocol": "imap", "server": "127.0.0.1", "tls": "none", "username": user, **on}
    base = there.application.token_url.split("/" + there.cloud.tenant)[0]
    oauth = rows.settings_of(there, protocol="graph", server="", port=443, tls="implicit", password="", **on)
    oauth["graph_endpoint"] = f"{base}/v1.0"
    oauth["scope"] = "https://graph.microsoft.com/Mail.ReadWrite, offline_access"
    made = [
        builders.mailbox("Basic", port=dovecot.imap, password=PASSWORD, **basic),
        builders.mailbox("Wrong", port=dovecot.imap, password=NASTY, **basic),
        builders.mailbox("Graph", **oauth),
        OutgoingServer(
            **{
                "name": "Basic out",
                "server": "127.0.0.1",
                "port": sink.port,
                "protocol": "smtp",
                "tls": "none",
            },
            **{"authentication": "basic", "username": "anna", "password": NASTY, "reply_to": DESK, **on},
        ),
    ]
    made[-1].save()
    tokens = rows.consented(there, made[2], lasts=timedelta(minutes=1))
    there.cloud.store.deliver(there.cloud.store.mailbox(DESK), mail(3), "inbox")
    for row in made:
        use(row)
    settings.change(desk.admin, "page", made[0], {"password": f"{PASSWORD}-2"})
    use(made[0])
    kept = type(made[2]).objects.get(pk=made[2].pk).consent  # type: ignore[attr-defined]
    assert kept.access_token != tokens.access_token  # it was renewed, so the token endpoint was recorded
    secrets = {
        **{"password": PASSWORD, "changed password": f"{PASSWORD}-2", "other password": NASTY},
        **{
            "client secret": SECRET,
            "old token": tokens.access_token,
            "old refresh": tokens.refresh_token or "",
        },
        **{"token": kept.access_token, "refresh token": kept.refresh_token},
    }
    recorded = "".join(WireLog.objects.values_list("text", flat=True))
    for said in ("LOGIN (hidden)", "AUTH PLAIN (hidden)", "grant_type=refresh_token", "Bearer (hidden)"):
        assert said in recorded or said.replace("LOGIN", "AUTHENTICATE PLAIN") in recorded, said
    shown = {**everything_shown(desk), "application log": caplog.text}
    for name, secret in secrets.items():
        for place, text in shown.items():
            assert not holds(text, secret), f"{name} in {place}"
            assert quote(secret, safe="") not in text


def test_the_command_line_shows_no_secret(desk: Desk, tmp_path: Path) -> None:
    settings.change(desk.admin, "page", desk.box, {"password": NASTY, "client_secret": SECRET})
    for command in (("settings", "export"), ("mailboxes", "--json"), ("doctor",)):
        ran = deskpost(*command)
        assert not holds(ran.out + ran.err, NASTY) and not holds(ran.out + ran.err, SECRET), command
