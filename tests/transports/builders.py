"""Small builders for the tests of transports."""

from deskpost.transports.connection import Server, Tls
from deskpost.transports.logins import Login
from tests.servers.dovecot import PASSWORD, Dovecot


def mail(number: int = 1, size: int = 0) -> bytes:
    """A mail with this number in Subject and Message-ID, filled up to about `size` bytes."""
    head = (
        f"From: Customer <customer@client.example>\r\nTo: desk@msp.example\r\nSubject: mail {number}\r\n"
        f"Message-ID: <{number}@client.example>\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n\r\n"
    )
    line = f"line of mail {number} ".ljust(76, "x") + "\r\n"
    return (head + line * max(1, (size - len(head)) // 78)).encode()


def mail_below(name: str, megabytes: int, number: int = 2) -> bytes:
    """A mail whose header begins with so many megabytes of lines of this name, each with another value."""
    lines = (f"{name}: <{line:080d}@client.example>\r\n" for line in range(megabytes * 10_000))
    return "".join(lines).encode() + mail(number)


def login(username: str, password: str = PASSWORD) -> Login:
    """A login, with the password of all test users."""
    return Login(username, password)


def imap_server(dovecot: Dovecot, tls: Tls, **options: object) -> Server:
    """Where IMAP is spoken with this kind of TLS."""
    port = dovecot.imaps if tls == "implicit" else dovecot.imap
    return server(port, tls, dovecot.ca_file, **options)


def pop_server(dovecot: Dovecot, tls: Tls, **options: object) -> Server:
    """Where POP is spoken with this kind of TLS."""
    port = dovecot.pops if tls == "implicit" else dovecot.pop
    return server(port, tls, dovecot.ca_file, **options)


def server(port: int, tls: Tls = "none", ca_file: str | None = None, **options: object) -> Server:
    """A server of this machine whose steps may take 5 s unless told."""
    settings: dict[str, object] = {"connect_timeout": 20.0, "step_timeout": 20.0, **options}
    return Server("localhost", port, tls, ca_file=ca_file, **settings)  # type: ignore[arg-type]
