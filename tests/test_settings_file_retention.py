"""For how long dropped mails are kept, in a settings file."""

import pytest

from deskpost import settings_file
from deskpost.desk import settings_history
from deskpost.desk.settings_history import Wanted
from deskpost.inbound.retention.settings import RetentionSettings
from deskpost.settings_file import SettingsMistaken

pytestmark = pytest.mark.usefixtures("database")


def apply(tmp_path, text: str) -> settings_file.Applied:
    path = tmp_path / "desk.yaml"
    path.write_text(text)
    return settings_file.apply(settings_file.read(path))


@pytest.mark.parametrize(("written", "days"), [("30", 30), ("null", None)])
def test_a_file_sets_the_days_and_what_is_printed_changes_nothing(tmp_path, written, days):
    assert apply(tmp_path, f"retention: {{dropped_days: {written}}}\n").changes
    assert RetentionSettings.objects.get().dropped_days == days
    (version,) = settings_history.versions(Wanted(("retentionsettings",), via="file"), 9)
    assert version.new["dropped_days"] == days
    printed = settings_file.export()
    assert f"dropped_days: {written}" in printed
    assert not apply(tmp_path, printed).changes


@pytest.mark.parametrize("written", ["0", "3651", "soon", "-1", "[1]"])
def test_days_that_make_no_sense_are_refused_with_the_line(tmp_path, written):
    with pytest.raises(SettingsMistaken, match="line 2"):
        apply(tmp_path, f"retention:\n  dropped_days: {written}\n")
    assert RetentionSettings.objects.get().dropped_days == 90
