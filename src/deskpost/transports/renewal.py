"""What a refused token leads to: one more try with a fresh one, and then somebody has to be asked."""

from collections.abc import Callable
from typing import TypeVar

from deskpost.transports import words
from deskpost.transports.errors import ConsentLost, TokenRefused
from deskpost.transports.logins import BearerLogin

Result = TypeVar("Result")


def renewed_once(
    act: Callable[[BearerLogin], Result], login: BearerLogin, renew: Callable[[], BearerLogin]
) -> Result:
    """Do what needs a login; when its token is refused, do it once more with the one that `renew` fetches.

    Raises what either of them raises, and ConsentLost when the fresh token is refused as well.
    """
    try:
        return act(login)
    except TokenRefused:
        fresh = renew()
    try:
        return act(fresh)
    except TokenRefused as again:
        answer = again.answer or ""
        sentence = words.token_refused_again(again.place, fresh.username, answer)
        raise ConsentLost(sentence, answer=again.answer) from again
