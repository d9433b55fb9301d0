"""What is proposed for the columns of a sign-in: the forms and the settings file ask here."""

from collections.abc import Mapping
from typing import Any

from deskpost.access.columns import MailServerSettings
from deskpost.oauth import proposing
from deskpost.oauth.proposing import Choice
from deskpost.oauth.providers import Proposal
from deskpost.transports.protocols import PROTOCOLS


def choice_of(values: Mapping[str, Any], *, incoming: bool, cloud: str = "") -> Choice:
    """Give what a proposal goes by. `values`: the columns; `cloud`: the key of the one chosen, where one was."""
    protocol = PROTOCOLS[values["protocol"]]
    opened = values.get("mailbox_to_open") or ""
    return Choice(
        protocol=protocol.key,
        incoming=incoming,
        address=values.get(protocol.address or "server") or "",
        token_url=values.get("token_url") or "",
        cloud=cloud,
        app_only=values.get("grant") == MailServerSettings.Grant.CLIENT_CREDENTIALS,
        shared=bool(opened) and opened.casefold() != (values.get("username") or "").casefold(),
    )


def proposed(
    values: Mapping[str, Any], *, incoming: bool, cloud: str = "", last: str | None = None
) -> dict[str, str]:
    """Give the columns to fill, with what to fill in: those that are empty, and once the choice is another than `last`
    also those that still hold a proposal. `last`: the key of the choice they were filled for, None where they were not.

    Nothing is proposed without OAuth, and where the provider is not known.
    """
    if values.get("authentication") != MailServerSettings.Authentication.OAUTH:
        return {}
    choice = choice_of(values, incoming=incoming, cloud=cloud)
    proposal = proposing.proposal_for(choice)
    if proposal is None:
        return {}
    column = PROTOCOLS[choice.protocol].address
    urls = (values.get("authorization_url") or "", values.get("token_url") or "")
    scope = values.get("scope") or ""
    if last is not None and last != choice.key and proposing.is_proposed_scope(scope, last):
        scope = ""
    held = Proposal(*urls, scope, choice.address if column else "")
    filled = proposing.filled(held, proposal, anew=last is not None and last != choice.key)
    found = {
        "authorization_url": filled.authorization_url,
        "token_url": filled.token_url,
        "scope": filled.scopes,
    }
    if column:
        found[column] = filled.endpoint
    return {name: text for name, text in found.items() if text != (values.get(name) or "")}
