"""A cloud with a mailbox, and a client of its Graph that speaks to it without a network."""

import json
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from deskpost.sandbox.cloud import graph
from deskpost.sandbox.cloud.asking import ask
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.exchange import Request, Response

DESK = "desk@contoso.example"
SHARED = "billing@contoso.example"
CUSTOMER = "ute@customer.example"
ALL = ("Mail.ReadWrite", "Mail.Send", "Mail.ReadWrite.Shared", "Mail.Send.Shared", "User.Read")
IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}


def mail(subject: str = "Printer", to: str = DESK, text: str = "It smokes.", **fields: str) -> bytes:
    """Give a mail of the customer's."""
    message = EmailMessage()
    message["From"] = f"Ute Sommer <{CUSTOMER}>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = fields.pop("message_id", f"<{abs(hash(subject))}@customer.example>")
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


@dataclass
class Answer:
    """What Graph said."""

    response: Response

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def json(self) -> Any:
        return json.loads(self.response.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


class World:
    """A cloud, its Graph, and a token for the desk's mailbox."""

    def __init__(self, scopes: tuple[str, ...] = ALL) -> None:
        self.sent: list[tuple[str, list[str], bytes]] = []
        self.cloud = Cloud.new(outward=lambda *what: self.sent.append(what))
        self.served = graph.served(self.cloud)
        self.desk = self.cloud.store.add_mailbox(DESK, "Service Desk", "secret")
        self.token = self.grant(DESK, *scopes)

    def grant(self, mailbox: str | None, *scopes: str) -> str:
        full = [f"https://graph.microsoft.com/{scope}" for scope in scopes]
        return self.cloud.tokens.grant("app", mailbox, full)[0].token

    def ask(
        self,
        method: str,
        address: str,
        data: Any = None,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> Answer:
        """Ask at an address, a whole one or one after https://graph.microsoft.com/v1.0."""
        target = urlsplit(address if "://" in address else f"https://graph.microsoft.com/v1.0{address}")
        said = {"host": target.netloc, "authorization": f"Bearer {token or self.token}"}
        if token == "":
            del said["authorization"]
        if data is not None:
            body, said["content-type"] = json.dumps(data).encode(), "application/json"
        said |= {name.lower(): value for name, value in (headers or {}).items()}
        request = Request(method, str(target.hostname), unquote(target.path), target.query, said, body)
        assert self.served.fits(request)
        return Answer(ask(self.cloud, self.served, request).response)

    def get(self, address: str, **more: Any) -> Any:
        """Give the JSON of an address that answers 200."""
        answer = self.ask("GET", address, **more)
        assert answer.status == 200, answer.response
        return answer.json
