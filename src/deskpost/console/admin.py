"""All settings: the groups of the administrator's pages, and what stands in each. Only what exists is listed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from deskpost.console.accounts.account_fields import AccountForm
from deskpost.console.accounts.accounts import words_of_accounts
from deskpost.console.attachment_settings import AttachmentForm, words_of_attachments
from deskpost.console.mail_settings.delimiters import DelimitersForm
from deskpost.console.mail_settings.email_command import EmailCommandForm, words_of_command
from deskpost.console.mail_settings.error_folder import SupportForm
from deskpost.console.mail_settings.former_token import FormerTokenForm
from deskpost.console.mail_settings.mailbox_form import MailboxForm
from deskpost.console.mail_settings.other import ConnectivityForm
from deskpost.console.mail_settings.senders import SendersForm, words_of_senders
from deskpost.console.mail_settings.server_form import ServerForm
from deskpost.console.mail_settings.spam.keeping import RetentionForm, words_of_keeping
from deskpost.console.mail_settings.spam.rule_form import RuleForm
from deskpost.console.notification_rules import switch_of, switches_of_rules, words_of_rules
from deskpost.console.page import OF_SETTINGS, Counted, Viewer, signed_in
from deskpost.console.people.groups import GroupForm
from deskpost.console.people.person_fields import PersonForm
from deskpost.console.people.roles import RoleForm
from deskpost.console.proxy import ProxyForm, words_of_proxy
from deskpost.console.request_fields.listed import REQUEST_FIELDS
from deskpost.console.request_templates.listed import TEMPLATES
from deskpost.console.settings_entry import Entry
from deskpost.console.settings_search import LONGEST, MOST, Places, Switch, find
from deskpost.desk import delimiters, people_lists
from deskpost.desk.events import EVENTS
from deskpost.desk.fields import Group
from deskpost.desk.modules import MODULES
from deskpost.desk.roles import Role
from deskpost.inbound import dropped_notices
from deskpost.inbound.command import answers as command_answers
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.error_folder.mails import unsolved
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.retention import settings as retention_settings
from deskpost.inbound.spam.rules import SpamRule
from deskpost.outbound import server_scopes


def _error_folder() -> str:
    count = unsolved().count()
    if not count:
        return gettext("No error mail")
    return ngettext("%(n)d error mail", "%(n)d error mails", count) % {"n": count}


def _subject() -> str:
    present = delimiters.current()
    token = f"{present['']}{present['RE']}-1{present['']}"
    return gettext("A subject bears %(token)s, %(n)d module codes") % {
        "token": token,
        "n": len(MODULES),
    }


def _incoming() -> str:
    count, on = Mailbox.objects.count(), Mailbox.objects.filter(fetching=True).count()
    if not count:
        return gettext("No mailbox yet: no mail comes in")
    words = ngettext("%(n)d mailbox, %(on)d fetching", "%(n)d mailboxes, %(on)d fetching", count)
    return words % {"n": count, "on": on}


def _outgoing() -> str:
    servers = server_scopes.with_server()
    if not servers:
        return gettext("No server yet: mail is held")
    scope, server = servers[0]
    words = ngettext(
        "%(name)s sends by %(server)s, %(n)d server",
        "%(name)s sends by %(server)s, %(n)d servers",
        len(servers),
    )
    return words % {"name": scope.name, "server": server.host, "n": len(servers)}


def _mailbox_forms() -> Places:
    boxes = Mailbox.objects.order_by("name").values_list("pk", "name")
    return [(name, reverse("incoming_mailbox", args=[pk])) for pk, name in boxes] or [
        (gettext("New mailbox"), reverse("incoming_new"))
    ]


def _server_forms() -> Places:
    scopes = [scope for scope, _ in server_scopes.with_server()]
    return [(scope.name, reverse("outgoing_server", args=[scope.key])) for scope in scopes]


def _spam_filter() -> str:
    count, on = SpamRule.objects.count(), SpamRule.objects.filter(enabled=True).count()
    if not count:
        return gettext("No rule: no mail is dropped")
    return ngettext("%(n)d rule, %(on)d on", "%(n)d rules, %(on)d on", count) % {"n": count, "on": on}


def _dropped() -> str:
    return words_of_keeping(retention_settings.load().dropped_days)


def _rule_forms() -> Places:
    return [(gettext("Define rule"), reverse("spam_rule_new"))]


def _connectivity() -> str:
    now = connectivity.read()
    if not now.enabled:
        return gettext("Nobody is told of a mailbox that cannot be reached")
    words = ngettext("Told after %(n)d failed try", "Told after %(n)d failed tries", now.threshold)
    return words % {"n": now.threshold}


def _connectivity_mails() -> list[Switch]:
    url = f"{reverse('connectivity')}#id_enabled"
    elsewhere = (*_OF_FILES, *_OF_COMMANDS)
    return [
        switch_of(kind, url) for kind in EVENTS.values() if not kind.by_rule and kind.name not in elsewhere
    ]


def _attachment_mails() -> list[Switch]:
    url = f"{reverse('attachment_settings')}#id_notify"
    return [switch_of(EVENTS[name], url) for name in _OF_FILES]


def _command_mails() -> list[Switch]:
    url = f"{reverse('email_command')}#id_enabled"
    return [switch_of(EVENTS[name], url) for name in _OF_COMMANDS]


def _account_forms() -> Places:
    return [(gettext("New account"), reverse("account_new"))]


def _role_forms() -> Places:
    return [(gettext("New role"), reverse("role_new"))]


def _group_forms() -> Places:
    return [(gettext("New group"), reverse("group_new"))]


def _person_forms() -> Places:
    return [(gettext("New person"), reverse("person_new"))]


def _people() -> str:
    technicians, requesters, others = (Counted(people_lists.count(shown)) for shown in people_lists.SHOWS)
    words = gettext("Technicians %(technicians)s, requesters %(requesters)s, no login %(others)s")
    return words % {"technicians": technicians, "requesters": requesters, "others": others}


def _roles() -> str:
    count = Role.objects.count()
    words = ngettext("%(n)d role", "%(n)d roles", count) % {"n": count}
    return gettext("%(roles)s: permissions, by account and site") % {"roles": words}


def _groups() -> str:
    names = list(Group.objects.order_by("name").values_list("name", flat=True)[:4])
    if not names:
        return gettext("No group yet")
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


_DIRECTORY = "directory.manage"
_OF_COMMANDS = (command_answers.DONE, command_answers.REFUSED)
_OF_FILES = (dropped_notices.TO_THE_LIST, dropped_notices.TO_THE_SENDER)
GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        _("MSP Details"),
        (
            Entry(_("Mail server settings"), "mail", "incoming", _incoming, (MailboxForm,), _mailbox_forms),
            Entry(
                _("Outgoing"),
                "send",
                "outgoing",
                _outgoing,
                (ServerForm,),
                _server_forms,
                also={"alternate_server": _("failover")},
            ),
            Entry(
                _("Spam Filter"),
                "shield-ban",
                "spam_rules",
                _spam_filter,
                (RuleForm,),
                _rule_forms,
                also={"": _("junk"), "criteria": _("Choose, Add to Rules")},
            ),
            Entry(
                _("Dropped mails"),
                "trash-2",
                "spam_rules",
                _dropped,
                (RetentionForm,),
                also={"": _("retention"), "dropped_days": _("retention")},
            ),
            Entry(
                _("Senders"),
                "shield-question-mark",
                "senders",
                words_of_senders,
                (SendersForm,),
                also={
                    "unknown_senders": _("create, refuse, hold for approval"),
                    "who_may_join": _("threading"),
                },
            ),
            Entry(
                _("Email Command"),
                "terminal",
                "email_command",
                words_of_command,
                (EmailCommandForm,),
                offers=_command_mails,
                also={"": _("commands by mail"), "authenticity": _("forged senders, DMARC")},
            ),
            Entry(_("Delimiters"), "hash", "delimiters", _subject, (DelimitersForm, FormerTokenForm)),
            Entry(_("Error Folder"), "folder-x", "error_folder", _error_folder, (SupportForm,)),
            Entry(
                _("Other"),
                "unplug",
                "connectivity",
                _connectivity,
                (ConnectivityForm,),
                offers=_connectivity_mails,
                also={"": "mailconfig"},
            ),
            Entry(
                _("Accounts"),
                "building-2",
                "accounts",
                words_of_accounts,
                (AccountForm,),
                _account_forms,
                permission=_DIRECTORY,
            ),
        ),
    ),
    (
        _("General Settings"),
        (
            Entry(
                _("Attachment Settings"),
                "file-text",
                "attachment_settings",
                words_of_attachments,
                (AttachmentForm,),
                offers=_attachment_mails,
                also={"": "globalconfig Attachments Settings"},
            ),
        ),
    ),
    (_("Request fields"), REQUEST_FIELDS),
    (_("Templates"), TEMPLATES),
    (
        _("Users & roles"),
        (
            Entry(_("People"), "users", "people", _people, (PersonForm,), _person_forms, _DIRECTORY),
            Entry(_("Roles"), "shield-check", "roles", _roles, (RoleForm,), _role_forms, _DIRECTORY),
            Entry(_("Groups"), "users-round", "groups", _groups, (GroupForm,), _group_forms, _DIRECTORY),
        ),
    ),
    (
        _("Notification Rules"),
        (
            Entry(
                _("Notification rules"),
                "bell-ring",
                "notification_rules",
                words_of_rules,
                offers=switches_of_rules,
            ),
        ),
    ),
    (_("Proxy"), (Entry(_("Proxy"), "waypoints", "proxy", words_of_proxy, (ProxyForm,)),)),
)


@require_safe
@signed_in
def all_settings(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """List the pages of settings by their groups, or the settings that fit what is looked for."""
    if not any(viewer.desk.everywhere(one) for one in OF_SETTINGS):
        viewer.needs_everywhere("settings.mail")
    groups = _groups_for(viewer)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    found, more = find(asked, groups)
    context = {"groups": groups, "asked": asked, "found": found, "most": MOST if more else None}
    return render(request, "console/all_settings.html", context)


def _groups_for(viewer: Viewer) -> list[tuple[str | Promise, list[Entry]]]:
    """Give the groups with what the person may open in each."""
    groups = [
        (name, [entry for entry in entries if viewer.desk.everywhere(entry.permission)])
        for name, entries in GROUPS
    ]
    return [(name, entries) for name, entries in groups if entries]
