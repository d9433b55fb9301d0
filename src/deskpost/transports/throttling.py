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
_WAIT = re.compile(r"back-?off time:? *(\d+) *(milliseconds|ms|seconds|s)\b", re.IGNORECASE)
_LONGEST_WAIT = 86_400.0


def asks_for_patience(answer: str) -> bool:
    """True when these words of a server are about its limits and not about this user or mail."""
    return _ASKED.search(answer) is not None


def wait_named_in(answer: str) -> float | None:
    """The seconds a server asks to wait, at most a day; None when it names no time."""
    found = _WAIT.search(answer)
    if not found:
        return None
    amount = float(found[1][:12])
    return min(amount / 1000 if found[2].lower().startswith("m") else amount, _LONGEST_WAIT)
