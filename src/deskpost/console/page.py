"""What every page has: the person, what they may do, and the headers that keep it safe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from deskpost.console import records
from deskpost.console.mail_flow import sight
from deskpost.desk import search
from deskpost.desk.accounts import Account
from deskpost.desk.installation import Installation, Instance
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Visible, visible
from deskpost.desk.search import Count
from deskpost.inbound.error_folder.mails import unsolved
from deskpost.outbound import bell, outbox_lists
from deskpost.outbound.visible import visible_mails

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OF_SETTINGS = ("settings.mail", "settings.desk", "directory.manage")
"""The permissions of which one, everywhere, opens All settings and View history, as far as each goes."""
_VIEWER = "deskpost.viewer"
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, and what they may see."""

    person: Person
    desk: Visible

    def needs(self, permission: str, record: Record | None = None) -> None:
        """Raise NotPermitted unless the person has the permission, where this record is."""
        if not self.desk.may(permission, record):
            raise NotPermitted(permission)

    def needs_everywhere(self, permission: str) -> None:
        """Raise NotPermitted unless the person has the permission in every account: what is set holds for all."""
        if not self.desk.everywhere(permission):
            raise NotPermitted(permission)


class NotPermitted(PermissionDenied):
    """The person may see the thing, and may not do this with it."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


def signed_in(
    view: Callable[Concatenate[HttpRequest, Viewer, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a page to people who are signed in, in their language and time zone; send others to sign in.

    What htmx asks for after the session has ended is answered with 401: app.js then asks for the password.
    """

    @wraps(view)
    def respond(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = request.user
        if not isinstance(person, Person):
            return _to_sign_in(request)
        viewer = Viewer(person, visible(person))
        request.META[_VIEWER] = viewer
        with as_read_by(person):
            response = view(request, viewer, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], respond)


@contextmanager
def as_read_by(person: Person) -> Iterator[None]:
    """Let words be in a person's language and times in their time zone meanwhile."""
    account = person.account
    zone, language = person.time_zone or account.time_zone, person.language or account.language
    with timezone.override(_zone(zone)), translation.override(language):
        yield


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Add the content security policy, unless the view has set a stricter one."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response

    return respond


def shell(request: HttpRequest) -> dict[str, object]:
    """Give what the frame around every page shows; nothing when nobody is signed in."""
    viewer = request.META.get(_VIEWER)
    if viewer is None:
        return {"shell": {"demo": settings.DEMO}}
    desk: Visible = viewer.desk
    if desk.only_asks:
        return {"shell": _portal_shell(viewer)}
    instance = Instance.objects.order_by("pk").first()
    return {
        "shell": {
            "person": viewer.person,
            "instance": instance.name if instance else "Deskpost",
            "scope": _scope(viewer),
            "open_requests": Counted(search.Listing(desk, search.Wanted()).count()),
            "may_create": desk.may("request.create"),
            "records": records.links() if desk.may("request.view") else [],
            "may_set_mail": desk.everywhere("settings.mail"),
            "may_manage": desk.everywhere("directory.manage"),
            "may_open_settings": any(desk.everywhere(one) for one in OF_SETTINGS),
            "may_keep_assets": desk.may("settings.desk"),
            "outbox": _unsent(desk),
            "errors": unsolved().count() if desk.everywhere("settings.mail") else None,
            "may_trace": desk.may("trace.view"),
            "flow": sight.tone_of(desk),
            "unread": _unread(viewer),
            "demo": settings.DEMO,
        }
    }


def desk_name() -> str:
    """Give what the provider calls itself, once it has said so."""
    name = Account.objects.filter(default=True).values_list("name", flat=True).first()
    return name if name and name != "MSP" else "Deskpost"


@dataclass(frozen=True, slots=True)
class Counted:
    """A count as lists show it: "10,000+" beyond what is counted."""

    count: search.Count

    def __str__(self) -> str:
        return f"{self.count.number:,}{'+' if self.count.more else ''}"

    @property
    def at_least(self) -> int:
        """The number, or what was counted of it: what singular and plural go by."""
        return self.count.number


def client_address(request: HttpRequest) -> str:
    """Give the address that a request comes from: behind a trusted proxy the one the proxy names."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    proxies = Installation.objects.values_list("trusted_proxies", flat=True).first() or []
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _is_one_of(address, proxies):
        address = hops.pop()
    return address


def host_asked(request: HttpRequest) -> str:
    """Give the host under which a browser opened a page, without port: behind a trusted proxy the one it names."""
    proxies = Installation.objects.values_list("trusted_proxies", flat=True).first() or []
    host = request.headers.get("Host", "")
    if _is_one_of(str(request.META.get("REMOTE_ADDR", "")), proxies):
        host = request.headers.get("X-Forwarded-Host", "").split(",")[0].strip() or host
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def viewer_of(request: HttpRequest) -> Viewer | None:
    """Give who looks at an error page, for the frame around it too; None when nobody is signed in."""
    person = getattr(request, "user", None)
    if _VIEWER not in request.META and isinstance(person, Person):
        request.META[_VIEWER] = Viewer(person, visible(person))
    return known_viewer(request)


def known_viewer(request: HttpRequest) -> Viewer | None:
    """Give who looks at a page as far as that is known already: asks no database."""
    viewer: Viewer | None = request.META.get(_VIEWER)
    return viewer


def id_of(written: object) -> int | None:
    """Give the id that an address or a form names, None where it names none."""
    text = str(written or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to another page after a form did its work, with htmx or without."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _portal_shell(viewer: Viewer) -> dict[str, object]:
    """Give what stands around a requester's pages: nothing of a technician's navigation is even counted."""
    return {
        "portal": True,
        "person": viewer.person,
        "desk_name": desk_name(),
        "may_create": viewer.desk.may("request.create"),
        "unread": _unread(viewer),
        "demo": settings.DEMO,
    }


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(status=401)
    values = {"next": request.get_full_path()}
    if request.method not in (
        "GET",
        "HEAD",
    ):  # a form: after the sign-in go back to its page, which is as saved
        values = {"next": urlsplit(request.headers.get("Referer", "")).path or "/", "ended": "unsaved"}
    elif settings.SESSION_COOKIE_NAME in request.COOKIES:
        values["ended"] = "1"
    return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode(values)}")


def _unsent(desk: Visible) -> Counted | None:
    """Give how many mails wait to be sent, None to who does not manage the outbox."""
    if not desk.may("outbox.manage"):
        return None
    return Counted(Count.of(visible_mails(desk).filter(outbox_lists.UNSENT)))


def _unread(viewer: Viewer) -> Counted | None:
    """Give how many notices of the bell are unread, None to a requester who has no notices."""
    unread = bell.unread(viewer.person)
    if unread.number or viewer.desk.may("request.view") or bell.notices_of(viewer.person).exists():
        return Counted(unread)
    return None


def _scope(viewer: Viewer) -> str:
    """Give which accounts the person sees, in words."""
    if not viewer.desk.may("request.view"):
        return viewer.person.account.name
    names = list(viewer.desk.accounts.order_by("name").values_list("name", flat=True)[:2])
    if viewer.desk.everywhere("request.view"):
        return translation.gettext("All accounts")
    return names[0] if len(names) == 1 else translation.gettext("Several accounts")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _is_one_of(address: str, networks: list[str]) -> bool:
    try:
        parsed = ip_address(address)
        return any(parsed in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False
