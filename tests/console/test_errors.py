"""The pages for what does not work."""

import logging
import re

import pytest
from django.db import OperationalError
from django.test import Client

from deskpost.outbound.failover import Process, join, leave
from tests.console import builders
from tests.console.conftest import Desk, build_desk


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the list of requests fail."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr("deskpost.console.requests.search.Listing.page", fail)


def failing(who: object) -> Client:
    client = builders.signed_in(who)  # type: ignore[arg-type]
    client.raise_request_exception = False
    return client


def test_a_fault_shows_an_id_that_is_in_the_log(
    desk: Desk, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = failing(desk.dana).get("/requests/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "This page could not be made" in page
    error_id = re.search(r"<b>([0-9a-f]{4}-[0-9a-f]{4})</b>", page)
    assert error_id is not None
    assert f"Error {error_id[1]}, GET /requests/" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    for inside in ("ZeroDivisionError", "a secret of the inside", "Traceback", "<script>"):
        assert inside not in page


def test_mail_goes_on_is_said_only_while_it_does(desk: Desk, broken: None) -> None:
    words = "Mail goes on being fetched and sent."
    assert words not in failing(desk.dana).get("/requests/").content.decode()
    join("web")
    assert words not in failing(desk.dana).get("/requests/").content.decode()
    Process.objects.update(kind="worker")
    assert words in failing(desk.dana).get("/requests/").content.decode()
    leave()
    assert words not in failing(desk.dana).get("/requests/").content.decode()


def test_without_a_database_the_page_says_so_and_needs_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("connection to server failed: secret-host")

    client = failing(desk.dana)
    for path in ("/requests/", "/sign-in/", "/requests/1/"):
        with monkeypatch.context() as cut:
            cut.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
            response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 503
        assert "Its database cannot be reached." in page
        assert "Mail goes on" not in page
        assert "secret-host" not in page
        assert "Content-Security-Policy" in response.headers


def test_what_is_not_there_says_so_and_offers_the_nearest(desk: Desk) -> None:
    from deskpost.desk import requests
    from deskpost.desk.installation import Instance

    record, _ = requests.open_request(
        actor=desk.dana,
        via="page",
        instance=Instance.objects.get(),
        account=desk.kestrel,
        requester=desk.tom,
        subject="VPN drops",
        text="x",
    )
    client = builders.signed_in(desk.dana)
    page = client.get(f"/requests/{record.number}7/").content.decode()
    assert f"There is no request {record.number}7" in page
    assert f"Numbers now end at {record.number}." in page
    assert "VPN drops" in page
    assert "There is nothing at this address" in client.get("/nowhere/").content.decode()
    assert "There is nothing at this address" in Client().get("/nowhere/").content.decode()
    assert client.get("/requests/RE-/").status_code == 404
    assert "There is no request 999" in client.get("/requests/RE-999", follow=True).content.decode()


def test_too_large_a_form_is_told_in_words(desk: Desk, settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100  # type: ignore[attr-defined]
    response = Client().post("/sign-in/", {"username": "x" * 500, "password": "y"})
    assert response.status_code == 400
    assert "What was sent cannot be read" in response.content.decode()


def test_sentences_name_no_class_and_shout_at_nobody(desk: Desk) -> None:
    client = builders.signed_in(desk.tom)
    for path in ("/requests/77/", "/nowhere/", "/messages/1/way/"):
        page = re.sub(r"<[^>]+>", " ", client.get(path).content.decode())
        for word in ("invalid", "oops", "please", "!", "Exception", "Errno"):
            assert word not in page.lower() if word.islower() else word not in page, (path, word)
