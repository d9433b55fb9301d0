"""Who asks, for which mailbox, and whether the token allows it."""

import time

from deskpost.sandbox.cloud.exchange import Request, Who
from deskpost.sandbox.cloud.graph import uploads
from deskpost.sandbox.cloud.graph.call import State, user_id
from deskpost.sandbox.cloud.graph.errors import Refused, access_denied, bad_request
from deskpost.sandbox.cloud.graph.routes import PERSON, segments
from deskpost.sandbox.cloud.hosts import cloud_of
from deskpost.sandbox.cloud.store import Mailbox
from deskpost.sandbox.cloud.tokens import Access

CHALLENGE = {
    "WWW-Authenticate": 'Bearer realm="", '
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'client_id="00000003-0000-0000-c000-000000000000"'
}


def who(state: State, request: Request) -> Who:
    """Tell whose mailbox a request is about, and which application asks, for limits and log."""
    if (upload := uploads.found(state, request)) is not None:
        return Who(upload.call.mailbox.address, upload.call.access.client_id)
    access = state.cloud.tokens.find(_bearer(request))
    if access is None:
        return Who()
    parts = segments(request.path)[1:]
    if parts and parts[0].lower() == "$batch":
        return Who(None, access.client_id)  # each request in it counts by itself
    if len(parts) > 1 and parts[0].lower() == "users":
        found = _of_user(state, parts[1])
        return Who(found.address if found else None, access.client_id)
    return Who(access.mailbox, access.client_id)


def token(state: State, request: Request) -> Access:
    """Give the token of a request. Raises Refused where there is none that is good."""
    bearer = _bearer(request)
    if not bearer:
        raise Refused(401, "InvalidAuthenticationToken", "Access token is empty.", CHALLENGE)
    found = state.cloud.tokens.find(bearer)
    if found is not None and found.is_for((cloud_of(request.host).graph,)):
        return found
    old = state.cloud.tokens.access.get(bearer)
    words = (
        "Lifetime validation failed, the token is expired."
        if old is not None and old.expires_at <= time.time()
        else "Access token validation failure. Invalid audience."
    )
    raise Refused(401, "InvalidAuthenticationToken", words, CHALLENGE)


def mailbox(state: State, access: Access, user: str | None) -> Mailbox:
    """Give the mailbox of an address, `user` None: the token's own. Raises Refused."""
    if user is None:
        if access.mailbox is None:
            raise bad_request("/me request is only valid with delegated authentication flow.")
        user = access.mailbox
    found = _of_user(state, user)
    if found is None and user == access.mailbox:
        words = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise Refused(404, "MailboxNotEnabledForRESTAPI", words)
    if found is None:
        raise Refused(404, "ErrorInvalidUser", f"The requested user '{user}' is invalid.")
    own = access.mailbox
    if own is not None and own != found.address and own not in found.shared_with:
        raise access_denied()
    return found


def check(access: Access, mailbox: Mailbox, needed: tuple[str, ...]) -> None:
    """Raise Refused where a token has none of these scopes for a mailbox.

    Another person's mailbox takes the scopes that end in .Shared, which hold for one's own, too.
    """
    shared = tuple(f"{scope}.shared" for scope in needed)
    foreign = access.mailbox is not None and access.mailbox != mailbox.address
    if not access.allows(*shared, *(() if foreign else needed)):
        if needed is PERSON:
            words = "Insufficient privileges to complete the operation."
            raise Refused(403, "Authorization_RequestDenied", words)
        raise access_denied()


def _bearer(request: Request) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


def _of_user(state: State, user: str) -> Mailbox | None:
    found = state.cloud.store.mailbox(user)
    if found is not None:
        return found
    boxes = state.cloud.store.mailboxes()
    return next((one for one in boxes if user_id(one.address) == user.lower()), None)
