"""What the page says of outgoing servers: states, the list by scope, banners, what an act led to."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.mail_settings.brief import brief
from deskpost.console.outbox_rows import clock_with_day
from deskpost.console.page import Counted
from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.console.troubleshooting import entry_of
from deskpost.desk.durations import duration
from deskpost.inbound import inflow
from deskpost.inbound.inflow import Peak
from deskpost.outbound import pool, server_look, server_scopes
from deskpost.outbound.overflow import overflow_of
from deskpost.outbound.pool import AtFault
from deskpost.outbound.sample import Sample
from deskpost.outbound.server_look import Fares, OnAlternate
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer
from deskpost.transports.protocols import PROTOCOLS

_ROOM = 120  # signs of why in the narrow list
LOOKS: dict[str, tuple[str | Promise, str, str]] = {
    "sending": (_("Sending"), "ok", "full"),
    "catching_up": (_("Catching up"), "warn", "full"),
    "overflow": (_("Overflow"), "warn", "full"),
    "alternate": (_("On alternate"), "warn", "full"),
    "failing": (_("Failing"), "bad", "full"),
    "patience": (_("Asked for patience"), "warn", "half"),
    "paused": (_("Paused"), "mute", "ring"),
    "needs_consent": (_("Needs consent"), "bad", "full"),
    "ended": (_("Service ended"), "bad", "full"),
    "secret_ends": (_("Sending, secret expires"), "warn", "full"),
    "new": (_("Not set up"), "mute", "ring"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A scope in the list: its address, its server in a line, its From address, its state, and why it is so."""

    scope: Scope
    url: str
    line: str
    address: str
    pill: tuple[str, str, str]
    current: bool
    says: str = ""
    to_do: str = ""


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
    more: str = ""  # after the answer


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
        if fares.look not in ("paused", "needs_consent", "ended"):  # which is no fault of one of the pool
            told += map(_of_pool, pool.at_fault(server))
    return told


def advice(scope: Scope, server: OutgoingServer | None) -> Banner | None:
    """Advise against Graph where more mail came in than it can answer in time; None elsewhere."""
    if server is None or server.protocol != "graph":
        return None
    found = inflow.too_much(scope, server, timezone.now())
    if found is None:
        return None
    if found.minute is not None:
        came = gettext("%(n)d mails came in within one minute on %(at)s") % _when(found.minute)
    else:
        assert found.hour is not None, "one of both is too much"
        came = gettext("%(n)d mails came in within one hour on %(at)s") % _when(found.hour)
    slow = gettext("above 100 a minute, or 10 a minute over an hour, Graph’s four lanes fall behind.")
    wait = ""
    if found.longest_wait is not None:
        seconds = int(found.longest_wait.total_seconds())
        wait = gettext("The longest wait that day was %(time)s.") % {"time": duration(seconds)}
    text = " ".join(filter(None, (f"{came}; {slow}", wait, gettext("No mail was lost."))))
    title = gettext("Microsoft Graph is too slow for this much mail, SMTP is advised")
    return Banner("warn", title, text, scope, ("smtp",))


def _when(peak: Peak) -> dict[str, object]:
    return {"n": peak.mails, "at": clock_with_day(peak.at)}


def told(one: Sample, good: str, bad: str) -> Told:
    """Give what a try led to. `good`, `bad`: the bold words when it went well or not, with %(seconds)s."""
    seconds = {"seconds": f"{one.seconds:.1f}"}
    if one.ok:
        words = gettext("%(place)s answered") % {"place": one.place} if one.answer else one.words
        return Told(True, good % seconds, words, answer=one.answer or "", more=one.kept)
    text, _, to_do = one.words.partition(" To do: ")
    shown = one.answer if one.answer and one.answer not in text else ""
    return Told(False, bad % seconds, text, to_do, shown or "", entry_of(one.words))


def mails(count: Counted) -> str:
    """Give a count of mails in words."""
    return ngettext("%(n)s mail", "%(n)s mails", count.at_least) % {"n": count}


def _row(scope: Scope, server: OutgoingServer, fares: Fares, current: Scope) -> Row:
    protocol = PROTOCOLS[server.protocol]
    line = gettext("%(protocol)s, port %(port)d") % {"protocol": protocol.label, "port": server.port}
    if protocol.address:
        line = protocol.label
    says, to_do = _why(fares)
    return Row(scope, _url(scope), line, server.reply_to, _pill(fares.look), scope == current, says, to_do)


def _why(fares: Fares) -> tuple[str, str]:
    """Give why nothing is sent, and what to do, as a row has room for it."""
    if fares.look == "patience":
        return gettext("Until %(at)s, there is nothing to do.") % {"at": _to_the_second(fares.until)}, ""
    return brief(fares.reason, _ROOM) if fares.look in ("failing", "needs_consent", "ended") else ("", "")


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
    other = overflow_of(server)
    if other is not None and fares.look != "overflow":
        through = gettext("Notifications go through %(name)s since %(at)s.")
        waits = f"{waits} {through % {'name': other.through, 'at': _at(other.since)}}"
    if fares.look == "paused":
        return Banner("info", gettext("Sending is paused"), waits, scope, ("resume",))
    if fares.look == "failing":
        title = gettext("Nothing is sent since %(at)s") % {"at": _at(fares.since)}
        text = f"{fares.reason} {waits}"
        return Banner("bad", title, text, scope, url=entry_of(fares.reason))
    if fares.look == "ended":
        title = gettext("Nothing is sent since %(at)s: its provider ends the service") % {
            "at": _at(fares.since)
        }
        again = gettext("It is tried again at %(at)s, and as soon as you save.") % {"at": _at(fares.until)}
        text = f"{fares.reason} {waits} {again}"
        return Banner("bad", title, text, scope, ("try",), url=entry_of(fares.reason))
    if fares.look == "patience":
        title = gettext("Waiting until %(at)s, as the server asked") % {"at": _to_the_second(fares.until)}
        cause = fares.reason.partition(" To do:")[0]
        text = f"{cause} {waits} {gettext('It is tried again by itself, there is nothing to do.')}"
        return Banner("warn", title, text, scope)
    if fares.look == "needs_consent":
        if fares.since is None:  # nobody connected it so far, which the banner of the sign-in says
            some = server_look.waiting(server).number
            return Banner("warn", gettext("Nothing is sent yet"), waits) if some else None
        title = gettext("Nothing is sent since %(at)s: needs consent") % {"at": _at(fares.since)}
        return Banner("warn", title, waits)  # why, and Reconnect, stands in the banner of the sign-in
    if fares.look == "overflow":
        words = gettext("Overflow: notifications go through %(name)s since %(at)s")
        return Banner("warn", words % {"name": fares.reason, "at": _at(fares.since)}, waits)
    if fares.look == "catching_up":
        title = gettext("The oldest mail could have left at %(at)s") % {"at": _at(fares.since)}
        return Banner("warn", title, waits)
    return None


def _of_pool(one: AtFault) -> Banner:
    """Say which mailbox of the pool sends nothing, why, what to do, and when it is tried again."""
    title = gettext("%(mailbox)s, of the sender pool, sends nothing since %(at)s")
    others = gettext("The others send its notifications. It is tried again at %(at)s.") % {
        "at": _at(one.until)
    }
    named = {"mailbox": one.mailbox, "at": _at(one.since)}
    return Banner("warn", title % named, f"{one.reason} {others}", url=entry_of(one.reason))


def _in_type(text: str, *places: str) -> SafeString:
    """Give a text in which these places stand in the type of what servers say."""
    parts = re.split("({})".format("|".join(map(re.escape, places))), text)
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return format_html_join("", "{}{}", ((words, _code(place)) for words, place in pairs))


def _code(place: str) -> str | SafeString:
    return format_html("<code>{}</code>", place) if place else ""


def _at(moment: datetime | None) -> str:
    return clock(moment)


def _to_the_second(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M:%S}" if moment else ""
