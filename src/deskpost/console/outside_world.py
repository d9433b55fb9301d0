"""The outside world, in the demo alone: one plays the customer at the left and the technician at the right.

Whoever opens this page acts as anybody without signing in. So there is no such page unless DESKPOST_DEMO is set, and
then it answers this machine alone, under a name of this machine: a foreign page that has its name point here gets 404.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from deskpost.console import outside_acts as acts
from deskpost.console import outside_scene as scene
from deskpost.console.composer import NOTE, REPLY
from deskpost.console.page import Viewer, is_htmx
from deskpost.console.uploads import MOST_MEGABYTES
from deskpost.data_folder import DataFolder
from deskpost.desk.records import Record
from deskpost.sandbox.cast import TECHNICIANS, Player
from deskpost.sandbox.outside import Outside
from deskpost.sandbox.post_office import Stored
from deskpost.sandbox.technician import viewer_for

_LARGEST_FORM = (MOST_MEGABYTES + 1) * 1_000_000  # bytes: the files and what stands around them
_MOST_READ = 1_000_000_000  # bytes of a too large form that are read, for browsers hear no answer before
_LIVE_PARTS = ("post", "times", "open", "desk", "events")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who one is at both sides, and what is open."""

    outside: Outside
    who: Player
    viewer: Viewer
    opened: Stored | None
    record: Record | None
    writing: bool
    mode: str
    side: str

    def url(self, **changes: str | None) -> str:
        """Give the address of this page with something changed."""
        values = {
            "customer": self.who.address,
            "mail": self.opened.key if self.opened else None,
            "as": self.viewer.person.sign_in_name,
            "side": self.side if self.side == "desk" else None,
        }
        values.update(changes)
        return "?" + urlencode({name: value for name, value in values.items() if value})


def _on_this_machine(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(view)
    def respond(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO or not _is_loopback(request):
            raise Http404
        if _too_large(request):
            return _refuse_unread(request)
        response = view(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


@csrf_exempt  # the token is looked for within, once the size of the form is known
@require_http_methods(["GET", "HEAD", "POST"])
@_on_this_machine
@csrf_protect
def outside_world(request: HttpRequest) -> HttpResponse:
    """Show both sides; to htmx what has changed of them; after a form, the page again."""
    asked = _asked(request)
    with timezone.override(ZoneInfo(asked.viewer.person.account.time_zone)):
        if request.method == "POST":
            return _act(request, asked)
        return _live(request, asked) if is_htmx(request) else _page(request, asked)


def _page(request: HttpRequest, asked: Asked, error: str = "", status: int = 200) -> HttpResponse:
    context = _context(request, asked)
    if error:
        typed = {name: request.POST.get(name, "") for name in ("act", "to", "subject", "text")}
        context |= {"error": error, "typed": typed}
    return render(request, "console/outside_world.html", context, status=status)


def _live(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Give the parts that live, or nothing when the page has them as they are."""
    context = _context(request, asked)
    if context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    context["new_answer"] = request.GET.get("answers", "") != (
        str(asked.record.number) if asked.record else ""
    )
    return render(request, "console/_outside_live.html", context)


def _act(request: HttpRequest, asked: Asked) -> HttpResponse:
    try:
        following = _do(request, asked)
    except acts.Refused as refused:
        return _page(request, asked, refused.words, status=422)
    response = HttpResponseRedirect(reverse("outside_world") + following)
    response.status_code = 303
    return response


def _do(request: HttpRequest, asked: Asked) -> str:
    """Do what the form asks for, and give the address to go to."""
    match request.POST.get("act"):
        case "write":
            return asked.url(mail=acts.write(asked.outside, asked.who, request).key)
        case "reply":
            acts.reply(asked.outside, asked.who, asked.opened, request)
            return asked.url()
        case "eml":
            sender, sent = acts.drop(asked.outside, asked.who, request)
            return asked.url(customer=sender, mail=sent.key)
        case "burst":
            acts.burst(asked.outside)
            return asked.url(mail=None)
        case "answer":
            acts.answer(asked.viewer, asked.record, request)
            return asked.url()
        case "break" | "mend":
            acts.break_or_mend(asked.outside, request)
            return asked.url()
    raise acts.Refused(gettext("This form is not known here. To do: load the page again."))


def _asked(request: HttpRequest) -> Asked:
    outside = Outside(DataFolder().path)
    if not outside.post.folder.is_dir():
        raise Http404
    everybody = {player.address: player for player in scene.players(outside)}
    who = everybody.get(request.GET.get("customer", ""), next(iter(everybody.values())))
    viewer = viewer_for(request.GET.get("as", "").replace("\0", "")) or viewer_for(TECHNICIANS[0].address)
    if viewer is None:
        raise Http404
    who = scene.tinted(who)
    opened = outside.post.find(who.address, request.GET.get("mail", ""))
    writing = "write" in request.GET
    if opened is None and not writing:
        opened = next(iter(outside.post.mails(who.address)), None)
    return Asked(
        outside=outside,
        who=who,
        viewer=viewer,
        opened=opened,
        record=scene.request_of(viewer, opened) if opened else None,
        writing=writing,
        mode=NOTE if request.GET.get("mode") == NOTE else REPLY,
        side="desk" if request.GET.get("side") == "desk" else "customer",
    )


def _context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Give what the templates show, the living parts rendered and their fingerprint in `seen`."""
    record = asked.record
    context: dict[str, Any] = {
        "asked": asked,
        "customer": asked.who,
        "customers": [
            {
                "player": player,
                "url": asked.url(customer=player.address, mail=None),
                "current": player.address == asked.who.address,
            }
            for player in scene.players(asked.outside)
        ],
        "technicians": [
            {"player": player, "url": asked.url(**{"as": player.address}), "current": player.name == name}
            for player in TECHNICIANS
            for name in [asked.viewer.person.name]
        ],
        "post": [
            {
                "item": item,
                "url": asked.url(mail=item.key),
                "current": asked.opened and item.key == asked.opened.key,
            }
            for item in scene.items(asked.outside, asked.who)
        ],
        "mail": scene.opened(asked.who, asked.opened) if asked.opened and not asked.writing else None,
        "desk_addresses": scene.desk_addresses() if asked.writing else [],
        "record": record,
        "waits_at": scene.waits_at(asked.opened) if asked.opened and record is None else None,
        "record_url": reverse("request", args=[record.number]) if record else "",
        "conversation": scene.talk(asked.viewer, record) if record else [],
        "times": scene.times(asked.outside, asked.who, record),
        "events": scene.happened(),
        "faults": asked.outside.broken(),
        "here": asked.url(
            write="1" if asked.writing else None, mode=asked.mode if asked.mode == NOTE else None
        ),
        "write_url": asked.url(mail=None, write="1"),
        "note_url": asked.url(mode=NOTE),
        "reply_url": asked.url(),
        "sides": {side: asked.url(side=side) for side in ("customer", "desk")},
        "token": uuid4(),
    }
    parts = [render_to_string(f"console/_outside_{part}.html", context, request) for part in _LIVE_PARTS]
    context["seen"] = hashlib.sha256("".join((*parts, *context["faults"])).encode()).hexdigest()[:16]
    context["live_url"] = asked.url(
        mail=asked.opened.key if asked.opened else None,
        write="1" if asked.writing else None,
        seen=context["seen"],
        answers=str(record.number) if record else None,
    )
    return context


def _is_loopback(request: HttpRequest) -> bool:
    """Tell whether this machine itself asks, under one of its own names, and not for somebody behind it."""
    name = request.get_host().rpartition(":")[0] or request.get_host()
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        own_name = name == "localhost" or ip_address(name.strip("[]")).is_loopback
        return own_name and ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _too_large(request: HttpRequest) -> bool:
    size = request.META.get("CONTENT_LENGTH") or "0"
    return size.isdecimal() and int(size) > _LARGEST_FORM


def _refuse_unread(request: HttpRequest) -> HttpResponse:
    """Let a form that is too large pass by unread, and say so on the page."""
    size, read = int(request.META["CONTENT_LENGTH"]), 0
    while read < min(size, _MOST_READ) and (piece := request.read(1 << 20)):
        read += len(piece)
    asked = _asked(request)
    request.method = "GET"  # nothing of the form is known
    with timezone.override(ZoneInfo(asked.viewer.person.account.time_zone)):
        context = _context(request, asked) | {"error": acts.too_large(size)}
        return render(request, "console/outside_world.html", context, status=413)
