"""How the link to consent of a mailbox or server is: for its own page, and for each page that waits for it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from deskpost.access import consent_links, consents
from deskpost.access.columns import MailServerSettings
from deskpost.access.consent_links import ConsentLink, End
from deskpost.console.mail_settings.connection import Result
from deskpost.outbound.server_scopes import scope_of
from deskpost.outbound.servers import OutgoingServer


@dataclass(frozen=True, slots=True)
class LinkState:
    """The newest link of a mailbox or server. `offered`: one can be made; `open`: it works.

    `came`: the present consent came by it. `key` changes with whatever a page that waits has to show.
    """

    url: str
    offered: bool
    link: ConsentLink | None
    open: bool
    came: bool
    key: str

    @property
    def trouble(self) -> str:
        """What the last attempt by an open link broke at, without what to do."""
        return self._split()[0] if self.open else ""

    @property
    def to_do(self) -> str:
        """What to do about it."""
        return self._split()[1] if self.open else ""

    @property
    def expired(self) -> bool:
        """Whether its 7 days are over, or who made it may make none any more."""
        return self.link is not None and not self.open and not self.link.end

    def result(self) -> Result | None:
        """Give what came of the link as Connect would tell it, None while nothing came."""
        if not self.came or self.link is None:
            return None
        title = gettext("Connected.")
        if self.link.given_by:
            title = gettext("Connected as %(user)s.") % {"user": self.link.given_by}
        text = gettext("By the link that %(who)s made.") % {"who": self.link.person.name}
        return Result(True, title, text)

    def _split(self) -> tuple[str, str]:
        text, _, to_do = (self.link.trouble if self.link is not None else "").partition(" To do: ")
        return text, to_do


def of(row: MailServerSettings | None) -> LinkState | None:
    """Give how the link of a mailbox or server is, None of one that is not saved."""
    return saved(row) if row is not None and row.pk is not None else None


def saved(row: MailServerSettings) -> LinkState:
    """Give how the link of a saved mailbox or server is."""
    link = consent_links.newest_of(row)
    works = link is not None and consent_links.is_open(link)
    key = f"{link.pk}-{link.end or works}-{len(link.trouble)}" if link is not None else ""
    return LinkState(url(row), is_offered(row), link, works, _came(row, link), key)


def is_offered(row: MailServerSettings) -> bool:
    """Tell whether there is something that somebody else could consent to.

    To an application that signs in on its own an administrator consents, by a page that Microsoft has for it.
    """
    if row.authentication != row.Authentication.OAUTH:
        return False
    return row.by_consent or consents.provider_at(row) == "microsoft"


def url(row: MailServerSettings) -> str:
    """Give the page of the link."""
    if isinstance(row, OutgoingServer):
        return reverse("outgoing_link", args=[scope_of(row).key])
    return reverse("incoming_link", args=[row.pk])


def _came(row: MailServerSettings, link: ConsentLink | None) -> bool:
    """Tell whether the present consent came by this link: another one may have been given since."""
    consent = consents.consent_of(row)
    if link is None or link.end != End.USED or consent is None or consent.lost_at is not None:
        return False
    return link.ended_at is not None and consent.given_at <= link.ended_at
