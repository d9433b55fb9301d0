"""The handbook inside the product."""

from pathlib import Path

import pytest
from django.urls import reverse

from deskpost.console import help
from tests.console import builders
from tests.console.conftest import Desk, build_desk


@pytest.fixture
def desk(db: None) -> Desk:
    """Give the desk within the test's transaction: no mail comes in here."""
    return build_desk()


@pytest.fixture
def handbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a small handbook."""
    (tmp_path / "install.md").write_text(
        "# Install\n\nSee [the mailbox](first-mailbox.md#two).\n\n![x](pictures/a.png)\n"
    )
    (tmp_path / "first-mailbox.md").write_text(
        "# First mailbox\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"png")
    monkeypatch.setattr(help, "_PLACES", (tmp_path,))
    return tmp_path


def test_help_opens_at_the_first_page_and_links_lead_within(desk: Desk, handbook: Path) -> None:
    client = builders.signed_in(desk.dana)
    response = client.get(reverse("help"), follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == "/help/install/"
    assert 'href="/help/first-mailbox/#two"' in page
    assert 'src="/help/pictures/a.png"' in page
    assert client.get("/help/pictures/a.png").content == b"png"
    table = client.get("/help/first-mailbox/").content.decode()
    assert "<table>" in table
    assert 'id="two"' in table


@pytest.mark.parametrize(
    "path", ["/help/nothing/", "/help/pictures/..", "/help/pictures/%2e%2e%2finstall.md"]
)
def test_nothing_but_the_handbook_is_read(desk: Desk, handbook: Path, path: str) -> None:
    assert builders.signed_in(desk.dana).get(path).status_code == 404


def test_every_page_of_the_real_handbook_can_be_shown(desk: Desk) -> None:
    client = builders.signed_in(desk.dana)
    for chapter in help.chapters():
        assert client.get(reverse("help_page", args=[chapter.key])).status_code == 200
