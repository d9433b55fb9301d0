"""Every mail of the corpora is read, kept whole, and described as the contract says."""

import json
from hashlib import sha256

import jsonschema
import pytest

from deskpost.mime.content import content_key
from deskpost.mime.delimiters import Delimiters
from deskpost.mime.describe import as_json
from deskpost.mime.parse import attachment_content, parse
from tests.mime import mime_corpus, odd_mails
from tests.mime.corpora import MAILS, ROOT, name_of
from tests.mime.strings import can_be_stored, strings_of

SCHEMA = json.loads((ROOT.parent / "contract" / "parse.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DELIMITERS = Delimiters(("##",), {"RE": "RE"})
CORPUS = tuple(mime_corpus.values())


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


@pytest.mark.parametrize("kind", mime_corpus.KINDS)
def test_a_value_is_read_as_another_good_parser_reads_it_or_differs_for_a_named_reason(kind):
    differing = [one for one in CORPUS if one.kind == kind and not one.agrees]
    assert [one for one in differing if not mime_corpus.reason(one)] == []


def test_nineteen_of_twenty_values_are_read_as_another_good_parser_reads_them():
    assert sum(one.agrees for one in CORPUS) >= 0.95 * len(CORPUS)
    assert sum(mime_corpus.reason(one) == "letters" for one in CORPUS if not one.agrees) <= 16


@pytest.mark.parametrize("kind", odd_mails.KINDS)
def test_odd_mails_keep_their_subject_addresses_bodies_and_attachments(kind):
    values = [one for one in odd_mails.kept() if one.kind == kind]
    assert len(values) > 20
    assert [one for one in values if not one.agrees and one.mail not in odd_mails.EXCUSED] == []
