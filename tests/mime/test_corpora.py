"""Every mail of the corpora is read, kept whole, and described as the contract says."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from deskpost.mime.content import content_key
from deskpost.mime.delimiters import Delimiters
from deskpost.mime.describe import as_json
from deskpost.mime.parse import attachment_content, parse
from tests.mime.corpora import MAILS, ROOT, name_of
from tests.mime.strings import can_be_stored, strings_of

SCHEMA = json.loads((ROOT.parent / "contract" / "parse.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DELIMITERS = Delimiters(("##",), {"RE": "RE"})
EXPECTED = sorted(ROOT.glob("mime/*/*.json"))


def test_the_corpora_are_all_there():
    assert len(MAILS) >= 570


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_a_mail_of_the_corpora_is_read_and_described(path):
    raw = path.read_bytes()
    message = parse(raw)
    assert all(can_be_stored(text) for text in strings_of(message))
    VALIDATOR.validate(json.loads(json.dumps(as_json(message, DELIMITERS))))
    for attachment in message.attachments:
        content = attachment_content(raw, attachment.part)
        assert (len(content), sha256(content).hexdigest()) == (attachment.size, attachment.sha256)
    assert content_key(message) == content_key(parse(raw))


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_a_mail_of_the_corpora_keeps_something_to_read(path):
    message = parse(path.read_bytes())
    assert message.text.strip() or message.attachments or message.subject or path.stat().st_size < 400


def of_root(expected: dict[str, Any], name: str) -> Any:
    """Give the value of the root's header as the other parser saw it."""
    found = None
    for header in expected["parts"][0]["headers"]:
        if header["name"] == name:
            found = header["value"]
    return found


def expected_addresses(value: Any) -> list[tuple[str, str]]:
    """Give the addresses as the other parser saw them, domains in lower case."""
    if not isinstance(value, dict) or "Address" not in value:
        return []
    listed = value["Address"]
    people = listed.get("List") or [one for group in listed.get("Group", []) for one in group["addresses"]]
    pairs = []
    for person in people:
        local, at, domain = (person["address"] or "").rpartition("@")
        pairs.append((person["name"] or "", f"{local}{at}{domain.lower()}"))
    return pairs


def bodies(expected: dict[str, Any], which: str, kind: str) -> list[str]:
    """Give the bodies the other parser chose, those of one kind, with LF line breaks."""
    chosen = (expected["parts"][index]["body"] for index in expected[which])
    return [body[kind].replace("\r\n", "\n") for body in chosen if kind in body]


@pytest.mark.parametrize("path", EXPECTED, ids=name_of)
def test_a_mail_is_read_as_another_good_parser_reads_it(path: Path):
    # The other parser's U+FFFD stands for raw bytes of an unnamed charset, which are read here.
    expected = json.loads(path.read_text())
    message = parse(path.with_suffix(".eml").read_bytes())
    subject = of_root(expected, "subject")
    if subject and "\ufffd" not in subject["Text"]:
        assert message.subject == subject["Text"]
    for name, addresses in (("from", message.from_), ("to", message.to), ("cc", message.cc)):
        wanted = expected_addresses(of_root(expected, name))
        if not any("\ufffd" in person or "@" not in address for person, address in wanted):
            assert [(each.name, each.address) for each in addresses] == wanted
    html = bodies(expected, "html_body", "Html")
    assert (message.html is not None) == bool(html)
    assert all(piece in (message.html or "") for piece in html if "\ufffd" not in piece)
    assert len(message.attachments) == len(expected["attachments"])


@pytest.mark.parametrize("path", EXPECTED, ids=name_of)
def test_the_plain_text_is_the_one_another_good_parser_gives(path: Path):
    expected = json.loads(path.read_text())
    message = parse(path.with_suffix(".eml").read_bytes())
    texts = bodies(expected, "text_body", "Text")
    words = message.text.split()  # format=flowed moves line breaks
    for text in texts:
        if "\ufffd" not in text:
            assert " ".join(text.split()) in " ".join(words)
