"""Mistakes in a settings file: each names its line and what would be right, and nothing is changed."""

import re
import time
from pathlib import Path

import pytest

from deskpost import settings_file
from deskpost.desk.accounts import Account
from deskpost.desk.people import Person
from deskpost.inbound.mailboxes import Mailbox
from deskpost.outbound.servers import OutgoingServer
from tests.command_line import is_a_sentence
from tests.outbound.builders import queue_mails

pytestmark = pytest.mark.django_db

MAILBOX = """\
mailboxes:
  - {name: Help, protocol: imap, server: mail.example, tls: starttls, username: help, password: pw,
     addresses: [help@desk.example]}
"""
SUBJECT = "field: subject, condition"
OUTGOING = """\
outgoing:
  - {name: Main, scope: {directory: true}, protocol: smtp, server: 127.0.0.1, reply_to: help@desk.example}
"""


@pytest.fixture
def refused(tmp_path: Path):
    """Gives a function that applies a text with a mistake and gives line and words of the first."""

    def refused(text: str) -> tuple[int, str]:
        file = tmp_path / "settings.yaml"
        file.write_text(text)
        with pytest.raises(settings_file.SettingsMistaken) as caught:
            settings_file.apply(settings_file.read(file))
        first = caught.value.mistakes[0]
        return first.line, first.said

    return refused


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("acounts: []", 1, "Did you mean accounts?"),
        (
            "mailboxes:\n  - name: Help\n    prot: imap",
            3,
            "prot is not a key of mailboxes. Did you mean port?",
        ),
        ("accounts:\n- {name: A}\n- {name: A}", 3, "stands in line 2 already"),
        ("accounts:\n- name: A\n  name: B", 3, "The key name stands here twice."),
        ("accounts: [{name: A}", 1, "This is not YAML"),
        ("accounts: {name: A}", 1, "A list is expected here"),
        ("accounts:\n- {name: New1}\n- {name: new1}", 3, "An account is called New1; letter case does not"),
        (
            "accounts: [{name: A}, {name: B}]\npeople:\n- {email: x@a.example, account: A, preferred: true}\n"
            "- {email: X+z@a.example, account: B, preferred: true}",
            4,
            "Mail of this address belongs to somebody of another account already.",
        ),
        ("", 1, "The file is empty."),
        ("installation: {time_zone: Europe/Berlon}", 1, "Did you mean Europe/Berlin?"),
        ("installation: {public_url: desk}", 1, "https://desk.company.example"),
        ("network: {allow_private: maybe}", 1, "true or false"),
        ("connectivity:\n  consecutive_retry_threshold: 0", 2, "A whole number from 1 to 1000000"),
        ("connectivity:\n  notification_enabled: maybe", 2, "true or false"),
        ("connectivity:\n  threshold: 5", 2, "threshold is not a key of connectivity."),
        ("notification_rules: [{event: connectivity_lost}]", 1, "connectivity_lost is not known here."),
        ("threading: {who_may_join: everyone}", 1, "Allowed: account, strict, open."),
        ("notification_rules: [{event: sometimes}]", 1, "Allowed: request_received"),
        ("spam_rules: [{name: A}]", 1, "There is no rule A yet, and a new one needs criteria."),
        ("spam_rules: [{name: A, match: some}]", 1, "Allowed: all, any."),
        ("spam_rules:\n- {name: A, criteria: []}", 2, "A rule has 1 to 20 criteria."),
        (
            f"spam_rules:\n- name: A\n  criteria:\n  - {{{SUBJECT}: equals, values: [a]}}",
            4,
            "Allowed: is, is not,",
        ),
        (f"spam_rules:\n- name: A\n  criteria:\n  - {{{SUBJECT}: is, values: []}}", 4, "There is no entry."),
        (
            f"spam_rules:\n- name: A\n  criteria:\n  - {{{SUBJECT}: matches, values: ['(']}}",
            4,
            "no regular expr",
        ),
        ("spam_rules: [{name: A, instance: Nowhere}]", 1, "There is no instance with the name Nowhere"),
        ("email_command: {enabled: true}", 1, "No mailbox has a source of verdicts"),
        ("email_command: {delimiter: x}", 1, "no letter, no digit"),
        ("people: [{name: Ann}]", 1, "people needs the key email."),
        ("people: [{email: ann at msp}]", 1, "ann at msp is not an e-mail address"),
        (
            'people: [{email: a@b.example, other_emails: ["a\\x9b2J@b.example"]}]',
            1,
            "The text holds a line break or an unseen sign.",
        ),
        ("people: [{email: a@b.example, roles: [Chief]}]", 1, "There is no role Chief. Allowed: SD"),
        ("people: [{email: a@b.example, account: Acne}]", 1, "There is no account with the name Acne."),
        ("people: [{email: a@b.example, login: true, password: {env: NOT_SET}}]", 1, "NOT_SET is not set"),
        ("instances: [{name: IT Help Desk, technicians_to_alert: [x@y.example]}]", 1, "No technician has"),
        ("accounts: [{name: MSP, default: false}]", 1, "MSP is the default account."),
        ("fields: {priorities: []}", 1, "At least one priority"),
        ("delimiters: {base: ##}", 1, "This is not YAML"),
        ("delimiters:\n  base: ##\n", 2, "A text is expected here"),
        (MAILBOX.replace("imap,", "imapx,"), 2, "imapx is not a protocol here. Did you mean imap"),
        (MAILBOX.replace("imap,", "imap, port: 70000,"), 2, "A whole number from 1 to 65535"),
        (MAILBOX.replace("imap,", "imap, port: '143',"), 2, "A whole number from 1 to 65535"),
        (
            MAILBOX.replace("starttls", "implicit"),
            2,
            "IMAP goes with tls: starttls or none, not with implicit.",
        ),
        (
            MAILBOX.replace("imap,", "pop,").replace("pw,", "pw, after_fetching: mark_read,"),
            2,
            "no read mark",
        ),
        (
            MAILBOX.replace("pw,", "pw, after_fetching: move,"),
            2,
            "This is empty. To do: name the folder to move mails to.",
        ),
        (
            MAILBOX.replace("pw,", "pw, error_folder: {enabled: true},"),
            2,
            "This is empty. To do: name the folder that error mails are moved to.",
        ),
        (
            MAILBOX.replace("pw,", "pw, error_folder: {enabled: true, name: inbox},"),
            2,
            "This is the folder that is fetched from; error mails would come back.",
        ),
        (
            MAILBOX.replace("pw,", "pw, error_folder: {enabled: true, name: Errors/},"),
            2,
            "A level of this name is empty.",
        ),
        (
            MAILBOX.replace("imap,", "pop,").replace("pw,", "pw, push: true,"),
            2,
            "has no way to tell of new mail",
        ),
        (MAILBOX.replace("pw,", "pw, fetch_every: 5,"), 2, "from 10 to 86400 seconds"),
        (MAILBOX.replace("pw,", "pw, first_fetch: yesterday,"), 2, "Allowed: new, everything, or a date"),
        (MAILBOX.replace("pw,", "pw, ca_file: /nowhere/ca.pem,"), 2, "cannot be read: no such file"),
        (MAILBOX.replace("help@desk.example", "help"), 3, "help is not an e-mail address"),
        (MAILBOX.replace("password: pw,", ""), 2, "is new and needs the key password."),
        (MAILBOX.replace("pw", "'********'"), 2, "there is none to keep"),
        (MAILBOX.replace("mail.example", "imap://mail.example"), 2, "is not a host name or an IP address"),
        (MAILBOX.replace("mail.example", "mail.example:993"), 2, "The port has a key of its own"),
        (
            OUTGOING.replace("directory: true", "instance: Desk"),
            2,
            "There is no instance with the name Desk.",
        ),
        (OUTGOING.replace("directory: true", "directory: true, instance: X"), 2, "A scope is one of"),
        (OUTGOING.replace("smtp,", "smtp, authentication: basic,"), 2, "To sign in, username is needed."),
        (OUTGOING.replace("smtp,", "smtp, sender_pool: [Two],"), 2, "Two is not an e-mail address"),
    ],
)
def test_a_mistake_names_its_line_and_what_is_right_and_nothing_changes(refused, text, line, words):
    found, said = refused(text)
    assert (found, words in said) == (line, True), f"line {found}: {said}"
    is_a_sentence(said)
    assert not Mailbox.objects.exists()
    assert not OutgoingServer.objects.exists()


@pytest.mark.parametrize(
    "rows",
    [
        ("email: x@a.example, login: true", "email: X+z@a.example, name: Zoe, login: true"),
        ("email: x+1@a.example", "email: x+2@a.example"),
        ("email: x@a.example, other_emails: [z@a.example]", "email: z@a.example, name: Zoe"),
        ("email: x@a.example, account: Acme", "email: x+z@a.example"),
        ("email: x@a.example, account: Acme", "email: x+z@a.example, account: Acme"),
    ],
)
def test_two_rows_of_one_person_are_refused_by_both_lines(refused, rows):
    text = "accounts:\n- name: Acme\npeople:\n" + "\n".join(f"- {{{row}}}" for row in rows)
    line, said = refused(text)
    assert (line, "is an address of the person in line 4 already" in said) == (5, True), said
    is_a_sentence(said)
    assert not Person.objects.exists()


def test_one_address_in_two_accounts_is_two_people(tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text(
        "accounts: [{name: Acme}, {name: Bolt}]\n"
        "people: [{email: x@a.example, account: Acme}, {email: X+z@a.example, account: Bolt}]"
    )
    settings_file.apply(settings_file.read(file))
    assert sorted(Person.objects.values_list("account__name", flat=True)) == ["Acme", "Bolt"]


NO_SERVERS = {
    "169.254.169.254": "a cloud's metadata service",
    "169.254.1.1": "link-local",
    "fe80::1%lo": "link-local",
    "224.0.0.5": "a multicast group's",
    "0.0.0.0": "no machine's",
    "240.0.0.1": "reserved",
    "0xa9fe0101": "link-local",
}


@pytest.mark.parametrize("address", NO_SERVERS)
def test_an_address_that_no_mail_server_has_is_refused_when_the_file_is_applied(refused, address):
    for text in (
        MAILBOX.replace("mail.example", f'"{address}"', 1),
        OUTGOING.replace("127.0.0.1", f'"{address}"'),
        OUTGOING.replace("smtp,", f'smtp, alternate_server: "{address}",'),
    ):
        line, said = refused(text)
        assert line == 2
        assert f"The address {address} is {NO_SERVERS[address]}. No mail server has such an address." in said
        is_a_sentence(said)
    assert not Mailbox.objects.exists()
    assert not OutgoingServer.objects.exists()


def test_an_alternates_port_hides_no_address_that_no_mail_server_has(refused):
    _, said = refused(OUTGOING.replace("smtp,", 'smtp, alternate_server: "[fe80::1]:587",'))
    assert "The address fe80::1 is link-local." in said


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (MAILBOX.replace("imap,", "imap, port: 70000,"), "port"),
        (MAILBOX.replace("imap,", "imap, verify_certificate: perhaps,"), "verify_certificate"),
        (MAILBOX.replace("pw,", "pw, source_folder: [a],"), "source_folder"),
        (MAILBOX.replace("pw,", "pw, new_requests: {allowed_domains: [a b]},"), "allowed_domains"),
        (MAILBOX.replace("pw,", "pw, defaults: {priority: Soon},"), "priority"),
        (MAILBOX.replace("imap,", "pop,").replace("pw,", "pw, push: true,"), "push"),
        (MAILBOX.replace("help@desk.example", "help"), "addresses"),
        (MAILBOX.replace("mail.example", "imap://mail.example"), "server"),
        (MAILBOX.replace("pw,", "pw, fetch_every: " + "9" * 5000 + ","), "fetch_every"),
        (MAILBOX.replace("pw,", "pw, error_folder: {[a]: b},"), "error_folder"),
        (OUTGOING.replace("directory: true", "account: Acne"), "account"),
        (OUTGOING.replace("help@desk.example", "[x]"), "reply_to"),
        ("accounts: {name: A}", "accounts"),
        ("installation: {trusted_proxies: [10.0.0.0/40]}", "trusted_proxies"),
        ("network: {allow_private: 1}", "allow_private"),
        ("network: {alow_private: true}", "alow_private"),
        ("email_command: {authenticity: maybe}", "authenticity"),
        ('delimiters: {modules: {RE: "1"}}', "RE"),
        ("fields: {priorities: []}", "priorities"),
        ("people: [{name: Ann}]", "email"),
        (MAILBOX.replace("password: pw,", ""), "password"),
        ("people: [{email: a@b.example, password: []}]", "password"),
    ],
)
def test_a_mistake_names_its_key(tmp_path, text, key):
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        settings_file.apply(settings_file.read(file))
    words = caught.value.words
    assert re.match(rf"{re.escape(str(file))}, line \d+[,:]", words)
    assert re.search(rf"\b{key}\b", words.removeprefix(str(file))), words
    assert caught.value.mistakes[0].key == key
    is_a_sentence(words)


def test_what_is_left_over_from_another_protocol_is_named(tmp_path):
    file = tmp_path / "first.yaml"
    file.write_text(MAILBOX)
    settings_file.apply(settings_file.read(file))
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        file.write_text("mailboxes:\n  - {name: Help, protocol: pop, tls: starttls}")
        settings_file.apply(settings_file.read(file))
    assert caught.value.words == (
        f"{file}, line 2: It is mark_read, and POP knows no read mark. Allowed: leave, delete. "
        "To do: set after_fetching to one of them. Nothing was changed."
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (MAILBOX.replace("username: help", 'username: "help\\nA1 DELETE INBOX"'), "username"),
        (MAILBOX.replace("username: help", 'username: "he\\0lp"'), "username"),
        (MAILBOX.replace("username: help", 'username: "he\\uD800lp"'), "username"),
        (MAILBOX.replace("password: pw", 'password: "pw\\r\\nsecret"'), "password"),
        (MAILBOX.replace("pw,", 'pw, source_folder: "IN\\nBOX",'), "source_folder"),
        (OUTGOING.replace("smtp,", 'smtp, sender_name: "Desk\\r\\nBcc: x@y.example",'), "sender_name"),
        (OUTGOING.replace("smtp,", 'smtp, username: "a\\nb", password: p,'), "username"),
    ],
)
def test_a_line_break_in_a_name_or_secret_is_refused_in_words(tmp_path, text, key):
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(settings_file.SettingsMistaken) as caught:
        settings_file.apply(settings_file.read(file))
    assert caught.value.words.startswith(f"{file}, line 2, key {key}: The ")
    assert "holds a line break" in caught.value.words and "secret\n" not in caught.value.words
    is_a_sentence(caught.value.words)
    assert not Mailbox.objects.exists() and not OutgoingServer.objects.exists()


def test_a_line_break_in_the_variable_of_a_secret_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HELP_PASSWORD", "one\ntwo")
    file = tmp_path / "settings.yaml"
    file.write_text(MAILBOX.replace("password: pw", "password: {env: HELP_PASSWORD}"))
    with pytest.raises(settings_file.SettingsMistaken, match="key password: The secret holds a line break"):
        settings_file.read(file)


def test_a_mistake_never_shows_a_secret(refused):
    _, said = refused(MAILBOX.replace("password: pw", "password: [secret-word]"))
    assert "secret-word" not in said


def test_a_file_of_nested_aliases_is_refused_quickly(refused):
    layers = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 9))
    began = time.monotonic()
    refused(f"l0: &l0 [x]\n{layers}")
    assert time.monotonic() - began < 30


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("host", ["outlook.office365.com", "Outlook.Office.com.", "partner.outlook.cn"])
def test_basic_authentication_at_microsoft_365_is_refused_with_the_reason(refused, host):
    line, said = refused(MAILBOX.replace("mail.example", host))
    assert line == 2
    assert "Microsoft has switched it off for POP, IMAP and EWS" in said and "/help/microsoft-365" in said
    _, said = refused(
        OUTGOING.replace("127.0.0.1", f"{host}, authentication: basic, username: u, password: p")
    )
    assert "Microsoft has switched it off" in said
    assert not Mailbox.objects.exists() and not OutgoingServer.objects.exists()


@pytest.mark.requirement("R165")
@pytest.mark.parametrize("base", ["*", "#*#", "RE", "(", "# #"])
def test_a_base_delimiter_of_other_characters_is_refused_in_words(refused, base):
    line, said = refused(f'delimiters:\n  base: "{base}"')
    assert line == 2
    assert "The allowed special characters are !, @, #, $, %, ^, &." in said


@pytest.mark.parametrize("domain", ["gmail.com", "GMX.de", "outlook.com"])
def test_a_domain_of_a_public_provider_is_refused(refused, domain):
    _, said = refused(f"accounts: [{{name: Acme, domains: [{domain}]}}]")
    assert f"{domain.lower()} is a public mail provider" in said


def test_a_server_that_mails_of_others_wait_for_is_not_given_to_an_account(refused, tmp_path: Path):
    file = tmp_path / "first.yaml"
    file.write_text(OUTGOING)
    settings_file.apply(settings_file.read(file))
    queue_mails(OutgoingServer.objects.get(), ["bo@bolt.example"])
    Account.objects.create(name="Acme")
    line, words = refused("outgoing:\n  - {name: Main, scope: {account: Acme}}\n")
    assert line == 2
    assert words == (
        "Mails of others still wait to leave by this server, so it cannot be of this account alone yet. "
        "To do: wait until they have left, or set up another server for this account."
    )
    assert OutgoingServer.objects.get().account is None
