"""Sign in and out."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from deskpost.desk.sign_in_attempts import PER_ADDRESS, PER_NAME, SignInAttempt
from tests.console import builders
from tests.console.conftest import Desk, build_desk

DANA = "dana@northgate-it.example"
URL = "/sign-in/"


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


def attempt(client: Client, name: str = DANA, password: str = builders.PASSWORD, **more: str) -> int:
    return client.post(URL, {"username": name, "password": password, **more}).status_code


def test_name_and_password_lead_to_the_requests(desk: Desk) -> None:
    response = Client().post(URL, {"username": f" {DANA.upper()} ", "password": builders.PASSWORD})
    assert response.headers["Location"] == reverse("requests")


def test_a_page_asked_for_before_the_sign_in_is_shown_after_it(desk: Desk) -> None:
    client = Client()
    away = client.get("/requests/?view=all")
    assert away.headers["Location"] == "/sign-in/?next=%2Frequests%2F%3Fview%3Dall"
    page = client.get(away.headers["Location"]).content.decode()
    assert 'name="next" value="/requests/?view=all"' in page
    response = client.post(
        URL, {"username": DANA, "password": builders.PASSWORD, "next": "/requests/?view=all"}
    )
    assert response.headers["Location"] == "/requests/?view=all"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil"],
)
def test_nobody_is_sent_elsewhere_after_the_sign_in(desk: Desk, elsewhere: str) -> None:
    response = Client().post(URL, {"username": DANA, "password": builders.PASSWORD, "next": elsewhere})
    assert response.headers["Location"] == reverse("requests")


def test_a_name_nobody_has_answers_in_the_same_words(desk: Desk) -> None:
    wrong = Client().post(URL, {"username": DANA, "password": "wrong"})
    unknown = Client().post(URL, {"username": "nobody@northgate-it.example", "password": "wrong"})
    without_login = Client().post(URL, {"username": "ilse@kestrel.example", "password": "wrong"})
    pages = {
        response.content.decode().replace(name, "NAME").replace(_token(response), "TOKEN")
        for response, name in (
            (wrong, DANA),
            (unknown, "nobody@northgate-it.example"),
            (without_login, "ilse@kestrel.example"),
        )
    }
    assert len(pages) == 1
    assert {wrong.status_code, unknown.status_code, without_login.status_code} == {401}


def test_a_name_that_no_database_holds_answers_in_the_same_words(desk: Desk) -> None:
    assert attempt(Client(), f"{DANA}\0") == 401


def test_a_password_is_hashed_for_a_name_nobody_has_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher,
        "encode",
        lambda self, password, salt: hashed.append(password) or encode(self, password, salt),
    )
    attempt(Client(), password="wrong")
    known = len(hashed)
    attempt(Client(), name="nobody@northgate-it.example", password="wrong")
    assert known >= 1
    assert len(hashed) == 2 * known


def test_too_many_attempts_with_a_name_have_to_wait(desk: Desk) -> None:
    for _ in range(PER_NAME):
        assert attempt(Client(), password="wrong") == 401
    response = Client().post(URL, {"username": DANA, "password": builders.PASSWORD})
    assert response.status_code == 401
    assert "wait 15 minutes" in response.content.decode()
    assert attempt(Client(), name="sam@northgate-it.example") == 302


def test_attempts_with_a_name_nobody_has_are_counted_alike(desk: Desk) -> None:
    for _ in range(PER_NAME):
        attempt(Client(), name="nobody@x.example", password="wrong")
    page = Client().post(URL, {"username": "nobody@x.example", "password": "wrong"}).content.decode()
    assert "wait 15 minutes" in page


def test_too_many_attempts_from_one_address_have_to_wait(desk: Desk) -> None:
    for number in range(PER_ADDRESS):
        attempt(Client(), name=f"name{number}@x.example", password="wrong")
    assert attempt(Client()) == 401
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert attempt(elsewhere) == 302


def test_the_wait_ends(desk: Desk) -> None:
    from datetime import timedelta

    from django.db.models import F

    for _ in range(PER_NAME):
        attempt(Client(), password="wrong")
    SignInAttempt.objects.update(at=F("at") - timedelta(minutes=16))
    assert attempt(Client()) == 302


def test_a_sign_in_forgets_the_attempts_before_it(desk: Desk) -> None:
    for _ in range(PER_NAME - 1):
        attempt(Client(), password="wrong")
    assert attempt(Client()) == 302
    assert attempt(Client(), password="wrong") == 401
    assert attempt(Client()) == 302


def test_what_was_typed_as_a_name_is_not_kept(desk: Desk) -> None:
    attempt(Client(), name="my-secret-password", password="wrong")
    row = SignInAttempt.objects.get()
    assert b"my-secret-password" not in bytes(row.name_key)


def test_the_forwarded_address_counts_only_behind_a_trusted_proxy(desk: Desk) -> None:
    from deskpost.desk.installation import Installation

    attempt(Client(headers={"X-Forwarded-For": "198.51.100.7"}), password="wrong")
    assert SignInAttempt.objects.latest("pk").address == "127.0.0.1"
    Installation.objects.update(trusted_proxies=["127.0.0.0/8"])
    attempt(Client(headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.7"}), password="wrong")
    assert SignInAttempt.objects.latest("pk").address == "198.51.100.7"


def test_the_session_is_a_new_one_after_the_sign_in(desk: Desk) -> None:
    client = Client()
    client.session.save()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = session.session_key
    attempt(client)
    assert client.cookies["sessionid"].value != session.session_key
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_a_form_without_its_token_is_refused_in_words(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(URL, {"username": DANA, "password": builders.PASSWORD})
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


def test_signing_out_ends_the_session(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    assert client.get("/requests/").status_code == 200
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/requests/").status_code == 302


def test_an_ended_session_is_told_to_the_page_and_the_password_is_enough(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    client.cookies["sessionid"] = "ended"
    assert client.get("/requests/news/?after=0", headers=builders.htmx()).status_code == 401
    wrong = client.post(URL, {"username": DANA, "password": "no", "again": "1"}, headers=builders.htmx())
    assert wrong.status_code == 422
    assert "Sign in again to go on" in wrong.content.decode()
    right = client.post(
        URL, {"username": DANA, "password": builders.PASSWORD, "again": "1"}, headers=builders.htmx()
    )
    assert right.status_code == 204
    assert '"signed-in": {"csrf":' in right.headers["HX-Trigger"]
    assert client.get("/requests/").status_code == 200


def test_a_deleted_person_cannot_sign_in_and_is_signed_out(desk: Desk) -> None:
    from django.utils import timezone

    client = builders.signed_in(desk.dana)
    desk.dana.deleted_at = timezone.now()
    desk.dana.save()
    assert client.get("/requests/").status_code == 302
    assert attempt(Client()) == 401


def _token(response: object) -> str:
    page = response.content.decode()  # type: ignore[attr-defined]
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def test_what_was_entered_when_the_session_had_ended_is_said_not_to_be_saved(desk: Desk) -> None:
    path = "/admin/mail-server-settings/delimiters/"
    away = Client().post(path, {"base": "@@"}, headers={"referer": f"http://testserver{path}"})
    assert away.headers["Location"] == f"/sign-in/?{urlencode({'next': path, 'ended': 'unsaved'})}"
    assert "what you entered was not saved" in Client().get(away.headers["Location"]).content.decode()


def test_every_form_that_is_not_sent_by_htmx_asks_for_the_session_first(desk: Desk) -> None:
    page = builders.signed_in(desk.dana).get("/requests/").content.decode()
    assert "deskpost/session" in page and 'id="session-ended"' in page
