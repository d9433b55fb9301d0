"""The sentences people read about web addresses and their answers; beside words.py, which has all others.

`place` is always host:port.
"""


def address_unusable(address: str) -> str:
    return (
        f'"{address}" is no web address that Deskpost can use. To do: write a whole address, such as '
        "https://login.example.com/token, without user name or password in it."
    )


def in_clear(place: str) -> str:
    return (
        f"{place} was not asked: tokens and secrets are sent only over a secret connection. "
        "To do: begin the address with https://."
    )


def password_in_clear(host: str) -> str:
    return (
        f"The address of {host} begins with http://, so the password would cross the network in clear. To do: begin "
        "it with https://; or, where the network is trusted, tick Allow a connection without TLS "
        "(in a settings file: tls: none)."
    )


def request_unwritable(place: str) -> str:
    return (
        f"{place} was not asked: a value for it holds a line break or another sign that no web server takes. "
        "To do: type user name, client id, client secret and scope again."
    )


def unreached(told: str) -> str:
    return (
        f"{told} To do: check the address and its port, and that name service and firewall let this machine through; "
        "Deskpost tries again by itself."
    )


def broken(place: str) -> str:
    return (
        f"{place} broke off the connection before its answer was complete. To do: nothing, Deskpost tries again by "
        "itself; if it goes on, see whether a firewall or a proxy stands between."
    )


def silent(place: str, seconds: float) -> str:
    return (
        f"{place} stopped answering: no full answer within {seconds:g} s. To do: nothing, Deskpost tries again by "
        "itself; if it goes on, look at the provider's page about its state, or at the load of the server."
    )


def deaf(place: str, seconds: float) -> str:
    return (
        f"{place} stopped taking data: nothing moved for {seconds:g} s. To do: nothing, Deskpost tries again by "
        "itself; if it goes on, look at the provider's page about its state, or at the load of the server."
    )


def too_large(place: str, most: int) -> str:
    return (
        f"{place} answered with more than {most // 1024:,} kB, and Deskpost stopped reading. To do: nothing at first, "
        "Deskpost tries again by itself; if it goes on, check that the address is the right one."
    )


def not_http(place: str) -> str:
    return (
        f"{place} does not answer as a web server does. To do: check the address and its port; "
        "nothing of the answer was used."
    )


def answered_between(place: str, status: int, page: bool, said: str) -> str:
    what = "with a web page" if page else "with words that are none of its own"
    told = f': "{said}".' if said else "."
    return (
        f"Something between Deskpost and {place} answered {what} (status {status}){told} To do: nothing at first, "
        "Deskpost tries again by itself; if it goes on, see which proxy or web filter stands between, and have it let "
        f"Deskpost through to {place}."
    )


def packed(place: str) -> str:
    return (
        f"{place} answered with a packed body (Content-Encoding), which was not asked for, and nothing of it was used. "
        "To do: nothing at first, Deskpost tries again by itself; if it goes on, see whether a proxy stands between "
        "that packs answers, and have it let them through as they are."
    )


def redirected(place: str) -> str:
    return (
        f"{place} answered that the address has moved, and Deskpost follows nobody elsewhere with a secret. "
        "To do: write the address at which it is now; if a proxy stands between, have it let this server through."
    )


def not_json(place: str, status: int) -> str:
    return (
        f"{place} answered with a page and not with what its protocol asks for (status {status}). "
        "To do: check the address; if it is right, see whether a proxy or a sign-in page of the network "
        "stands between."
    )


def out_of_order(place: str, status: int) -> str:
    return (
        f"{place} does not serve at the moment (status {status}). To do: nothing, Deskpost tries again by itself; "
        "if it goes on, look at the provider's page about its state."
    )


def busy(place: str) -> str:
    return (
        f"{place} asks for patience: it was asked too often. To do: nothing, Deskpost waits and tries again "
        "by itself."
    )
