"""Who asks, and whose mailboxes that opens: Basic, OAuth bearer, impersonation, sharing."""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.ews.refusals import Fault, Refused
from deskpost.sandbox.cloud.ews.soap import child, text_of
from deskpost.sandbox.cloud.exchange import Request, Response, Who
from deskpost.sandbox.cloud.hosts import cloud_of
from deskpost.sandbox.cloud.scopes import names_of
from deskpost.sandbox.cloud.store import Mailbox
from deskpost.sandbox.cloud.tokens import Access

DELEGATED = "ews.accessasuser.all"
APP_ONLY = "full_access_as_app"

_IMPERSONATED = re.compile(rb"<(?:\w+:)?(?:PrimarySmtpAddress|PrincipalName|SmtpAddress)>\s*([^<\s]+)\s*</")
_HEADER_ENDS = re.compile(rb"</(?:\w+:)?Header\s*>")


@dataclass(frozen=True, slots=True)
class Login:
    """Proven credentials: a mailbox's owner, or an application that acts without a person (mailbox is None)."""

    mailbox: str | None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The person in whose name a request acts."""

    mailbox: Mailbox

    def opens(self, mailbox: Mailbox) -> bool:
        """Tell whether this person may open a mailbox."""
        return mailbox is self.mailbox or self.mailbox.address in mailbox.shared_with

    def needs(self, mailbox: Mailbox) -> Mailbox:
        """Give the mailbox back. Raises Refused: this person may not open it."""
        if not self.opens(mailbox):
            raise Refused("ErrorAccessDenied")
        return mailbox


def login(cloud: Cloud, request: Request) -> Login | None:
    """Give who a request's credentials prove; None: nobody."""
    scheme, _, given = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        return _basic(cloud, given.strip())
    if scheme.lower() == "bearer":
        access = cloud.tokens.find(given.strip())
        good = access is not None and _for_ews(access, request.host)
        return Login(access.mailbox, access.client_id) if access is not None and good else None
    return None


def challenge(request: Request) -> Response:
    """Give the 401: to who has no credentials or wrong ones it offers Basic, to a bad token it says so."""
    if request.headers.get("authorization", "").lower().startswith("bearer"):
        offers = (
            'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-'
            '000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", '
            'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token"'
        )
        why = '2000003;reason="The token has expired or is not valid for this resource.";error_category="invalid_token"'
        return Response(401, b"", {"WWW-Authenticate": offers, "x-ms-diagnostics": why})
    return Response(401, b"", {"WWW-Authenticate": f'Basic realm="{request.host}"'})


def who(cloud: Cloud, request: Request) -> Who:
    """Give whose mailbox a request is about, as cheaply as the server's log and limits need it."""
    known = login(cloud, request)
    if known is None:
        return Who()
    ends = _HEADER_ENDS.search(request.body)
    found = _IMPERSONATED.search(request.body, 0, ends.start()) if ends else None
    impersonated = found[1].decode("utf-8", "replace").lower() if found else None
    anchor = request.headers.get("x-anchormailbox", "").strip().lower()
    anchored = anchor if anchor and cloud.store.mailbox(anchor) else None
    return Who(impersonated or anchored or known.mailbox, known.client_id)


def caller(cloud: Cloud, known: Login, envelope: Element) -> Caller:
    """Give the person in whose name an envelope acts. Raises Fault: that is not allowed."""
    own = cloud.store.mailbox(known.mailbox) if known.mailbox else None
    impersonated = _impersonated(envelope)
    if impersonated is None:
        if known.mailbox is None:
            raise Fault("ErrorInvalidExchangeImpersonationHeaderData")
        if own is None:
            raise Fault("ErrorNonExistentMailbox")
        return Caller(own)
    mailbox = cloud.store.mailbox(impersonated)
    if mailbox is None:
        raise Fault("ErrorNonExistentMailbox")
    if known.mailbox is not None and (own is None or not Caller(own).opens(mailbox)):
        raise Fault("ErrorImpersonateUserDenied")
    return Caller(mailbox)


def _impersonated(envelope: Element) -> str | None:
    """Give the address of the impersonation header; None: there is no such header."""
    header = child(envelope, "Header")
    asked = child(header, "ExchangeImpersonation") if header is not None else None
    if asked is None:
        return None
    sid = child(asked, "ConnectingSID")
    if sid is None:
        raise Fault("ErrorInvalidExchangeImpersonationHeaderData")
    names = ("PrimarySmtpAddress", "SmtpAddress", "PrincipalName")
    return next((found for name in names if (found := text_of(sid, name))), "")


def _basic(cloud: Cloud, given: str) -> Login | None:
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    mailbox = cloud.store.mailbox(name.rpartition("\\")[2])
    if mailbox is None or not mailbox.password:
        return None
    good = hmac.compare_digest(mailbox.password.encode(), password.encode())
    return Login(mailbox.address) if good else None


def _for_ews(access: Access, host: str) -> bool:
    """Tell whether a token is for this service. One token serves one resource, so Graph's and other clouds' are not."""
    if not access.is_for(cloud_of(host).outlook_audiences):
        return False
    names = names_of(access.scopes)
    if access.mailbox is not None:
        return DELEGATED in names
    return APP_ONLY in names or ".default" in names
