"""What the columns of settings and their values are called: by the forms in which they are set."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import BaseForm, Field
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console import attachment_settings
from deskpost.console.accounts.account_fields import AccountForm
from deskpost.console.accounts.accounts import language_name
from deskpost.console.mail_settings.delimiters import DelimitersForm
from deskpost.console.mail_settings.email_command import EmailCommandForm
from deskpost.console.mail_settings.error_folder import SupportForm
from deskpost.console.mail_settings.former_token import FormerTokenForm
from deskpost.console.mail_settings.mailbox_form import MailboxForm
from deskpost.console.mail_settings.other import ConnectivityForm
from deskpost.console.mail_settings.senders import SendersForm
from deskpost.console.mail_settings.server_form import ServerForm
from deskpost.console.mail_settings.spam.keeping import RetentionForm
from deskpost.console.mail_settings.spam.rule_form import RuleForm
from deskpost.console.people.groups import GroupForm
from deskpost.console.people.person_fields import PersonForm
from deskpost.console.people.roles import RoleForm
from deskpost.console.proxy import ProxyForm
from deskpost.console.request_fields.additional import AdditionalFieldForm
from deskpost.console.request_fields.value_form import StatusForm
from deskpost.console.request_templates.resource_forms import QuestionForm, ResourceForm
from deskpost.console.request_templates.template_forms import TemplateWords
from deskpost.desk.durations import duration
from deskpost.desk.settings_words import FIELDS
from deskpost.inbound import global_config
from deskpost.inbound.connectivity import parameters as connectivity
from deskpost.inbound.rules import Criterion

FORMS: dict[str, type[BaseForm]] = {
    "account": AccountForm,
    "additionalfield": AdditionalFieldForm,
    "attachmentsettings": attachment_settings.AttachmentForm,
    "delimiter": DelimitersForm,
    "emailcommand": EmailCommandForm,
    "errorfoldersettings": SupportForm,
    "formertoken": FormerTokenForm,
    "globalconfig": attachment_settings.AttachmentForm,
    "group": GroupForm,
    "installation": SendersForm,
    "mailbox": MailboxForm,
    "mailconfig": ConnectivityForm,
    "outgoingserver": ServerForm,
    "person": PersonForm,
    "proxysettings": ProxyForm,
    "retentionsettings": RetentionForm,
    "question": QuestionForm,
    "resource": ResourceForm,
    "role": RoleForm,
    "spamrule": RuleForm,
    "template": TemplateWords,
    "status": StatusForm,
}
"""The form in which settings of a kind are set; the others are set in lists."""
_SET_BY = {  # a column to the fields that set it, where they are called otherwise
    ("mailbox", "after_fetching"): ("after_imap", "after_pop"),
    ("mailbox", "protocol"): ("protocol", "connection"),
    ("outgoingserver", "authentication"): ("requires_authentication",),
}
_IN_FORM = {  # a value to what the form chooses for it, where that is written otherwise
    ("outgoingserver", "tls"): {"starttls": "yes", "none": "no"},
}
_PARAMETERS = {
    connectivity.THRESHOLD: "threshold",
    connectivity.ENABLED: "enabled",
    global_config.NOTICE: "notify",
}
_OF_SQL = ("mailconfig", "globalconfig")
_LINK_ENDS = {  # of a link to consent: how it is, by the column that says why it ended
    "": _("Open"),
    "used": _("Used: the consent came by it"),
    "taken_back": _("Taken back"),
    "replaced": _("Replaced by another link"),
    "connected": _("No longer needed: connected without it"),
    "changed": _("Ended: the settings of the sign-in were changed"),
}
_FIRST_BYTE = _("From the first byte")  # no form asks: the protocol says so
_SERVES = _(
    "Serves requests that name no template"
)  # of a template; of an account the word means another thing
_IN_THE_FILE = _("Name in the settings file")  # people read the scope's


def label(kind: str, name: str, row: Mapping[str, Any]) -> str:
    """Give what a column is called. `row`: the version's values, for what depends on them."""
    if (kind, name) == ("outgoingserver", "name"):
        return str(_IN_THE_FILE)
    if (kind, name) == ("template", "default"):
        return str(_SERVES)
    found = _fields(kind, name, row)
    return str(found[0].label if found and found[0].label else FIELDS.get(name, name))


def words(kind: str, name: str, value: Any, row: Mapping[str, Any]) -> str:
    """Give a value as its form words it; empty: the form has no words for it."""
    fields = _fields(kind, name, row)
    if name == "module":
        return str(DelimitersForm.base_fields[value or "base"].label)
    if (kind, name) == ("consentlink", "end"):
        return str(_LINK_ENDS[value])
    if value is None or value == "":
        return _empty(fields)
    if kind in _OF_SQL and name == "paramvalue":
        return _yes_or_no(str(value)) if _parameter(row) in ("enabled", "notify") else ""
    if (kind, name) == ("outgoingserver", "authentication"):
        return _yes_or_no(str(value != "none"))
    if name == "tls" and value == "implicit":
        return str(_FIRST_BYTE)
    if name == "fetch_every":
        return duration(value)
    if name == "language":
        return language_name(value)
    if (kind, name) == ("mailbox", "first_fetch") and value not in ("new", "everything"):
        return f"{_chosen(fields, 'since')}: {value}"
    if (kind, name) == ("spamrule", "criteria"):
        return "; ".join(Criterion.of(one).words for one in value)
    if not isinstance(value, str):
        return ""
    return _chosen(fields, _IN_FORM.get((kind, name), {}).get(value, value))


def _fields(kind: str, name: str, row: Mapping[str, Any]) -> list[Field]:
    form = FORMS.get(kind)
    if form is None:
        return []
    names: Iterable[str | None] = _SET_BY.get((kind, name), (name,))
    if kind in _OF_SQL and name == "paramvalue":
        names = (_parameter(row),)
    if (kind, name) == ("delimiter", "text"):
        names = (row["module"] or "base",)
    fields: dict[str, Field] = form.base_fields  # type: ignore[attr-defined]
    return [fields[one] for one in names if one in fields]


def _parameter(row: Mapping[str, Any]) -> str | None:
    return _PARAMETERS.get(row["parameter"])


def _chosen(fields: list[Field], value: Any) -> str:
    """Give what the first form's field that has this choice calls it."""
    for field in fields:
        choices = getattr(field, "choices", None)
        if isinstance(choices, list):
            for key, named in choices:
                if key == value:
                    return str(named)
    return ""


def _empty(fields: list[Field]) -> str:
    """Give what the form's menu shows while nothing is chosen."""
    return str(getattr(fields[0], "empty_label", None) or "") if fields else ""


def _yes_or_no(value: str) -> str:
    return {"true": gettext("Yes"), "false": gettext("No")}.get(value.strip().lower(), "")
