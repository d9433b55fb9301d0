"""What Exchange's response codes mean: the family of errors, for what is the same whatever was asked."""

from deskpost.transports import ews_words, http_words, login_words
from deskpost.transports.errors import (
    ActRefused,
    LoginRefused,
    MailboxMissing,
    ProtocolViolated,
    ServerUnreachable,
    Throttled,
    TransportError,
)
from deskpost.transports.ews.soap import Message

BUSY = ("ErrorServerBusy", "ErrorExceededConnectionCount", "ErrorTooManyObjectsOpened")
PASSING = (
    "ErrorADUnavailable",
    "ErrorBatchProcessingStopped",
    "ErrorConnectionFailed",
    "ErrorInsufficientResources",
    "ErrorInternalServerError",
    "ErrorInternalServerTransientError",
    "ErrorMailboxFailover",
    "ErrorMailboxMoveInProgress",
    "ErrorMailboxStoreUnavailable",
    "ErrorMessageTrackingTransientError",
    "ErrorNotEnoughMemory",
    "ErrorTimeoutExpired",
)
"""It may well be otherwise at the next try."""

GONE = ("ErrorItemNotFound", "ErrorInvalidIdMalformed", "ErrorMessagePreviouslyGone")
"""The item is not there any more, or is known by another id."""

FOLDER_GONE = ("ErrorFolderNotFound", "ErrorToFolderNotFound", "ErrorSyncFolderNotFound", "ErrorItemNotFound")
STATE_INVALID = ("ErrorInvalidSyncStateData", "ErrorSyncStateDataInvalid")

_IMPERSONATION = (
    "ErrorImpersonateUserDenied",
    "ErrorImpersonationDenied",
    "ErrorImpersonationFailed",
    "ErrorInvalidExchangeImpersonationHeaderData",
)
_NO_MAILBOX = ("ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorNonPrimarySmtpAddress")
_NO_RIGHT = ("ErrorAccessDenied", "ErrorFolderAccessDenied")
_LOGIN = ("ErrorAccountDisabled", "ErrorPasswordExpired", "ErrorPasswordChangeRequired")
ABOUT_THE_SERVER = (*BUSY, *_IMPERSONATION, *_NO_MAILBOX, *_NO_RIGHT, *_LOGIN)
"""Whatever it was asked to do: another mail would fare no better."""


def error_of(message: Message, said: str, place: str, username: str, mailbox: str) -> TransportError:
    """Give the error of a response message that is not fine; `said` is what people may read of it."""
    code = message.code
    if code in BUSY:
        return Throttled(http_words.busy(place), retry_after=message.wait, answer=said)
    if code in PASSING:
        return ServerUnreachable(ews_words.out_of_order(place, said), answer=said)
    if code in _IMPERSONATION:
        sentence = ews_words.impersonation_denied(place, username, mailbox, said)
        return LoginRefused(sentence, answer=said)
    if code in _LOGIN:
        return LoginRefused(login_words.login_refused(place, username, said), answer=said)
    if code in _NO_MAILBOX:
        return MailboxMissing(ews_words.mailbox_unknown(place, mailbox, said), answer=said)
    if code in _NO_RIGHT:
        return MailboxMissing(ews_words.access_denied(place, mailbox, said), answer=said)
    if code == "ErrorQuotaExceeded":
        return ActRefused(ews_words.quota_exceeded(place, mailbox, said), answer=said)
    return ProtocolViolated(ews_words.not_understood(place, said), answer=said)
