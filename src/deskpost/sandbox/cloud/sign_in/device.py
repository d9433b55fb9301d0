"""Signing in a device that has no browser. RFC 8628."""

import time

from deskpost.sandbox.cloud.exchange import Request, Response, of_json
from deskpost.sandbox.cloud.sign_in import pages
from deskpost.sandbox.cloud.sign_in.state import DEVICE_CODE_LASTS, SignIn, tenant_of
from deskpost.sandbox.cloud.sign_in.token import wanted_of

INTERVAL = 5  # seconds between two questions


def begin(sign_in: SignIn, request: Request) -> Response:
    """Answer a device's wish to sign in: what to tell its person. Raises SignInRefused."""
    tenant = tenant_of(request)
    sign_in.known_tenant(tenant)
    form = request.form()
    client = sign_in.application(form.get("client_id", ""), tenant)
    code, device = sign_in.wait_for(client.client_id, wanted_of(request, form.get("scope", "")))
    place = f"{request.base}/devicelogin"
    return of_json(
        {
            "user_code": device.user_code,
            "device_code": code,
            "verification_uri": place,
            "expires_in": DEVICE_CODE_LASTS,
            "interval": max(1, round(INTERVAL / sign_in.cloud.time_scale)),
            "message": f"To sign in, use a web browser to open the page {place} and enter the code"
            f" {device.user_code} to authenticate.",
        }
    )


def login(sign_in: SignIn, request: Request) -> Response:
    """Ask a person for the device's code, and take the answer."""
    if request.method == "GET":
        return pages.device(sign_in.cloud.store.mailboxes(), request.values().get("otc", ""))
    form = request.form()
    typed = form.get("user_code", "").strip().upper()
    waiting = [one for one in sign_in.devices.values() if one.user_code == typed and one.mailbox is None]
    mailbox = sign_in.cloud.store.mailbox(form.get("mailbox", ""))
    if not waiting or waiting[0].expires_at < time.time():
        return pages.trouble("This code is not known, or too old. To do: ask the device for another.")
    if form.get("answer") != "approve":
        waiting[0].mailbox = ""
        return pages.page("Cancelled", "<p>The device was not signed in. This page can be closed.</p>")
    if mailbox is None:
        return pages.trouble("No mailbox was chosen. To do: go back and choose one.")
    waiting[0].mailbox = mailbox.address
    sign_in.cloud.tokens.consent(waiting[0].client_id, mailbox.address, waiting[0].wanted.all)
    return pages.page("Signed in", "<p>The device is signed in. This page can be closed.</p>")
