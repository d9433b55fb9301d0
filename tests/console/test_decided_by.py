"""From the trace alone, without the mail: which setting decided, by a link, and what it said at that time."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deskpost.console.mail_way import steps_of
from deskpost.desk import delimiters, settings
from deskpost.desk.accounts import Account, Domain
from deskpost.desk.editing import By, write
from deskpost.desk.fields import Status
from deskpost.desk.installation import Installation
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.records import Record
from deskpost.desk.request_values import Changes
from deskpost.inbound import mailboxes
from deskpost.inbound.attachment_settings import AttachmentSettings
from deskpost.inbound.batches import begin_all, decide_batch
from deskpost.inbound.case import Case
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import MailOutcome, RawChunk
from deskpost.inbound.standing import Settings, facts_of
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_bounced import bounced as bounced
from tests.console.test_undo import too_large

MX = "mx.northgate-it.example"
FORGED = f"{MX}; dmarc=fail header.from=kestrel.example"
_SHOWN = re.compile(
    r'(?:<a class="link" href="([^"]*)" dir="auto">|<b dir="auto">)([^<]*)</(?:a|b)>'
    r'(?: said then: <span dir="auto">([^<]*)</span>)?'
)


@dataclass(frozen=True)
class Shown:
    """What decided, as a page names it."""

    words: str
    url: str
    said: str


def page_of(client: Client, id: int) -> str:
    answer = client.get(reverse("trace_mail", args=[id]))
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return html.unescape(answer.content.decode())


def shown(client: Client, id: int) -> Iterator[Shown]:
    """Give all that a mail's page names so; of a mail whose bytes are gone, so that the trace alone tells."""
    RawChunk.objects.filter(mail_id=id).delete()
    for url, words, said in _SHOWN.findall(page_of(client, id)):
        yield Shown(words, url, said)


def take(desk: Desk, box: Mailbox | None = None, **parts: Any) -> int:
    """Let a mail come in, and give its id."""
    return builders.take(box or desk.box, **{"message_id": f"<{timezone.now().timestamp()}@x>", **parts}).pk


def first(desk: Desk) -> Record:
    return builders.request_by_mail(desk.box)


def closed(desk: Desk, ago: timedelta = timedelta()) -> Record:
    record = first(desk)
    write(record, Changes({"Status": Status.objects.filter(kind="closed")[0]}), By(desk.admin, "page"))
    Record.objects.filter(pk=record.pk).update(closed_at=timezone.now() - ago)
    return record


def _refused(desk: Desk) -> int:
    Mailbox.objects.filter(pk=desk.box.pk).update(
        new_requests_disabled=True, allowed_addresses=["boss@vantage.example"]
    )
    desk.box.refresh_from_db()
    return take(desk)


def _allowed(desk: Desk) -> int:
    Mailbox.objects.filter(pk=desk.box.pk).update(
        new_requests_disabled=True, allowed_domains=["kestrel.example"]
    )
    desk.box.refresh_from_db()
    return take(desk)


def _stranger(desk: Desk) -> int:
    first(desk)
    return take(desk, sender="eve@home.example", subject="##RE-1##", text="Me too")


def _strict(desk: Desk) -> int:
    Installation.objects.update(who_may_join="strict")
    return _stranger(desk)


def _open(desk: Desk) -> int:
    Installation.objects.update(who_may_join="open")
    return _stranger(desk)


def _unknown(setting: str) -> Callable[[Desk], int]:
    def happens(desk: Desk) -> int:
        Installation.objects.update(unknown_senders=setting)
        return take(desk, sender="eve@home.example")

    return happens


def _away(desk: Desk) -> int:
    first(desk)
    return take(desk, subject="Away: ##RE-1##", text="Monday", Auto_Submitted="auto-replied")


def _away_ends(desk: Desk) -> int:
    Installation.objects.update(auto_replies="end")
    return _away(desk)


def _number(desk: Desk) -> int:
    first(desk)
    return take(desk, subject="Re: ##RE-1##", text="Thanks")


def _earlier_number(desk: Desk) -> int:
    first(desk)
    for module, text in (("", "%%"), ("RE", "REQ"), ("", "##"), ("RE", "RE")):
        delimiters.change(desk.admin, "page", module, text)
    return take(desk, subject="Re: %%req-1%%", text="Thanks")


def _forward(desk: Desk) -> int:
    head = "---------- Forwarded message ---------\nFrom: Helen Cho <helen@vantage.example>\nDate: Mon, 23 Nov 2026"
    text = f"{head}\nSubject: The lease\nTo: <dana@northgate-it.example>\n\nThe lease ends."
    sender = "Dana Whitfield <dana@northgate-it.example>"
    return take(desk, sender=sender, subject="Fwd: The lease", text=text)


def _forged(desk: Desk) -> int:
    first(desk)
    Mailbox.objects.filter(pk=desk.box.pk).update(trusted_authserv_ids=[MX])
    desk.box.refresh_from_db()
    return take(desk, subject="##RE-1##", text="Pay", Authentication_Results=FORGED)


def _verdict(desk: Desk) -> int:
    Mailbox.objects.filter(pk=desk.box.pk).update(trusted_authserv_ids=[MX])
    desk.box.refresh_from_db()
    return take(desk, Authentication_Results=FORGED)


def _too_late(desk: Desk) -> int:
    Installation.objects.update(reopen_within_days=7)
    closed(desk, timedelta(days=8))
    return take(desk, subject="Re: ##RE-1##", text="Again")


def _reopened(desk: Desk) -> int:
    closed(desk)
    return take(desk, subject="Re: ##RE-1##", text="Again")


def _too_often(desk: Desk) -> int:
    Installation.objects.update(reopenings_per_day=0)
    closed(desk)
    return take(desk, subject="Re: ##RE-1##", text="Again")


def _files(desk: Desk) -> int:
    return take(desk, files={"tool.exe": ("application/octet-stream", b"hello")})


def _large_file(desk: Desk) -> int:
    AttachmentSettings.objects.update(max_mb=1)
    return take(desk, files={"large.bin": ("application/octet-stream", bytes(1_100_000))})


def _both_files(desk: Desk) -> int:
    AttachmentSettings.objects.update(max_mb=1, extensions=["exe"])
    kind = "application/octet-stream"
    return take(desk, files={"large.bin": (kind, bytes(1_100_000)), "tool.exe": (kind, b"hello")})


def _account_of_mailbox(desk: Desk) -> int:
    Mailbox.objects.filter(pk=desk.box.pk).update(account=desk.vantage)
    desk.box.refresh_from_db()
    return take(desk)


def _default(desk: Desk) -> int:
    return take(desk, sender="eve@home.example")


def _domain(desk: Desk) -> int:
    return take(desk, sender="New One <new@kestrel.example>")


def _person(desk: Desk) -> int:
    return take(desk)


def _preferred(desk: Desk) -> int:
    PersonAddress.objects.filter(person=desk.tom).update(preferred=True)
    twin = Person.objects.create(account=desk.vantage, name="Tom A.", technician=True, password="!")
    written = "tom@kestrel.example"
    PersonAddress.objects.create(
        account=desk.vantage, person=twin, address=written, key=fold(written), primary=True
    )
    Domain.objects.all().delete()
    return take(desk)


CASES: dict[str, tuple[Callable[[Desk], int], str, str, str]] = {
    # what happens, the setting's name, what it said, its route and the anchor of its field
    "refused": (
        _refused,
        "Incoming “Support”: Disable new request creation by email",
        "on, except for boss@vantage.example",
        "mailbox#new_requests_disabled",
    ),
    "an allowed sender": (
        _allowed,
        "Incoming “Support”: Disable new request creation by email",
        "on, except for @kestrel.example",
        "mailbox#new_requests_disabled",
    ),
    "a stranger waits": (
        _stranger,
        "Installation: Who may join a request",
        "Those of its account",
        "senders#who_may_join",
    ),
    "strict": (
        _strict,
        "Installation: Who may join a request",
        "Those of its account; others open a linked request",
        "senders#who_may_join",
    ),
    "open": (
        _open,
        "Installation: Who may join a request",
        "Everybody whom its account or no account knows",
        "senders#who_may_join",
    ),
    "unknown, held": (
        _unknown("hold"),
        "Installation: Unknown senders",
        "Held until somebody accepts them",
        "senders#unknown_senders",
    ),
    "unknown, refused": (
        _unknown("refuse"),
        "Installation: Unknown senders",
        "Refused",
        "senders#unknown_senders",
    ),
    "an auto-reply joins": (
        _away,
        "Installation: Auto-replies to requests",
        "They join it quietly",
        "senders#auto_replies",
    ),
    "an auto-reply ends": (
        _away_ends,
        "Installation: Auto-replies to requests",
        "They end in the mail trace",
        "senders#auto_replies",
    ),
    "a number": (_number, "Delimiters: Request", "##RE-…##", "delimiters#RE"),
    "a number by an earlier code": (
        _earlier_number,
        "Delimiters: Request",
        "%%REQ-…%%",
        "delimiters#RE",
    ),
    "a forward": (
        _forward,
        "Incoming “Support”: Who wrote a mail that a technician forwards becomes the requester",
        "on",
        "mailbox#forwards_by_technicians",
    ),
    "forged": (
        _forged,
        "Incoming “Support”: Trusted Authentication-Results of",
        MX,
        "mailbox#trusted_authserv_ids",
    ),
    "a verdict": (
        _verdict,
        "Incoming “Support”: Trusted Authentication-Results of",
        MX,
        "mailbox#trusted_authserv_ids",
    ),
    "too late": (_too_late, "Installation: Reopen within (days)", "7 days", "senders#reopen_within_days"),
    "reopened": (_reopened, "Installation: Reopen within (days)", "30 days", "senders#reopen_within_days"),
    "too often": (_too_often, "Installation: Reopenings per day", "0 a day", "senders#reopenings_per_day"),
    "too large": (
        too_large,
        "Incoming “Support”: Largest mail (megabytes)",
        "50 MB",
        "mailbox#max_size_mb",
    ),
    "an extension": (
        _files,
        "Attachment Settings: Extensions",
        "Denied bat, cmd, com, cpl, exe, hta, js, jse, lnk, msi, pif, ps1, reg, scr, vbe, vbs, wsf, wsh",
        "files#extensions",
    ),
    "a large file": (
        _large_file,
        "Attachment Settings: Maximum attachment size (MB)",
        "1 MB",
        "files#max_mb",
    ),
    "both": (_both_files, "Attachment Settings: Extensions", "Denied exe; at most 1 MB", "files#extensions"),
    "the mailbox's account": (
        _account_of_mailbox,
        "Incoming “Support”: Account",
        "Vantage Legal",
        "mailbox#account",
    ),
    "the default account": (_default, "Account “MSP”: Default account", "on", "default"),
    "a domain": (_domain, "Account “Kestrel Logistics”: Domains", "kestrel.example", "kestrel"),
    "a person": (_person, "Person “Tom Achterberg”: E-mail address", "tom@kestrel.example", "tom"),
    "the preference": (
        _preferred,
        "Person “Tom Achterberg”: Mail of this address belongs to this person where several accounts know it",
        "tom@kestrel.example",
        "tom",
    ),
}


def url_of(desk: Desk, where: str) -> str:
    page, _, field = where.partition("#")
    urls = {
        "mailbox": reverse("incoming_mailbox", args=[desk.box.pk]),
        "delimiters": reverse("delimiters"),
        "senders": reverse("senders"),
        "files": reverse("attachment_settings"),
        "default": reverse("account", args=[Account.objects.get(default=True).pk]),
        "kestrel": reverse("account", args=[desk.kestrel.pk]),
        "tom": reverse("person", args=[desk.tom.pk]),
    }
    return f"{urls[page]}#id_{field}" if field else urls[page]


def change_all(desk: Desk) -> None:
    """Let every setting say something else."""
    Installation.objects.update(
        who_may_join="strict",
        unknown_senders="create",
        auto_replies="join",
        reopen_within_days=99,
        reopenings_per_day=99,
    )
    delimiters.change(desk.admin, "page", "", "!!")
    delimiters.change(desk.admin, "page", "RE", "NEW")
    AttachmentSettings.objects.update(max_mb=77, extensions=["zip"])
    Mailbox.objects.filter(pk=desk.box.pk).update(
        name="Renamed", new_requests_disabled=False, max_size_mb=9, trusted_authserv_ids=[], account=None
    )
    Account.objects.filter(pk=desk.kestrel.pk).update(name="Renamed")
    Person.objects.filter(pk=desk.tom.pk).update(name="Renamed")


@pytest.mark.parametrize("case", CASES)
def test_the_setting_that_decided_is_named_by_a_link_with_what_it_said_then(desk: Desk, case: str) -> None:
    happens, words, said, where = CASES[case]
    id, client = happens(desk), builders.signed_in(desk.admin)
    expected = Shown(words, url_of(desk, where), said)
    assert expected in list(shown(client, id)), list(shown(client, id))
    change_all(desk)
    assert expected in list(shown(client, id)), "what it says later changes nothing"
    field = where.partition("#")[2]
    if field:  # the link leads to the field that sets it
        answer = client.get(expected.url.partition("#")[0])
        assert f'id="id_{field}"' in answer.content.decode() or f'for="id_{field}' in answer.content.decode()


@pytest.mark.parametrize("case", CASES)
def test_who_may_not_open_the_setting_reads_its_name_and_has_no_link(desk: Desk, case: str) -> None:
    happens, words, said, _ = CASES[case]
    id = happens(desk)
    assert Shown(words, "", said) in list(shown(builders.signed_in(desk.dana), id))


@pytest.mark.parametrize(
    "case",
    ["refused", "a stranger waits", "forged", "too late", "reopened", "too often", "too large", "strict"],
)
def test_the_list_names_the_setting_too(desk: Desk, case: str) -> None:
    happens, words, _, where = CASES[case]
    happens(desk)
    text = html.unescape(builders.signed_in(desk.admin).get(reverse("trace")).content.decode())
    assert f'href="{url_of(desk, where)}" dir="auto">{words}</a>' in text


def test_of_a_removed_mailbox_the_link_leads_to_its_history(desk: Desk) -> None:
    id = _refused(desk)
    settings.change(desk.admin, "page", desk.box, {"fetching": False})
    mailboxes.remove(desk.admin, "page", desk.box)
    client = builders.signed_in(desk.admin)
    url = f"{reverse('settings_history')}?kind=mailbox&row={desk.box.pk}"
    words, said = CASES["refused"][1:3]
    assert Shown(words, url, said) in list(shown(client, id))
    assert "Support" in client.get(url).content.decode()


def test_of_a_removed_person_the_link_leads_to_the_history(desk: Desk) -> None:
    id = _person(desk)
    Person.objects.filter(pk=desk.tom.pk).update(deleted_at=timezone.now())
    client = builders.signed_in(desk.admin)
    found = next(one for one in shown(client, id) if one.words.startswith("Person"))
    assert found.url == f"{reverse('settings_history')}?kind=person&row={desk.tom.pk}"
    assert client.get(found.url).status_code == 200


def test_a_delivery_report_leads_to_the_mail_of_the_outbox(desk: Desk, bounced: Any) -> None:
    id = MailOutcome.objects.get(kind="bounce").pk
    words = f"Mail {bounced.pk} of the outbox"
    url = reverse("outbox_mail", args=[bounced.pk])
    assert Shown(words, url, "") in list(shown(builders.signed_in(desk.admin), id))
    who = builders.person(
        "Tara", "t@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel
    )
    seen = [one for one in shown(builders.signed_in(who), id) if one.words == words]
    assert seen and {one.url for one in seen} <= {"", url}


def test_a_copy_leads_to_the_first_mail(desk: Desk) -> None:
    original = take(desk, message_id="<same@x>")
    copy = take(
        desk, builders.mailbox("Second", addresses=["two@northgate-it.example"]), message_id="<same@x>"
    )
    page = page_of(builders.signed_in(desk.admin), copy)
    assert f'href="{reverse("trace_mail", args=[original])}"' in page
    assert MailOutcome.objects.get(pk=copy).decided_by is None


def test_where_a_constant_decides_the_trace_says_that_no_setting_changes_it(desk: Desk) -> None:
    for number in range(22):
        take(desk, subject="Fan", text=str(number))
    loop = MailOutcome.objects.filter(kind="automatic").latest("pk")
    assert "20 are the limit, which no setting changes" in loop.reason and loop.decided_by is None
    first = Record.objects.order_by("pk")[0]
    id = take(desk, sender="Helen Cho <helen@vantage.example>", subject=f"##RE-{first.number}##", text="Hi")
    held = MailOutcome.objects.get(pk=id)
    assert "No mail joins across accounts, whatever is set" in held.reason and held.decided_by is None


def test_of_two_accounts_settings_who_works_in_one_reads_nothing_of_the_other(desk: Desk) -> None:
    record = first(desk)
    PersonAddress.objects.filter(person=desk.tom).update(preferred=True)
    Mailbox.objects.filter(pk=desk.box.pk).update(
        new_requests_disabled=True, allowed_addresses=["helen@vantage.example", "tom@kestrel.example"]
    )
    desk.box.refresh_from_db()
    who = builders.person(
        "Tara", "t@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel
    )
    client = builders.signed_in(who)
    text = page_of(client, take(desk, subject="New", text="Allowed"))
    assert "Disable new request creation by email" in text and "helen@vantage.example" not in text
    held = take(
        desk, sender="Helen Cho <helen@vantage.example>", subject=f"##RE-{record.number}##", text="Hi"
    )
    assert "Vantage Legal" not in page_of(client, held)
    assert "Vantage Legal" in page_of(builders.signed_in(desk.admin), held)


def test_deciding_reads_the_settings_once_for_a_whole_batch(
    desk: Desk, django_assert_num_queries: Callable[[int], Any]
) -> None:
    constants, facts = Settings().constants, facts_of(desk.box)
    raws = [
        builders.mail(message_id=f"<{n}@x>", text=str(n), sender="tom@kestrel.example") for n in range(50)
    ]
    cases = [Case(n, facts, raw, len(raw), timezone.now()) for n, raw in enumerate(raws)]
    begun = begin_all(cases)
    lines = [one.lines for one in decide_batch(begun, constants)]
    by = {id(line.by) for some in lines for line in some if line.step == "new request"}
    assert by == {id(None)}
    assert all(line.by for some in lines for line in some if line.step == "sender")


def test_a_trace_that_was_kept_without_settings_is_shown_as_before() -> None:
    (step, *_) = steps_of([["parse", "passed", "2 kB", 0.1]])
    assert (step.name, step.reason, step.by) == ("Parse", "2 kB", None)
