"""What the banner of Mail flow says: which mailboxes and servers need a person, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from deskpost.console.mail_settings.incoming_rows import clock_of, state_of
from deskpost.inbound.flow import Incoming
from deskpost.inbound.standings import Standing
from deskpost.outbound.flow import Outgoing

_TOLD = 4  # causes that are told one by one


@dataclass(frozen=True, slots=True)
class Needs:
    """Who needs a person: how many, in bold, then the causes; where that is mended: address and words."""

    title: str
    text: str
    links: list[tuple[str, str]]


def needs_of(incoming: Iterable[Incoming], outgoing: Iterable[Outgoing], *, may_set: bool) -> Needs | None:
    """Give what needs a person, None where nothing does. `may_set`: the person may open the settings."""
    boxes = [_of_mailbox(one.standing) for one in incoming if state_of(one.standing) == "needs"]
    servers = [words for one in outgoing if (words := _of_server(one))]
    causes = boxes + servers
    if not causes:
        return None
    told = causes if len(causes) <= _TOLD else causes[: _TOLD - 1]
    text = ", ".join(told)
    if len(told) < len(causes):
        more = ngettext("and %(n)d other", "and %(n)d others", len(causes) - len(told))
        text = f"{text} {more % {'n': len(causes) - len(told)}}"
    links = []
    if may_set and boxes:
        links.append((reverse("incoming"), gettext("Open Incoming")))
    if may_set and servers:
        links.append((reverse("outgoing"), gettext("Open Outgoing")))
    return Needs(_title(len(boxes), len(servers)), f"{text}.", links)


def _title(boxes: int, servers: int) -> str:
    mailboxes = ngettext("%(n)d mailbox", "%(n)d mailboxes", boxes) % {"n": boxes}
    ways_out = ngettext("%(n)d server", "%(n)d servers", servers) % {"n": servers}
    if boxes and servers:
        return gettext("%(mailboxes)s and %(servers)s need you.") % {
            "mailboxes": mailboxes,
            "servers": ways_out,
        }
    words = ngettext("%(what)s needs you.", "%(what)s need you.", boxes or servers)
    return words % {"what": mailboxes if boxes else ways_out}


def _of_mailbox(one: Standing) -> str:
    named = {"name": one.mailbox.name}
    if not one.mailbox.fetching:
        most = one.mailbox.error_stop_after
        if most is None:
            return gettext("%(name)s stopped at the limit of its error folder") % named
        words = ngettext(
            "%(name)s stopped at its limit of %(n)d error mail",
            "%(name)s stopped at its limit of %(n)d error mails",
            most,
        )
        return words % {**named, "n": most}
    if one.lost is not None:
        if one.never_connected or one.lost.lost_at is None:
            return gettext("%(name)s was never connected") % named
        return gettext("%(name)s needs consent since %(at)s") % {**named, "at": clock_of(one.lost.lost_at)}
    assert one.state.failing_since is not None, "state_of says so"
    return gettext("%(name)s fails since %(at)s") % {**named, "at": clock_of(one.state.failing_since)}


def _of_server(one: Outgoing) -> str:
    """Say why a server sends nothing until somebody does something; empty where that is not so."""
    if one.fares.since is None:
        return ""
    named = {"name": one.server.scope_name, "at": clock_of(one.fares.since)}
    match one.fares.look:
        case "needs_consent":
            return gettext("%(name)s (outgoing) needs consent since %(at)s") % named
        case "failing":
            return gettext("%(name)s (outgoing) sends nothing since %(at)s") % named
        case "ended":
            return gettext("%(name)s (outgoing) is kept out by its provider since %(at)s") % named
    return ""
