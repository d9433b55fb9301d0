"""HTML of a mail made safe to show: nothing runs, nothing is loaded, nothing leaves its frame."""

import re
from collections.abc import Set
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from deskpost.mime.bounds import Bounds
from deskpost.mime.charset import without_nul
from deskpost.mime.html_text import text_of

if TYPE_CHECKING:
    import nh3

_TAG_NAMES = """
    a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del
    details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li
    main mark ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody
    td tfoot th thead time tr tt u ul var wbr
"""
_CONTENT_DROPPED = frozenset(
    ("script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math")
)
_COMMON = frozenset(("align", "dir", "lang", "style", "title", "valign", "width", "height", "bgcolor"))
_ATTRIBUTES = {
    "*": _COMMON,
    "a": frozenset(("href",)),
    "col": frozenset(("span",)),
    "colgroup": frozenset(("span",)),
    "font": frozenset(("color", "face", "size")),
    "hr": frozenset(("size", "noshade")),
    "img": frozenset(("src", "alt", "border")),
    "ol": frozenset(("start", "type", "reversed")),
    "ul": frozenset(("type",)),
    "li": frozenset(("value",)),
    "table": frozenset(("border", "cellpadding", "cellspacing", "summary", "rules", "frame")),
    "td": frozenset(("colspan", "rowspan", "nowrap", "abbr", "scope")),
    "th": frozenset(("colspan", "rowspan", "nowrap", "abbr", "scope")),
    "time": frozenset(("datetime",)),
}
# By these, new_html tells what a mail program marked as signature or quoted mail. No other name stays.
_PROTON = "protonmail_signature_block"
_MARKS = {
    "div": {
        "class": {"gmail_signature", "moz-signature", _PROTON, f"{_PROTON} {_PROTON}-no-user"},
        "id": {"Signature", "ms-outlook-mobile-signature", "divRplyFwdMsg"},
    },
    "pre": {"class": {"moz-signature"}},
    "blockquote": {"type": {"cite"}},
}
# No property that can load something, or lay a part of the mail over anything else.
_STYLE_NAMES = """
    background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width
    border-collapse border-color border-left border-left-color border-left-style border-left-width
    border-radius border-right border-right-color border-right-style border-right-width border-spacing
    border-style border-top border-top-color border-top-style border-top-width border-width color
    direction display font-family font-size font-style font-variant font-weight height letter-spacing
    line-height margin margin-bottom margin-left margin-right margin-top max-width min-width padding
    padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent
    text-transform vertical-align white-space width word-break word-spacing word-wrap overflow-wrap
"""
_LOADS = re.compile(r"url|image|src|expression|import|@|\\|var\(|attr\(", re.IGNORECASE)
_LINK = re.compile(r"\s*+(?:https?|mailto|tel):", re.IGNORECASE)
# The cleaner writes every attribute as ` name="value"`, with entities for quotation marks and angles in values.
# What looks like an attribute and stands in the text does no harm when it is looked at, too.
_STRANGE_LINK = re.compile(r" href=\"(?!\s*+(?i:https?|mailto|tel):)")
_STRANGE_STYLE = re.compile(r" style=\"[^\"(@\\]*+[(@\\]")
_STYLE = ' style="'
_FOREIGN_IMAGE = re.compile(
    r"(<img(?: (?!src=)[a-z-]+=\"[^\"]*+\")*+) src=\""
    r"(?!\s*+(?i:cid:|data:image/(?:png|gif|jpeg|webp);base64,))\s*+([^\"]*+)\""
)
OWN_IMAGE = re.compile(r"\ssrc=\"cid:([^\"]*)\"", re.IGNORECASE)
_LONGEST = 2_000_000
_MOST_OWN = 50  # images whose Content-ID may stand bare
_DEEPEST = 1_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_OPEN_NAMES = "area base br col dd dt hr img input li link meta option p tbody td tfoot th thead tr wbr"
_NEVER_OPEN = frozenset(_NEVER_OPEN_NAMES.split())


def clean(html: str, own: Set[str] = frozenset()) -> str:
    """Give HTML that is safe to show in a page. Pure; never raises.

    Scripts, styles, forms, frames and everything that loads something are gone. Links open elsewhere and tell
    nobody where from. Images within the mail keep `src="cid:..."`, and get it where only their Content-ID stood, as
    some programs write it (`own`: those of the mail); remote ones carry their address in
    `data-remote-src` and have no `src`. Of classes and ids those alone stay by which the large mail programs mark
    signatures and quoted mails; they mean nothing to a page. HTML of more than 2 million characters is cut off
    there, and of one that is more than a thousand tags deep only the text is shown.
    """
    html = _with_cid(without_nul(html)[:_LONGEST], own)
    if is_too_deep(html):
        return f"<pre>{escape(text_of(html, Bounds(len(html))))}</pre>"
    safe = _cleaner(careful=False).clean(html)
    if _STRANGE_LINK.search(safe) or (_STRANGE_STYLE.search(safe) and _loads(safe)):
        safe = _cleaner(careful=True).clean(html)
    return _FOREIGN_IMAGE.sub(_put_away, safe) if "<img" in safe else safe


def is_too_deep(html: str) -> bool:
    """Tell whether the tags of HTML are deeper inside one another than a parser takes in bounded time."""
    return len(html) > 3 * _DEEPEST and html.count("<") > _DEEPEST and _depth(html) > _DEEPEST


def _with_cid(html: str, own: Set[str]) -> str:
    """Write `cid:` before the Content-IDs of the mail's own images that stand bare in `src`."""
    bare = [re.escape(one) for one in sorted(own) if f'"{one}"' in html][:_MOST_OWN]
    if not bare:
        return html
    return re.sub(rf'(?<=\s(?i:src)=")(?=(?:{"|".join(bare)})")', "cid:", html)


def own_images(safe: str) -> frozenset[str]:
    """Give the Content-IDs of the images within the mail that HTML made safe shows, as they may be written."""
    written = [unescape(found) for found in OWN_IMAGE.findall(safe)]
    return frozenset((*written, *(unquote(one).strip("<>") for one in written)))


def _loads(safe: str) -> bool:
    """Say whether a style may load something."""
    styles = {piece.partition('"')[0] for piece in safe.split(_STYLE)[1:]}
    return _LOADS.search("\n".join(styles)) is not None


def _put_away(image: re.Match[str]) -> str:
    """Put the address of a remote image where no browser loads it; drop one that is no address."""
    tag, source = image.groups()
    return f'{tag} data-remote-src="{source.rstrip()}"' if source[:4].lower() == "http" else tag


def _depth(html: str) -> int:
    """Give about how deep the tags are inside one another: the parser's time grows with its square."""
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name.lower() in _NEVER_OPEN:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > deepest:
            deepest = depth
    return deepest


@cache
def _cleaner(careful: bool) -> "nh3.Cleaner":
    """Give the cleaner; a careful one asks Python about every attribute, which takes twice the time."""
    import nh3

    return nh3.Cleaner(
        tags=set(_TAG_NAMES.split()),
        clean_content_tags=set(_CONTENT_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filtered if careful else None,
        filter_style_properties=set(_STYLE_NAMES.split()),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        tag_attribute_values=_MARKS,
        strip_comments=True,
    )


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    """Drop what an allowed attribute may not hold; called for every attribute that is kept."""
    if attribute == "style":
        return ";".join(rule for rule in value.split(";") if not _LOADS.search(rule)) or None
    if attribute == "href" and not _LINK.match(value):
        return None
    return value
