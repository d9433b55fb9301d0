"""What scopes let an application do, in plain words: for who is asked to consent and has never heard of scopes."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from deskpost.oauth.application import Provider
from deskpost.oauth.clouds import clouds_of
from deskpost.oauth.scopes import OF_OPENID, read

_READS = "read the mail of this mailbox, and mark, move and delete it there"
_WORDS: dict[str, str] = {
    "imap.accessasuser.all": f"{_READS}, and in other mailboxes that its user may open (by IMAP)",
    "pop.accessasuser.all": "read and delete the mail of this mailbox, and of others that its user may open (by POP)",
    "smtp.send": "send mail in the name of this mailbox (by SMTP)",
    "ews.accessasuser.all": "do all in this mailbox that its user may: mail, calendar and contacts (by EWS)",
    "mail.read": "read the mail of this mailbox",
    "mail.readwrite": f"{_READS}, and write drafts",
    "mail.readwrite.shared": "do the same in mailboxes that were shared with this user",
    "mail.send": "send mail in the name of this mailbox",
    "mail.send.shared": "send mail in the name of this mailbox, and of mailboxes that were shared with its user",
    "user.read": "see the name and the address of who consents",
    "https://mail.google.com/": f"{_READS}, and send mail in its name",
    "offline_access": "go on doing so without asking again, until somebody takes it back",
}
_WHO = "see the name and the address of who consents"
_ON_ITS_OWN = (
    "sign in on its own, without a person, with the permissions that were registered for it",
    "open with them every mailbox of the organisation, unless its administrator restricts them to some",
)
_UNKNOWN = 'do what the provider calls "%s"'


def spoken(provider: Provider, scope: str, *, on_its_own: bool) -> tuple[str, ...]:
    """Give in words what a consent to these scopes allows, each once. `on_its_own`: without a user."""
    if on_its_own:
        return _ON_ITS_OWN
    asked = list(read(scope))
    if provider != "other":
        asked.append("openid")  # it is asked for, to see who consented
    return tuple(dict.fromkeys(_words(provider, asked)))


def _words(provider: Provider, asked: list[str]) -> Iterator[str]:
    """Give the words of each scope; those of the sign-in itself come last."""
    for scope in sorted(asked, key=lambda one: one.lower() in OF_OPENID):
        name = scope.lower()
        if name in OF_OPENID and name != "offline_access":
            yield _WHO
        else:
            yield _WORDS.get(_known_as(provider, name)) or _UNKNOWN % scope


def _known_as(provider: Provider, name: str) -> str:
    """Give the permission without its resource: mail.send of https://graph.microsoft.com/mail.send.

    Elsewhere than at Microsoft the same name may allow anything.
    """
    if "://" in name:
        return urlsplit(name).path.strip("/") if clouds_of(name) else name
    return name if provider == "microsoft" or name in OF_OPENID else ""
