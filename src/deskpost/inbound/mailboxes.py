"""Mailboxes: what is fetched from where, and how each one fares."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now
from django.db.models.lookups import Exact
from django.utils import timezone

from deskpost import wake
from deskpost.access.columns import MailServerSettings
from deskpost.access.consent import Consent
from deskpost.desk.accounts import Account, Site
from deskpost.desk.categories import Category
from deskpost.desk.fields import Group, Priority
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person, fold
from deskpost.desk.settings import change
from deskpost.desk.templates import Template


def folded_folder(column: str) -> Lower:
    """Give a folder's name as servers compare it, as error_folder.names.key does; for a constraint."""
    return Lower(Func(F(column), Value(" /"), function="btrim", output_field=models.TextField()))


class NotRemoved(models.Manager["Mailbox"]):
    """The mailboxes that nobody has removed: the only ones that are shown, changed or fetched."""

    def get_queryset(self) -> models.QuerySet["Mailbox"]:
        """Give them."""
        return super().get_queryset().filter(removed_at=None)


@pghistory.track()
class Mailbox(MailServerSettings):
    """The settings of one incoming configuration. One that is removed stays as a row, for its mails name it."""

    class AfterFetching(models.TextChoices):
        """What is done to a mail on its server: read at once, moved or deleted once it has its outcome."""

        MARK_READ = "mark_read"
        MOVE = "move"
        DELETE = "delete"
        LEAVE = "leave"

    name = models.TextField()
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    addresses = ArrayField(models.TextField(), default=list)  # lower case
    source_folder = models.TextField(default="INBOX")
    push = models.BooleanField(default=False)  # IMAP IDLE, or Graph's change notifications
    fetch_every = models.PositiveIntegerField(default=60)  # seconds
    first_fetch = models.TextField(default="new")  # new, everything, or a date: what came since
    acknowledge_old = models.BooleanField(default=False)
    after_fetching = models.TextField(choices=AfterFetching.choices, default=AfterFetching.MARK_READ)
    move_to = models.TextField(default="", blank=True)
    leave_days = models.PositiveIntegerField(null=True, blank=True)  # POP: left for so long, None: for ever
    max_size_mb = models.PositiveIntegerField(default=50)
    new_requests_disabled = models.BooleanField(default=False)
    forwards_by_technicians = models.BooleanField(
        default=True, db_default=True
    )  # whose mail they forward becomes the requester
    allowed_addresses = ArrayField(models.TextField(), default=list, blank=True)
    allowed_domains = ArrayField(models.TextField(), default=list, blank=True)
    default_priority = models.ForeignKey(
        Priority, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    default_group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    default_site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    default_category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    default_template = models.ForeignKey(
        Template, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    error_folder = models.BooleanField(default=False, db_default=False)  # error mails are moved there
    error_folder_name = models.TextField(default="", db_default="", blank=True)
    error_stop_after = models.PositiveIntegerField(null=True, blank=True)  # mails in it; None: never
    error_notify = models.BooleanField(default=True, db_default=True)  # of each mail that is moved there
    error_request = models.BooleanField(
        default=False, db_default=False
    )  # each error mail opens one, with its source
    trusted_authserv_ids = ArrayField(  # lower case; whose Authentication-Results are believed
        models.TextField(), default=list, db_default=[], blank=True
    )
    own_check = models.BooleanField(default=False, db_default=False)  # of DKIM, SPF and DMARC
    silence_hours = models.PositiveIntegerField(null=True, blank=True)  # without mail, then people are told
    fetching = models.BooleanField(default=False)
    source_number = models.PositiveIntegerField(default=1)  # raised when protocol, server or user change
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = NotRemoved()
    every: "models.Manager[Mailbox]" = models.Manager()  # those that were removed too: their mails go on

    class Meta:
        db_table = "mailbox"
        constraints = [
            models.CheckConstraint(condition=~Q(authentication="none"), name="mailbox_signs_in"),
            models.CheckConstraint(
                condition=~Q(protocol="graph") | Q(authentication="oauth"), name="mailbox_graph_by_oauth"
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="mailbox_name_once"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(fetching=False, password="", client_secret=""),
                name="mailbox_removed_rests",
            ),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="mailbox_port"),
            models.CheckConstraint(
                condition=Q(fetch_every__gte=10, fetch_every__lte=86400), name="mailbox_interval"
            ),
            models.CheckConstraint(condition=Q(max_size_mb__gte=1), name="mailbox_max_size"),
            models.CheckConstraint(
                condition=Q(leave_days=None) | Q(leave_days__gte=1, after_fetching="leave"),
                name="mailbox_leave_days",
            ),
            models.CheckConstraint(
                condition=Q(error_folder=False)
                | (
                    ~Q(error_folder_name="")
                    & ~Q(Exact(folded_folder("error_folder_name"), folded_folder("source_folder")))
                    & ~Q(Exact(folded_folder("error_folder_name"), Value("inbox")))
                ),
                name="mailbox_error_folder_is_another",
            ),
            models.CheckConstraint(
                condition=Q(error_folder=False) | ~Q(protocol__in=("pop", "pops")),
                name="mailbox_error_folder_not_at_pop",
            ),
            models.CheckConstraint(
                condition=Q(error_stop_after=None) | Q(error_stop_after__gte=1),
                name="mailbox_error_stop_after",
            ),
            models.CheckConstraint(
                condition=Q(silence_hours=None) | Q(silence_hours__gte=1, silence_hours__lte=8760),
                name="mailbox_silence_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailboxConsent(Consent):
    """The tokens of a mailbox."""

    mailbox = models.OneToOneField(
        Mailbox, on_delete=models.CASCADE, primary_key=True, related_name="consent"
    )

    class Meta:
        db_table = "mailbox_consent"

    def __str__(self) -> str:
        return f"consent of {self.mailbox_id}"


class MailboxState(models.Model):
    """How a mailbox fares now: its bookmark, its failures, and who holds it. Not a setting, no history."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, primary_key=True, related_name="state")
    source_number = models.PositiveIntegerField(default=0)  # the source that the bookmark belongs to
    first_started_at = models.DateTimeField(null=True)  # when this source was fetched first
    validity = models.TextField(default="")  # UIDVALIDITY of the bookmark
    bookmark = models.TextField(null=True)  # last UID seen
    old_until = models.TextField(null=True)  # UIDs up to this one were there before the first start
    next_fetch_at = models.DateTimeField(db_default=Now())
    last_fetch_at = models.DateTimeField(null=True)  # last completed one
    failing_since = models.DateTimeField(null=True)
    patience_since = models.DateTimeField(null=True)  # its server asks for it, and nothing came in since
    consecutive_failures = models.PositiveIntegerField(default=0)
    outage_told_at = models.DateTimeField(null=True)  # when people were told of its outage
    reason = models.TextField(default="")  # of failing or of having been stopped, in words
    stopped_by = models.TextField(default="")
    backlog = models.BigIntegerField(null=True)  # mails seen at the server and not yet fetched
    stuck_at = models.TextField(
        default="", db_default=""
    )  # the mail at which a fetch broke off last (stuck.py)
    stuck_times = models.PositiveIntegerField(
        default=0, db_default=0
    )  # in a row, with nothing coming before it
    junk_new = models.PositiveIntegerField(null=True)  # in the server's folder of junk since fetching started
    junk_mark = models.TextField(default="")  # where that folder ended then (folder_marks)
    junk_looked_at = models.DateTimeField(null=True)
    downloaded = models.BigIntegerField(
        default=0, db_default=0
    )  # bytes of a day, where they are counted (pacing.py)
    downloading_since = models.DateTimeField(null=True)  # when that day began
    closed_since = models.DateTimeField(null=True)  # its token is taken and it is not opened (closed.py)
    closed_tries = models.PositiveIntegerField(default=0, db_default=0)  # that met this, in a row
    paced_until = models.DateTimeField(null=True)  # its first fetch waits for the next day
    held_at_limit = models.BooleanField(default=False, db_default=False)  # by its error folder, until a start
    error_total = models.PositiveIntegerField(null=True)  # mails in the error folder, as its server told last
    error_total_at = models.DateTimeField(null=True)
    last_mail_at = models.DateTimeField(null=True)  # when a new one was stored last
    listening_since = models.DateTimeField(db_default=Now())  # a trigger begins anew: migration 0023
    silence_told_at = models.DateTimeField(null=True)  # when people were told that none comes (silence.py)

    class Meta:
        db_table = "mailbox_state"
        constraints = (
            models.CheckConstraint(
                name="mailbox_state_closed_since_its_first_try",
                condition=Q(closed_since=None, closed_tries=0)
                | Q(closed_since__isnull=False, closed_tries__gt=0),
            ),
        )

    def __str__(self) -> str:
        return f"state of {self.mailbox_id}"


NOT_CLOSED: Mapping[str, Any] = MappingProxyType({"closed_since": None, "closed_tries": 0})
"""The state of a mailbox that was not met closed by its last try."""
NO_JUNK: Mapping[str, Any] = MappingProxyType({"junk_new": None, "junk_mark": "", "junk_looked_at": None})
"""The state before the folder of junk was looked into."""


def start_fetching(actor: Person | None, via: str, mailbox: Mailbox) -> None:
    """Switch fetching on; the first fetch follows at once, and failures are counted anew."""
    with transaction.atomic():
        change(actor, via, mailbox, {"fetching": True})
        MailboxState.objects.update_or_create(
            mailbox=mailbox,
            defaults={
                **{"next_fetch_at": Now(), "stopped_by": "", "reason": ""},
                **{"failing_since": None, "patience_since": None, "consecutive_failures": 0, **NO_JUNK},
                "held_at_limit": False,
                **NOT_CLOSED,
            },
        )
        wake.fetching(mailbox.pk)
        wake.processing(mailbox.pk)  # what waited since it was stopped at the limit of its error folder


def stop_fetching(actor: Person | None, via: str, mailbox: Mailbox, reason: str = "") -> None:
    """Switch fetching off. A fetch under way ends after its present batch."""
    with transaction.atomic():
        change(actor, via, mailbox, {"fetching": False})
        MailboxState.objects.update_or_create(
            mailbox=mailbox, defaults={"stopped_by": actor.name if actor else via, "reason": reason}
        )


def remove(actor: Person | None, via: str, mailbox: Mailbox) -> None:
    """Remove a mailbox that is not being fetched: nothing is fetched from it any more, its mails stay.

    Its secrets and tokens are forgotten. Raises IntegrityError while fetching is on.
    """
    MailboxConsent.objects.filter(mailbox=mailbox).delete()
    MailboxState.objects.filter(mailbox=mailbox).update(held_at_limit=False)  # its mails go on
    change(actor, via, mailbox, {"removed_at": timezone.now(), "password": "", "client_secret": ""})


def try_now(mailbox: Mailbox) -> None:
    """Fetch at once, out of turn."""
    with transaction.atomic():
        MailboxState.objects.filter(mailbox=mailbox).update(next_fetch_at=Now())
        wake.fetching(mailbox.pk)


def own_addresses() -> frozenset[str]:
    """Give every address of every mailbox, folded: the desk's own, never a recipient of its answers."""
    lists = Mailbox.objects.values_list("addresses", flat=True)
    return frozenset(fold(address) for addresses in lists for address in addresses)


def due() -> list[int]:
    """Give the mailboxes that are on, whose next fetch has come, and that need no consent, by PostgreSQL's clock."""
    rows = Mailbox.objects.filter(fetching=True, state__next_fetch_at__lte=Now(), consent__lost_at=None)
    return list(rows.values_list("pk", flat=True))
