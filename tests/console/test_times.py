"""How pages write times."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deskpost.console.templatetags.deskpost_ui import clock, exact, style_apart
from tests.console import builders
from tests.console.conftest import Desk


@pytest.mark.parametrize("days", [0, 3, 30])
def test_times_of_a_list_that_would_look_alike_are_written_to_the_second(days: int) -> None:
    first = timezone.now().replace(second=10) - timedelta(days=days)
    second = first.replace(second=20)
    assert clock(first) == clock(second) and exact(first) != exact(second)
    assert style_apart([{"at": first}, {"at": second}]) == "exact"
    assert style_apart([{"at": first}]) == "clock"


def test_versions_saved_within_a_minute_are_told_apart(desk: Desk) -> None:
    from deskpost.desk import settings, settings_history

    for name in ("One", "Two"):
        settings.change(desk.admin, "page", desk.kestrel, {"name": name})
    wanted = settings_history.Wanted(("account",), row=desk.kestrel.pk)
    newest = settings_history.versions(wanted, 1)[0]
    url = f"/admin/history/?kind=account&open=account-{newest.id}"
    page = builders.signed_in(desk.admin).get(url).content.decode()
    seconds = timezone.localtime(newest.at).strftime("%H:%M:%S")
    assert f"<bdi>{seconds}</bdi>" in page
