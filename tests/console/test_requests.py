"""The list of requests."""

import pytest
from django.urls import reverse

from tests.console import builders
from tests.console.conftest import Desk


def test_a_mail_that_came_in_is_a_row_of_the_list(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    page = builders.signed_in(desk.dana).get(reverse("requests")).content.decode()
    assert "VPN drops every 20 minutes from home" in page
    assert f"/requests/{record.number}/" in page
    assert "Kestrel Logistics" in page


def test_a_request_shows_its_mail(desk: Desk) -> None:
    record = builders.request_by_mail(desk.box)
    page = builders.signed_in(desk.dana).get(reverse("request", args=[record.number])).content.decode()
    assert "It drops every twenty minutes." in page
    assert "How this mail got here" in page
