"""Rules over mails: criteria on what a mail says, joined by all or any. They know neither the desk nor what follows.

Rule(...).fits(message, facts) -> bool     one rule, one mail
Ruleset(rules).first(values) -> Rule       many rules in their order, compiled once
mistakes(rule) -> [(place, words)]         why a rule cannot be used
"""

from deskpost.inbound.rules.criteria import Criterion, Hit
from deskpost.inbound.rules.entries import joined, split
from deskpost.inbound.rules.fields import Facts
from deskpost.inbound.rules.mistakes import mistakes
from deskpost.inbound.rules.rule import ALL, ANY, Rule, Ruleset
from deskpost.inbound.rules.values import Values

__all__ = [
    "ALL",
    "ANY",
    "Criterion",
    "Facts",
    "Hit",
    "Rule",
    "Ruleset",
    "Values",
    "joined",
    "mistakes",
    "split",
]
