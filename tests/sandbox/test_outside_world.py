"""The page of the outside world is the demo's alone, and takes whatever its address says."""

from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client, RequestFactory, override_settings

from deskpost.console.outside_world import outside_world
from deskpost.sandbox.cast import TECHNICIANS
from deskpost.sandbox.outside import Outside
from tests.console import builders


@pytest.mark.django_db
def test_there_is_no_outside_world_in_a_real_desk() -> None:
    assert Client().get("/outside/").status_code == 404


@override_settings(DEMO=False)
def test_not_even_this_machine_is_answered_without_the_demo() -> None:
    with pytest.raises(Http404):
        outside_world(RequestFactory().get("/outside/", HTTP_HOST="127.0.0.1"))


@pytest.mark.django_db
@override_settings(DEMO=True)
def test_a_nul_in_a_parameter_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKPOST_DATA", str(tmp_path))
    Outside(tmp_path).create([])
    builders.person(TECHNICIANS[0].name, TECHNICIANS[0].address, "SDTechnician")
    for parameter in ("customer", "as", "mail", "write", "mode", "side", "seen", "answers"):
        asked = RequestFactory().get("/outside/", {parameter: "\0"}, HTTP_HOST="127.0.0.1")
        assert outside_world(asked).status_code == 200, parameter
