"""The sentences people read about the proxy; beside words.py, which has all others.

`place` is the proxy's host:port, `target` where it was to lead, `answer` what the proxy said.
"""

_LOOK = "Admin > Proxy"


def not_set_up() -> str:
    return (
        "This is to be reached by the proxy, and none is set up, or its password cannot be read any more; so nothing "
        "was connected to. "
        f"To do: enter the proxy under {_LOOK}, or untick Enable proxy server here."
    )


def unreached(place: str, told: str) -> str:
    return (
        f"The proxy could not be reached. {told} To do: check host and port under {_LOOK}, and that the proxy "
        f"{place} is running; Deskpost tries again by itself."
    )


def silent(place: str, seconds: float) -> str:
    return (
        f"The proxy {place} gave no full answer within {seconds:g} s. To do: check under {_LOOK} which kind of "
        "proxy it is (HTTP CONNECT or SOCKS5) and its port, and look at its load."
    )


def hung_up(place: str) -> str:
    return (
        f"The proxy {place} closed the connection without a word. To do: check under {_LOOK} which kind of proxy it is "
        "(HTTP CONNECT or SOCKS5), and that it takes connections from this machine."
    )


def login_wanted(place: str, answer: str) -> str:
    return (
        f'The proxy {place} asks for user name and password: "{answer}". '
        f"To do: type them under {_LOOK}, or have the proxy let this machine through."
    )


def login_refused(place: str, username: str, answer: str) -> str:
    return (
        f'The proxy {place} refused the user name "{username}" or its password: "{answer}". '
        f"To do: type them anew under {_LOOK}."
    )


def login_not_possible(place: str, answer: str) -> str:
    return (
        f'The proxy {place} takes neither a user name with password nor a connection without: "{answer}". '
        "To do: have one of the two allowed at the proxy."
    )


def login_too_long(place: str) -> str:
    return (
        f"The proxy {place} cannot be told its user name and password: SOCKS5 takes 255 bytes of each at most. "
        f"To do: choose shorter ones at the proxy, and type them under {_LOOK}."
    )


def target_refused(place: str, target: str, answer: str) -> str:
    return (
        f'The proxy {place} does not lead to {target}: "{answer}". '
        "To do: have its rules allow this server and its port."
    )


def target_unreached(place: str, target: str, answer: str) -> str:
    return (
        f'The proxy {place} could not connect to {target}: "{answer}". To do: check server name and port; names are '
        "looked up by the proxy, so it has to know this one. Deskpost tries again by itself."
    )


def target_unwritable(place: str) -> str:
    return f"The proxy {place} cannot be told this server name. To do: check the spelling of the server name."


def no_proxy(place: str, answer: str) -> str:
    return (
        f'{place} is a web server that leads nowhere, or a proxy that knows no CONNECT: "{answer}". '
        f"To do: check host and port under {_LOOK}."
    )


def another_kind(place: str, found: str, asked: str) -> str:
    return f"The proxy {place} speaks {found} and was asked by {asked}. To do: choose the other kind under {_LOOK}."


def rubbish(place: str, answer: str) -> str:
    return (
        f'The proxy {place} answered with what no proxy of its kind says: "{answer}". '
        f"To do: check kind, host and port under {_LOOK}."
    )
