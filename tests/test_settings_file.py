"""Settings as code: applied by name, all or nothing, with the line of every mistake."""

import threading
import time
from pathlib import Path

import pytest
import yaml
from django.db import connection

from deskpost import settings_file
from deskpost.bulk import draw_numbers
from deskpost.desk import delimiters
from deskpost.desk.accounts import Account, Domain
from deskpost.desk.fields import Priority, Status
from deskpost.desk.former_tokens import FormerToken
from deskpost.desk.installation import Installation, Instance
from deskpost.desk.people import Person
from deskpost.inbound import attachment_settings, global_config, leases
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.mailboxes import Mailbox, MailboxState
from deskpost.outbound import failover
from deskpost.outbound.outbox import OutboxMail
from deskpost.outbound.rules import NotificationRule
from deskpost.outbound.servers import OutgoingServer
from tests.command_line import deskpost
from tests.inbound.builders import mail

pytestmark = pytest.mark.usefixtures("database")

EXAMPLE = """\
accounts:
  - {name: MSP, domains: [msp.example], default: true, sites: []}
  - {name: Acme, domains: [acme.example], default: false, sites: [Berlin], time_zone: Europe/Berlin, language: de}
people:
  - {name: Ann Admin, email: ann@msp.example, other_emails: [], account: MSP, site: null, login: true,
     password: {env: ANN_PASSWORD}, technician: true, roles: [SDAdmin], groups: [Hardware]}
installation: {public_url: https://desk.msp.example, time_zone: Europe/Berlin, language: en, trusted_proxies: []}
instances: [{name: IT Help Desk, technicians_to_alert: [ann@msp.example]}]
groups: [{name: Hardware, account: null}]
fields:
  priorities: [Low, Normal, High]
mailboxes:
  - name: Help
    instance: IT Help Desk
    account: null
    protocol: imap
    server: 127.0.0.1
    mailbox: null
    source_folder: INBOX
    first_fetch: new
    acknowledge_old: false
    port: 2143
    tls: none
    verify_certificate: true
    ca_file: null
    authentication: basic
    username: help
    password: {file: help.password}
    addresses: [help@desk.example]
    fetch_every: 60
    push: false
    after_fetching: mark_read
    max_size_mb: 50
    new_requests: {disabled: false, allowed_addresses: [], allowed_domains: []}
    error_folder: {enabled: false}
    defaults: {template: null, group: null, category: null, site: null, priority: null}
    trusted_authserv_ids: []
    proxy: false
    debug: false
    fetching: true
outgoing:
  - {name: Main, scope: {instance: IT Help Desk}, protocol: smtp, server: 127.0.0.1, alternate_server: null,
     port: 2525, tls: none, authentication: none, sender_name: Help Desk, reply_to: help@desk.example}
delimiters: {base: "##", modules: {RE: RE}}
notification_rules: [{event: request_received, enabled: true},
  {event: application_error, enabled: true, technicians: [ann@msp.example]}]
connectivity: {consecutive_retry_threshold: 5, notification_enabled: true}
attachments: {max_mb: 10, allowed_extensions: [], denied_extensions: [exe, bat], notify: true}
threading: {who_may_join: account}
network: {allow_private: true}
"""
MAILBOX = """\
mailboxes:
  - {name: Help, protocol: imap, server: mail.example, tls: starttls, username: help, password: pw,
     addresses: [help@desk.example]}
"""
OUTGOING = """\
outgoing:
  - {name: Main, scope: {directory: true}, protocol: smtp, server: 127.0.0.1, reply_to: help@desk.example}
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Gives a function that writes a settings file and gives its path."""
    monkeypatch.setenv("ANN_PASSWORD", "four horses and a staple")
    (tmp_path / "help.password").write_text("pw of help\n")

    def write(text: str) -> Path:
        file = tmp_path / "settings.yaml"
        file.write_text(text)
        return file

    return write


@pytest.fixture
def apply(write):
    """Gives a function that applies a text and gives what changed, one line each."""

    def apply(text: str, **options: bool) -> list[str]:
        applied = settings_file.apply(settings_file.read(write(text)), **options)
        return [str(change) for change in applied.changes]

    return apply


@pytest.fixture
def refused(apply):
    """Gives a function that applies a text with a mistake and gives line and words of the first."""

    def refused(text: str) -> tuple[int, str]:
        with pytest.raises(settings_file.SettingsMistaken) as caught:
            apply(text)
        first = caught.value.mistakes[0]
        return first.line, first.said

    return refused


def test_the_example_of_the_handbook_is_applied(apply):
    changed = apply(EXAMPLE)
    assert "accounts Acme: created" in changed
    assert (
        "installation: public_url: none -> https://desk.msp.example; time_zone: UTC -> Europe/Berlin"
        in changed
    )
    ann = Person.objects.get(sign_in_name="ann@msp.example")
    assert ann.check_password("four horses and a staple")
    assert ann.technician
    assert [grant.role.name for grant in ann.grants.all()] == ["SDAdmin"]
    assert [group.name for group in ann.work_groups.all()] == ["Hardware"]
    assert [alert.person for alert in Instance.objects.get().alerts.all()] == [ann]
    box = Mailbox.objects.get()
    assert (box.port, box.password, box.fetching) == (2143, "pw of help", True)
    server = OutgoingServer.objects.get()
    assert (server.instance, server.sender_name) == (Instance.objects.get(), "Help Desk")
    assert NotificationRule.objects.get(event="application_error").enabled
    assert Domain.objects.get(name="acme.example").account.name == "Acme"


def test_applied_again_it_changes_nothing(apply):
    apply(EXAMPLE)
    assert apply(EXAMPLE) == []


def test_what_a_row_does_not_name_stays_as_it_is(apply):
    apply(EXAMPLE)
    assert apply("mailboxes: [{name: Help, fetch_every: 120}]") == ["mailboxes Help: fetch_every: 60 -> 120"]
    assert Mailbox.objects.get().username == "help"


def test_a_dry_run_tells_the_changes_and_makes_none(apply):
    assert "accounts Acme: created" in apply(EXAMPLE, dry_run=True)
    assert not Account.objects.filter(name="Acme").exists()
    assert not Mailbox.objects.exists()


def test_an_export_is_a_file_that_changes_nothing_and_masks_secrets(apply):
    apply(EXAMPLE)
    exported = settings_file.export()
    assert "pw of help" not in exported and "four horses" not in exported
    assert yaml.safe_load(exported)["mailboxes"][0]["password"] == "********"
    assert apply(exported) == []
    assert Mailbox.objects.get().password == "pw of help"


def test_the_history_says_that_a_file_changed_it_and_holds_no_password(apply):
    apply(EXAMPLE)
    apply(EXAMPLE.replace("port: 2143", "port: 3143").replace("{file: help.password}", "another secret"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.port, e.password, c.metadata ->> 'via' FROM inbound_mailboxsettingsevent e "
            "JOIN pghistory_context c ON c.id = e.pgh_context_id ORDER BY e.pgh_id"
        )
        rows = cursor.fetchall()
    assert [(port, via) for port, _, via in rows][0] == (2143, "file")
    assert rows[-1][0] == 3143 and rows[-1][2] == "file"
    assert all(password not in ("", "pw of help", "another secret") for _, password, _ in rows)


def test_one_mistake_anywhere_leaves_everything_as_it_was(refused):
    line, said = refused(EXAMPLE.replace("[ann@msp.example]}]", "[bob@msp.example]}]"))
    assert "No technician has the address bob@msp.example" in said
    assert EXAMPLE.splitlines()[line - 1].strip().startswith(("instances", "{event"))
    assert list(Account.objects.values_list("name", flat=True)) == ["MSP"]
    assert not Person.objects.exists()


def test_all_mistakes_of_a_file_are_told_at_once(apply):
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        apply("installation: {time_zone: Mars}\nnetwork: {allow_private: 3}\nemail_command: {enabled: 3}\n")
    assert [mistake.line for mistake in caught.value.mistakes] == [1, 2, 3]


@pytest.mark.requirement("R2")
def test_basic_authentication_at_microsofts_smtp_is_saved_with_the_dated_warning(write):
    text = OUTGOING.replace(
        "127.0.0.1", "smtp.office365.com, authentication: basic, username: u, password: p"
    )
    applied = settings_file.apply(settings_file.read(write(text)))
    assert any("December 2026" in words for words in applied.warnings)
    assert OutgoingServer.objects.get().server == "smtp.office365.com"


@pytest.mark.requirement("R166")
def test_a_base_delimiter_has_at_most_ten_characters(apply, refused):
    apply(f'delimiters: {{base: "{"#" * 10}"}}')
    _, said = refused(f'delimiters: {{base: "{"#" * 11}"}}')
    assert said.startswith("The base delimiter has 11 characters; the maximum is 10.")
    assert delimiters.current()[""] == "#" * 10


def test_tokens_of_a_former_system_are_those_of_the_file_and_an_export_maps_them_again(apply, refused, write):
    token = '{module: RE, before: "[Request ID :##", after: "##]", below: 20000}'
    text = f'delimiters: {{former: [{token}, {{module: PB, before: "Problem #", below: 500}}]}}'
    tried = settings_file.apply(settings_file.read(write(text)), dry_run=True)
    assert len(tried.changes) == 1 and not FormerToken.objects.exists()
    assert draw_numbers("record_number_re", 1) == [1], "what is only tried moves no numbers"
    (said,) = apply(text)
    assert said.startswith("delimiters former: tokens:")
    assert apply(text) == []
    assert draw_numbers("record_number_re", 1) == [20_000]
    exported = settings_file.export()
    assert yaml.safe_load(exported)["delimiters"]["former"][0]["below"] == 20_000
    apply("delimiters: {former: []}")
    assert not FormerToken.objects.exists()
    assert apply(exported) and FormerToken.objects.count() == 2
    apply(f"delimiters: {{former: [{token}]}}")
    assert [str(one) for one in FormerToken.objects.all()] == ["[Request ID :##1##]"]
    for wrong, words in (
        ('{module: RE, before: "##RE-", after: "##", below: 9}', "looks like one of Deskpost's own tokens"),
        ("{module: RE, before: ticket, below: 9}", "too little before its number"),
        ("{module: XX, before: 'Ticket #', below: 9}", "XX"),
        ("{module: RE, before: 'Ticket #', below: 1}", "1"),
        ("{module: RE, before: 'Ticket #'}", "below"),
    ):
        line, said = refused(f"delimiters:\n  former:\n    - {wrong}")
        assert line == 3 and words in said, said


def test_after_base_and_code_are_changed_earlier_tokens_still_thread(apply):
    apply(MAILBOX)
    (first,) = deskpost("deliver", "--mailbox", "Help", stdin=mail()).json_lines
    number = first["outcome"]["record"].partition("-")[2]
    assert apply('delimiters: {base: "@@", modules: {RE: RQ}}') == [
        "delimiters: base: ## -> @@",
        "delimiters RE: code: RE -> RQ",
    ]
    for count, token in enumerate((f"##RE-{number}##", f"@@RQ-{number}@@", f"##RQ-{number}##"), 2):
        reply = mail(
            subject=f"Re: {token} Printer", message_id=f"<{count}@acme.example>", text=f"Answer {count}"
        )
        (told,) = deskpost("deliver", "--mailbox", "Help", stdin=reply).json_lines
        assert told["outcome"]["kind"] == "conversation", told
    new = mail(subject="Another", message_id="<9@acme.example>", text="Something else")
    (told,) = deskpost("deliver", "--mailbox", "Help", stdin=new).json_lines
    receipt = OutboxMail.objects.get(record__number=int(told["outcome"]["record"].partition("-")[2]))
    assert f"@@RQ-{receipt.record.number}@@" in receipt.subject


def test_attachment_settings_are_set_and_exported_and_one_list_of_extensions_holds(apply):
    text = "attachments: {max_mb: 7, allowed_extensions: [], denied_extensions: [.EXE, bat], notify: false}"
    first = attachment_settings.load().extensions
    changed = [
        f"attachments: max_mb: 10 -> 7; denied_extensions: [{', '.join(first)}] -> [bat, exe]; notify: true -> false"
    ]
    assert apply(text, dry_run=True) == changed
    assert attachment_settings.load().max_mb == 10 and global_config.notices_are_sent()
    assert (apply(text), apply(text)) == (changed, [])
    exported = {"max_mb": 7, "allowed_extensions": [], "denied_extensions": ["bat", "exe"], "notify": False}
    assert yaml.safe_load(settings_file.export())["attachments"] == exported
    assert apply("attachments: {allowed_extensions: [pdf]}") == [
        "attachments: allowed_extensions: [] -> [pdf]; denied_extensions: [bat, exe] -> []"
    ]
    assert apply("attachments: {denied_extensions: []}") == [], "the other list holds"
    assert apply("attachments: {allowed_extensions: []}") == ["attachments: allowed_extensions: [pdf] -> []"]
    assert attachment_settings.load().mode == "denied"
    global_config.GlobalConfig.objects.update(paramvalue="perhaps")
    assert apply("attachments: {notify: true}") == ["attachments: notify: perhaps -> true"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{allowed_extensions: [pdf], denied_extensions: [exe]}", "Either the allowed extensions are listed"),
        ("{denied_extensions: [a.b]}", "a.b is no file extension"),
        ("{max_mb: 0}", "A whole number from 1 to 2000"),
        ("{notify: perhaps}", "true or false"),
    ],
)
def test_attachment_settings_without_sense_are_refused_with_their_line(apply, text, words):
    with pytest.raises(settings_file.SettingsMistaken, match=words) as refused:
        apply(f"attachments: {text}")
    assert "line 1" in str(refused.value) and "To do:" in str(refused.value)
    assert attachment_settings.load().max_mb == 10


def test_connectivity_is_set_and_exported_and_a_senseless_value_is_replaced(apply):
    text = "connectivity: {consecutive_retry_threshold: 7, notification_enabled: false}"
    changed = ["connectivity: consecutive_retry_threshold: 5 -> 7; notification_enabled: true -> false"]
    assert apply(text, dry_run=True) == changed
    assert connectivity.read() == connectivity.Connectivity(5, True, {})
    assert (apply(text), apply(text)) == (changed, [])
    assert yaml.safe_load(settings_file.export())["connectivity"] == yaml.safe_load(text)["connectivity"]
    assert apply("connectivity: {notification_enabled: true}") == [
        "connectivity: notification_enabled: false -> true"
    ]
    connectivity.MailConfig.objects.filter(parameter=connectivity.THRESHOLD).update(paramvalue="many")
    assert apply("connectivity: {consecutive_retry_threshold: 5}") == [
        "connectivity: consecutive_retry_threshold: many -> 5"
    ]


def test_a_code_of_another_module_is_refused_also_an_earlier_one(apply, refused):
    apply("delimiters: {modules: {RE: RQ}}")
    _, said = refused("delimiters: {modules: {TA: RE}}")
    assert said.startswith("RE was the code of RE")
    _, said = refused("delimiters: {modules: {TA: re}}")
    assert "2 to 4 capital letters" in said


def test_a_domain_belongs_to_one_account_and_can_move_in_one_file(apply, refused):
    apply("accounts: [{name: Acme, domains: [acme.example]}, {name: Brock}]")
    _, said = refused("accounts: [{name: Brock, domains: [acme.example]}]")
    assert "belongs to the account Acme" in said
    apply("accounts: [{name: Brock, domains: [acme.example]}, {name: Acme, domains: []}]")
    assert Domain.objects.get().account.name == "Brock"


def test_the_default_account_moves_with_one_word(apply):
    apply("accounts: [{name: Acme, default: true}]")
    assert [account.name for account in Account.objects.filter(default=True)] == ["Acme"]


def test_a_bare_role_holds_everywhere_for_the_provider_and_at_home_for_a_client(apply):
    apply(
        "accounts: [{name: Acme}]\npeople:\n"
        "- {email: ann@msp.example, account: MSP, login: true, roles: [SDTechnician]}\n"
        "- {email: cleo@acme.example, account: Acme, login: true, roles: [SDTechnician]}\n"
        "- {email: dan@acme.example, account: Acme, login: true, roles: [{role: SDRequester, account: MSP}]}\n"
    )
    scopes = {
        person.sign_in_name: [grant.account and grant.account.name for grant in person.grants.all()]
        for person in Person.objects.all()
    }
    assert scopes == {"ann@msp.example": [None], "cleo@acme.example": ["Acme"], "dan@acme.example": ["MSP"]}


def test_what_changed_is_told_by_the_names_of_people_roles_and_places(apply):
    apply(
        "accounts: [{name: Acme, sites: [Berlin]}]\ngroups: [{name: Hardware}, {name: Network}]\n"
        "people:\n- {name: Ann, email: ann@msp.example, technician: true, roles: [SDAdmin], groups: [Hardware]}\n"
        "- {name: Bob, email: bob@msp.example, technician: true}\n"
        "instances: [{name: IT Help Desk, technicians_to_alert: [ann@msp.example]}]\n"
        "notification_rules: [{event: application_error, enabled: true, technicians: [ann@msp.example]}]\n"
    )
    changed = apply(
        "people:\n- {email: ann@msp.example, groups: [Network], other_emails: [a@msp.example], roles: [SDCoordinator, "
        "{role: SDTechnician, account: Acme, site: Berlin}, {role: SDRequester, account: Acme}]}\n"
        "instances: [{name: IT Help Desk, technicians_to_alert: [bob@msp.example]}]\n"
        "notification_rules: [{event: application_error, technicians: [ann@msp.example, bob@msp.example]}]\n"
    )
    assert changed == [
        "people ann@msp.example: addresses: [ann@msp.example] -> [ann@msp.example, a@msp.example]; "
        "roles: [SDAdmin] -> [SDCoordinator, SDTechnician (Acme, Berlin), SDRequester (Acme)]; "
        "groups: [Hardware] -> [Network]",
        "instances IT Help Desk: technicians_to_alert: [Ann] -> [Bob]",
        "notification_rules application_error: technicians: [Ann] -> [Ann, Bob]",
    ]


def test_nothing_that_is_told_of_a_change_is_an_object(apply):
    apply(EXAMPLE)
    changed = apply(
        EXAMPLE.replace(
            "instance: IT Help Desk\n    account: null", "instance: IT Help Desk\n    account: Acme"
        )
        .replace("group: null, category: null, site: null, priority: null", "group: Hardware, priority: High")
        .replace("{instance: IT Help Desk}", "{account: Acme}")
        .replace("roles: [SDAdmin], groups: [Hardware]", "roles: [], groups: []")
        .replace("[Low, Normal, High]", "[High, Low, Urgent]")
        .replace("technicians_to_alert: [ann@msp.example]", "technicians_to_alert: []")
        .replace("sites: [Berlin]", "sites: [Bonn]")
        .replace("domains: [acme.example]", "domains: [acme.test]")
    )
    assert (
        "mailboxes Help: account: none -> Acme; default_group: none -> Hardware; default_priority: none -> High"
        in ("; ".join(changed))
    )
    for line in changed:
        assert not {"<", "{", "(", "object"} & set(line.replace("->", "").split()), line
        assert "<" not in line and "object" not in line, line


def test_a_priority_that_requests_have_cannot_go(apply, refused):
    apply(MAILBOX + "fields: {priorities: [Low, Normal, High, Urgent]}\n")
    apply("mailboxes: [{name: Help, defaults: {priority: Urgent}}]")
    deskpost("deliver", "--mailbox", "Help", stdin=mail())
    _, said = refused("fields: {priorities: [Low, High]}")
    assert "Urgent is not in the list, and requests have it." in said
    apply("fields: {priorities: [Urgent, Low]}")
    assert [(one.name, one.level) for one in Priority.objects.all()] == [("Urgent", 1), ("Low", 2)]


def test_statuses_have_kinds_and_some_are_needed(apply, refused):
    _, said = refused("fields: {statuses: [{name: Open, kind: open}]}")
    assert "At least one status of the kind closed is needed." in said
    apply("fields: {statuses: [{name: New, kind: open}, {name: Done, kind: closed}]}")
    assert [status.name for status in Status.objects.all()] == ["New", "Done"]


def test_a_changed_server_protocol_or_user_is_another_source(apply):
    apply(MAILBOX)
    for change, number in (("port: 993", 1), ("username: help2", 2), ("server: mail2.example", 3)):
        apply(f"mailboxes: [{{name: Help, {change}}}]")
        assert Mailbox.objects.get().source_number == number


def test_what_a_new_server_leaves_out_is_proposed(apply):
    apply(MAILBOX.replace("tls: starttls, ", ""))
    box = Mailbox.objects.get()
    assert (box.tls, box.port, box.after_fetching, box.fetching) == ("starttls", 143, "mark_read", False)
    apply(OUTGOING.replace("127.0.0.1", "smtp.example"))
    server = OutgoingServer.objects.get()
    assert (server.tls, server.port, server.authentication) == ("starttls", 587, "none")


def test_a_mailbox_under_way_is_stopped_first_and_fetches_again_afterwards(apply):
    apply(MAILBOX.replace("pw,", "pw, fetching: true,"))
    box = Mailbox.objects.get()
    seen: list[bool] = []
    begun = threading.Event()

    def fetch() -> None:
        with leases.take(f"fetch:{box.pk}") as lease:
            assert lease
            begun.set()
            while Mailbox.objects.get().fetching:  # as a fetch does between its batches
                time.sleep(0.05)
            seen.append(Mailbox.objects.get().fetch_every == 60)
        connection.close()

    fetching = threading.Thread(target=fetch)
    fetching.start()
    begun.wait(60)
    assert apply("mailboxes: [{name: Help, fetch_every: 90}]") == ["mailboxes Help: fetch_every: 60 -> 90"]
    fetching.join(60)
    assert seen == [True], "the settings changed only after the fetch had ended"
    assert Mailbox.objects.get().fetching
    assert MailboxState.objects.get().stopped_by == ""


def test_fetching_is_as_the_file_says(apply):
    apply(MAILBOX.replace("pw,", "pw, fetching: true,"))
    assert apply("mailboxes: [{name: Help, fetching: false}]") == ["mailboxes Help: fetching: true -> false"]
    assert not Mailbox.objects.get().fetching


@pytest.mark.requirement("R69")
def test_saving_an_outgoing_server_goes_back_to_the_primary(apply):
    apply(OUTGOING.replace("smtp,", "smtp, alternate_server: other.example,"))
    server = OutgoingServer.objects.get()
    failover.join("worker")
    failover.use_alternate(server, "the primary is away")
    assert failover.is_on_alternate(server)
    assert apply("outgoing: [{name: Main}]") == ["outgoing Main: sends by: alternate -> primary"]
    assert not failover.is_on_alternate(server)


def test_the_command_prints_what_changed_and_is_silent_about_the_rest(write):
    file = write(EXAMPLE)
    ran = deskpost("settings", "apply", file)
    assert ran.code == 0, ran.err
    assert "mailboxes Help: created" in ran.out.splitlines()
    assert deskpost("settings", "apply", file).out == "Nothing to change.\n"
    shown = deskpost("settings", "apply", file, "--dry-run", "--json").json
    assert shown == {"dry_run": True, "changes": [], "warnings": []}


def test_the_command_names_file_and_line_of_a_mistake(write):
    file = write("network:\n  allow_privat: true\n")
    ran = deskpost("settings", "apply", file)
    assert ran.code == 1
    assert ran.err.startswith(
        f"{file}, line 2: allow_privat is not a key of network. Did you mean allow_private?"
    )
    assert deskpost("settings", "apply", "/nowhere/settings.yaml").code == 1
    assert Installation.objects.get().allow_private_networks
