"""SOCKS5's way through a proxy. RFC 1928; user name and password: RFC 1929."""

import socket

from deskpost.transports import proxy_words
from deskpost.transports.errors import ProxyRefused
from deskpost.transports.proxy_talk import ProxyTalk

_NO_LOGIN, _BY_PASSWORD = 0x00, 0x02
_NAME = 3
_ADDRESS_BYTES = {1: 4, 4: 16}
_NOT_ALLOWED = 2
_REPLIES = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "it took too long",
    7: "it knows no such command",
    8: "it knows no such kind of address",
}


def open_way(talk: ProxyTalk, host: str, port: int) -> None:
    """Let the proxy connect to host and port. Raises ProxyRefused."""
    request = b"\x05\x01\x00" + _address(talk, host) + port.to_bytes(2, "big")
    login = _login(talk) if talk.username else b""
    _agree(talk, login)
    talk.send(request)
    version, reply, _, kind = talk.read(4)
    if version != 5:
        raise ProxyRefused(proxy_words.rubbish(talk.place, _numbers(version, reply)))
    if reply:
        raise ProxyRefused(_refusal(talk, reply))
    size = talk.read(1)[0] if kind == _NAME else _ADDRESS_BYTES.get(kind)
    if size is None:
        raise ProxyRefused(proxy_words.rubbish(talk.place, _numbers(version, reply, kind)))
    talk.read(size + 2)  # the address that the proxy connected from, which nobody needs


def _agree(talk: ProxyTalk, login: bytes) -> None:
    """Agree on how to sign in, and do it. RFC 1928 section 3."""
    methods = bytes([_NO_LOGIN, _BY_PASSWORD]) if login else bytes([_NO_LOGIN])
    talk.send(bytes([5, len(methods)]) + methods)
    version, method = talk.read(2)
    if version != 5:
        raise ProxyRefused(_strange(talk, version, method))
    if method == _NO_LOGIN:
        return
    if method != _BY_PASSWORD or not login:
        words = proxy_words.login_not_possible if login else proxy_words.login_wanted
        raise ProxyRefused(words(talk.place, "no acceptable way to sign in"))
    talk.send(login)
    _, status = talk.read(2)
    if status:
        raise ProxyRefused(proxy_words.login_refused(talk.place, talk.username, f"status {status}"))


def _strange(talk: ProxyTalk, version: int, second: int) -> str:
    if bytes([version, second]).upper() == b"HT":
        return proxy_words.another_kind(talk.place, "HTTP", "SOCKS5")
    if version == 0:
        return proxy_words.another_kind(talk.place, "SOCKS4", "SOCKS5")
    return proxy_words.rubbish(talk.place, _numbers(version, second))


def _refusal(talk: ProxyTalk, reply: int) -> str:
    said = _REPLIES.get(reply, f"reply {reply}")
    words = proxy_words.target_refused if reply == _NOT_ALLOWED else proxy_words.target_unreached
    return words(talk.place, talk.target, said)


def _login(talk: ProxyTalk) -> bytes:
    """User name and password in RFC 1929's form. Each has at most 255 bytes there."""
    name, password = talk.username.encode("utf-8", "replace"), talk.password.encode("utf-8", "replace")
    if len(name) > 255 or len(password) > 255:
        raise ProxyRefused(proxy_words.login_too_long(talk.place))
    return bytes([1, len(name)]) + name + bytes([len(password)]) + password


def _address(talk: ProxyTalk, host: str) -> bytes:
    for kind, family in ((1, socket.AF_INET), (4, socket.AF_INET6)):
        try:
            return bytes([kind]) + socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
    try:
        name = host.encode("idna")
    except ValueError:
        name = b""
    if not 0 < len(name) < 256 or not name.isascii() or b"\0" in name:
        raise ProxyRefused(proxy_words.target_unwritable(talk.place))
    return bytes([_NAME, len(name)]) + name


def _numbers(*values: int) -> str:
    return " ".join(f"{value:02x}" for value in values)
