"""The way of a mail by Graph from a saved server: consent, proxy and debug together, also of a file in pieces."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.access.proxy import ProxySettings
from deskpost.access.wire_logs import WireLog
from deskpost.desk.attachments import Attachment
from deskpost.mime.parse import attachment_content, parse
from deskpost.outbound.outbox import OutboxFile, OutboxMail
from deskpost.outbound.send import SendResult, send_due
from deskpost.outbound.servers import OutgoingServer, ServerConsent
from deskpost.sandbox.cloud.cloud import Fault
from tests.access import rows
from tests.oauth.conftest import served, there
from tests.oauth.world import DESK, OTHER, SECRET, World
from tests.outbound import builders as make
from tests.servers.proxies import RealProxy, missing
from tests.servers.secrets import holds

__all__ = ["served", "there"]
pytestmark = pytest.mark.usefixtures("database")
LARGE = bytes(range(256)) * 15_000  # 3.8 MB: more than one piece
SCOPE = "https://graph.microsoft.com/Mail.ReadWrite, https://graph.microsoft.com/Mail.Send, offline_access"


def base_of(there: World) -> str:
    return there.application.token_url.partition(f"/{there.cloud.tenant}")[0]


def by_graph(there: World) -> OutgoingServer:
    """Make a server by Graph that goes by the proxy and is recorded, to which the desk's person has consented."""
    made = rows.server(
        there,
        **{"protocol": "graph", "server": "", "port": 443, "tls": "implicit", "scope": SCOPE},
        **{"graph_endpoint": f"{base_of(there)}/v1.0", "proxy": True},
        debug_until=timezone.now() + timedelta(hours=1),
    )
    rows.consented(there, made)
    return OutgoingServer.objects.get(pk=made.pk)


def with_a_large_file(through: OutgoingServer) -> OutboxMail:
    """Queue a mail with a file of 3.8 MB."""
    request = make.record(make.person("Ute", OTHER, of=make.account("Contoso")))
    about = make.mail_in(request)
    kept = Attachment.objects.create(
        conversation=about,
        account_id=about.account_id,
        name="dump.bin",
        content_type="application/octet-stream",
        size=len(LARGE),
        sha256=hashlib.sha256(LARGE).hexdigest(),
        content=LARGE,
    )
    ids = {"account_id": request.account_id, "record_id": request.pk}
    (mail,) = make.queue_mails(through, [OTHER], **ids)
    OutboxFile.objects.create(mail=mail, attachment=kept)
    return mail


@pytest.mark.requirement("R85", "R63", "R64")
def test_a_large_mail_by_graph_goes_by_the_proxy_and_into_debug_without_a_secret(there: World) -> None:
    if why := missing("http"):
        pytest.skip(why)
    here = base_of(there).rpartition(":")
    with RealProxy("http", login=True, ports=(int(here[2]),)) as proxy:
        asked = proxy.proxy
        ProxySettings.objects.create(
            host=asked.host, port=asked.port, username=asked.username, password=asked.password
        )
        through = by_graph(there)
        first = ServerConsent.objects.get(server=through).access_token
        there.cloud.tokens.access.pop(first)  # taken back at the provider: the sign-in is asked as well
        mail = with_a_large_file(through)
        there.cloud.faults.append(Fault("graph", "lost_answer", path="/send$", times=1))
        before = len(there.cloud.asked)
        assert send_due(through.pk) == SendResult(queued_again=1)
        mail.refresh_from_db()
        assert mail.unknown_fate, "it was handed over, and no answer came"
        OutboxMail.objects.update(next_try_at=timezone.now())
        assert send_due(through.pk) == SendResult(sent=1)
        led = set(proxy.led_to())
    assert led == {f"127.0.0.1:{here[2]}", f"localhost:{here[2]}"}, "the upload is at another host"
    mail.refresh_from_db()
    assert mail.state == "sent" and "Found in Sent Items" in mail.attempts.latest("pk").result

    (copy,) = _in(there, DESK, "sentitems")
    (arrived,) = _in(there, OTHER, "inbox")
    (file,) = parse(arrived).attachments
    assert attachment_content(arrived, file.part) == LARGE and parse(copy).message_id

    wanted = (
        *("401", "grant_type=refresh_token", "createUploadSession", "PUT /", "Content-Range: bytes 3276800-"),
        *(f"HTTP to localhost:{here[2]}", f"by the proxy {asked.place}", "authtoken=(hidden)"),
        '"uploadUrl":"(hidden)',
    )
    # what is said in a transaction is kept by a thread of its own
    make.wait_until(lambda: all(said in _recorded(through).replace('": "', '":"') for said in wanted))
    texts = _recorded(through)
    uploads = [one for one in there.cloud.asked[before:] if "AttachmentSessions" in one.path]
    assert len(uploads) == 2
    kept = ServerConsent.objects.get(server=through)
    assert kept.access_token != first
    for secret in (first, kept.access_token, kept.refresh_token, SECRET, asked.password):
        assert not holds(texts, secret)
    assert set(re.findall(r"(?i)authtoken=([^\s&]*)", texts)) == {"(hidden)"}


def _recorded(through: OutgoingServer) -> str:
    return "".join(WireLog.objects.filter(server_id=through.pk).order_by("pk").values_list("text", flat=True))


def _in(there: World, mailbox: str, folder: str) -> list[bytes]:
    found = there.cloud.store.mailbox(mailbox)
    assert found is not None
    at = found.folder(folder)
    assert at is not None
    return [one.raw for one in found.in_folder(at.id)]
