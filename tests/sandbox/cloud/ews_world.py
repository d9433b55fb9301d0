"""A small world for the tests of EWS: two mailboxes, one of them shared, and requests without any client."""

import base64
from dataclasses import dataclass
from xml.etree.ElementTree import Element, fromstring

from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.ews import served
from deskpost.sandbox.cloud.exchange import Request, Response, Served
from deskpost.sandbox.cloud.store import Item, Mailbox

ANN, BOB, CYD = "ann@desk.example", "bob@desk.example", "cyd@desk.example"
PASSWORD = "correct horse"
ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
    "<soap:Header>{header}</soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
)
INBOX = '<t:DistinguishedFolderId Id="inbox"/>'


def mail(subject: str = "Printer", **fields: str) -> bytes:
    """Give a mail of a customer."""
    head = {
        "From": "Customer <customer@far.example>",
        "To": ANN,
        "Subject": subject,
        "Message-ID": f"<{subject.replace(' ', '-').lower()}@far.example>",
        "Date": "Mon, 30 Nov 2026 10:00:00 +0000",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    return (
        "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode() + b"\r\nIt is on fire.\r\n"
    )


@dataclass
class World:
    """The cloud with its mailboxes: Ann's own, Bob's, which is shared with Ann, and Cyd's, which is not."""

    cloud: Cloud
    service: Served
    ann: Mailbox
    bob: Mailbox
    cyd: Mailbox

    def ask(self, body: str | bytes, header: str = "", **headers: str) -> Response:
        """Ask as Ann, without any client in between."""
        whole = body if isinstance(body, bytes) else ENVELOPE.format(header=header, body=body).encode()
        known = base64.b64encode(f"{ANN}:{PASSWORD}".encode()).decode()
        asked = {"authorization": f"Basic {known}"} | {
            name.replace("_", "-"): v for name, v in headers.items()
        }
        return self.service.answer(Request("POST", "127.0.0.1", "/EWS/Exchange.asmx", "", asked, whole))

    def codes(self, body: str, header: str = "", **headers: str) -> list[str]:
        """Give the response codes of an answer, a fault's among them."""
        root = fromstring(self.ask(body, header, **headers).body)
        return [one.text or "" for one in root.iter() if one.tag.endswith("}ResponseCode")]

    def all_of(self, name: str, body: str) -> list[Element]:
        """Give the elements of a name in an answer."""
        root = fromstring(self.ask(body).body)
        return [one for one in root.iter() if one.tag.endswith("}" + name)]

    def inbox(self, mailbox: Mailbox) -> list[Item]:
        """Give what lies in an inbox."""
        return self.folder(mailbox, "inbox")

    def folder(self, mailbox: Mailbox, name: str) -> list[Item]:
        """Give what lies in a well-known folder."""
        folder = mailbox.folder(name)
        assert folder is not None
        return mailbox.in_folder(folder.id)


def new_world() -> World:
    """Make it, empty."""
    cloud = Cloud.new()
    add = cloud.store.add_mailbox
    return World(
        cloud,
        served(cloud),
        add(ANN, "Ann Lee", PASSWORD),
        add(BOB, "Bob Ray", PASSWORD, shared_with=[ANN]),
        add(CYD, "Cyd Orr", PASSWORD),
    )
