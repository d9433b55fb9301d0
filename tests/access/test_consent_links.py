"""Links to consent where two are at work at the same moment, and by whose clock they end."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deskpost.access import consent_links, consents
from deskpost.access.consent_links import ConsentLink
from deskpost.desk.people import Person
from deskpost.desk.roles import Grant
from deskpost.inbound.mailboxes import Mailbox, MailboxConsent
from deskpost.oauth.grant import Tokens
from tests.access import rows
from tests.access.conftest import served, there
from tests.console import builders
from tests.oauth.world import World

__all__ = ["served", "there"]


@pytest.fixture
def priya(database: str) -> Person:
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


@pytest.fixture
def box(priya: Person, there: World) -> Mailbox:
    return rows.mailbox(there, fetching=False)


def tokens(name: str) -> Tokens:
    return Tokens(name, timezone.now() + timedelta(hours=1), f"renews {name}")


def test_of_two_who_finish_at_the_same_moment_one_consent_is_kept(priya: Person, box: Mailbox) -> None:
    link = consent_links.found_by(consent_links.make(box, priya, box.name))
    assert link is not None
    kept_by_first, first_may_end = threading.Event(), threading.Event()
    came: dict[str, object] = {}

    def finish(name: str, kept: threading.Event, may_end: threading.Event) -> None:
        try:
            with transaction.atomic():
                consents.keep(Mailbox.objects.get(), tokens(name), "", priya)
                consent_links.use(link, name)
                kept.set()
                assert may_end.wait(30)
            came[name] = "kept"
        except consent_links.LinkEnded as ended:
            came[name] = ended
        finally:
            connection.close()

    anytime = threading.Event()
    anytime.set()
    first = threading.Thread(target=finish, args=("first", kept_by_first, first_may_end))
    second = threading.Thread(target=finish, args=("second", threading.Event(), anytime))
    first.start()
    assert kept_by_first.wait(30)
    second.start()
    first_may_end.set()
    first.join(30)
    second.join(30)
    assert came["first"] == "kept" and isinstance(came["second"], consent_links.LinkEnded)
    assert MailboxConsent.objects.get().access_token == "first"
    assert ConsentLink.objects.get().given_by == "first"


def test_a_link_ends_by_the_clock_of_the_database(priya: Person, box: Mailbox) -> None:
    token = consent_links.make(box, priya, box.name)
    with connection.cursor() as cursor:
        for left, works in ((timedelta(minutes=1), True), (timedelta(0), False)):
            cursor.execute(
                "UPDATE consent_link SET made_at = now() + %s - interval '7 days', ends_at = now() + %s",
                [left, left],
            )
            assert (consent_links.found_by(token) is not None) is works
    link = consent_links.newest_of(box)
    assert link is not None and not consent_links.is_open(link)
    with pytest.raises(consent_links.LinkEnded), transaction.atomic():
        consent_links.use(link, "late")


def test_a_link_is_not_made_for_what_has_changed_since_it_was_looked_at(priya: Person, box: Mailbox) -> None:
    Mailbox.objects.update(client_id="another")
    with pytest.raises(consents.SignsInAnew):
        consent_links.make(box, priya, box.name)
    assert not ConsentLink.objects.exists()


def test_a_link_works_only_while_who_made_it_may_connect(priya: Person, box: Mailbox) -> None:
    token = consent_links.make(box, priya, box.name)
    grants = list(Grant.objects.filter(person=priya))
    Grant.objects.filter(person=priya).delete()
    assert consent_links.found_by(token) is None
    Grant.objects.bulk_create(grants)
    assert consent_links.found_by(token) is not None
    Person.objects.filter(pk=priya.pk).update(deleted_at=timezone.now())
    assert consent_links.found_by(token) is None


def test_tokens_are_256_bits_and_never_the_same(priya: Person, box: Mailbox) -> None:
    made = {consent_links.make(box, priya, box.name) for _ in range(20)}
    assert len(made) == 20 and {len(one) for one in made} == {43}
