"""The handbook, inside the product: it needs no internet."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import markdown
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from deskpost.console.page import Viewer, signed_in

# In the wheel the handbook lies beside this file; in a checkout it is docs/ of the project.
_PLACES = (Path(__file__).parent / "docs", Path(__file__).parents[3] / "docs")
_FIRST = (
    *("index", "install", "first-mailbox", "how-a-mail-travels", "threading", "notifications"),
    *("accounts", "people-and-roles", "portal"),
    *("settings-as-code", "command-line", "operating", "troubleshooting", "faults", "microsoft-365"),
    *("national-clouds", "google", "exchange-on-premises", "any-imap-server"),
    *("sign-in-at-providers", "scopes", "microsoft-graph", "push", "sandbox"),
)
_OF_REQUESTERS = "portal"
_UNLISTED = frozenset(("requirements",))
_HEADING = re.compile(r"\A\s*#\s+(.+)\n")
_LINK = re.compile(r"\]\((?!https?:|mailto:|/|#)([\w-]+)\.md(#[\w-]+)?\)")
_HEADINGS = re.compile(r'<h3 id="([^"]+)">(.*?)</h3>')
_PICTURE = re.compile(r"\]\((?:\./)?pictures/([\w.-]+)\)")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One page of the handbook."""

    key: str
    name: str
    file: Path


@require_safe
@signed_in
def help(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Open the handbook at its first page."""
    known = _offered(viewer)
    if not known:
        raise Http404
    return HttpResponseRedirect(reverse("help_page", args=[known[0].key]))


@require_safe
@signed_in
def help_page(request: HttpRequest, viewer: Viewer, page: str) -> HttpResponse:
    """Show a page of the handbook."""
    chapter = next((one for one in chapters() if one.key == page), None)
    if chapter is None:
        raise Http404
    pages = [
        {"name": one.name, "url": reverse("help_page", args=[one.key]), "current": one == chapter}
        for one in _offered(viewer)
    ]
    context = {"pages": pages, "page_name": chapter.name, "content": SafeString(_html(chapter.file))}
    return render(request, "console/help.html", context)


@require_safe
@signed_in
def help_picture(request: HttpRequest, viewer: Viewer, name: str) -> HttpResponse:
    """Give a picture of the handbook."""
    folder = next((place / "pictures" for place in _PLACES if (place / "pictures").is_dir()), None)
    kinds = {".png": "image/png", ".svg": "image/svg+xml"}
    known = {file.name: file for file in folder.iterdir() if file.suffix in kinds} if folder else {}
    if name not in known:
        raise Http404
    response = HttpResponse(known[name].read_bytes(), content_type=kinds[known[name].suffix])
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _offered(viewer: Viewer) -> tuple[Chapter, ...]:
    """Give the pages that are of use to somebody: to requesters their own, if the handbook has it."""
    known = chapters()
    own = tuple(one for one in known if one.key == _OF_REQUESTERS) if viewer.desk.only_asks else ()
    return own or known


def chapters() -> tuple[Chapter, ...]:
    """Give the pages of the handbook, in reading order."""
    folder = next((place for place in _PLACES if place.is_dir()), None)
    files = sorted(folder.glob("*.md")) if folder else []
    known = {file.stem: Chapter(file.stem, _name(file), file) for file in files if file.stem not in _UNLISTED}
    first = [known.pop(key) for key in _FIRST if key in known]
    return (*first, *known.values())


def headings(page: str) -> tuple[tuple[str, str], ...]:
    """Give the third-level headings of a page: the id that a link names, and the words, as HTML."""
    file = next((one.file for one in chapters() if one.key == page), None)
    return tuple(_HEADINGS.findall(_html(file))) if file else ()


@cache
def _name(file: Path) -> str:
    heading = _HEADING.match(file.read_text(encoding="utf-8"))
    return heading[1].strip() if heading else file.stem.replace("-", " ").capitalize()


@cache
def _html(file: Path) -> str:
    text = _HEADING.sub("", file.read_text(encoding="utf-8"))
    text = _LINK.sub(lambda link: f"]({reverse('help_page', args=[link[1]])}{link[2] or ''})", text)
    text = _PICTURE.sub(lambda link: f"]({reverse('help_picture', args=[link[1]])})", text)
    html = markdown.markdown(text, extensions=["tables", "fenced_code", "toc", "sane_lists"])
    # What scrolls sideways must be reachable by keys; an empty corner of a table heads nothing.
    return html.replace("<pre>", '<pre tabindex="0">').replace("<th></th>", "<td></td>")
