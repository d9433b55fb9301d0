"""Outgoing servers: by what and under which name mail leaves."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from deskpost.access.columns import MailServerSettings
from deskpost.access.consent import Consent
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Instance

MOST_IN_POOL = (
    8  # each has a thread and four lanes in every worker, and they their connections to the database
)


@pghistory.track()
class OutgoingServer(MailServerSettings):
    """One outgoing configuration. No instance and no account: the ESM Directory's."""

    DIRECTORY = "ESM Directory"

    name = models.TextField(unique=True)  # in the settings file; people read scope_name
    instance = models.ForeignKey(Instance, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    protocol = models.TextField(default="smtp")  # a key of transports.protocols.PROTOCOLS
    alternate_server = models.TextField(default="", blank=True)  # host or host:port
    authentication = models.TextField(
        choices=MailServerSettings.Authentication.choices, default=MailServerSettings.Authentication.NONE
    )
    sender_name = models.TextField(default="", blank=True)
    reply_to = models.TextField()  # the From address
    allowed_from = models.JSONField(default=list, blank=True)  # other addresses the server lets us write as
    connections = models.PositiveSmallIntegerField(default=4)
    mails_per_minute = models.PositiveIntegerField(null=True, blank=True)
    # Graph sends by a draft whose id is kept before, so that it tells afterwards whether a mail was sent.
    certain = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    # Further mailboxes, in lower case, from which a Graph server's notifications leave as well; a trigger says which.
    sender_pool = ArrayField(models.TextField(), default=list, blank=True)
    # By what SMTP server notifications leave while this one's queue takes longer than so many seconds.
    overflow_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="overflowing", db_index=False
    )
    overflow_after_s = models.PositiveIntegerField(null=True, blank=True)
    copied = models.BooleanField(default=False)  # the directory's copy of the IT Help Desk's

    class Meta:
        db_table = "outgoing_server"
        constraints = [
            models.CheckConstraint(
                condition=~Q(protocol="graph") | Q(authentication="oauth"),
                name="outgoing_server_graph_by_oauth",
            ),
            models.CheckConstraint(
                condition=Q(instance=None) | Q(account=None), name="outgoing_server_one_scope"
            ),
            models.UniqueConstraint(
                fields=["instance", "account"], nulls_distinct=False, name="outgoing_server_once_per_scope"
            ),
            models.CheckConstraint(
                condition=Q(certain=False) | Q(protocol="graph"), name="outgoing_server_certain_of_graph"
            ),
            models.CheckConstraint(
                condition=Q(sender_pool=[]) | Q(protocol="graph"), name="outgoing_server_pool_of_graph"
            ),
            models.CheckConstraint(
                condition=Q(sender_pool__len__lte=MOST_IN_POOL), name="outgoing_server_pool_of_so_many"
            ),
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="outgoing_server_port"),
            models.CheckConstraint(condition=Q(connections__gte=1), name="outgoing_server_connections"),
            models.CheckConstraint(  # to which servers, a trigger says
                condition=Q(overflow_to=None) | Q(protocol="graph") & ~Q(overflow_to=F("id")),
                name="outgoing_server_overflow_of_graph",
            ),
            models.CheckConstraint(
                condition=Q(overflow_to=None) | Q(overflow_after_s__isnull=False),
                name="outgoing_server_overflow_after_some_time",
            ),
            models.CheckConstraint(
                condition=Q(overflow_after_s=None) | Q(overflow_after_s__gte=1),
                name="outgoing_server_overflow_after_a_second",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mailbox_opened(self) -> str:
        """The mailbox that mail leaves from by EWS and Graph: the one named, else the user's, else the address's."""
        return super().mailbox_opened or self.reply_to

    @property
    def in_two_steps(self) -> bool:
        """Whether mails leave as drafts whose ids are kept first: by the setting, or as the mailbox needs it.

        One that gives each mail a Message-ID of its own would not show by it what was sent.
        """
        state: OutgoingServerState | None = getattr(self, "state", None)
        return self.protocol == "graph" and (
            self.certain or (state is not None and state.keeps_message_id is False)
        )

    @property
    def scope_name(self) -> str:
        """What people call the server: the account or the instance whose mail leaves by it."""
        scope = self.account or self.instance
        return scope.name if scope is not None else self.DIRECTORY


class ServerConsent(Consent):
    """The tokens of an outgoing server."""

    server = models.OneToOneField(
        OutgoingServer, on_delete=models.CASCADE, primary_key=True, related_name="consent"
    )

    class Meta:
        db_table = "server_consent"

    def __str__(self) -> str:
        return f"consent of {self.server_id}"


class OutgoingServerState(models.Model):
    """What happens at a server now. Not a setting: written by sending, never part of the history."""

    server = models.OneToOneField(
        OutgoingServer, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    alternate_generation = models.BigIntegerField(null=True)  # on the alternate while this is the present one
    alternate_since = models.DateTimeField(null=True)
    alternate_reason = models.TextField(default="", db_default="")  # why the primary was left
    failing_since = models.DateTimeField(null=True)
    patience_since = models.DateTimeField(null=True)  # it asked to be left alone, which is no failure
    ended_since = models.DateTimeField(null=True)  # its provider ends the service, or keeps us out of it
    reason = models.TextField(default="", db_default="")  # why nothing is sent now
    # The mails in a row at which it broke off, none taken in between.
    broke_off = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    last_sent_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(db_default=Now())  # nothing is tried until then
    # What became of the last sample mail's Message-ID and x-headers in Sent Items; None: nobody knows.
    keeps_message_id = models.BooleanField(null=True)
    keeps_headers = models.BooleanField(null=True)
    paced_until = models.DateTimeField(db_default=Now())  # mails_per_minute is used up until then
    seconds_a_mail = models.FloatField(null=True)  # measured, in one lane; of a server that may overflow
    overflow_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "outgoing_server_state"
        constraints = [
            models.CheckConstraint(
                condition=Q(failing_since=None) | Q(patience_since=None),
                name="outgoing_server_fails_or_waits_as_asked",
            ),
            models.CheckConstraint(
                condition=Q(ended_since=None) | Q(failing_since=None, patience_since=None),
                name="outgoing_server_ended_or_fails",
            ),
        ]

    def __str__(self) -> str:
        return f"state of {self.server_id}"
