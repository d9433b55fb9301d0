"""All settings: the groups of the administrator's pages, and what stands in each. Only what exists is listed."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from deskpost.console.notification_rules import words_of_rules
from deskpost.console.page import Viewer, signed_in
from deskpost.desk import delimiters
from deskpost.desk.modules import MODULES
from deskpost.inbound import connectivity
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound import server_scopes


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of settings: its name, its icon, its route, and what is set there, in words."""

    name: str | Promise
    icon: str
    route: str
    says: Callable[[], str]

    @property
    def url(self) -> str:
        """The address of the page."""
        return reverse(self.route)

    @property
    def words(self) -> str:
        """What is set now."""
        return self.says()


def _subject() -> str:
    present = delimiters.current()
    token = f"{present['']}{present['RE']}-1{present['']}"
    return gettext("A subject bears %(token)s, %(n)d module codes") % {
        "token": token,
        "n": len(MODULES),
    }


def _incoming() -> str:
    count, on = Mailbox.objects.count(), Mailbox.objects.filter(fetching=True).count()
    if not count:
        return gettext("No mailbox yet: no mail comes in")
    words = ngettext("%(n)d mailbox, %(on)d fetching", "%(n)d mailboxes, %(on)d fetching", count)
    return words % {"n": count, "on": on}


def _outgoing() -> str:
    servers = server_scopes.with_server()
    if not servers:
        return gettext("No server yet: mail is held")
    scope, server = servers[0]
    words = ngettext(
        "%(name)s sends by %(server)s, %(n)d server",
        "%(name)s sends by %(server)s, %(n)d servers",
        len(servers),
    )
    return words % {"name": scope.name, "server": server.server, "n": len(servers)}


def _connectivity() -> str:
    now = connectivity.read()
    if not now.enabled:
        return gettext("Nobody is told of a mailbox that cannot be reached")
    words = ngettext("Told after %(n)d failed try", "Told after %(n)d failed tries", now.threshold)
    return words % {"n": now.threshold}


GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        _("MSP Details"),
        (
            Entry(_("Mail server settings"), "mail", "incoming", _incoming),
            Entry(_("Outgoing"), "send", "outgoing", _outgoing),
            Entry(_("Delimiters"), "hash", "delimiters", _subject),
            Entry(_("Other"), "unplug", "connectivity", _connectivity),
        ),
    ),
    (
        _("Notification Rules"),
        (Entry(_("Notification rules"), "bell-ring", "notification_rules", words_of_rules),),
    ),
)


@require_safe
@signed_in
def all_settings(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the pages of settings by their groups."""
    viewer.needs_everywhere("settings.mail")
    return render(request, "console/all_settings.html", {"groups": GROUPS})
