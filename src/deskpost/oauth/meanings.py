"""The form of what is known of a provider's error: what it means, who mends it, and how."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["consent", "setting", "wait"]
Who = Literal["nobody", "administrator", "provider", "person"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One error. `kind` is what follows: consent is lost, a setting is wrong, or waiting helps.

    `who` mends it: nobody, the administrator here, one at the provider, or the person of the mailbox. `says` and
    `to_do` are parts of a sentence: "login.example.com gave no token: SAYS (CODE). To do: TO_DO."
    """

    kind: Kind
    who: Who
    says: str
    to_do: str


CONNECT = "choose Connect and sign in as the person of this mailbox"
RECONNECT = "choose Reconnect and sign in as the person of this mailbox; mail waits until then"
LATER = "nothing, Deskpost tries again by itself; if it goes on, look at the provider's page about its state"
