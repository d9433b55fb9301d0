"""What a refused token leads to: one more try with a fresh one, and then somebody has to be asked."""

from collections.abc import Callable
from typing import TypeVar

from deskpost.transports import login_words
from deskpost.transports.errors import ApplicationRefused, ConsentLost, LoginRefused, TokenRefused
from deskpost.transports.logins import BearerLogin, Credentials

Result = TypeVar("Result")


def renewed_once(act: Callable[[Credentials], Result], login: Credentials) -> Result:
    """Do what needs a login; when its token is refused and can be renewed, do it once more with the fresh one.

    Raises what either of them raises. When the fresh token is refused as well: ConsentLost, and of an
    application on its own ApplicationRefused.
    """
    try:
        return act(login)
    except TokenRefused as first:
        if not isinstance(login, BearerLogin):
            raise
        if login.renew is None:
            raise (_refused_again(first, login) if login.on_its_own else first) from None
        fresh = login.renew()
    try:
        return act(fresh)
    except TokenRefused as again:
        raise _refused_again(again, fresh) from again


def _refused_again(error: TokenRefused, login: BearerLogin) -> LoginRefused:
    usual = login_words.token_refused_again(error.place, login.username, error.answer or "")
    if login.on_its_own:
        return ApplicationRefused(error.again or usual, answer=error.answer)
    return ConsentLost(usual, answer=error.answer)
