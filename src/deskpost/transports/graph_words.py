"""The sentences people read about Microsoft Graph; beside words.py, which has those about all servers.

`place` is always host:port, `answer` Graph's own code and words (made readable, secrets hidden).
"""

from deskpost.transports.words import answered


def token_only(place: str) -> str:
    return (
        f"{place} was not asked: Microsoft Graph takes no user name and password. "
        "To do: choose OAuth 2.0 as the authentication type."
    )


def endpoint_unusable(address: str) -> str:
    return (
        f'"{address}" is no Graph endpoint that Deskpost can use. To do: write the one of your cloud, such as '
        "https://graph.microsoft.com, without anything behind it but /v1.0."
    )


def scope_missing(place: str, mailbox: str, scope: str, answer: str) -> str:
    return (
        f'{place} does not allow what Deskpost asked for in the mailbox "{mailbox}": the permission {scope} may be '
        f"missing.{answered(place, answer)} To do: have an administrator at the provider grant {scope} to the "
        "application, write it into Scope, and connect again; where the mailbox is not of the one who consented, give "
        "them Full Access to it."
    )


def right_missing(place: str, mailbox: str, scope: str, answer: str) -> str:
    return (
        f'{place} does not let this application on its own do what Deskpost asked for in the mailbox "{mailbox}": the '
        f"application permission {scope} may be missing.{answered(place, answer)} To do: have an administrator at "
        f"Microsoft 365 add {scope} to the application as an application permission and grant admin consent; or, where "
        "RBAC for Applications limits it to single mailboxes, give it the role there and take this mailbox into its "
        "scope (New-ServicePrincipal, New-ManagementRoleAssignment). Scope stays as it is, .default alone; Deskpost "
        "tries again by itself."
    )


def mailbox_missing(place: str, mailbox: str, answer: str) -> str:
    return (
        f'{place} has no mailbox "{mailbox}" that Deskpost can open.{answered(place, answer)} To do: check the '
        "address; a mailbox on a server of your own, or without a licence, cannot be reached by Microsoft Graph."
    )


def mailbox_unnamed(place: str) -> str:
    return (
        f"{place} was not asked: an application on its own has no mailbox, and none is named. "
        "To do: write the address of the mailbox to open."
    )


def not_graph(place: str, doing: str) -> str:
    return (
        f"{place} did not answer as Microsoft Graph does {doing}. To do: check the Graph endpoint; if it is right, "
        "see whether a proxy stands between; Deskpost tries again by itself."
    )


def link_elsewhere(place: str) -> str:
    return (
        f"{place} led on to another server, and Deskpost takes its token nowhere else. To do: check the Graph "
        "endpoint, and see whether a proxy stands between that changes answers."
    )


def send_as_denied(place: str, sender: str, mailbox: str, answer: str) -> str:
    return (
        f'{place} does not let the mailbox "{mailbox}" send as "{sender}".{answered(place, answer)} To do: write '
        "the mailbox's own address into Reply to; or have an administrator at Microsoft 365 grant Send As on "
        f'"{sender}" and the permission Mail.Send.Shared, and connect again.'
    )


def too_many_recipients(place: str, number: int | str, most: int | str) -> str:
    return (
        f"{place} was not given the mail: it has {number} recipients, and Microsoft 365 takes {most}. "
        "To do: send it to fewer people, or to a distribution list."
    )


def attachment_too_large(place: str, name: str, size: int | str) -> str:
    return (
        f'{place} was not given the mail: its attachment "{name}" has {size} MB, and Microsoft Graph takes 150. '
        "To do: send a link to the file instead."
    )


def mail_refused(place: str, answer: str) -> str:
    return (
        f"{place} does not take the mail.{answered(place, answer)} To do: check its recipients and what the "
        "server said; then send it anew."
    )


def fate_unknown(place: str) -> str:
    return (
        f"{place} got the whole mail and did not say whether it sends it. To do: nothing, Deskpost looks for it in "
        "the mailbox's folders first, and sends it again only if it is not there."
    )


def notifications_not_delivered(place: str, address: str, answer: str) -> str:
    return (
        f"{place} could not reach {address} to tell of new mail there.{answered(place, answer)} To do: let that "
        "address be reached from the internet, by https with a certificate that everybody trusts, and correct "
        "public_url if it leads elsewhere; until then the mailbox is fetched at its interval."
    )


def shared_not_told_of(place: str, mailbox: str, answer: str) -> str:
    return (
        f'{place} does not tell of new mail in "{mailbox}".{answered(place, answer)} To do: nothing, the mailbox is '
        "fetched at its interval: Microsoft tells of a shared mailbox only to who signs in as it, or to an "
        "application on its own."
    )
