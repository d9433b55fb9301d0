"""Picture 08: a desk with mails of every kind, some of which a rule on absence notes would have dropped."""

from deskpost.inbound.spam import rules as spam_rules
from deskpost.inbound.spam.rules import SpamRule
from tests.console import builders
from tests.console.conftest import Desk, build_desk

SUBJECTS = (
    ("helen.cho@vantage.example", "Out of office until Monday, please call reception"),
    ("reception@harbourdental.example", "Dr Ames is not in today"),
    ("anneke@orchardpine.example", "Abwesend: bin am Montag zurück"),
    ("tom@kestrel.example", "VPN drops every 20 minutes from home"),
    ("sam@kestrel.example", "Scanner does not find the folder"),
    ("val@vantage.example", "Invoice mailer returns 550"),
)
OFFERS = (
    ("deals@promo.example", "Your exclusive network audit, 60 % off"),
    ("partner@leads4u.example", "Quick question"),
)


def rule(desk: Desk, name: str, match: str, *criteria: tuple[str, str, list[str]]) -> SpamRule:
    """Save a rule."""
    made = SpamRule(instance=desk.box.instance)
    stored = [dict(zip(("field", "condition", "values"), one, strict=True)) for one in criteria]
    spam_rules.save(desk.admin, "page", made, {"name": name, "match": match, "criteria": stored})
    return made


def build() -> Desk:
    """Make the desk: six mails on their way, then two rules, and two mails that the first of them drops."""
    desk = build_desk()
    for number, (sender, subject) in enumerate(SUBJECTS):
        builders.request_by_mail(desk.box, sender=sender, subject=subject, message_id=f"<{number}@x.example>")
    rule(desk, "Offers", "any", ("sender_domain", "is", ["promo.example", "leads4u.example"]))
    rule(
        desk,
        "Out-of-office mail from strangers",
        "all",
        ("subject", "contains", ["Out of office", "Not in today"]),
        ("sender_domain", "is not", ["kestrel.example", "brightwater.example", "stalbans.example"]),
        ("body", "does not contain", ["##RE-", "ticket", "request number"]),
    )
    for number, (sender, subject) in enumerate(OFFERS, 50):
        dropped(desk, sender=sender, subject=subject, message_id=f"<{number}@x.example>")
    return desk


def dropped(desk: Desk, **parts: str) -> None:
    """Let a mail come in that a rule drops."""
    from deskpost.inbound.deliver import deliver

    told = deliver(desk.box, builders.mail(**parts))
    assert told["outcome"]["kind"] == "dropped", told
