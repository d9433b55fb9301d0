"""DavMail, unchanged, in front of the simulated EWS: an IMAP client and an SMTP client work through it."""

import imaplib
import smtplib
from collections.abc import Iterator

import pytest

from deskpost.sandbox.cloud.server import serving
from tests.sandbox.cloud.ews_world import ANN, BOB, PASSWORD, World, mail, new_world
from tests.servers.davmail import DavMail, davmail

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def gateway(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavMail]:
    with serving(world.cloud, [world.service]) as server:
        assert server.ca_file is not None
        folder = tmp_path_factory.mktemp("davmail")
        with davmail(folder, f"{server.base}/EWS/Exchange.asmx", server.ca_file) as running:
            yield running


@pytest.fixture
def imap(gateway: DavMail) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", gateway.imap, timeout=30) as client:
        client.login(ANN, PASSWORD)
        yield client


def test_imap_through_davmail_fetches_flags_and_moves(world: World, imap: imaplib.IMAP4) -> None:
    raw = [mail(f"Number {number}") for number in range(3)]
    for one in raw:
        world.cloud.store.deliver(world.ann, one)
    assert imap.select("INBOX") == ("OK", [b"3"])
    uids = imap.uid("search", "ALL")[1][0].split()
    assert [int(uid) for uid in uids] == sorted({int(uid) for uid in uids})
    fetched = imap.uid("fetch", "1:*", "(BODY.PEEK[])")[1]
    assert [one[1] for one in fetched if isinstance(one, tuple)] == raw
    imap.uid("store", uids[0].decode(), "+FLAGS", "(\\Seen)")
    assert imap.uid("search", "UNSEEN")[1][0].split() == uids[1:]
    assert [item.is_read for item in world.inbox(world.ann)] == [True, False, False]
    imap.create("Done")
    imap.uid("copy", uids[0].decode(), "Done")
    imap.uid("store", uids[0].decode(), "+FLAGS", "(\\Deleted)")
    imap.expunge()
    assert len(world.inbox(world.ann)) == 2
    assert imap.select("Done") == ("OK", [b"1"])


def test_a_mail_appended_through_davmail_is_no_draft(world: World, imap: imaplib.IMAP4) -> None:
    assert imap.append("Sent", "(\\Seen)", None, mail("Kept"))[0] == "OK"  # type: ignore[arg-type]
    (kept,) = world.folder(world.ann, "sentitems")
    assert (kept.is_read, kept.is_draft) == (True, False)


def test_smtp_through_davmail_sends_and_keeps_a_copy(world: World, gateway: DavMail) -> None:
    with smtplib.SMTP("127.0.0.1", gateway.smtp, timeout=30) as client:
        client.login(ANN, PASSWORD)
        client.sendmail(ANN, [BOB], mail("By SMTP", From=ANN, To=BOB))
    (got,) = world.inbox(world.bob)
    assert str(got.message["subject"]) == "By SMTP"
    assert any(str(one.message["subject"]) == "By SMTP" for one in world.folder(world.ann, "sentitems"))
