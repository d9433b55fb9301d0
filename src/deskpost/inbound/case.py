"""A case: one mail on its way through the pipeline, with what the steps have found so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from deskpost.inbound.command.reading import Reading
from deskpost.inbound.fault import Fault
from deskpost.inbound.outcome import Reported, Setting
from deskpost.mime.authenticity import Verdict
from deskpost.mime.file_checks import DroppedFile
from deskpost.mime.message import Message


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """The mailbox a mail came through, as the steps need it."""

    id: int
    name: str
    instance_id: int
    account_id: int | None
    max_size_mb: int
    new_requests_disabled: bool
    allowed_addresses: frozenset[str]  # folded
    allowed_domains: frozenset[str]  # lower case
    default_priority_id: int | None = None
    default_group_id: int | None = None
    default_site_id: int | None = None
    default_category_id: int | None = None
    default_template_id: int | None = None
    receipts_for_old: bool = False
    forwards_by_technicians: bool = True  # whose mail they forward becomes the requester
    error_folder: bool = False
    error_stop_after: int | None = None
    error_notify: bool = True
    error_request: bool = False
    trusted_authserv_ids: tuple[str, ...] = ()  # lower case
    own_check: bool = False  # of DKIM, SPF and DMARC
    settings: Mapping[str, Setting] = field(default_factory=dict)  # what of it decides, by column


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote a mail, and the account it belongs to."""

    account_id: int
    name: str
    address: str  # as written; empty when the mail names nobody
    key: str  # folded
    person_id: int | None  # None: nobody known yet
    belongs: (
        bool  # known there, or of the account's domain: not merely put into it by a mailbox or by default
    )
    why: str  # by which rule, in words
    person_name: str = ""
    sign_in: bool = False
    technician: bool = False
    site_id: int | None = None
    sent_through: str = ""  # the list or own address that rewrote From
    ambiguous: tuple[int, ...] = ()  # accounts that all know this address, with nothing to choose by


@dataclass(frozen=True, slots=True)
class AutomaticMail:
    """Why a mail counts as automatic: auto-reply, auto-generated, bulk, list, or loop.

    `by_repetition`: it is a loop for the number of mails like it alone; nothing in itself says that it is automatic.
    """

    kind: str
    reason: str
    by_repetition: bool = False

    @property
    def never_opens(self) -> bool:
        """True for what may join a record quietly but opens none: auto-replies and loops."""
        return self.kind in ("auto-reply", "loop")


@dataclass(slots=True)
class Case:
    """The raw mail and its facts, then each attribute set once by the step that owns it."""

    mail_id: int
    mailbox: MailboxFacts
    raw: bytes
    size: int
    received_at: datetime
    truncated: bool = False
    refusal: str = ""
    exempt: bool = False
    failed: bool = False  # taken up again, and it was an error mail
    after_all: bool = False  # a person wants it past the spam filter
    ordinary: bool = False  # a person wants its text not read for commands
    accepted: bool = False  # a person accepts whom it would make a request for, though nobody knows them
    old: bool = False
    looked_up: Verdict | None = (
        None  # by the own check, which asks the name service before anything is decided
    )
    # parse
    message: Message = field(init=False)
    content_key: bytes = field(init=False)
    text: str = ""  # as it is shown: whom a mail of ours was sent to, nobody else learns from a quote of it
    html: bytes | None = None  # so too, clean, deflated as its column holds it
    # duplicate
    sender: Sender = field(init=False)
    copied: bool = False  # another mail is the one that copies are duplicates of
    # bounce; a report that is dropped as spam has it too
    report: Reported | None = None
    # automatic
    automatic: AutomaticMail | None = None
    loop_key: bytes | None = None
    written_at: datetime = field(init=False)  # by its own Date, but never later than it was received
    # authenticity, or an earlier step that asks for it; None: nobody asked
    verdict: Verdict | None = None
    # attachments
    dropped_files: tuple[DroppedFile, ...] | None = None  # None: not judged, for an earlier step decided
    # command: what was read; and module and number of the request that the text of an ordinary mail names
    reading: Reading | None = None
    named: tuple[str, int] | None = None
    # new request or command: the technician who forwarded a mail; then `sender` is whose mail it was
    forwarded_by: Sender | None = None
    # a step that failed
    fault: Fault | None = None
    # any step, for its line in the trace
    remark: str = ""
    passed: str = ""
    by: Setting | None = None

    @property
    def writer(self) -> Sender:
        """Who sent the mail itself: a technician where that is not whose request it is."""
        return self.forwarded_by or self.sender

    def note(self, words: str, by: Setting | None = None) -> None:
        """Pass on with a remark, shown in the trace, and the setting by which it was judged."""
        self.remark, self.by = words, by

    def found(self, words: str, by: Setting | None = None) -> None:
        """Pass on, saying in the trace what was found, and by which setting."""
        self.passed, self.by = words, by
