"""The desk before its first request, and the page of the style sheet."""

from collections.abc import Iterator

import pytest
from django.urls import path

from deskpost.console import urls
from deskpost.console.styleguide import styleguide
from deskpost.desk.people import Person
from tests.browser.accessible import look_at
from tests.browser.conftest import Opens, Site, serve
from tests.browser.test_pages import SIZES, sizes
from tests.console import builders

urlpatterns = [*urls.urlpatterns, path("styleguide/", styleguide, name="styleguide")]


def administrator() -> Person:
    """Make the only person of this desk."""
    return builders.person("Priya Raman", "priya@northgate-it.example", "SDAdmin")


@pytest.fixture(scope="module")
def site(template_database: str, django_db_blocker: object) -> Iterator[Site]:
    """Serve a desk with an administrator and nothing else."""
    with serve(template_database, django_db_blocker, administrator) as serving:
        yield serving


@sizes
def test_an_empty_desk_is_open_to_everybody(site: Site, opens: Opens, size: str) -> None:
    page = opens("/requests/", site.scene, viewport=SIZES[size])
    page.get_by_text("No requests yet, because no mail comes in").wait_for()
    look_at(page, f"empty{size}")


@sizes
def test_the_style_sheet_page_is_open_to_everybody(
    site: Site, opens: Opens, size: str, settings: object
) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, __name__  # type: ignore[attr-defined]
    page = opens("/styleguide/", site.scene, viewport=SIZES[size])
    look_at(page, f"styleguide{size}")
