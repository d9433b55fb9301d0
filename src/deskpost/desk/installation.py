"""What holds for the whole installation: its identity, address, instances and delimiters."""

import uuid

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from deskpost.desk.modules import MODULES


@pghistory.track()
class Installation(models.Model):
    """The one row of settings that belong to no instance or account."""

    class WhoMayJoin(models.TextChoices):
        """Whose mail may become a conversation of an existing request (threading, section 2)."""

        ACCOUNT = "account"
        STRICT = "strict"
        OPEN = "open"

    class UnknownSenders(models.TextChoices):
        """What becomes of mail that would open a request for somebody whom nobody knows."""

        CREATE = "create"  # they become requesters of the account that the mail belongs to
        REFUSE = "refuse"
        HOLD = "hold"  # until somebody accepts or refuses them

    class AutoReplies(models.TextChoices):
        """What becomes of auto-replies, and of mail in a loop, that belong to a request."""

        JOIN = "join"  # quietly: nobody is told, and nothing is reopened
        END = "end"

    id = models.SmallIntegerField(primary_key=True, default=1)
    identity = models.UUIDField(default=uuid.uuid4)  # written into X-Deskpost-Loop
    public_url = models.TextField(default="", blank=True)
    time_zone = models.TextField(default="UTC")
    language = models.TextField(default="en")
    trusted_proxies = ArrayField(models.TextField(), default=list, blank=True)
    who_may_join = models.TextField(choices=WhoMayJoin.choices, default=WhoMayJoin.ACCOUNT)
    unknown_senders = models.TextField(
        choices=UnknownSenders.choices, default=UnknownSenders.CREATE, db_default=UnknownSenders.CREATE
    )
    auto_replies = models.TextField(
        choices=AutoReplies.choices, default=AutoReplies.JOIN, db_default=AutoReplies.JOIN
    )
    reopen_within_days = models.PositiveIntegerField(default=30)  # a later reply opens a linked request
    reopenings_per_day = models.PositiveIntegerField(default=5)  # of one request
    automatic_answers_per_hour = models.PositiveIntegerField(default=10)  # to one address
    allow_private_networks = models.BooleanField(default=True)
    give_up_after_hours = models.PositiveIntegerField(default=48)  # trying to send a mail
    notices_lapse_after_hours = models.PositiveIntegerField(default=48)  # that nobody came to send

    class Meta:
        db_table = "installation"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="installation_one_row"),
            models.CheckConstraint(
                condition=Q(unknown_senders__in=("create", "refuse", "hold")),
                name="installation_unknown_senders_exist",
            ),
            models.CheckConstraint(
                condition=Q(auto_replies__in=("join", "end")), name="installation_auto_replies_exist"
            ),
            models.CheckConstraint(
                condition=Q(give_up_after_hours__gte=1, notices_lapse_after_hours__gte=1),
                name="installation_outbox_ages",
            ),
        ]

    def __str__(self) -> str:
        return self.public_url or "Deskpost"


OF_SENDERS = (
    *("unknown_senders", "who_may_join", "reopen_within_days", "reopenings_per_day"),
    "auto_replies",
)
"""What of it says who may open requests by mail, and join or reopen them."""


def private_networks_allowed() -> bool:
    """Tell whether mail servers may be on this machine and in private networks; one query."""
    return Installation.objects.values_list("allow_private_networks", flat=True).get()


@pghistory.track()
class Instance(models.Model):
    """A service desk, such as the IT Help Desk. Technicians to alert hear of every new request."""

    name = models.TextField(unique=True)
    technicians_to_alert: "models.ManyToManyField[models.Model, InstanceAlert]" = models.ManyToManyField(
        "desk.Person", through="InstanceAlert", related_name="+"
    )

    class Meta:
        db_table = "instance"

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class InstanceAlert(models.Model):
    """One technician who hears of every new request of an instance."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="alerts")
    person = models.ForeignKey("desk.Person", on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "instance_alert"
        constraints = [models.UniqueConstraint(fields=["instance", "person"], name="instance_alert_once")]

    def __str__(self) -> str:
        return f"{self.instance_id} alerts {self.person_id}"


@pghistory.track()
class Delimiter(models.Model):
    """A base delimiter (module empty) or a module's code, present or earlier. Earlier ones still thread."""

    module = models.TextField(blank=True, default="")
    text = models.TextField()
    current = models.BooleanField(default=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "delimiter"
        constraints = [
            models.UniqueConstraint(
                fields=["module"], condition=Q(current=True), name="delimiter_one_current"
            ),
            models.UniqueConstraint(fields=["module", "text"], name="delimiter_once"),
            models.UniqueConstraint(
                fields=["text"], condition=~Q(module=""), name="delimiter_code_one_module"
            ),
            models.CheckConstraint(condition=Q(module__in=["", *MODULES]), name="delimiter_module_exists"),
            models.CheckConstraint(
                condition=Q(module="", text__regex=r"^[!@#$%^&]{1,10}$")
                | (~Q(module="") & Q(text__regex=r"^[A-Z]{2,4}$")),
                name="delimiter_characters",
            ),
        ]

    def __str__(self) -> str:
        return self.text
