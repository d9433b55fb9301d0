"""Saving an outgoing server from its form, on its own page and in the assistant."""

from deskpost.console.mail_settings.server_form import ServerForm
from deskpost.console.page import Viewer
from deskpost.outbound import server_acts, server_scopes
from deskpost.outbound.server_acts import Saved, SavedMeanwhile, SharedApplication
from deskpost.outbound.servers import OutgoingServer


def save(viewer: Viewer, form: ServerForm, removed: str) -> Saved | None:
    """Save what fits the rules and give what that did; None: the form says why not.

    `removed`: what it says where somebody removed the server meanwhile. Sent again, it is made anew.
    """
    try:
        return server_acts.save(viewer.person, "page", form.of, form.wanted, form.data.get("seen", ""))
    except SharedApplication as shared:
        form.add_error("client_id", shared.words)
    except SavedMeanwhile:
        form.row = server_scopes.server_of(form.of) or OutgoingServer(**form.of.columns)
        if not form.saved_meanwhile():
            form.add_error(None, removed)
            form.renew("seen", "")
    return None
