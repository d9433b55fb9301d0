"""How servers ask for patience, as they word it."""

import re

# Dovecot: "Maximum number of connections from user+IP exceeded"; Gmail: "Too many simultaneous connections";
# Exchange: "Request is throttled. Suggested Backoff Time: 92405 milliseconds"; Postfix: "too many
# connections".
_ASKED = re.compile(
    r"too many (?:\w+ ){0,3}(?:connections|logins|sessions|requests|commands)"
    r"|maximum number of connections"
    r"|(?:connection|rate|bandwidth|session) limit|limit (?:reached|exceeded)"
    r"|exceeded (?:command|bandwidth|rate)|throttl|slow down"
    r"|\[(?:limit|in-use|inuse|login-delay|throttled)\b",
    re.IGNORECASE,
)
# Exchange Online: "554 5.2.0 ... SubmissionQuotaExceededException", "550 5.1.90 ... reached your daily limit", Graph's
# ErrorExceededMessageLimit; Google: "550 5.4.5 Daily user sending limit exceeded", "550 5.7.1 Daily SMTP relay limit".
_SENDING_LIMIT = re.compile(
    r"exceededmessagelimit|submissionquota|submissionblocked|sendquota|recipientratelimit|\b5\.1\.90\b"
    r"|\b[45]\.4\.5\b.*\b(?:limit|quota)\b|\bdaily (?:\w+ ){0,3}(?:limit|quota) (?:exceeded|reached)",
    re.IGNORECASE | re.DOTALL,
)
SENDING_LIMIT_WAIT = 3600.0  # seconds: such limits count over a day, and free themselves bit by bit
_WAIT = re.compile(r"back-?off time:? *(\d+) *(milliseconds|ms|seconds|s)\b", re.IGNORECASE)
_LONGEST_WAIT = 86_400.0


def asks_for_patience(answer: str) -> bool:
    """True when these words of a server are about its limits and not about this user or mail."""
    return _ASKED.search(answer) is not None


def sending_limit_reached(answer: str) -> bool:
    """True when these words say that this mailbox may send no more for hours, whatever the mail."""
    return _SENDING_LIMIT.search(answer) is not None


def wait_named_in(answer: str) -> float | None:
    """The seconds a server asks to wait, at most a day; None when it names no time."""
    found = _WAIT.search(answer)
    if not found:
        return None
    amount = float(found[1][:12])
    return min(amount / 1000 if found[2].lower().startswith("m") else amount, _LONGEST_WAIT)
