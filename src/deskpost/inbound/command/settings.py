"""Email Command: whether mails command, by which words, and whose. One row for the installation."""

import re

import pghistory
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from deskpost.desk import settings
from deskpost.desk.additional_field_settings import COMMANDED
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.delimiters import APART, apart_words
from deskpost.desk.installation import Delimiter
from deskpost.desk.people import Person
from deskpost.inbound.command.rules import CommandRules
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.outcome import Setting

LONGEST_DELIMITER, LONGEST_IDENTIFIER = 10, 100  # characters
_MOST_LABELS = 5  # that are named
_SIGN = r"[!-/:-<>-@[-`{-~§€£¥¤°¬¦¶·«»¡¿×÷±]"
_TAKEN = ">_.,"
"""Of these no delimiter is made: mails quote with the first, keys of resources have two, the last parts values."""
_NO_SIGN = re.compile(_SIGN.replace("[", "[^", 1))


@pghistory.track()
class EmailCommand(models.Model):
    """The settings of Email Command.

    `subject_contains`: the identifier, without which in its subject no mail is parsed. `delimiter` encloses each
    command. `authenticity`: whose mail is obeyed, by the verdict on its sender.
    """

    class Authenticity(models.TextChoices):
        """Which verdicts let a mail command."""

        REQUIRE_PASS = "require_pass"  # noqa: S105 - no secret
        REFUSE_FAIL = "refuse_fail"  # a mail without a verdict is obeyed
        IGNORE = "ignore"

    id = models.SmallIntegerField(primary_key=True, default=1)
    enabled = models.BooleanField(default=False)
    subject_contains = models.TextField(default="", blank=True)
    delimiter = models.TextField(default="$")
    authenticity = models.TextField(choices=Authenticity.choices, default=Authenticity.REQUIRE_PASS)

    class Meta:
        db_table = "email_command"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="email_command_one_row"),
            models.CheckConstraint(
                condition=Q(delimiter__regex=f"^{_SIGN}{{1,{LONGEST_DELIMITER}}}$"),
                name="email_command_delimiter",
            ),
            models.CheckConstraint(
                condition=Q(enabled=False) | Q(subject_contains__regex=r"\S"),
                name="email_command_identifier_when_on",
            ),
            models.CheckConstraint(
                condition=Q(authenticity__in=("require_pass", "refuse_fail", "ignore")),
                name="email_command_authenticity_exists",
            ),
            # apart from every base delimiter, present or earlier, and in no field's label: the migrations' triggers
        ]

    def __str__(self) -> str:
        return "Email Command"


class CommandRefused(Exception):
    """These settings cannot be. `field` is what they are about, `words` say why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


def load() -> EmailCommand:
    """Give what is set; one query."""
    return EmailCommand.objects.get()


@transaction.atomic
def change(actor: Person | None, via: str, row: EmailCommand, values: dict[str, object]) -> tuple[str, ...]:
    """Set these and give what changed. Raises CommandRefused."""
    wanted = {
        name: values.get(name, getattr(row, name)) for name in ("enabled", "subject_contains", "delimiter")
    }
    if words := delimiter_refusal(str(wanted["delimiter"])):
        raise CommandRefused("delimiter", words)
    if wanted["enabled"] and not str(wanted["subject_contains"]).strip():
        raise CommandRefused("subject_contains", NO_IDENTIFIER)
    try:
        with transaction.atomic():
            return settings.change(actor, via, row, values)
    except IntegrityError as conflict:
        for promise, words_of in ((APART, _clash), (COMMANDED, _in_labels)):
            if promise in str(conflict):
                raise CommandRefused("delimiter", words_of(str(wanted["delimiter"]))) from conflict
        raise


NO_IDENTIFIER = (
    "While Email Command is on, the subject must contain something: without an identifier every mail would be read "
    "for commands. To do: choose a word that stands in no other subject."
)


def delimiter_refusal(text: str) -> str | None:
    """Give in words why a text cannot be the command delimiter; None when it can, but for the base delimiters."""
    wrong = dict.fromkeys(
        "a blank" if one.isspace() else one for one in _NO_SIGN.findall(text) if one.isprintable()
    )
    wrong.update(dict.fromkeys(one for one in text if one in _TAKEN))
    if not text or wrong or _NO_SIGN.search(text):
        return (
            f"The command delimiter cannot have {' or '.join(wrong) or 'no sign'}. It is made of special characters "
            "alone, such as $ or @@: no letter, no digit, no blank, no =, and none of > _ . and the comma, which mean "
            "something else in mails and commands. To do: choose others."
        )
    if len(text) > LONGEST_DELIMITER:
        return (
            f"The command delimiter has {len(text)} characters; the maximum is {LONGEST_DELIMITER}. "
            "To do: shorten it."
        )
    return None


def has_source() -> bool:
    """Tell whether any mailbox has a source of verdicts, by which a genuine sender is told from a forged one."""
    return Mailbox.objects.exclude(trusted_authserv_ids=[], own_check=False).exists()


def _clash(delimiter: str) -> str:
    bases = Delimiter.objects.filter(module="").order_by("-current", "-since").values_list("text", "current")
    base, current = next(
        ((text, now) for text, now in bases if text in delimiter or delimiter in text), ("", True)
    )
    return apart_words(delimiter, base, current)


def _in_labels(delimiter: str) -> str:
    rows = AdditionalField.objects.filter(deleted_at=None, label__contains=delimiter)
    labels = [f"“{label}”" for label in rows.values_list("label", flat=True)]
    more = f" and {len(labels) - _MOST_LABELS} more" if len(labels) > _MOST_LABELS else ""
    return (
        f"{delimiter} stands in labels of additional fields, which no command could name: "
        f"{', '.join(labels[:_MOST_LABELS])}{more}. To do: choose other signs, or rename these fields first."
    )


def rules_of(row: EmailCommand, *, though_off: bool = False) -> CommandRules | None:
    """Give the settings as the steps need them; None while Email Command is off, unless it is merely tried."""
    if not row.enabled and not though_off:
        return None
    said = {
        "subject_contains": row.subject_contains,
        "delimiter": row.delimiter,
        "authenticity": row.get_authenticity_display(),
    }
    settings = {column: Setting("emailcommand", row.pk, "", words, column) for column, words in said.items()}
    return CommandRules(row.subject_contains, row.delimiter, row.authenticity, settings)
