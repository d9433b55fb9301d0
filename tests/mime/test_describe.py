"""A mail as JSON says what the contract says."""

import json

import jsonschema

from deskpost.mime.delimiters import Delimiters
from deskpost.mime.describe import as_json
from deskpost.mime.parse import parse
from tests.mime.corpora import ROOT

SCHEMA = json.loads((ROOT.parent / "contract" / "parse.schema.json").read_text())
DELIMITERS = Delimiters(("##",), {"RE": "RE"})
MAIL = (
    b"From: A <a@b.c>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\nSubject: Re: ##RE-12##\r\nMessage-ID: <1@a>\r\n"
    b"In-Reply-To: <0@a>\r\nAuto-Submitted: auto-replied\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p onclick=x>text</p>\r\n"
    b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nabc\r\n--b--\r\n"
)


def test_a_mail_is_described_as_the_contract_says():
    described = as_json(parse(MAIL), DELIMITERS)
    jsonschema.Draft202012Validator(SCHEMA).validate(described)
    assert described == {
        "message_id": "<1@a>",
        "subject": "Re: ##RE-12##",
        "date": "2026-11-23T09:00:00+00:00",
        "from": [{"name": "A", "address": "a@b.c"}],
        "reply_to": [],
        "to": [],
        "cc": [],
        "in_reply_to": ["<0@a>"],
        "references": [],
        "text": "text",
        "html": "<p>text</p>",
        "new_text": "text",
        "attachments": [
            {
                "name": "a.pdf",
                "content_type": "application/pdf",
                "size": 3,
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "inline": False,
                "content_id": None,
            }
        ],
        "automatic": "auto-reply",
        "bounce": None,
        "delimiters": [{"module": "RE", "number": 12}],
        "defects": [],
    }


def test_a_report_counts_as_generated_until_reports_are_understood():
    assert as_json(parse(b"Return-Path: <>\r\n\r\nx"), DELIMITERS)["automatic"] == "auto-generated"
