"""The admin API: mailboxes, mails, applications, tokens, faults, habits and limits, for tests and for the demo."""

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

from deskpost.sandbox.cloud import admin_values as values
from deskpost.sandbox.cloud.admin_faults import fault_of
from deskpost.sandbox.cloud.cloud import Cloud, Habits
from deskpost.sandbox.cloud.exchange import Request, Response, Served, Who, of_json
from deskpost.sandbox.cloud.limits import Limits
from deskpost.sandbox.cloud.scopes import ScopesRefused, read
from deskpost.sandbox.cloud.store import Item, Mailbox
from deskpost.sandbox.cloud.tokens import LASTS, Application

Act = Callable[..., Response]


def served(cloud: Cloud, admin_token: str) -> Served:
    """Give the admin API of this cloud as a service, for who has the token."""

    def answer(request: Request) -> Response:
        shown = request.headers.get("authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {admin_token}".encode()):
            return _told("The admin token is missing or wrong. To do: send it as Authorization: Bearer.", 401)
        matches = [
            (method, act, found.groups())
            for method, path, act in ACTS
            if (found := re.fullmatch(path, request.path))
        ]
        if not matches:
            return _told("There is no such call. To do: see docs/sandbox.md.", 404)
        for method, act, parts in matches:
            if method == request.method:
                return _act(act, cloud, request, parts)
        return _told(f"{request.method} does nothing here. To do: see docs/sandbox.md.", 405)

    return Served("admin", lambda request: request.path.startswith("/admin/"), lambda _: Who(), answer)


def add_mailbox(cloud: Cloud, request: Request) -> Response:
    """Make a mailbox."""
    asked = values.an_object(
        request, required=("address",), also=("name", "password", "shared_with", "aliases")
    )
    mailbox = cloud.store.add_mailbox(
        values.address(asked, "address"),
        values.text(asked, "name", ""),
        values.text(asked, "password", ""),
        values.texts(asked, "shared_with"),
        values.texts(asked, "aliases"),
    )
    more = {"shared_with": sorted(mailbox.shared_with), "aliases": sorted(mailbox.aliases)}
    return of_json({"address": mailbox.address, "name": mailbox.name, **more}, 201)


def deliver(cloud: Cloud, request: Request, address: str) -> Response:
    """Deliver the raw mail of the body."""
    mailbox = _mailbox(cloud, address)
    if not request.body.strip():
        raise values.Unusable("The body is empty. To do: send a raw mail as the body.")
    item = cloud.store.deliver(mailbox, request.body, _folder(mailbox, request, "inbox") or "inbox")
    return of_json({"id": item.id, "internet_message_id": _message_id(item)}, 201)


def messages(cloud: Cloud, request: Request, address: str) -> Response:
    """List the mails of a folder, of all folders where none is named."""
    mailbox = _mailbox(cloud, address)
    with cloud.store.lock:
        folder = _folder(mailbox, request, None)
        found = mailbox.in_folder(folder) if folder else list(mailbox.items.values())
        return of_json([_shown(mailbox, item) for item in found])


def mime(cloud: Cloud, request: Request, address: str, identity: str) -> Response:
    """Give the raw mail."""
    item = _mailbox(cloud, address).item(identity)
    if item is None:
        raise values.Missing(f"{address} has no mail with this id. To do: list its mails.")
    return Response(200, item.raw, {"Content-Type": "message/rfc822"})


def add_client(cloud: Cloud, request: Request) -> Response:
    """Register an application; without a secret it is a public one."""
    asked = values.an_object(request, ("client_id",), ("client_secret", "redirect_uris", "app_only"))
    secret = values.text(asked, "client_secret", "")
    application = Application(
        values.text(asked, "client_id"),
        {secret} if secret else set(),
        set(values.texts(asked, "redirect_uris")),
        values.of_type(asked, "app_only", bool, False),
    )
    cloud.tokens.register(application)
    return of_json({"client_id": application.client_id}, 201)


def add_tokens(cloud: Cloud, request: Request) -> Response:
    """Give tokens without a browser; without a mailbox they are those of an application alone."""
    asked = values.an_object(request, ("client_id", "scope"), ("mailbox", "expires_in"))
    client_id = values.text(asked, "client_id")
    if client_id not in cloud.tokens.applications:
        raise values.Unusable(
            f"There is no application {client_id}. To do: register it at /admin/clients first."
        )
    address = None if asked.get("mailbox") is None else values.text(asked, "mailbox")
    if address is not None:
        _mailbox(cloud, address)
    try:
        scopes = read(values.text(asked, "scope")).all
    except ScopesRefused:
        raise values.Unusable(
            "The scope is not one that a token can have. To do: name scopes of one resource, with blanks between."
        ) from None
    lasts = values.whole(asked, "expires_in", LASTS)
    access, renews = cloud.tokens.grant(client_id, address, scopes, lasts)
    return of_json({"access_token": access.token, "refresh_token": renews, "expires_in": lasts}, 201)


def revoke(cloud: Cloud, request: Request) -> Response:
    """Take back all tokens of a mailbox."""
    address = request.values().get("mailbox")
    if not address:
        raise values.Unusable("The mailbox is not named. To do: add ?mailbox= with its address.")
    cloud.tokens.revoke(_mailbox(cloud, address).address)
    return Response(204)


def set_faults(cloud: Cloud, request: Request) -> Response:
    """Put these faults in the place of those that are there."""
    asked = values.json_of(request)
    if not isinstance(asked, list):
        raise values.Unusable("Faults come as a list. To do: put the fault into brackets.")
    faults = [fault_of(one) for one in asked]
    with cloud.lock:
        cloud.faults[:] = faults
    return Response(204)


def clear_faults(cloud: Cloud, request: Request) -> Response:
    """Take all faults away."""
    with cloud.lock:
        cloud.faults.clear()
    return Response(204)


def set_habits(cloud: Cloud, request: Request) -> Response:
    """Switch habits; those that are not named stay."""
    values.change(cloud.habits, request, Habits)
    return Response(204)


def set_limits(cloud: Cloud, request: Request) -> Response:
    """Set limits; those that are not named stay."""
    values.change(cloud.limits, request, Limits)
    return Response(204)


def tell_lifecycle(cloud: Cloud, request: Request) -> Response:
    """Tell who is subscribed of an event of its subscriptions; one that is removed is gone."""
    event = values.text(values.an_object(request, ("event",), ()), "event")
    if event not in ("reauthorizationRequired", "subscriptionRemoved", "missed"):
        raise values.Unusable(
            f"{event} is no event. To do: name reauthorizationRequired, subscriptionRemoved or missed."
        )
    cloud.lifecycle(event)
    return Response(204)


def requests(cloud: Cloud, request: Request) -> Response:
    """Tell what was asked since a moment, in seconds since 1970."""
    since = request.values().get("since", "0")
    try:
        return of_json(cloud.requests_since(float(since)))
    except ValueError:
        raise values.Unusable("since is not a number. To do: give seconds since 1970.") from None


ACTS: tuple[tuple[str, str, Act], ...] = (
    ("POST", r"/admin/mailboxes", add_mailbox),
    ("POST", r"/admin/mailboxes/([^/]+)/messages", deliver),
    ("GET", r"/admin/mailboxes/([^/]+)/messages", messages),
    ("GET", r"/admin/mailboxes/([^/]+)/messages/([^/]+)/mime", mime),
    ("POST", r"/admin/clients", add_client),
    ("POST", r"/admin/tokens", add_tokens),
    ("DELETE", r"/admin/tokens", revoke),
    ("PUT", r"/admin/faults", set_faults),
    ("DELETE", r"/admin/faults", clear_faults),
    ("PUT", r"/admin/habits", set_habits),
    ("PUT", r"/admin/limits", set_limits),
    ("POST", r"/admin/lifecycle", tell_lifecycle),
    ("GET", r"/admin/requests", requests),
)


def _act(act: Act, cloud: Cloud, request: Request, parts: tuple[str, ...]) -> Response:
    try:
        return act(cloud, request, *parts)
    except values.Missing as missing:
        return _told(str(missing), 404)
    except values.Unusable as unusable:
        return _told(str(unusable), 400)


def _told(words: str, status: int) -> Response:
    return of_json({"error": words}, status)


def _mailbox(cloud: Cloud, address: str) -> Mailbox:
    found = cloud.store.mailbox(address)
    if found is None:
        raise values.Missing(f"There is no mailbox {address}. To do: make it at /admin/mailboxes first.")
    return found


def _folder(mailbox: Mailbox, request: Request, otherwise: str | None) -> str | None:
    """Give the id of the folder that a query names by id, well-known name, or the name people see."""
    named = request.values().get("folder", otherwise)
    if not named:
        return None
    shown = next((one for one in mailbox.folders.values() if one.name.lower() == named.lower()), None)
    found = mailbox.folder(named) or shown
    if found is None:
        raise values.Unusable(
            f"{mailbox.address} has no folder {named}. To do: use a name like inbox or sentitems."
        )
    return found.id


def _shown(mailbox: Mailbox, item: Item) -> Mapping[str, Any]:
    folder = mailbox.folders[item.folder]
    return {
        "id": item.id,
        "subject": str(item.message.get("subject", "")),
        "internet_message_id": _message_id(item),
        "is_read": item.is_read,
        "folder": folder.well_known or folder.name,
        "received": item.received.isoformat(),
    }


def _message_id(item: Item) -> str:
    return str(item.message.get("message-id", "")).strip()
