"""The authorization endpoint: the page on which a mailbox's person approves, and the way back to the application."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from deskpost.sandbox.cloud.exchange import Request, Response
from deskpost.sandbox.cloud.sign_in import pages
from deskpost.sandbox.cloud.sign_in.errors import SignInRefused, described
from deskpost.sandbox.cloud.sign_in.state import Code, SignIn, tenant_of
from deskpost.sandbox.cloud.sign_in.token import wanted_of

MODES = ("query", "fragment", "form_post")
CHALLENGES = ("S256", "plain")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person says: whose mailbox it is, None for no."""

    mailbox: str | None


def authorize(sign_in: SignIn, request: Request) -> Response:
    """Show the consent page, or lead back to the application with what was answered to it.

    Without a person it answers where the query says `sandbox_answer=approve` or `cancel`, for the mailbox of
    `sandbox_mailbox` or `login_hint`, and where the habit `consent` says so.
    """
    asked = request.values()
    try:
        check_application(sign_in, request, asked)
    except SignInRefused as refused:
        return pages.trouble(
            refused.words()
        )  # nobody knows whether the address to lead back to is to be trusted
    try:
        return _answered(sign_in, request, asked)
    except SignInRefused as refused:
        told = described(request, refused)
        subcode = {"error_subcode": "cancel"} if refused.number == 65004 else {}
        back = {name: str(told[name]) for name in ("error", "error_description", "error_uri")}
        return _back(request, asked, back | subcode)


def check_application(sign_in: SignIn, request: Request, asked: dict[str, str]) -> None:
    """Look whether application and way back are known. Raises SignInRefused: nobody may be led back then."""
    tenant = tenant_of(request)
    sign_in.known_tenant(tenant)
    client = sign_in.application(asked.get("client_id", ""), tenant)
    redirect = asked.get("redirect_uri", "")
    if redirect not in client.redirect_uris and _without_port(redirect) not in client.redirect_uris:
        raise SignInRefused(50011, redirect_uri=redirect, client_id=client.client_id)


def _without_port(address: str) -> str:
    """Give an address on this machine without its port, which programs choose as they run. RFC 8252 section 7.3."""
    return re.sub(r"\A(http://(?:localhost|127\.0\.0\.1)):\d+(?=/|\Z)", r"\1", address)


def _answered(sign_in: SignIn, request: Request, asked: dict[str, str]) -> Response:
    if asked.get("response_type") != "code":
        raise SignInRefused(700054, response_type=asked.get("response_type", ""))
    if "scope" not in asked:
        raise SignInRefused(900144, parameter="scope")
    if asked.get("code_challenge") and asked.get("code_challenge_method", "plain") not in CHALLENGES:
        raise SignInRefused(9002313)
    wanted = wanted_of(request, asked["scope"], several=True)
    answer = _answer(sign_in, request, asked)
    if answer is None and asked.get("prompt") == "none":
        raise SignInRefused(50058)
    if answer is None:
        return pages.consent(request, sign_in.cloud.store.mailboxes(), wanted, asked)
    if answer.mailbox is None:
        raise SignInRefused(65004)
    mailbox = sign_in.cloud.store.mailbox(answer.mailbox)
    if mailbox is None:
        raise SignInRefused(50034, mailbox=answer.mailbox, tenant=tenant_of(request))
    sign_in.meet_error(request, mailbox.address)
    sign_in.cloud.tokens.consent(asked["client_id"], mailbox.address, wanted.all)
    code = Code(
        asked["client_id"],
        mailbox.address,
        wanted,
        asked["redirect_uri"],
        asked.get("nonce", ""),
        asked.get("code_challenge", ""),
        asked.get("code_challenge_method", "plain"),
    )
    return _back(request, asked, {"code": sign_in.issue(code)})


def _answer(sign_in: SignIn, request: Request, asked: dict[str, str]) -> Answer | None:
    """Give what was answered, by the page, the query or the habit; None: a person has to be asked."""
    hint = asked.get("sandbox_mailbox") or asked.get("login_hint") or _only_one(sign_in)
    said = asked.get("sandbox_answer") or sign_in.cloud.habits.consent
    if request.method == "POST":
        form = request.form()
        said, hint = form.get("answer", "cancel"), form.get("mailbox", "")
    if said == "ask":
        return None
    if said == "cancel":
        return Answer(None)
    return Answer(hint if said == "approve" else said)


def _only_one(sign_in: SignIn) -> str:
    found = sign_in.cloud.store.mailboxes()
    return found[0].address if len(found) == 1 else ""


def _back(request: Request, asked: dict[str, str], told: dict[str, str]) -> Response:
    """Lead the browser back to the application."""
    told = told | ({"state": asked["state"]} if "state" in asked else {})
    told["session_state"] = "sandbox"
    place, mode = asked["redirect_uri"], asked.get("response_mode", "query")
    if mode == "form_post":
        fields = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in told.items()
        )
        form = f'<form method="post" action="{escape(place)}">{fields}<button>Continue</button></form>'
        return pages.page("Signed in", form + "<script>document.forms[0].submit()</script>")
    mark = "#" if mode == "fragment" else "&" if "?" in place else "?"
    where = f"{place}{mark}{urlencode(told)}"
    return Response(
        303 if request.method == "POST" else 302, b"", {"Location": where, "Cache-Control": "no-store"}
    )
