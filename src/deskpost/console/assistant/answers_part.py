"""Question 5, how answers go out: the part of the outgoing server's form that it asks, saved as that form saves."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from deskpost.console.assistant import partly, proposals
from deskpost.console.mail_settings import server_saving
from deskpost.console.mail_settings.server_form import ServerForm
from deskpost.console.page import Viewer
from deskpost.inbound.mailboxes import Mailbox
from deskpost.inbound.setup_assistant import SetupAssistant
from deskpost.oauth.clouds import host_of
from deskpost.outbound import server_scopes
from deskpost.outbound.server_scopes import Scope
from deskpost.outbound.servers import OutgoingServer
from deskpost.secret_field import readable


def server_saved() -> OutgoingServer | None:
    """Give the IT Help Desk's outgoing server, None while it has none."""
    first = server_scopes.help_desk()
    return server_scopes.server_of(first) if first is not None else None


def runner_for(progress: SetupAssistant, way: str) -> str:
    """Give who is to send: the same provider, or another server."""
    return progress.runner if way == "same" else "server"


def answers_form(
    progress: SetupAssistant, row: Mailbox, scope: Scope, way: str, posted: QueryDict | None = None
) -> ServerForm:
    """Give the outgoing server's form with what question 5 asks."""
    runner = runner_for(progress, way)
    at_hand, more = proposals.OUTGOING[runner]
    proposed = proposals.for_answers(progress, server_scopes.server_of(scope), runner)
    if proposed and way == "same":
        proposed |= _as_incoming(row, runner)
    data = partly.data_of(ServerForm(scope), proposed, posted, (*at_hand, *more, *proposals.CARRIED))
    form = ServerForm(scope, data)
    if posted is None:
        form.unjudged()
    else:
        _carry(form, row)
    partly.stilled(form)
    return form


def save(viewer: Viewer, form: ServerForm) -> bool:
    """Save the server; False: the form says why not."""
    removed = gettext(
        "Not saved: the outgoing server was removed meanwhile. To do: save again to make it anew."
    )
    return server_saving.save(viewer, form, removed) is not None


def _as_incoming(row: Mailbox, runner: str) -> dict[str, str]:
    """Give what the mailbox has been told already."""
    same = {"username": row.username, "ca_file": row.ca_file}
    if not row.verify_certificate:
        same["verify_certificate"] = ""
    if runner == "exchange":
        return {**same, "connect_url": row.connect_url}
    names = {
        "google": ("client_id", "authorization_url", "token_url", "scope"),
        "microsoft": ("authorization_url", "token_url", "graph_endpoint"),
    }.get(runner, ())
    return {**same, **{name: getattr(row, name) for name in names}}


def _carry(form: ServerForm, row: Mailbox) -> None:
    """Let the mailbox's secret serve here too where it goes to the very server, as the very user, it was given for."""
    values: dict[str, Any] = {name: str(form.data.get(name) or "").strip() for name in form.fields}
    there = host_of(values["connect_url"]) if form.protocol_chosen == "ews" else values["server"]
    if there.lower() == row.host.lower() and values["username"] == row.username:
        _fill(form, row, "password")
    same_place = host_of(values["token_url"]) == host_of(row.token_url)
    if values["client_id"] and values["client_id"] == row.client_id and same_place:
        _fill(form, row, "client_secret")


def _fill(form: ServerForm, row: Mailbox, secret: str) -> None:
    typed = form.data.get(secret) or form.data.get(f"{secret}_typed")
    if not typed and not form.kept(secret):
        form.renew(secret, readable(row, secret) or "")
