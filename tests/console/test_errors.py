"""The pages for what does not work."""

import logging
import re
import time

import psycopg
import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from psycopg.errors import CannotConnectNow, DeadlockDetected, DiskFull

from deskpost.console.outage import Outage, trouble_of
from deskpost.outbound.failover import Process, join, leave
from tests.console import builders
from tests.console.conftest import Desk, build_desk
from tests.database import url_of


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
    assert caplog.text.count("Traceback") == 1, "a fault is told once"
    for inside in ("ZeroDivisionError", "a secret of the inside", "Traceback", "<script>"):
        assert inside not in page


def test_what_somebody_may_not_do_is_one_line_of_the_log_with_who_and_what(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    response = builders.signed_in(desk.dana).get("/admin/history/")
    assert response.status_code == 403
    [record] = caplog.records
    assert record.levelname == "WARNING" and record.exc_info is None
    said = record.getMessage()
    assert f"GET /admin/history/ by Dana Whitfield (person {desk.dana.pk}), needs settings." in said
    caplog.clear()
    builders.signed_in(desk.dana).get("/admin/people/%0AERROR%20forged/")
    assert all("\n" not in one.getMessage() for one in caplog.records)


def test_mail_goes_on_is_said_only_while_it_does(desk: Desk, broken: None) -> None:
    words = "Mail goes on being fetched and sent."
    assert words not in failing(desk.dana).get("/requests/").content.decode()
    join("web")
    assert words not in failing(desk.dana).get("/requests/").content.decode()
    Process.objects.update(kind="worker")
    assert words in failing(desk.dana).get("/requests/").content.decode()
    leave()
    assert words not in failing(desk.dana).get("/requests/").content.decode()


def words_of(response: HttpResponse) -> str:
    page = re.sub(r"<(svg|style|head).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_without_a_database_the_page_says_so_and_needs_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("connection to server failed: secret-host")

    client = failing(desk.dana)
    for path in ("/requests/", "/sign-in/", "/requests/1/"):
        caplog.clear()
        with monkeypatch.context() as cut:
            cut.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
            response = client.get(path)
        said = words_of(response)
        assert response.status_code == 503
        assert said.index("The database does not answer") < said.index("Mail waits at the mail servers")
        assert re.search(r"It has not answered since \d\d:\d\d:\d\d UTC", said)
        assert "none is lost" in said and "deskpost doctor" in said
        assert "The fault is in Deskpost" not in said
        assert "Mail goes on" not in said
        assert "secret-host" not in said
        assert "Content-Security-Policy" in response.headers
        told = [line for line in caplog.messages if path in line]
        assert len(told) == 1 and "The database cannot be used." in told[0]
        assert "Traceback" not in caplog.text


def test_a_full_disk_of_the_database_is_named_and_what_to_do_about_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("could not extend file") from DiskFull("could not extend file")

    client = failing(desk.dana)
    with monkeypatch.context() as cut:
        cut.setattr("django.db.backends.utils.CursorWrapper.execute", full)
        response = client.get("/requests/")
    assert response.status_code == 503
    assert "The disk of the database is full" in words_of(response)
    assert "free some space where PostgreSQL keeps its files" in words_of(response)


def test_what_a_living_database_refuses_is_a_fault_of_deskpost() -> None:
    refused = OperationalError("deadlock detected")
    refused.__cause__ = DeadlockDetected("deadlock detected")
    assert trouble_of(refused) is None
    starting = OperationalError("the database system is starting up")
    starting.__cause__ = CannotConnectNow("the database system is starting up")
    assert trouble_of(starting) == "gone"


def test_an_outage_ends_once_the_database_answers_and_the_next_one_begins_anew(database: str) -> None:
    outage = Outage()
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        name = connection.settings_dict["NAME"]
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        since = outage.noticed()
        time.sleep(1.5)
        assert outage.noticed() == since
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    end = time.monotonic() + 60
    while outage.present:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert outage.noticed() > since


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


def test_an_error_page_has_the_menu_of_who_is_signed_in_and_none_for_others(
    desk: Desk, broken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = failing(desk.dana)
    refused = client.get("/admin/history/")
    assert refused.status_code == 403
    for response in (refused, client.get("/nowhere/"), client.get("/requests/999/")):
        page = response.content.decode()
        assert "Dana Whitfield" in page
        assert 'id="person-menu"' in page and 'aria-label="Desk"' in page
        assert page.count("<h1>") == 1
    fault = client.get("/requests/").content.decode()
    assert "Dana Whitfield" in fault and 'id="person-menu"' not in fault, "its links may not work either"
    assert 'id="person-menu"' not in Client().get("/nowhere/").content.decode()


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
