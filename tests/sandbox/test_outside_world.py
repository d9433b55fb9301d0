"""The page of the outside world is the demo's alone."""

import pytest
from django.http import Http404
from django.test import Client, RequestFactory, override_settings

from deskpost.console.outside_world import outside_world


@pytest.mark.django_db
def test_there_is_no_outside_world_in_a_real_desk() -> None:
    assert Client().get("/outside/").status_code == 404


@override_settings(DEMO=False)
def test_not_even_this_machine_is_answered_without_the_demo() -> None:
    with pytest.raises(Http404):
        outside_world(RequestFactory().get("/outside/", HTTP_HOST="127.0.0.1"))
