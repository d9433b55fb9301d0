"""Each way of mail at each fault: the state and words of the page, and how the mail goes on once the fault is over."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskpost import doctor
from deskpost.access import targets
from deskpost.access.proxy import ProxySettings
from deskpost.data_folder import DataFolder
from deskpost.inbound.mailboxes import Mailbox, start_fetching
from tests import database as databases
from tests.access import rows
from tests.faults import plugin
from tests.faults.faults import CELLS, Fault
from tests.faults.ways import Incoming, Logged, Outgoing, Servers, served
from tests.oauth.world import World, world
from tests.servers import dovecot, proxies
from tests.servers.certificates import CertificateAuthority
from tests.transports.test_faults import assert_is_a_sentence

SHORT, LONG = 2.1, 20.0  # seconds that a step may take while it stalls, and else
TRIES = 8  # of a mail whose fate is looked for
PAGE = Path(__file__).parents[2] / "docs/faults.md"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture(scope="module")
def servers(
    there: World,
    certificate_authority: CertificateAuthority,
    tmp_path_factory: pytest.TempPathFactory,
    template_database: str,
    django_db_blocker: object,
) -> Iterator[Servers]:
    """All servers, and one database for all cells."""
    if why := dovecot.missing():
        pytest.skip(why)
    name = f"{template_database}_faults"
    with (
        pytest.MonkeyPatch.context() as changed,
        served(there, certificate_authority, tmp_path_factory.mktemp("issuers")) as found,
        databases.own(name, template_database),
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        databases.django_on(name),
    ):
        changed.setenv("DESKPOST_DATABASE_URL", databases.url_of(name))
        changed.setattr("deskpost.access.consents._READ_AGAIN_AFTER", 0.0)
        yield found


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a step may take, to be changed."""
    limit, ours = [LONG], targets.server_of
    monkeypatch.setattr("deskpost.transports.smtp._FINAL_PATIENCE", 2.0)  # and not ten times a step
    monkeypatch.setattr(
        targets, "server_of", lambda row, time=None: replace(ours(row, time), step_timeout=limit[0])
    )
    return limit


@pytest.mark.parametrize(("fault", "kind", "protocol"), CELLS)
def test_every_fault_leads_to_its_state_and_the_mail_arrives_once_it_is_over(
    servers: Servers,
    step: list[float],
    tmp_path: Path,
    fault: Fault,
    kind: type[Incoming | Outgoing],
    protocol: str,
) -> None:
    way = kind(protocol, servers)
    with Logged() as log:
        fault.cause(way)
        if "stall" in fault.name:
            step[0] = SHORT
        way.go()
    state, words = way.state()
    told = _told_by_the_doctor(tmp_path) if "provider's clock" in fault.name else ""
    step[0] = LONG
    assert state == fault.state_of(kind, protocol), words
    if words and not words[0].isdigit():  # what a server answers to one mail is told as it is
        assert_is_a_sentence(words)
    early = way.arrived()
    way.mend()
    _by_a_person(fault, way)
    tries = _until_it_arrived(way)
    assert way.arrived() == 1, "it arrived, and once"
    if kind is Outgoing:
        assert way.state()[0] == "sending, mail sent"
    said = _read(words if not state.endswith("mail sent") else "", log.lines, told)
    assert said, "somebody is told, somewhere"
    plugin.FOUND.append(
        plugin.Found(fault.name, way.name, state, said, _goes_on(fault, way, state, early, tries))
    )


def _by_a_person(fault: Fault, way: Incoming | Outgoing) -> None:
    """Do what somebody has to do, and nothing where nobody has to."""
    if "Reconnect" in fault.person:
        rows.consented(way.servers.there, way.row)
    elif "started" in fault.person and isinstance(way, Incoming):
        start_fetching(None, "a test", Mailbox.objects.get(pk=way.row.pk))
    elif "proxy" in fault.person:
        if why := proxies.missing("http"):
            pytest.skip(why)
        proxy = way.left_open.enter_context(proxies.RealProxy("http", login=True)).proxy
        ProxySettings.objects.update(port=proxy.port, username=proxy.username, password=proxy.password)
        way.change(proxy=True)


def _until_it_arrived(way: Incoming | Outgoing) -> int:
    """Let time pass and tries come until the mail is there, and one more; give how many it took."""
    tries, ended = 0, False
    while not ended and tries < TRIES:
        tries += 1
        way.age(timedelta(hours=1))
        way.go()
        ended = way.arrived() > 0 if isinstance(way, Incoming) else way.state()[0].endswith("mail sent")
    way.age(timedelta(hours=1))
    way.go()
    way.left_open.close()
    return tries


def _goes_on(fault: Fault, way: Incoming | Outgoing, state: str, early: int, tries: int) -> str:
    """Say how the mail went on."""
    stopped = "started" not in fault.person or isinstance(way, Incoming)
    after = f"after {fault.person}, " if fault.person and stopped else "by itself: "
    if state.endswith("mail sent"):
        return "by itself: sent all the same"
    if early and isinstance(way, Outgoing) and tries == 1:
        return "by itself: it had arrived, and is not sent again"
    if isinstance(way, Incoming):
        return after + ("taken by this fetch" if early else "the next fetch takes it")
    return after + (
        "the next try sends it" if tries == 1 else f"sent after {tries - 1} looks for an earlier copy"
    )


def _read(words: str, log: list[str], told: str) -> str:
    """Say what is to be read first, and where it is, if not on the page."""
    if words:
        return _first(words)
    if told:
        return f"`deskpost doctor`: {_first(told)}"
    assert len(set(log)) <= 1, log
    return f"In the log: {_first(log[0])}" if log else ""


def _told_by_the_doctor(folder: Path) -> str:
    """Give what the doctor finds wrong with clocks."""
    found = [one for one in doctor.examine(DataFolder(folder)) if "clocks" in one.check]
    return "".join(one.words for one in found if not one.ok)


def _first(words: str) -> str:
    """Give the first sentence, and what the server said to it, without what differs from run to run."""
    said = re.sub(r"127\.0\.0\.1:\d+", "mail.example", words.partition(" To do:")[0])
    said = said.replace(f"within {SHORT} s", "in time")
    said = re.sub(r"(?:0:59:59|1:00:00)(?:\.\d+)?", "an hour", said)
    said = re.sub(r"(?<=is )(?:59|60|61) min", "60 min", said)
    found = re.match(r'(?:[^".]|"[^"]*"|\.(?! [A-Z]))*\.?(?: mail\.example answered: "[^"]*"\.)?', said)
    assert found is not None
    return found[0]


def test_the_handbook_shows_the_whole_matrix() -> None:
    """To be run with all cells; tests/output/faults.md is what the page has to hold."""
    if len(plugin.FOUND) < len(CELLS):
        pytest.skip("only some cells were run")
    output = PAGE.parents[1] / "tests/output"
    output.mkdir(exist_ok=True)
    (output / "faults.md").write_text("\n".join(plugin.lines()) + "\n")
    table = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    assert table == plugin.lines()
