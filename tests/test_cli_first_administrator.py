"""The first administrator: a link instead of a default password, once, for a day, while nobody can sign in."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.first_administrator import (
    FirstAdministratorLink,
    LinkUnusable,
    create_link,
    is_needed,
    is_usable,
    redeem,
)
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person, PersonAddress
from deskpost.desk.roles import PERMISSIONS, visible

WHO = {
    "name": "Ann Admin",
    "email": "Ann@MSP.example",
    "password": "four horses and a staple",
    "public_url": "https://desk.msp.example/",
    "time_zone": "Europe/Berlin",
}


@pytest.mark.django_db
def test_whoever_opens_the_link_may_do_everything_and_the_installation_knows_its_address():
    ann = redeem(create_link(), **WHO)
    assert ann.sign_in_name == "ann@msp.example"
    assert ann.check_password("four horses and a staple")
    assert ann.account == Account.objects.order_by("pk")[0]
    assert all(visible(ann).may(permission) for permission in PERMISSIONS)
    assert Installation.objects.get().public_url == "https://desk.msp.example"
    assert Installation.objects.get().time_zone == "Europe/Berlin"
    assert not is_needed()


@pytest.mark.django_db
def test_only_the_hash_of_the_link_is_stored():
    token = create_link()
    assert token.encode() not in bytes(FirstAdministratorLink.objects.get().token_hash)
    assert is_usable(token) and not is_usable(token + "x") and not is_usable("\ud800")


@pytest.mark.django_db
def test_a_link_works_once():
    token = create_link()
    redeem(token, **WHO)
    with pytest.raises(LinkUnusable):
        redeem(token, **WHO)


@pytest.mark.django_db
def test_a_link_works_for_a_day_and_a_newer_one_ends_it():
    token = create_link()
    assert is_usable(token)
    FirstAdministratorLink.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert not is_usable(token)
    first, second = create_link(), create_link()
    assert not is_usable(first) and is_usable(second)


@pytest.mark.django_db
def test_a_link_is_worth_nothing_once_somebody_can_sign_in():
    token = create_link()
    Person.objects.create(account=Account.objects.get(), name="Bob", sign_in_name="bob@msp.example")
    assert not is_usable(token)
    with pytest.raises(LinkUnusable):
        redeem(token, **WHO)


@pytest.mark.django_db
def test_a_requester_whom_mail_made_is_no_hindrance_and_can_be_the_administrator():
    account = Account.objects.get()
    ann = Person.objects.create(account=account, name="Ann")
    PersonAddress.objects.create(
        account=account, person=ann, address="ann@msp.example", key="ann@msp.example"
    )
    assert redeem(create_link(), **WHO) == ann


def test_of_two_who_open_it_at_once_one_is_first(database):
    token = create_link()
    ended: list[object] = []

    def open_it(email: str) -> None:
        try:
            ended.append(redeem(token, **{**WHO, "email": email}))
        except LinkUnusable:
            ended.append(None)
        connection.close()

    threads = [Thread(target=open_it, args=(f"{name}@msp.example",)) for name in ("ann", "bob", "cleo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in ended if one]) == 1
    assert Person.objects.count() == 1
