"""Inbound messages: each fetched mail with its origin and raw bytes, what waits for it, and what became of it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from deskpost.desk.accounts import Account
from deskpost.desk.conversations import Conversation
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.outcome import KINDS

RARE_KINDS = ("command", "bounce", "automatic", "duplicate", "dropped", "refused", "held", "error")
"""What becomes of few mails, and is looked for by itself: these have an index."""


class InboundMessage(models.Model):
    """One fetched mail, never changed once it is stored. Its origin is unique: a mail met again is this row."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="messages", db_index=False)
    source_number = models.PositiveIntegerField()
    folder = models.TextField()
    validity = models.TextField()  # UIDVALIDITY; empty for POP and files
    uid = models.TextField()  # UID, UIDL, or sha256:...
    size = models.BigIntegerField()  # bytes at the server
    listed_size = models.BigIntegerField(null=True)  # as the server listed it, maybe an estimate
    sha256 = models.BinaryField()
    truncated = models.BooleanField(default=False)  # over the size limit: only the header was fetched
    refusal = models.TextField(default="")  # the server has it and will not give it: its own words
    received_at = models.DateTimeField(db_default=Now())  # when it was collected

    class Meta:
        db_table = "inbound_message"
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "source_number", "folder", "validity", "uid"],
                name="inbound_message_origin",
            ),
        ]
        indexes = [  # costs next to nothing: mails are stored in the order of their arrival
            BrinIndex(fields=["received_at"], name="inbound_message_received", autosummarize=True)
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id}/{self.uid}"


class RawChunk(models.Model):
    """A piece of a raw mail, uncompressed, at most 1 MiB."""

    pk = models.CompositePrimaryKey("mail_id", "position")
    mail_id = models.BigIntegerField()  # inbound_message, by a foreign key of the migration
    position = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "raw_chunk"

    def __str__(self) -> str:
        return f"{self.mail_id}#{self.position}"


class Undecided(models.Model):
    """A mail that waits for its outcome. The table is the queue: a row goes when its outcome is written."""

    mail = models.OneToOneField(InboundMessage, on_delete=models.CASCADE, primary_key=True, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    exempt = models.BooleanField(default=False)  # moved back or processed again: no duplicate of itself
    after_all = models.BooleanField(default=False, db_default=False)  # past the spam filter, a person says
    ordinary = models.BooleanField(
        default=False, db_default=False
    )  # its commands are not read, a person says
    old = models.BooleanField(default=False)  # there before the first start: its sender gets no receipt

    class Meta:
        db_table = "inbound_undecided"
        indexes = [models.Index(fields=["mailbox", "mail"], name="inbound_undecided_queue")]

    def __str__(self) -> str:
        return str(self.mail_id)


class Unacknowledged(models.Model):
    """A mail whose server has not been told yet that Deskpost holds it."""

    mail = models.OneToOneField(InboundMessage, on_delete=models.CASCADE, primary_key=True, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+")
    refusals = models.PositiveIntegerField(default=0)
    copied = models.BooleanField(
        default=False, db_default=False
    )  # lies in the other folder, not yet gone here
    copying_since = models.TextField(
        default="", db_default=""
    )  # where that folder ended before a copy was asked for (folder_marks)
    reason = models.TextField(default="")  # the server's words when it refused

    class Meta:
        db_table = "inbound_unacknowledged"

    def __str__(self) -> str:
        return str(self.mail_id)


class Present(models.Model):
    """A mail that was there before the first start: its sender gets no receipt, or it is not wanted at all.

    Where uids do not grow (POP, Graph, EWS) no number parts old from new, so what was there is kept by its uid.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    source_number = models.PositiveIntegerField()
    uid = models.TextField()
    skipped = models.BooleanField(default=False)

    class Meta:
        db_table = "inbound_present"
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "source_number", "uid"], name="inbound_present_once")
        ]

    def __str__(self) -> str:
        return self.uid


class MailOutcome(models.Model):
    """What became of a mail, by which steps. Written by settle alone."""

    mail = models.OneToOneField(
        InboundMessage, on_delete=models.CASCADE, primary_key=True, related_name="outcome"
    )
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.TextField()  # outcome.KINDS
    reason = models.TextField()
    record = models.ForeignKey(  # guarded by the composite foreign key of the migration
        Record, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    conversation = models.ForeignKey(  # so is this
        Conversation, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    duplicate_of = models.ForeignKey(
        InboundMessage, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    message_id = models.TextField(null=True)
    content_key = models.BinaryField(null=True)  # mime.content: the same for the same mail in two mailboxes
    sender_account = models.BigIntegerField(null=True)  # whose mail it was taken for, whatever it joined
    original = models.BooleanField(default=False)  # no copy of an earlier one: of these there is one
    from_address = models.TextField(default="")
    subject = models.TextField(default="")
    loop_key = models.BinaryField(null=True)  # sender and subject, to count what repeats
    written_at = models.DateTimeField(null=True)  # by its own Date, but not after it was received
    words = ArrayField(
        models.TextField(), default=list, db_default=[]
    )  # that it is found by: finding.words_of
    trace = models.JSONField(default=list)  # [[step, verdict, reason, ms, outcome.Setting?], ...]
    authenticity = models.TextField(default="", db_default="")  # pass, fail, none; empty: nobody asked
    decided_by = models.JSONField(null=True)  # outcome.Setting as it was then; None: no setting decided
    processed_at = models.DateTimeField(db_default=Now())
    raw_erased_at = models.DateTimeField(null=True)  # the raw mail was kept for its time, and is gone

    class Meta:
        db_table = "mail_outcome"
        constraints = [
            models.UniqueConstraint(
                fields=["content_key", "instance", "sender_account", "message_id"],
                condition=models.Q(original=True),
                nulls_distinct=False,
                name="mail_outcome_original_once",
            ),
            models.CheckConstraint(
                condition=models.Q(record=None, conversation=None) | models.Q(account__isnull=False),
                name="mail_outcome_record_has_account",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="mail_outcome_kind_exists"),
            models.CheckConstraint(
                condition=models.Q(authenticity__in=("", "pass", "fail", "none")),
                name="mail_outcome_authenticity_exists",
            ),
        ]
        indexes = [
            models.Index(fields=["message_id"], name="mail_outcome_message_id"),
            models.Index(fields=["loop_key", "written_at"], name="mail_outcome_loop"),
            models.Index(fields=["account", "mail"], name="mail_outcome_of_account"),
            models.Index(
                fields=["kind", "mail"], condition=Q(kind__in=RARE_KINDS), name="mail_outcome_rare_kinds"
            ),
            models.Index(
                fields=["processed_at"],
                condition=Q(kind="dropped", raw_erased_at=None),
                name="mail_outcome_dropped",
            ),
            GinIndex(
                Func("words", function="array_to_tsvector", output_field=SearchVectorField()),
                name="mail_outcome_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.kind}"


class MailAct(models.Model):
    """What a person did with a mail: read its source, moved it, had it processed again. Never changed."""

    class Kind(models.TextChoices):
        """What was done."""

        READ = "read"  # its raw source, on the page
        DOWNLOADED = "downloaded"  # its raw source, as a file
        MOVED = "moved"  # to another request
        OWN = "own"  # made a request of its own
        AGAIN = "again"  # processed again
        AFTER_ALL = "after_all"  # processed again, past the spam filter
        SPAM = "spam"  # dropped with its request
        FILE = "file"  # a dropped file of it taken in
        DETAILS = "details"  # its error details, as a file
        REFUSED = "refused"  # the sender, whom nobody knew
        ORDINARY = "ordinary"  # processed again, without being read for commands

    mail = models.ForeignKey(InboundMessage, on_delete=models.CASCADE, related_name="acts", db_index=False)
    at = models.DateTimeField(db_default=Now())
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    by = models.TextField()  # the person's name, as it was then
    kind = models.TextField(choices=Kind.choices)
    came_from = models.ForeignKey(  # the request it was in before
        Record, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    went_to = models.ForeignKey(
        Record, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # What had become of it: {"kind", "reason", "record", "steps"}; of a file {"name", "why"}.
    before = models.JSONField(null=True)

    class Meta:
        db_table = "mail_act"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        *("read", "downloaded", "moved", "own", "again", "after_all", "spam", "file"),
                        *("details", "refused", "ordinary"),
                    )
                ),
                name="mail_act_kind_exists",
            )
        ]
        indexes = [models.Index(fields=["mail", "at"], name="mail_act_of_mail")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mail_id} by {self.by}"
