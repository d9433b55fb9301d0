"""What of an HTML mail is plainly visible and its sender's own; in doubt it is neither.

Nothing hidden commands, whatever hides it, and no signature or quote that a mail program marked.
"""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from deskpost.mime.clean_html import is_too_deep

if TYPE_CHECKING:
    import nh3

_UNREAD = """
    script style title template noscript noembed noframes iframe object svg math textarea select option datalist
    button canvas audio video map details dialog meter progress xmp rp
"""
_READ = """
    a abbr address article b bdi bdo big blockquote body br caption center cite code dd del dfn div dl dt em
    figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q ruby s
    samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var
"""
_LOOKED_AT = ("class", "id", "style", "hidden", "type")
_NONE = r"(?:0+(?:\.0*)?|\.0+)(?![.\d])"
_TINY = rf"(?:{_NONE}|[0-3](?:\.\d*)?\s*p[xt]|0?\.[0-4]\d*\s*r?em|[0-3]?\d(?:\.\d*)?\s*%)"
_WHITE = (
    r"(?:white\b|transparent|#f{3,8}\b|#\w{3}0\b|#\w{6}00\b|rgba?\(\s*255\D{1,9}255\D{1,9}255"
    r"|rgba\([^)]{0,40},\s*0?\.?0*\))"
)
_HIDES = re.compile(
    rf"\\|/\*|var\(|display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility|mso-hide"
    rf"|font-size\s*:\s*{_TINY}|(?<![\w-])font\s*:[^;]{{0,60}}?(?<![\w.#]){_TINY}(?=[\s/])"
    rf"|opacity\s*:\s*(?:0|\.)|line-height\s*:\s*{_NONE}|text-indent\s*:\s*-|margin[\w-]{{0,9}}\s*:[^;]{{0,40}}-\d\d"
    rf"|(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?![.\d])|(?<![\w-])(?:left|right|top|bottom)\s*:\s*-"
    rf"|(?<![\w-])position\s*:\s*(?:absolute|fixed)|clip|transform\s*:|filter|mask"
    rf"|(?:(?<![\w-])color|text-fill-color)\s*:\s*{_WHITE}",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![\w-])(?:color|background(?:-color)?)\s*:\s*([^;!]+)", re.IGNORECASE)
_SHEET = re.compile(r"<style\b[^<>]*>(.*?)(?:</style\b|\Z)", re.IGNORECASE | re.DOTALL)
_WHOLE = re.compile(r"<(?:body|html)\b([^<>]*)>", re.IGNORECASE)
_SELECTED = re.compile(r"([.#]?)(-?[A-Za-z_][\w-]*|\*)")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')
_VOID = frozenset(("br", "hr", "img"))
_NOT_OWN_NAMES = """
    gmail_signature gmail_signature_prefix moz-signature signature ms-outlook-mobile-signature
    protonmail_signature_block gmail_quote gmail_quote_container gmail_attr yahoo_quoted protonmail_quote
    moz-cite-prefix moz-forward-container divrplyfwdmsg
"""
_NOT_OWN = frozenset(_NOT_OWN_NAMES.split())
_LONGEST, _LONGEST_STYLE = 2_000_000, 2_000  # characters


@dataclass(frozen=True, slots=True)
class _Hidden:
    """What style sheets hide: names of tags, classes and ids, in lower case."""

    tags: frozenset[str]
    classes: frozenset[str]
    ids: frozenset[str]


def seen(html: str) -> str:
    """Give the HTML of a mail without what is hidden, quoted or a signature. Pure; never raises."""
    html = html[:_LONGEST]
    hidden = _hidden_by_sheets(html)
    if is_too_deep(html) or hidden.tags & {"*", "body", "html"} or any(map(_hides_all, _WHOLE.findall(html))):
        return ""
    safe = _cleaner().clean(html)
    parts: list[str] = []
    still_open: list[bool] = []  # of each open tag, whether it begins what is not read
    at = unread = 0
    for tag in _TAG.finditer(safe):
        if not unread:
            parts.append(safe[at : tag.start()])
        at = tag.end()
        if tag[2] in _VOID:
            if not unread:
                parts.append(tag[0])
        elif tag[1]:
            began = still_open.pop() if still_open else False
            unread -= began
            if not unread:
                parts.append("<br>" if began else tag[0])
        else:
            begins = _is_unread(tag[2], tag[3], hidden)
            still_open.append(begins)
            unread += begins
            if not unread:
                parts.append(tag[0])
    if not unread:
        parts.append(safe[at:])
    return "".join(parts)


def _is_unread(tag: str, written: str, hidden: _Hidden) -> bool:
    if tag == "blockquote" or tag in hidden.tags:
        return True
    if not written:
        return False
    attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(written)}
    classes = frozenset(attributes.get("class", "").lower().split())
    of_id = attributes.get("id", "").strip().lower()
    if classes & (_NOT_OWN | hidden.classes) or of_id in _NOT_OWN or of_id in hidden.ids:
        return True
    background = attributes.get("bgcolor", "").strip().lower()
    colour = attributes.get("color", "").strip().lower()
    style = attributes.get("style", "")
    return (
        "hidden" in attributes
        or (bool(colour) and (colour == background or _hides(f"color:{colour}")))
        or _hides(style)
    )


def _hides_all(written: str) -> bool:
    """Tell whether what stands in the tag of the whole document may hide it."""
    return re.search(r"\bhidden\b", written) is not None or _hides(unescape(written))


def _hides(style: str) -> bool:
    """Tell whether declarations may hide what they are about."""
    if len(style) > _LONGEST_STYLE or _HIDES.search(style):
        return True
    colours = [" ".join(one.lower().split()) for one in _COLOUR.findall(style)]
    return len(colours) > len(set(colours))


def _hidden_by_sheets(html: str) -> _Hidden:
    """Give whatever any rule names that hides something; what its selectors mean beyond that is not asked."""
    found: dict[str, set[str]] = {"": set(), ".": set(), "#": set()}
    for sheet in _SHEET.findall(html) if "<style" in html.lower() else ():
        for rule in _without_comments(sheet).split("}"):
            selectors, _, style = rule.rpartition("{")
            if not style.strip() or not _hides(style):
                continue
            for selector in selectors.rpartition("{")[2].split(","):
                last = (selector.split() or ["*"])[-1]
                for sign, name in _SELECTED.findall(last.partition(":")[0] or "*"):
                    found[sign].add(name.lower())
                if "[" in last:
                    for _, name in _SELECTED.findall(last.partition("[")[2]):
                        found["."].add(name.lower())
                        found["#"].add(name.lower())
    return _Hidden(frozenset(found[""]), frozenset(found["."]), frozenset(found["#"]))


def _without_comments(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return first + " ".join(one.partition("*/")[2] for one in others)


@cache
def _cleaner() -> "nh3.Cleaner":
    """Give the cleaner, which writes well-formed HTML, with what hides or marks."""
    import nh3

    return nh3.Cleaner(
        tags=set(_READ.split()),
        clean_content_tags=set(_UNREAD.split()),
        attributes={"*": {*_LOOKED_AT, "color", "bgcolor"}},
        strip_comments=True,
        link_rel=None,
    )
