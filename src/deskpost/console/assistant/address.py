"""Questions 1 and 2: the address that customers write to, and who runs its mailbox."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.access import runners
from deskpost.console.assistant.progress import RUNNERS
from deskpost.console.forms import WordedForm
from deskpost.console.settings_form import Line, one_address
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import SetupAssistant


class AddressForm(WordedForm):
    """One address, of a mailbox that is not fetched already. `own`: the mailbox that is being set up."""

    address = Line(
        label=_("E-mail address"),
        written=True,
        max_length=254,
        help_text=_("The one that customers know, such as support@company.example."),
    )

    def __init__(self, own: Mailbox | None, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._own = own

    def clean_address(self) -> str:
        """Take one address that no other mailbox has."""
        address = one_address(self.cleaned_data["address"])
        others = Mailbox.objects.filter(addresses__contains=[address])
        other = others.exclude(pk=self._own.pk if self._own else 0).first()
        if other is not None:
            words = gettext(
                "%(address)s is set up already, as the mailbox %(name)s. To do: open it at Incoming, or write another "
                "address."
            )
            raise forms.ValidationError(words % {"address": address, "name": other.name})
        return address


class RunnerForm(WordedForm):
    """Who runs the mailbox."""

    runner = forms.ChoiceField(
        label=_("Who runs it"), choices=list(RUNNERS.items()), widget=forms.RadioSelect
    )


def look_up(address: str) -> dict[str, Any]:
    """Look the address's domain up, and give what was found as it is kept."""
    return asdict(runners.found_by(address.rpartition("@")[2]))


def found_words(progress: SetupAssistant) -> str:
    """Say how the one who runs the mailbox was found; that somebody chose otherwise, where it is so."""
    how = str(progress.found.get("how", ""))
    if progress.runner and progress.runner != progress.found.get("runner"):
        return gettext("chosen by you")
    return how
