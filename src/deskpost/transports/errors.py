"""Everything that can go wrong between Deskpost and a mail server, as one family.

    TransportError                      who can mend it   fails over
    ├── ServerUnreachable               wait              yes    name, route, refused, closed, SMTP 421
    │   ├── AnsweredBetween             wait              yes    a proxy or web filter answered in the server's place
    │   ├── AddressRefused              administrator     yes    an address Deskpost must not connect to
    │   ├── ProxyRefused                administrator     yes    the proxy is not there or does not lead on
    │   └── TlsRefused                  administrator     yes    handshake failed, STARTTLS not offered
    │       └── CertificateRefused      administrator     yes    issuer, host name or date is wrong
    ├── ProtocolViolated                server            yes    rubbish, another protocol, endless answers
    │   └── AnswerTooLarge              server            yes    more than was asked for; the rest was not read
    ├── Throttled                       wait              no     too many connections, slow down
    ├── LoginRefused                    administrator     no     the "no" to credentials, and only that
    │   ├── TokenRefused                renewal           no     the "no" to a token: one more try with a fresh one
    │   ├── MailboxClosed               wait              no     the token is taken, its mailbox not opened: it may pass
    │   ├── ConsentLost                 provider          no     no token helps: consent or a right is missing there
    │   └── ApplicationRefused          provider          no     the same, of an application that needs nobody's consent
    ├── ServiceEnded                    provider          no     the provider ends this service: no further try helps
    ├── MailboxMissing                  administrator     no     no such folder, or no right to open it
    ├── ActRefused                      administrator     no     mark, move or delete refused
    ├── MessageRefused                  mail              no     this mail, for good
    │   └── SendAsDenied                mail              no     any mail of this sender from this mailbox
    └── MessageDelayed                  wait              no     this mail, for now (4xx)

"Renewal" is Deskpost itself by a fresh token, "provider" an administrator at the provider.

"Fails over" is the rule of outgoing mail: what keeps a server from being reached sends the mail by the
alternate server at once, a login or a recipient that is refused does not.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

Mend = Literal["wait", "administrator", "mail", "server", "renewal", "provider"]
Met = Literal["server", "sender", "mail"]


class TransportError(Exception):
    """A mail server could not be used; `words` is what people read, `answer` what the server itself said.

    `met` tells of outgoing mail how far it had come: "server": no mail was offered yet; "sender": the server said so
    to MAIL FROM; "mail": to a recipient or the content, or by breaking off, so it may be about that mail alone.
    """

    mend: ClassVar[Mend] = "wait"
    fails_over: ClassVar[bool] = False

    def __init__(self, words: str, *, answer: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.answer = answer
        self.met: Met = "server"


class ServerUnreachable(TransportError):
    """No usable connection: name look-up, refused, no route, time-out, closed, or SMTP's 421."""

    fails_over = True


class AnsweredBetween(ServerUnreachable):
    """Something between refused the request, by a page or words of its own: the server did not get it."""


class AddressRefused(ServerUnreachable):
    """The name has only addresses that no mail server has, or that the settings keep out; nothing was dialled."""

    mend = "administrator"


class ProxyRefused(ServerUnreachable):
    """The proxy cannot be reached, or does not lead to the server; nothing was said to the server."""

    mend = "administrator"


class TlsRefused(ServerUnreachable):
    """The connection could not be made secret, so nothing was sent over it."""

    mend = "administrator"


class CertificateRefused(TlsRefused):
    """The server's certificate does not prove that it is the server that was named."""


class ProtocolViolated(TransportError):
    """The server answered what its protocol does not allow; the connection is closed."""

    mend = "server"
    fails_over = True


class AnswerTooLarge(ProtocolViolated):
    """The answer was larger than what the caller takes."""


class Throttled(TransportError):
    """The server asks for patience; `retry_after` is in seconds, None when it named no time."""

    def __init__(self, words: str, *, retry_after: float | None = None, answer: str | None = None) -> None:
        super().__init__(words, answer=answer)
        self.retry_after = retry_after


class LoginRefused(TransportError):
    """The server said no to the credentials, or offers no login that Deskpost can use."""

    mend: ClassVar[Mend] = "administrator"


class TokenRefused(LoginRefused):
    """The server said no to a bearer token; the caller fetches a fresh one and tries once more (`renewed_once`).

    `again`: the words for an application on its own to whose fresh token it says no as well.
    """

    mend = "renewal"

    def __init__(self, words: str, *, place: str, answer: str | None = None, again: str = "") -> None:
        super().__init__(words, answer=answer)
        self.place = place
        self.again = again


class MailboxClosed(LoginRefused):
    """Exchange Online takes a person's token and does not open the mailbox: the right is missing, or it is a fault of
    theirs that passes. Only tries by a fresh token, some time later, tell."""

    mend = "wait"


class ConsentLost(LoginRefused):
    """The provider lets this application into the mailbox no more, or not yet; a fresh token changes nothing."""

    mend = "provider"


class ApplicationRefused(LoginRefused):
    """An application on its own is not let in yet: nobody has to sign in, so it is tried again, ever more seldom."""

    mend = "provider"


class ServiceEnded(TransportError):
    """The provider ends this service, or its policy keeps this application out of it: tries of ours change nothing."""

    mend = "provider"


class MailboxMissing(TransportError):
    """The folder is not there or may not be opened."""

    mend = "administrator"


class ActRefused(TransportError):
    """The server refused to mark, move or delete mail, or the protocol knows no such act."""

    mend = "administrator"


class CopiedNotDeleted(ActRefused):
    """A server without MOVE made the copy and then refused to delete the original: it must not be copied again.

    `uids` are the mails of which that is true; others that were to be moved with them may not be copied yet.
    """

    def __init__(self, words: str, uids: Sequence[str], *, answer: str | None = None) -> None:
        super().__init__(words, answer=answer)
        self.uids = tuple(uids)


class _AboutOneMail(TransportError):
    def __init__(self, code: int, words: str, *, answer: str | None = None) -> None:
        super().__init__(words, answer=answer)
        self.code = code


class MessageRefused(_AboutOneMail):
    """This mail cannot be sent by this server, now or later; `code` is SMTP's (RFC 5321 section 4.2)."""

    mend = "mail"


class SendAsDenied(MessageRefused):
    """The mailbox may not send as this sender: it would be refused each mail of that address."""


class MessageDelayed(_AboutOneMail):
    """This mail was not taken for now; `code` is SMTP's (RFC 5321 section 4.2)."""
