"""HTTP's way through a proxy: CONNECT. RFC 9110 section 9.3.6."""

import re

from deskpost.transports import proxy_words
from deskpost.transports.errors import ProxyRefused
from deskpost.transports.host_names import place_of
from deskpost.transports.proxy_talk import ProxyTalk

_LARGEST_HEAD = 16_384
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: ([^\r\n]*))?\r?\n", re.IGNORECASE)
_WRITABLE = re.compile(r"[!-~]+")
_WANTS_LOGIN = (401, 407)  # 401 is a web server's, and some proxies say it
_NO_PROXY = (400, 404, 405, 501)  # what web servers answer that are asked for this


def open_way(talk: ProxyTalk, host: str, port: int) -> None:
    """Let the proxy connect to host and port. Raises ProxyRefused."""
    talk.send(_request(talk, host, port))
    first = talk.read(1)
    if first != b"H" and first != b"h":
        raise ProxyRefused(_strange(talk, first))
    head = first + talk.read_until(b"\r\n\r\n", _LARGEST_HEAD)
    status = _STATUS.match(head)
    if status is None:
        raise ProxyRefused(proxy_words.rubbish(talk.place, talk.readable(head)))
    code, said = int(status[1]), talk.readable(b" ".join(filter(None, status.groups())))
    if not 200 <= code < 300:
        raise ProxyRefused(_refusal(talk, code, said), answer=said)


def _request(talk: ProxyTalk, host: str, port: int) -> bytes:
    try:
        name = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError:
        name = ""
    if not _WRITABLE.fullmatch(name):
        raise ProxyRefused(proxy_words.target_unwritable(talk.place))
    place = place_of(name, port)
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if talk.username:
        lines.append(f"Proxy-Authorization: Basic {talk.basic().decode('ascii')}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _strange(talk: ProxyTalk, first: bytes) -> str:
    if first in (b"\x05", b"\x00"):  # the first byte of what SOCKS 5 and SOCKS 4 answer
        return proxy_words.another_kind(talk.place, "SOCKS", "HTTP CONNECT")
    return proxy_words.rubbish(talk.place, talk.readable(first))


def _refusal(talk: ProxyTalk, code: int, said: str) -> str:
    if code in _WANTS_LOGIN:
        if talk.username:
            return proxy_words.login_refused(talk.place, talk.username, said)
        return proxy_words.login_wanted(talk.place, said)
    if code in _NO_PROXY:
        return proxy_words.no_proxy(talk.place, said)
    if code >= 500:
        return proxy_words.target_unreached(talk.place, talk.target, said)
    return proxy_words.target_refused(talk.place, talk.target, said)
