"""Whose word on senders is believed, in a settings file."""

from pathlib import Path

import pytest
import yaml

from deskpost import settings_file
from deskpost.inbound.mailboxes import Mailbox
from tests.inbound.builders import mailbox

pytestmark = pytest.mark.usefixtures("database")


def apply(tmp_path: Path, keys: str) -> settings_file.Applied:
    path = tmp_path / "desk.yaml"
    path.write_text(f"mailboxes:\n  - name: Help\n    {keys}\n")
    return settings_file.apply(settings_file.read(path))


def test_trusted_servers_and_the_own_check_are_set_and_printed(tmp_path: Path) -> None:
    mailbox()
    apply(tmp_path, "trusted_authserv_ids: [MX.Acme.example]\n    own_check: true")
    made = Mailbox.objects.get()
    assert (made.trusted_authserv_ids, made.own_check) == (["mx.acme.example"], True)
    (printed,) = yaml.safe_load(settings_file.export())["mailboxes"]
    assert (printed["trusted_authserv_ids"], printed["own_check"]) == (["mx.acme.example"], True)
    assert not apply(tmp_path, "trusted_authserv_ids: [mx.acme.example]").changes


@pytest.mark.parametrize("wrong", ["[dmarc=pass]", "['a b']", "mx.acme.example"])
def test_what_is_no_name_of_a_server_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    mailbox()
    with pytest.raises(settings_file.SettingsMistaken) as refused:
        apply(tmp_path, f"trusted_authserv_ids: {wrong}")
    assert [one.line for one in refused.value.mistakes] == [3]
    assert Mailbox.objects.get().trusted_authserv_ids == []
