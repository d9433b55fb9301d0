"""Two rows of a mailbox's form: whose Authentication-Results are believed, and the own check of senders."""

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.settings_form import Addresses, SettingsForm
from deskpost.inbound.heads import beginnings
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.messages import InboundMessage
from deskpost.mime.authenticity import named_on_top
from deskpost.mime.parse import parse
from deskpost.transports.host_names import is_host

AUTHENTICITY = ("trusted_authserv_ids", "own_check")
_LOOKED_AT = 5  # mails, the newest
_READ = 32_768  # bytes of each


class ServerNames(Addresses):
    """Names as servers write them at the beginning of Authentication-Results, with commas between them."""

    def read(self, part: str) -> str:
        """Give one of them in lower case, or raise ValidationError."""
        if not is_host(part):
            words = gettext(
                "%(one)s is no name of a server. To do: write what stands first in Authentication-Results, such as "
                "mx.company.example."
            )
            raise ValidationError(words % {"one": part[:80]})
        return part.lower().rstrip(".")


class AuthenticityFields(SettingsForm):
    """The fields."""

    trusted_authserv_ids = ServerNames(
        label=_("Trusted Authentication-Results of"),
        required=False,
        help_text=_(
            "Your own mail server, by the name it writes there. By commas. Empty: nobody is believed."
        ),
    )
    own_check = forms.BooleanField(
        label=_("Check senders by DKIM, SPF and DMARC"),
        required=False,
        help_text=_("Where no trusted server tells. It asks the name service about senders’ domains."),
    )

    def propose_server(self, row: Mailbox) -> None:
        """Say which server the newest mails name on top. It is only said: what is believed, a person decides."""
        name = "" if row.trusted_authserv_ids or row.pk is None else proposed_server(row)
        if name:
            words = gettext(
                "Its newest mails name %(name)s. Is that your own mail server? Then write it here."
            )
            self.fields["trusted_authserv_ids"].help_text = words % {"name": name}


def authenticity_of(row: Mailbox) -> dict[str, Any]:
    """Give what the fields hold at first."""
    return {name: getattr(row, name) for name in AUTHENTICITY}


def columns_of_authenticity(values: dict[str, Any]) -> dict[str, Any]:
    """Give the columns that the fields set, of cleaned values."""
    return {
        "trusted_authserv_ids": values.get("trusted_authserv_ids") or [],
        "own_check": bool(values.get("own_check")),
    }


def proposed_server(row: Mailbox) -> str:
    """Give the server that most of the newest mails name on top; empty where they name none."""
    newest = InboundMessage.objects.filter(mailbox=row).order_by("-pk").values_list("pk", flat=True)
    heads = beginnings(list(newest[:_LOOKED_AT]), _READ).values()
    names = Counter(filter(None, (named_on_top(parse(head)) for head in heads)))
    return names.most_common(1)[0][0] if names else ""
