"""What Connect came to, in words: what happened, who said so, what to do, and at which link the chain breaks."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.access.columns import MailServerSettings
from deskpost.access.sign_ins import NoSuchSignIn, OfAnotherSession
from deskpost.console.mail_settings.connection import Link, Result
from deskpost.console.troubleshooting import sign_in_help
from deskpost.inbound.mailboxes import Mailbox
from deskpost.oauth import chain
from deskpost.secret_field import SecretUnreadable
from deskpost.transports.errors import LoginRefused, MailboxMissing, TransportError

LINKS: dict[chain.Key, str | Promise] = {
    "addresses": _("Authorization URL and token URL"),
    "client_id": _("Client ID"),
    "client_secret": _("Client secret"),
    "redirect_url": _("Redirect URL"),
    "consent": _("Consent"),
    "scope": _("Scope"),
    "mailbox": _("Permission for the mailbox"),
}


def connected(row: MailServerSettings, user: str, unknown: str, trouble: TransportError | None) -> Result:
    """Say that there are tokens. `trouble`: why the mail server did not open.

    `unknown`: that nobody tells whose they are, or what else is to be known though it is connected.
    """
    title = gettext("Connected as %(user)s.") % {"user": user} if user else gettext("Connected.")
    keys = _keys(row)
    if trouble is None:
        text, to_do = _split(unknown) if unknown else (_next(row), "")
        return Result(True, title, text, to_do)
    refused = isinstance(trouble, (LoginRefused, MailboxMissing))
    text, to_do = _split(trouble.words)
    title = f"{title} {gettext('But the mail server does not let it in.')}" if refused else title
    links = _links(chain.whole(keys, "broken" if refused else "unknown"))
    return Result(False, title, text, to_do, sign_in_help(trouble.words), links)


def failed(row: MailServerSettings, error: TransportError | SecretUnreadable) -> Result:
    """Say why no token came."""
    if isinstance(error, SecretUnreadable):
        return refused(str(error))
    text, to_do = _split(error.words)
    broken = chain.broken_at(error)
    links = _links(chain.walked(_keys(row), broken))
    theirs = broken == "consent"
    return Result(False, _not_connected(), text, to_do, sign_in_help(error.words), links, theirs)


def wrong_user(row: MailServerSettings, words: str) -> Result:
    """Say that somebody else signed in at the provider."""
    text, to_do = _split(words)
    links = _links(chain.by_another(_keys(row)))
    return Result(False, _not_connected(), text, to_do, sign_in_help(words), links, theirs=True)


def refused(words: str) -> Result:
    """Say why nothing was tried."""
    text, to_do = _split(words)
    return Result(False, _not_connected(), text, to_do)


def late() -> Result:
    """Say that the browser came back too late."""
    return refused(
        gettext(
            "The provider sent the browser back more than ten minutes after Connect was chosen, so its answer was not "
            "used. To do: choose Connect once more, and finish within ten minutes."
        )
    )


def changed() -> Result:
    """Say that the settings were changed by somebody while the browser was away."""
    return refused(
        gettext(
            "The settings were changed while you were at the provider: the consent was for what they were, and was not "
            "kept. To do: look at the settings, and choose Connect once more."
        )
    )


def strange(what: NoSuchSignIn) -> str:
    """Say why what came back belongs to nothing."""
    if isinstance(what, OfAnotherSession):
        return gettext(
            "Not connected. This sign-in was begun in another browser, or before you signed in to Deskpost again, so "
            "its answer was not used. To do: choose Connect once more, and finish in the same browser."
        )
    return gettext(
        "Not connected. What came back belongs to no sign-in that was begun here: it was used already, or the settings "
        "were changed since. To do: open the mailbox or server, and choose Connect once more."
    )


def _not_connected() -> str:
    return gettext("Not connected.")


def _next(row: MailServerSettings) -> str:
    if not isinstance(row, Mailbox):
        return gettext("Mail leaves from now on.")
    if row.fetching:
        return gettext("It is fetched from now on.")
    return gettext("The mailbox opens. Fetching is off until somebody starts it.")


def _keys(row: MailServerSettings) -> tuple[chain.Key, ...]:
    return chain.BY_PERSON if row.by_consent else chain.ON_ITS_OWN


def _links(walked: tuple[tuple[chain.Key, chain.State], ...]) -> tuple[Link, ...]:
    return tuple(Link(str(LINKS[key]), state) for key, state in walked)


def _split(words: str) -> tuple[str, str]:
    text, _found, to_do = words.partition(" To do: ")
    return text, to_do
