"""The sentences about a try that Deskpost does not repeat."""

import pytest

from deskpost.transports import login_words, tls_words, words
from deskpost.transports.tried_once import tried_once

_AT = "mail.example:587"


@pytest.mark.parametrize(
    ("sentence", "to_do"),
    [
        (
            words.name_service_silent("mail.example", 5),
            "check the network and the name service of this machine.",
        ),
        (
            words.broken(_AT, "while logging in"),
            "try once more; if it goes on, look into the log of the mail server.",
        ),
        (
            words.rubbish(_AT, "at once", "?"),
            "try once more; if it goes on, ask whoever runs the mail server.",
        ),
        (words.mail_delayed(_AT, "a@b.example", ""), "try once more."),
    ],
)
def test_who_tried_once_is_not_told_to_wait_for_deskpost(sentence: str, to_do: str) -> None:
    assert tried_once(sentence).endswith(f"To do: {to_do}")


def test_after_a_limit_the_next_try_waits() -> None:
    assert "To do: wait some minutes, then try once more; if it goes on" in tried_once(
        words.throttled(_AT, "")
    )


def test_sentences_about_tls_name_what_the_forms_call_it() -> None:
    said = (
        tls_words.tls_not_spoken(_AT),
        login_words.login_needs_tls(_AT, ""),
        login_words.token_needs_tls(_AT),
        tls_words.certificate_unknown(_AT, "self-signed"),
        tls_words.ca_file_unusable("/etc/ca.pem", "no such file"),
    )
    assert not any("choose STARTTLS" in one or "CA file" in one for one in said)
