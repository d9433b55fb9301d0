"""What others suffered of mails that were given to the wrong client."""

from pathlib import Path

import pytest

from deskpost import settings_file
from deskpost.desk.accounts import Account, Domain
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from tests.inbound import builders
from tests.outbound import builders as make
from tests.pains.desk import Desk


@pytest.mark.pain("domain-guessed-from-a-contact")
def test_a_clients_domain_is_guessed_from_a_contact_and_others_mails_go_to_that_client(
    desk: Desk, tmp_path: Path
) -> None:
    """A client whose owner writes from Gmail takes nobody else's mail."""
    acme = desk.acme
    owner = make.person("Owner", f"owner.{desk.tag}@gmail.com", acme)
    desk.comes(
        desk.mail(1, sender=f"owner.{desk.tag}@gmail.com"),
        desk.mail(2, sender=f"stranger.{desk.tag}@gmail.com"),
    )
    assert [one.account.name for one in Record.objects.order_by("number")] == ["Acme", "MSP"]
    assert Record.objects.order_by("number")[0].requester == owner
    assert set(Domain.objects.values_list("name", flat=True)) == {desk.domain}, "no domain was learned"

    browser = desk.administrator()
    for domain, said in (("gmail.com", "public mail provider"), (desk.domain, "belongs to")):
        form = {"name": "Orchard", "domains": domain}
        page = browser.post("/admin/accounts/new/", form)
        assert page.status_code == 422 and said in page.content.decode(), page.content.decode()
    assert not Account.objects.filter(name="Orchard").exists()
    path = tmp_path / "accounts.yaml"
    path.write_text("accounts:\n  - {name: Orchard, domains: [GMAIL.com]}\n")
    with pytest.raises(settings_file.SettingsMistaken, match="public mail provider"):
        settings_file.apply(settings_file.read(path))
    builders.account("Orchard", "orchard.example")
    desk.comes(desk.mail(3, sender="new@orchard.example"))
    assert Person.objects.get(addresses__key="new@orchard.example").account.name == "Orchard"
