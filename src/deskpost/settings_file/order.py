"""The sections of a settings file, in the order in which they are applied: what is named comes before its use."""

from deskpost.settings_file.sections import (
    accounts,
    assets,
    attachments,
    connectivity,
    delimiters,
    email_command,
    error_mails,
    fields,
    groups,
    installation,
    instances,
    mailboxes,
    notification_rules,
    outgoing,
    people,
    proxy,
    retention,
    spam_rules,
    templates,
)
from deskpost.settings_file.sections.section import Section

SECTIONS: tuple[Section, ...] = (
    accounts.SECTION,
    assets.SECTION,
    groups.SECTION,
    people.SECTION,
    installation.SECTION,
    installation.THREADING,
    installation.OUTBOX,
    installation.NETWORK,
    instances.SECTION,
    fields.SECTION,
    templates.SECTION,
    delimiters.SECTION,
    proxy.SECTION,
    mailboxes.SECTION,
    outgoing.SECTION,
    notification_rules.SECTION,
    connectivity.SECTION,
    attachments.SECTION,
    error_mails.SECTION,
    retention.SECTION,
    spam_rules.SECTION,
    email_command.SECTION,
)

LATER: tuple[str, ...] = ()
"""Sections of the handbook that this version does not know yet."""
