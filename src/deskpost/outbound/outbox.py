"""The outbox: mails to be sent, durable, in order of their class, retried."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.attachments import Attachment
from deskpost.desk.conversations import Conversation
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.sending_classes import SendingClass
from deskpost.outbound.servers import OutgoingServer


class OutboxMail(models.Model):
    """What is to be said, and how far it has come. The MIME bytes are made from this at each try."""

    class State(models.TextChoices):
        """queued -> sending -> sent | queued again | failed; lapsed, cancelled and held end or pause it."""

        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        HELD = "held"
        LAPSED = "lapsed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    Class = SendingClass

    # Indexes of its own only where a page looks: three of these rows are written for every new request.
    # Record and conversation are foreign keys together with the account (migration 0002), not once more.
    server = models.ForeignKey(
        OutgoingServer, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    record = models.ForeignKey(
        Record, null=True, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    conversation = models.ForeignKey(
        Conversation,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    event = models.TextField()
    sending_class = models.PositiveSmallIntegerField(choices=Class.choices)
    state = models.TextField(choices=State.choices, default=State.QUEUED, db_default=State.QUEUED)
    message_id = models.TextField()  # the same over all tries, with angle brackets
    date = models.DateTimeField()  # the same over all tries
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    sender_name = models.TextField(default="")
    sender_address = models.TextField()  # empty while held for want of a server
    reply_to = models.TextField(default="", db_default="")  # of a Reply-To header; empty: From says it
    to = models.JSONField(default=list)  # [[name, address], ...]
    cc = models.JSONField(default=list, db_default=[])
    bcc = models.JSONField(default=list, db_default=[])
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(null=True)
    in_reply_to = models.TextField(null=True)
    references = ArrayField(models.TextField(), default=list, db_default=[])
    automatic = models.BooleanField(default=True)
    answers = models.TextField(
        null=True
    )  # folded address that this mail answers automatically, to limit such answers
    recipients = models.JSONField(default=dict, db_default={})  # address -> {"state", "answer"}
    tries = models.PositiveIntegerField(default=0, db_default=0)
    unknown_fate = models.BooleanField(default=False, db_default=False)  # the last try may have succeeded
    looks = models.PositiveSmallIntegerField(default=0, db_default=0)  # for a copy of a mail of unknown fate
    # The mailbox of the server's pool that it was claimed for last; empty: the server's own.
    sent_from = models.TextField(default="", db_default="")
    # The mailbox that it may have left from and that its server has no more (a trigger writes it); empty: none.
    moved_from = models.TextField(default="", db_default="")
    draft_id = models.TextField(
        default="", db_default=""
    )  # that it was, or is, sent by: Graph's immutable id
    reason = models.TextField(default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    give_up_at = models.DateTimeField()
    asked_for = models.BooleanField(
        default=False, db_default=False
    )  # tried because a person said so: lapses no more
    # The server that took it up last in place of its own, whose queue was too long.
    overflow_by = models.ForeignKey(
        OutgoingServer, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    lease_owner = models.TextField(null=True)
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_mail"
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="outbox_mail_message_id_once"),
            models.CheckConstraint(
                condition=Q(record=None, conversation=None) | Q(account__isnull=False),
                name="outbox_mail_record_has_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "sending", "sent", "held", "lapsed", "failed", "cancelled")),
                name="outbox_mail_state_exists",
            ),
            models.CheckConstraint(  # nothing waits for a server that is gone: a trigger holds it, with the reason
                condition=~Q(state__in=("queued", "sending")) | Q(server__isnull=False),
                name="outbox_mail_waits_for_a_server",
            ),
            models.CheckConstraint(  # of a pool's mailboxes only notifications leave
                condition=Q(sent_from="") | Q(sending_class__gte=SendingClass.NOTIFICATION),
                name="outbox_mail_pool_of_notifications",
            ),
            models.CheckConstraint(  # people's mails and sign-in codes leave by their own server
                condition=Q(overflow_by=None) | Q(sending_class__gte=SendingClass.NOTIFICATION),
                name="outbox_mail_overflow_of_notifications",
            ),
        ]
        indexes = [
            models.Index(
                fields=["server", "sending_class", "id"],
                condition=Q(state="queued"),
                name="outbox_mail_waiting",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="outbox_mail_leases"),
            models.Index(fields=["id"], condition=Q(state="held"), name="outbox_mail_held"),
            models.Index(  # drafts that nobody is going to send
                fields=["server"],
                condition=Q(state__in=("failed", "lapsed", "cancelled")) & ~Q(draft_id=""),
                name="outbox_mail_drafts_left",
            ),
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=("failed", "lapsed", "cancelled")),
                name="outbox_mail_ended",
            ),
            models.Index(fields=["done_at"], condition=Q(state="sent"), name="outbox_mail_sent"),
            models.Index(fields=["record", "id"], name="outbox_mail_of_record"),
            models.Index(fields=["conversation"], name="outbox_mail_of_conversation"),
            models.Index(
                fields=["answers", "created_at"],
                condition=Q(answers__isnull=False),
                name="outbox_mail_answers",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def stands_at(self) -> Record | None:
        """The record where it is now: people move the conversation that it belongs to; it was sent for `record`."""
        return self.conversation.record if self.conversation else self.record


def standing_at(record: Record) -> "models.QuerySet[OutboxMail]":
    """Give the mails that stand at a record: those of its conversations, and those that are of none."""
    return OutboxMail.objects.filter(Q(conversation__record=record) | Q(conversation=None, record=record))


class OutboxFile(models.Model):
    """An attachment that goes out with a mail."""

    mail = models.ForeignKey(OutboxMail, on_delete=models.CASCADE, related_name="files", db_index=False)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="outgoing")

    class Meta:
        db_table = "outbox_file"
        constraints = [models.UniqueConstraint(fields=["mail", "attachment"], name="outbox_file_once")]

    def __str__(self) -> str:
        return f"{self.attachment_id} with {self.mail_id}"


class OutboxAttempt(models.Model):
    """One try to send a mail, and what the server said."""

    mail = models.ForeignKey(OutboxMail, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    at = models.DateTimeField(db_default=Now())
    server = models.TextField()  # host:port that was asked
    result = models.TextField()
    ms = models.FloatField(default=0)
    report_id = models.BigIntegerField(null=True)  # the incoming mail, where this is what a report says

    class Meta:
        db_table = "outbox_attempt"
        indexes = [models.Index(fields=["mail", "at"], name="outbox_attempt_of_mail")]
        constraints = [
            models.UniqueConstraint(
                fields=["mail", "report_id"],
                condition=Q(report_id__isnull=False),
                name="outbox_attempt_report_once",
            )
        ]

    def __str__(self) -> str:
        return self.result


class SentCopy(models.Model):
    """A further Message-ID of a mail: the one that it has in Sent Items, where that is another than ours.

    Until it is known, `look_at` says when it is looked for.
    """

    mail = models.ForeignKey(OutboxMail, on_delete=models.CASCADE, related_name="copies")
    message_id = models.TextField(null=True)
    look_at = models.DateTimeField(null=True)
    looks = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "sent_copy"
        constraints = [
            models.UniqueConstraint(fields=["mail", "message_id"], name="sent_copy_once"),
            models.CheckConstraint(
                condition=Q(message_id=None) ^ Q(look_at=None), name="sent_copy_known_or_looked_for"
            ),
        ]
        indexes = [
            models.Index(fields=["message_id"], condition=Q(look_at=None), name="sent_copy_message_id"),
            models.Index(fields=["look_at"], condition=Q(message_id=None), name="sent_copy_look_at"),
        ]

    def __str__(self) -> str:
        return self.message_id or f"copy of {self.mail_id}"


class OutboxAct(models.Model):
    """What a person did to a mail: the part of its trace that no server wrote. Its page words it."""

    class Kind(models.TextChoices):
        """Tried again, tried by another server, cancelled, said to have been sent, looked for once more."""

        RETRIED = "retried"
        LOOKED = "looked"
        THROUGH = "through"
        CANCELLED = "cancelled"
        WAS_SENT = "was_sent"

    mail = models.ForeignKey(OutboxMail, on_delete=models.CASCADE, related_name="acts", db_index=False)
    at = models.DateTimeField(db_default=Now())
    kind = models.TextField(choices=Kind.choices)
    who = models.TextField()  # the person's name then
    server = models.TextField(default="", db_default="")  # the name of the server chosen

    class Meta:
        db_table = "outbox_act"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("retried", "through", "cancelled", "was_sent", "looked")),
                name="outbox_act_kind_exists",
            ),
        ]
        indexes = [models.Index(fields=["mail", "at"], name="outbox_act_of_mail")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.who}"
