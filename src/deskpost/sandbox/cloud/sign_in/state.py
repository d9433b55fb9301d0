"""What the sign-in remembers between requests: codes on their way, and its key."""

import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.exchange import Request
from deskpost.sandbox.cloud.scopes import Wanted
from deskpost.sandbox.cloud.sign_in.errors import SignInRefused
from deskpost.sandbox.cloud.sign_in.keys import SigningKey
from deskpost.sandbox.cloud.tokens import Application

CODE_LASTS = 600  # seconds
DEVICE_CODE_LASTS = 900
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
OPEN_TENANTS = ("common", "organizations")


@dataclass(slots=True)
class Code:
    """An authorization code: what was consented to, and what has to fit when it is redeemed."""

    client_id: str
    mailbox: str
    wanted: Wanted
    redirect_uri: str
    nonce: str
    challenge: str
    method: str  # of the challenge: S256 or plain
    redeemed: bool = False
    expires_at: float = field(default_factory=lambda: time.time() + CODE_LASTS)


@dataclass(slots=True)
class DeviceCode:
    """A device that waits for a person to answer elsewhere. `mailbox` is None until then, empty after a no."""

    client_id: str
    user_code: str
    wanted: Wanted
    mailbox: str | None = None
    expires_at: float = field(default_factory=lambda: time.time() + DEVICE_CODE_LASTS)


@dataclass(slots=True)
class SignIn:
    """The sign-in of one cloud."""

    cloud: Cloud
    key: SigningKey = field(default_factory=SigningKey)
    codes: dict[str, Code] = field(default_factory=dict)
    devices: dict[str, DeviceCode] = field(default_factory=dict)  # by device code
    lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, code: Code) -> str:
        """Keep a code and give its text."""
        text = f"1.{secrets.token_urlsafe(96)}"
        self.codes[text] = code
        return text

    def wait_for(self, client_id: str, wanted: Wanted) -> tuple[str, DeviceCode]:
        """Keep a device that waits; give its code and what is known of it."""
        user_code = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(9))
        device = DeviceCode(client_id, user_code, wanted)
        code = secrets.token_urlsafe(96)
        self.devices[code] = device
        return code, device

    def application(self, client_id: str, tenant: str) -> Application:
        """Give a registered application. Raises SignInRefused."""
        if not client_id:
            raise SignInRefused(900144, parameter="client_id")
        found = self.cloud.tokens.applications.get(client_id)
        if found is None:
            raise SignInRefused(700016, client_id=client_id, tenant=tenant)
        return found

    def meet_error(self, request: Request, mailbox: str | None) -> None:
        """Raise the SignInRefused that a fault asks for here, if one does: `{"do": "aadsts", "value": 70000}`."""
        fault = self.cloud.meet("sign_in", mailbox, request.path, ("aadsts",))
        if fault is not None:
            client_id = (request.values() | request.form()).get("client_id", "")
            raise SignInRefused(int(fault.value), client_id=client_id, tenant=tenant_of(request))

    def known_tenant(self, tenant: str) -> str:
        """Give the tenant's id for any of its names. Raises SignInRefused: nobody has this one."""
        name = tenant.lower()
        domains = {one.address.rpartition("@")[2] for one in self.cloud.store.mailboxes()}
        if name in (*OPEN_TENANTS, self.cloud.tenant) or name in domains:
            return self.cloud.tenant
        raise SignInRefused(90002, tenant=tenant)


def tenant_of(request: Request) -> str:
    """Give the tenant that a request's path names."""
    return request.path.strip("/").split("/")[0]


def object_id(mailbox: str) -> str:
    """Give the object id of a mailbox's person, always the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{mailbox}"))
