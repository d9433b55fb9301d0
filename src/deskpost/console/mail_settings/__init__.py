"""Mail server settings: the frame of its tabs. A further tab is one more line."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskpost.inbound.error_folder.mails import unsolved
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound.servers import OutgoingServer


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its name, its route, and how many things are in it, where that is worth telling."""

    name: str | Promise
    route: str
    counts: Callable[[], int] | None = None

    @property
    def url(self) -> str:
        """The address of the tab's page."""
        return reverse(self.route)

    @property
    def count(self) -> int | None:
        """How many things are in it, None where that is not told."""
        return self.counts() if self.counts else None


def _servers() -> int:
    return OutgoingServer.objects.filter(copied=False).count()


def _mailboxes() -> int:
    return Mailbox.objects.count()


def _spam_rules() -> int:
    return SpamRule.objects.count()


def _error_mails() -> int:
    return unsolved().count()


TABS: tuple[Tab, ...] = (
    Tab(_("Incoming"), "incoming", _mailboxes),
    Tab(_("Outgoing"), "outgoing", _servers),
    Tab(_("Spam Filter"), "spam_rules", _spam_rules),
    Tab(_("Senders"), "senders"),
    Tab(_("Email Command"), "email_command"),
    Tab(_("Delimiters"), "delimiters"),
    Tab(_("Error Folder"), "error_folder", _error_mails),
    Tab(_("Other"), "connectivity"),
)
# what View history shows when it is opened from these pages: kinds of settings
KINDS = (
    *(
        "delimiter",
        "emailcommand",
        "errorfoldersettings",
        "formertoken",
        "installation",
        "mailbox",
        "mailconfig",
    ),
    *("outgoingserver", "retentionsettings", "spamrule"),
)
