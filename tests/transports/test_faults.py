"""Transports x faults: which sentence people read for each. Run with -s to see the table."""

import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskpost.transports import errors
from deskpost.transports.errors import ActRefused, ServerUnreachable, Throttled, TlsRefused
from deskpost.transports.protocols import PROTOCOLS
from deskpost.transports.target import Target
from tests.servers.certificates import CertificateAuthority
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import Line
from tests.transports.builders import login
from tests.transports.faults import CELLS, TRANSPORTS, Case, Transport, World, backoff_named

TABLE: dict[tuple[str, str], str] = {}

_CLASS_NAMES = {name for name in vars(errors) if name[0].isupper()} | {
    name for name in vars(builtins) if name.endswith(("Error", "Exception"))
}


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """Print the table at the end, and keep it for the handbook."""
    TABLE.clear()
    yield
    lines = [f"| {case} | {transport} | {sentence} |" for (case, transport), sentence in TABLE.items()]
    text = "\n".join(["| fault | transport | what people read |", "|---|---|---|", *lines])
    output = Path(__file__).parents[1] / "output"
    output.mkdir(exist_ok=True)
    (output / "transport-faults.md").write_text(re.sub(r"localhost:\d+", "mail.example:port", text) + "\n")
    print("\n" + text)


@pytest.mark.parametrize(
    ("case", "transport"), CELLS, ids=[f"{case.name}-{transport.name}" for case, transport in CELLS]
)
def test_every_fault_of_every_transport_is_told_in_a_sentence(
    certificate_authority: CertificateAuthority, dovecot: Dovecot, case: Case, transport: Transport
) -> None:
    world = World(certificate_authority, dovecot, transport)
    with world.stack:
        error = world.use(case.cause(world))
    assert type(error) is case.error or (case.error is ServerUnreachable and isinstance(error, TlsRefused))
    TABLE[case.name, transport.name] = error.words
    assert_is_a_sentence(error.words)
    assert PASSWORD not in error.words + repr(error)


def assert_is_a_sentence(text: str) -> None:
    """What people read names no class, no Errno and no traceback, and says what to do."""
    assert " To do: " in text
    assert text.endswith(".")
    assert not re.search(r"Errno|Traceback|0x[0-9a-f]{6}|_[A-Z]|\[SSL|\bNone\b|!", text)
    assert not [name for name in _CLASS_NAMES if re.search(rf"\b{name}\b", text)]
    ours = re.sub(r'"[^"]*"', "", text)  # without what servers said
    assert not re.search(r"\b(invalid|oops|please)\b", ours, re.IGNORECASE)


def test_the_table_of_faults_has_no_holes() -> None:
    """Every transport meets the faults that any of them can have."""
    for transport in TRANSPORTS:
        met = {case.name for case, other in CELLS if other == transport}
        assert met >= {
            "server name not found",
            "connection refused",
            "reset at connect",
            "reset in mid-mail",
            "another protocol at this port",
            "login refused",
            "token refused",
            "login by token not offered",
            "too many connections",
            "rubbish as greeting",
        }


def test_a_named_wait_is_given_in_seconds(
    certificate_authority: CertificateAuthority, dovecot: Dovecot
) -> None:
    world = World(certificate_authority, dovecot, Transport("imap", "none"))
    with world.stack:
        error = world.use(backoff_named(world))
    assert isinstance(error, Throttled)
    assert error.retry_after == pytest.approx(92.405)


def test_a_refused_act_names_the_act(certificate_authority: CertificateAuthority, dovecot: Dovecot) -> None:
    def script(line: Line) -> None:
        line.say(b"* OK ready")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1")
        line.answer_imap(b"LOGIN")
        line.answer_imap(b"CAPABILITY", b"* CAPABILITY IMAP4REV1 MOVE UIDPLUS")
        line.answer_imap(b"SELECT", b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] x", b"* OK [UIDNEXT 2] x")
        for _ in range(3):
            tag = line.hear().split(b" ")[0]
            line.say(tag + b" NO [NOPERM] you may only read here")
        line.hear()

    world = World(certificate_authority, dovecot, Transport("imap", "none"))
    opener = PROTOCOLS["imap"].open_source
    assert opener is not None
    with world.stack, opener(Target(world.scripted(script), login("anna")), "INBOX") as source:
        for act, words in (
            (lambda: source.mark_read(["1"]), "refused to mark mails as read"),
            (lambda: source.delete(["1"]), "refused to delete mails"),
            (lambda: source.move(["1"], "Done"), "refused to move mails"),
        ):
            with pytest.raises(ActRefused, match=words) as caught:
                act()
            assert_is_a_sentence(caught.value.words)
            assert "you may only read here" in caught.value.words
