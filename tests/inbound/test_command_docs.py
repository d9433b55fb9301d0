"""The mails that the handbook's page on Email Command shows do what it says: each is read out of the page and sent."""

import re
from pathlib import Path

import pytest

from deskpost.desk.records import Record
from deskpost.inbound.messages import MailOutcome
from tests.inbound.commanding import Commanded, changes_of, desk, fields

pytestmark = pytest.mark.usefixtures("database")
PAGE = Path(__file__).parents[2] / "docs" / "email-command.md"
_MAIL = re.compile(
    r"^`(?P<name>[^`\n]+)`:\n\n```mail\nSubject: (?P<subject>[^\n]*)\n\n(?P<text>.*?)^```$", re.M | re.S
)


def examples() -> dict[str, tuple[str, str]]:
    """Give subject and text of each mail of the page, by its name."""
    return {one["name"]: (one["subject"], one["text"]) for one in _MAIL.finditer(PAGE.read_text())}


def sent(it: Commanded, name: str, record: Record | None = None) -> MailOutcome:
    """Send the mail of this name, about a request of this test in place of the page's."""
    subject, text = examples()[name]
    number = f"RE-{record.number}" if record else "RE-1"
    return it.mail(it.sam, text.replace("RE-1", number), subject.replace("RE-1", number))


def test_each_mail_of_the_page_does_what_the_page_says() -> None:
    it = desk()
    assert len(examples()) == PAGE.read_text().count("```mail\n") == 6

    made = Record.objects.get(pk=sent(it, "a new request by mail").record_id)
    assert (made.subject, made.conversations.get().text) == (
        "Laptop for Ann",
        "The laptop for Ann has not come.",
    )
    assert {"Priority": "High", "Category": "Hardware", "SubCategory": "Laptop"}.items() <= fields(
        made
    ).items()
    made = Record.objects.get(pk=sent(it, "by a service template, for somebody").record_id)
    assert (made.requester, made.details.template.name) == (it.tom, "New starter kit")
    assert sorted(made.answers.values_list("values", flat=True)) == [["Office", "Visio"], ["compaq"]]

    record = it.request()
    outcome = sent(it, "an edit, the number in the subject", record)
    assert "Skipped" not in outcome.reason
    assert fields(record)["Resolution"] == "Driver 6.2 replaced by 6.4,\nspooler restarted"
    assert sent(it, "picked up", record).kind == "command"
    assert fields(record)["Technician"] == "Sam Okafor"
    sent(it, "assigned", record)
    assert fields(record)["Technician"] == "Marco Bianchi"
    sent(it, "closed, the number in the text", record)
    assert (fields(record)["Status"], fields(record)["Resolution"]) == ("Closed", "New toner")
    assert len(changes_of(record)) == 4
    assert record.conversations.count() == 1
