"""What the page says of outgoing servers: states, the list by scope, banners, what an act led to."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.page import Counted
from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.console.troubleshooting import entry_of
from deskpost.outbound import server_look, server_scopes
from deskpost.outbound.sample import Sample
from deskpost.outbound.server_look import Fares, OnAlternate
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.protocols import PROTOCOLS

LOOKS: dict[str, tuple[str | Promise, str, str]] = {
    "sending": (_("Sending"), "ok", "full"),
    "catching_up": (_("Catching up"), "warn", "full"),
    "alternate": (_("On alternate"), "warn", "full"),
    "failing": (_("Failing"), "bad", "full"),
    "paused": (_("Paused"), "mute", "ring"),
    "new": (_("Not set up"), "mute", "ring"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A scope in the list: its address, its server in a line, its From address, its state."""

    scope: Scope
    url: str
    line: str
    address: str
    pill: tuple[str, str, str]
    current: bool


@dataclass(frozen=True, slots=True)
class Banner:
    """What is better known about a server: `to` names what its buttons act on, `asks` which there are."""

    tone: str
    title: str
    text: str
    scope: Scope | None = None
    asks: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a try led to, in words: what is bold, what follows, the answer, what to do, where more stands."""

    ok: bool
    title: str
    text: str
    to_do: str = ""
    answer: str = ""
    url: str = ""


def rows(current: Scope) -> list[Row]:
    """Give the scopes that have a server, the directory that follows the IT Help Desk, and the one that is open."""
    found = server_scopes.with_server()
    how = server_look.fares([server for _, server in found])
    shown = [_row(scope, server, how[server.pk], current) for scope, server in found]
    directory = Scope("directory", None, server_scopes.DIRECTORY)
    followed = next((one for one in found if one[0] == server_scopes.help_desk()), None)
    if followed and all(scope.kind != "directory" for scope, _ in found):
        server = followed[1]
        words = gettext("As %(name)s, until saved here") % {"name": followed[0].name}
        pill = _pill(how[server.pk].look)
        shown.append(Row(directory, _url(directory), words, server.reply_to, pill, current == directory))
    if all(not row.current for row in shown):
        words = gettext("No server of its own")
        shown.append(Row(current, _url(current), words, "", _pill("new"), True))
    return shown


def banners(current: Scope, server: OutgoingServer | None) -> list[Banner]:
    """Give what is to be known now: every alternate in use, and how the open server fares."""
    told, servers = [], server_scopes.with_server()
    if not servers:
        words = gettext("It is held until there is an outgoing server; none is lost.")
        return [Banner("warn", gettext("No mail leaves yet"), words)]
    for scope, one in servers:
        facts = server_look.on_alternate(one)
        if facts is not None:
            told.append(_alternate(scope, facts, named=scope != current))
    if server is not None:
        fares = server_look.fares([server])[server.pk]
        state = _state(current, server, fares)
        if state is not None:
            told.append(state)
    return told


def told(one: Sample, good: str, bad: str) -> Told:
    """Give what a try led to. `good`, `bad`: the bold words when it went well or not, with %(seconds)s."""
    seconds = {"seconds": f"{one.seconds:.1f}"}
    if one.ok:
        words = gettext("%(place)s answered") % {"place": one.place} if one.answer else one.words
        return Told(True, good % seconds, words, answer=one.answer or "")
    text, _, to_do = one.words.partition(" To do: ")
    shown = one.answer if one.answer and one.answer not in text else ""
    return Told(False, bad % seconds, text, to_do, shown or "", entry_of(one.words))


def mails(count: Counted) -> str:
    """Give a count of mails in words."""
    return ngettext("%(n)s mail", "%(n)s mails", count.at_least) % {"n": count}


def _row(scope: Scope, server: OutgoingServer, fares: Fares, current: Scope) -> Row:
    line = gettext("%(protocol)s, port %(port)d") % {
        "protocol": PROTOCOLS[server.protocol].label,
        "port": server.port,
    }
    return Row(scope, _url(scope), line, server.reply_to, _pill(fares.look), scope == current)


def _pill(look: str) -> tuple[str, str, str]:
    words, tone, dot = LOOKS[look]
    return tone, dot, str(words)


def _url(scope: Scope) -> str:
    return reverse("outgoing_server", args=[scope.key])


def _alternate(scope: Scope, facts: OnAlternate, *, named: bool) -> Banner:
    title = gettext("Mail goes through the alternate server since %(at)s") % {"at": clock(facts.since)}
    if named:
        title = f"{scope.name}: {title}"
    words = ngettext(
        "%(alternate)s has sent %(n)s mail since, %(failed)s. It stays in use until you go back, save these settings "
        "or restart.",
        "%(alternate)s has sent %(n)s mails since, %(failed)s. It stays in use until you go back, save these settings "
        "or restart.",
        facts.sent.number,
    )
    failed = (
        gettext("%(n)s failed") % {"n": Counted(facts.failed)}
        if facts.failed.number
        else gettext("none failed")
    )
    said = words % {"alternate": facts.alternate, "n": Counted(facts.sent), "failed": failed}
    reason = facts.reason
    if facts.primary not in reason:
        reason = gettext("%(primary)s cannot be used. %(reason)s") % {
            "primary": facts.primary,
            "reason": reason,
        }
    text = _in_type(f"{reason.strip()} {said}", facts.primary, facts.alternate)
    return Banner("warn", title, text, scope, ("test", "primary"))


def _state(scope: Scope, server: OutgoingServer, fares: Fares) -> Banner | None:
    waits = gettext("Waiting: %(mails)s. None is lost.") % {
        "mails": mails(Counted(server_look.waiting(server)))
    }
    if fares.look == "paused":
        return Banner("info", gettext("Sending is paused"), waits, scope, ("resume",))
    if fares.look == "failing":
        title = gettext("Nothing is sent since %(at)s") % {"at": _at(fares.since)}
        text = f"{fares.reason} {waits}"
        return Banner("bad", title, text, scope, url=entry_of(fares.reason))
    if fares.look == "catching_up":
        title = gettext("The oldest mail could have left at %(at)s") % {"at": _at(fares.since)}
        return Banner("warn", title, waits)
    return None


def _in_type(text: str, *places: str) -> SafeString:
    """Give a text in which these places stand in the type of what servers say."""
    parts = re.split("({})".format("|".join(map(re.escape, places))), text)
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return format_html_join("", "{}{}", ((words, _code(place)) for words, place in pairs))


def _code(place: str) -> str | SafeString:
    return format_html("<code>{}</code>", place) if place else ""


def _at(moment: datetime | None) -> str:
    return clock(moment)
