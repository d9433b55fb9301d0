"""The first administrator's page."""

import pytest
from django.test import Client

from deskpost.desk.first_administrator import create_link
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person

VALUES = {
    "name": "Priya Raman",
    "email": "Priya@Northgate-IT.example",
    "password": "a long and good one",
    "public_url": "https://desk.northgate-it.example/",
    "time_zone": "Europe/Berlin",
}


@pytest.mark.django_db
def test_the_link_makes_an_administrator_who_is_signed_in_and_works_once() -> None:
    url = f"/first/{create_link()}/"
    client = Client()
    page = client.get(url)
    assert "Who looks after this desk?" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    response = client.post(url, VALUES)
    assert response.headers["Location"] == "/requests/"
    person = Person.objects.get()
    assert person.sign_in_name == "priya@northgate-it.example"
    assert Installation.objects.get().public_url == "https://desk.northgate-it.example"
    assert client.get("/requests/").status_code == 200
    again = Client().post(url, {**VALUES, "email": "spy@evil.example"})
    assert again.status_code == 410
    assert "This link does not work" in again.content.decode()
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_a_guessed_link_does_not_work() -> None:
    create_link()
    assert Client().get("/first/guessed/").status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password", "short", "at least 10 characters"),
        ("password", "password1234567"[:8] + "12", "too common"),
        ("email", "priya", "is no e-mail address"),
        ("name", "", "This is empty. To do: fill it in."),
        ("time_zone", "Mars/Base", "That cannot be chosen here."),
        ("public_url", "desk", "This is no web address."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(field: str, value: str, words: str) -> None:
    url = f"/first/{create_link()}/"
    response = Client().post(url, {**VALUES, field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f'id="id_{field}_error"' in page
    assert not Person.objects.exists()
