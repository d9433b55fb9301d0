"""Mail flow: the counts by minute, and what the page says of them."""

from datetime import timedelta

from django.utils import timezone

from deskpost.inbound import flow as inbound_flow
from tests.console import builders
from tests.console.conftest import Desk


def test_mails_are_counted_by_the_minute_as_they_are_fetched_and_decided(desk: Desk) -> None:
    builders.request_by_mail(desk.box)
    builders.request_by_mail(desk.box, message_id="<2@kestrel.example>")
    now = timezone.now()
    (one,) = inbound_flow.incoming(now, now - timedelta(hours=1), None)
    assert sum(one.standing.last_hour) == 2
    assert inbound_flow.ever()[desk.box.pk]["in"] == 2
    r = builders.signed_in(desk.admin).get("/mail-flow/")
    print(r.content.decode())
    assert r.status_code == 200
    r = builders.signed_in(desk.admin).get("/mail-flow/?span=week&table=1", headers=builders.htmx())
    assert r.status_code == 200
