"""The form in which somebody tries a command: typed, or loaded from a mail of the mail trace."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost import raw_store
from deskpost.console.forms import WordedForm
from deskpost.console.page import Viewer, id_of
from deskpost.console.settings_form import LongSelect
from deskpost.desk.people import Person, fold
from deskpost.inbound.command.html_words import text_to_read
from deskpost.inbound.command.settings import EmailCommand
from deskpost.inbound.command.trial import LONGEST_TEXT
from deskpost.inbound.messages import InboundMessage
from deskpost.inbound.visible import visible_mails
from deskpost.mime.parse import parse
from deskpost.outbound.tokens import without_tokens

MOST_PEOPLE = 1000  # that are listed
_LOADABLE = 20  # mails
_LONGEST_SUBJECT = 500


class TrialForm(WordedForm):
    """From whom, with which verdict on the sender, and what the mail says."""

    sender = forms.ModelChoiceField(
        Person.objects.none(), label=_("From"), empty_label=None, widget=LongSelect
    )
    authenticity = forms.ChoiceField(
        label=_("Authenticity"),
        choices=[("pass", _("Pass")), ("fail", _("Fail")), ("none", _("None"))],
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=_LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Body"),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": "14", "spellcheck": "false"}),
    )

    def __init__(
        self, viewer: Viewer, data: QueryDict | None = None, initial: dict[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        stated = data.get("sender") if data is not None else (initial or {}).get("sender")
        asked = id_of(stated)
        listed = list(senders(viewer)[:MOST_PEOPLE])
        if asked and all(one.pk != asked for one in listed):
            listed += senders(viewer).filter(pk=asked)
        self.people = {one.pk: one for one in listed}
        choices: list[tuple[int | str, str]] = [(one.pk, _called(one)) for one in listed]
        if stated == "":
            choices.insert(0, ("", gettext("Somebody without a login")))
        self.fields["sender"] = forms.TypedChoiceField(
            label=_("From"),
            choices=choices,
            coerce=int,
            widget=LongSelect,
            error_messages={
                "invalid_choice": gettext("This person is not here, or has no login."),
                "required": gettext(
                    "A mail of somebody without a login is an ordinary mail. To do: choose who sends it."
                ),
            },
        )


def senders(viewer: Viewer) -> QuerySet[Person]:
    """Give the people with a login whom the viewer may see, technicians first."""
    people = Person.objects.filter(deleted_at=None, account__in=viewer.desk.accounts).exclude(
        sign_in_name=None
    )
    return people.select_related("account").order_by("-technician", "name", "pk")


def _called(person: Person) -> str:
    what = gettext("technician") if person.technician else person.account.name
    return f"{person.name}, {what}"


def trial_form(request: HttpRequest, viewer: Viewer) -> TrialForm:
    """Give the form as it opens: with the mail that was chosen, else with an example."""
    row = EmailCommand.objects.get()
    mail_id = id_of(request.GET.get("mail"))
    loaded = _loaded(viewer, mail_id) if mail_id else None
    if loaded is not None:
        return TrialForm(viewer, initial=loaded)
    sign = row.delimiter
    example = f"{sign}Operation=AddRequest{sign}\n{sign}Priority=High{sign}\n"
    return TrialForm(
        viewer,
        initial={
            "sender": viewer.person.pk,
            "authenticity": "pass",
            "subject": f"{row.subject_contains} ".lstrip(),
            "text": example,
        },
    )


@dataclass(frozen=True, slots=True)
class Loadable:
    """A mail of the trace that can be loaded."""

    id: int
    subject: str
    sender: str
    at: datetime


def loadable(viewer: Viewer, row: EmailCommand) -> list[Loadable]:
    """Give the newest mails with the identifier in their subject that the viewer may trace."""
    if not viewer.desk.may("trace.view"):
        return []
    mails = visible_mails(viewer.desk).filter(
        outcome__subject__contains=row.subject_contains, outcome__raw_erased_at=None, truncated=False
    )
    rows = (
        mails.select_related("outcome").defer("outcome__trace", "outcome__words").order_by("-pk")[:_LOADABLE]
    )
    return [Loadable(one.pk, one.outcome.subject, one.outcome.from_address, one.received_at) for one in rows]


def _loaded(viewer: Viewer, mail_id: int) -> dict[str, object] | None:
    """Give sender, verdict, subject and text of a mail that the viewer may trace."""
    if not viewer.desk.may("trace.view"):
        return None
    mail = visible_mails(viewer.desk).select_related("outcome").filter(pk=mail_id, truncated=False).first()
    outcome = getattr(mail, "outcome", None)
    if mail is None or outcome is None or outcome.raw_erased_at is not None:
        return None
    message = parse(raw_store.load([mail.pk])[mail.pk])
    return {
        "sender": _sender(viewer, mail),
        "authenticity": outcome.authenticity or "none",
        "subject": message.subject[:_LONGEST_SUBJECT],
        "text": text_to_read(message, without_tokens(message.text))[:LONGEST_TEXT],
    }


def _sender(viewer: Viewer, mail: InboundMessage) -> int | str:
    """Give the person with a login who sent a mail; "" for nobody: no other person is proposed in their place."""
    key = fold(mail.outcome.from_address)
    person = senders(viewer).filter(addresses__key=key).first() if key else None
    return person.pk if person else ""
