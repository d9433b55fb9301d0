"""What somebody who came by a link to consent is told, in words. Of settings and servers here it says nothing."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext

from deskpost.access.columns import MailServerSettings
from deskpost.access.consent_links import ConsentLink
from deskpost.console.mail_settings.connection import signs_in_as
from deskpost.desk.sign_in_attempts import WINDOW_MINUTES
from deskpost.outbound.servers import OutgoingServer


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said. `done`: the consent came; `stops`: nothing can be done on this page."""

    title: str
    text: str
    to_do: str = ""
    done: bool = False
    stops: bool = False

    def kept(self) -> dict[str, Any]:
        """Give it as a session keeps it."""
        return asdict(self)


def called(row: MailServerSettings) -> str:
    """Give what people call a mailbox or server."""
    return row.scope_name if isinstance(row, OutgoingServer) else str(row)


def connected(link: ConsentLink, row: MailServerSettings, *, opened: bool) -> Said:
    """Say that the consent came. `opened`: the mail server lets Deskpost in by it."""
    who = {"who": link.person.name, "user": link.given_by or signs_in_as(row)}
    title = gettext("Done, thank you")
    text = gettext("The consent was given and kept. %(who)s has been told.")
    if row.by_consent and link.given_by:
        text = gettext("You consented as %(user)s. %(who)s has been told.")
    if not opened:
        more = gettext(
            "What is still missing for the mail is for them to look at; this link has done its work."
        )
        return Said(title, f"{text % who} {more}", done=True)
    to_do = gettext("nothing more; you may close this page.")
    return Said(title, text % who, to_do, done=True)


def refused(link: ConsentLink, row: MailServerSettings, words: str = "", *, late: bool = False) -> Said:
    """Say what did not work and can be mended by who consents. `words`: what the provider said."""
    names = {"who": link.person.name, "user": signs_in_as(row)}
    if late:
        text = gettext(
            "The provider sent you back more than ten minutes after you began, so nothing was kept."
        )
        return Said(_no(), text, gettext("begin once more, and finish within ten minutes."))
    if row.by_consent and names["user"]:
        to_do = gettext(
            "begin once more, sign in as %(user)s and accept; or tell %(who)s what is in the way."
        )
    else:
        to_do = gettext(
            "begin once more, sign in as an administrator and accept; or tell %(who)s what is in the way."
        )
    return Said(_no(), words, to_do % names)


def broken(link: ConsentLink) -> Said:
    """Say that a setting here is wrong: it is for who asked to mend it."""
    text = gettext(
        "A setting at the desk does not fit, so nothing was kept. %(who)s has been told what it is."
    )
    to_do = gettext("keep this link, and open it once more when %(who)s says that it was mended.")
    who = {"who": link.person.name}
    return Said(_no(), text % who, to_do % who)


def not_from_here(link: ConsentLink) -> Said:
    """Say that the provider could not send a browser back to the address by which this page was opened."""
    text = gettext("The provider could not send you back to the address by which you opened this page.")
    to_do = gettext("ask %(who)s for a new link.") % {"who": link.person.name}
    return Said(gettext("Not from this address"), text, to_do, stops=True)


def another_browser() -> Said:
    """Say that what came back was begun elsewhere."""
    text = gettext("This sign-in was begun in another browser, so its answer was not used.")
    return Said(
        _no(), text, gettext("open the link that you were sent, and finish in the same browser."), stops=True
    )


def nothing_fits() -> Said:
    """Say that what came back belongs to nothing."""
    text = gettext(
        "What came back belongs to no sign-in that was begun here: it was used already, or has ended."
    )
    return Said(_no(), text, gettext("begin once more."))


def over(*, waits: bool) -> Said:
    """Say that a link does not work: the same of a wrong one, an old and a used one. `waits`: too many were tried."""
    if waits:
        text = gettext("Too many links that do not work were opened from your network.")
        to_do = gettext("wait %(n)d minutes, then open your link once more.") % {"n": WINDOW_MINUTES}
        return Said(gettext("Not now"), text, to_do, stops=True)
    text = gettext(
        "It is not complete, was used already, was taken back, is older than 7 days, or what it was made for has "
        "changed. Which of these, is said to nobody."
    )
    to_do = gettext("open the whole link as it was sent to you, or ask who sent it for a new one.")
    return Said(gettext("This link does not work"), text, to_do, stops=True)


def _no() -> str:
    return gettext("Not connected")
