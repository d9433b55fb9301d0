"""Outgoing servers: by what and under which name mail leaves."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.installation import Instance
from deskpost.secret_field import SecretField


@pghistory.track()
class OutgoingServer(models.Model):
    """One outgoing configuration. No instance and no account: the ESM Directory's."""

    class Tls(models.TextChoices):
        """How the connection is encrypted."""

        NONE = "none"
        STARTTLS = "starttls"
        IMPLICIT = "implicit"

    class Authentication(models.TextChoices):
        """How Deskpost signs in at the server."""

        NONE = "none"
        BASIC = "basic"

    DIRECTORY = "ESM Directory"

    name = models.TextField(unique=True)  # in the settings file; people read scope_name
    instance = models.ForeignKey(Instance, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    protocol = models.TextField(default="smtp")  # a key of transports.protocols.PROTOCOLS
    server = models.TextField()
    alternate_server = models.TextField(default="", blank=True)  # host or host:port
    port = models.PositiveIntegerField()
    tls = models.TextField(choices=Tls.choices, default=Tls.NONE)
    verify_certificate = models.BooleanField(default=True)
    ca_file = models.TextField(default="", blank=True)
    authentication = models.TextField(choices=Authentication.choices, default=Authentication.NONE)
    username = models.TextField(default="", blank=True)
    password = SecretField(default="", blank=True)
    sender_name = models.TextField(default="", blank=True)
    reply_to = models.TextField()  # the From address
    allowed_from = models.JSONField(default=list, blank=True)  # other addresses the server lets us write as
    connections = models.PositiveSmallIntegerField(default=4)
    mails_per_minute = models.PositiveIntegerField(null=True, blank=True)
    paused = models.BooleanField(default=False)
    copied = models.BooleanField(default=False)  # the directory's copy of the IT Help Desk's

    class Meta:
        db_table = "outgoing_server"
        constraints = [
            models.CheckConstraint(
                condition=Q(instance=None) | Q(account=None), name="outgoing_server_one_scope"
            ),
            models.UniqueConstraint(
                fields=["instance", "account"], nulls_distinct=False, name="outgoing_server_once_per_scope"
            ),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="outgoing_server_port"),
            models.CheckConstraint(condition=Q(connections__gte=1), name="outgoing_server_connections"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_name(self) -> str:
        """What people call the server: the account or the instance whose mail leaves by it."""
        scope = self.account or self.instance
        return scope.name if scope is not None else self.DIRECTORY


class OutgoingServerState(models.Model):
    """What happens at a server now. Not a setting: written by sending, never part of the history."""

    server = models.OneToOneField(
        OutgoingServer, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    alternate_generation = models.BigIntegerField(null=True)  # on the alternate while this is the present one
    alternate_since = models.DateTimeField(null=True)
    alternate_reason = models.TextField(default="", db_default="")  # why the primary was left
    failing_since = models.DateTimeField(null=True)
    reason = models.TextField(default="", db_default="")  # why nothing is sent now
    # The mails in a row at which it broke off, none taken in between.
    broke_off = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    last_sent_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(db_default=Now())  # nothing is tried until then
    paced_until = models.DateTimeField(db_default=Now())  # mails_per_minute is used up until then

    class Meta:
        db_table = "outgoing_server_state"

    def __str__(self) -> str:
        return f"state of {self.server_id}"
