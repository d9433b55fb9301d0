"""The sentences people read about EWS; beside words.py and http_words.py, which have what all protocols share.

`place` is always host:port, `said` the response code of Exchange with its own words, secrets hidden.
"""

from deskpost.transports.words import answered


def not_ews(place: str, status: int) -> str:
    return (
        f"{place} answered with a page and not with what EWS gives (status {status}). To do: check the connect URL: it "
        "ends in /EWS/Exchange.asmx, and a browser that opens it is asked for user name and password."
    )


def unreadable(place: str, why: str) -> str:
    return (
        f"{place} answered what EWS does not allow ({why}), and nothing of it was used. To do: nothing at first, "
        "Deskpost tries again by itself; if it goes on, see whether a proxy or a filter changes the answers."
    )


def basic_not_offered(place: str, offered: str) -> str:
    return (
        f"{place} takes no user name with a password for EWS (it offers {offered}). To do: at Exchange on your own "
        "premises switch basic authentication on for the virtual directory (Set-WebServicesVirtualDirectory "
        "-BasicAuthentication $true); at Microsoft 365 choose OAuth 2.0."
    )


def kept_out(place: str, username: str, said: str) -> str:
    return (
        f'{place} knows "{username}" but does not let it use EWS (status 403).{answered(place, said)} To do: have an '
        "administrator there switch EWS on for this mailbox (Set-CASMailbox -EwsEnabled $true) and check what the "
        "application is allowed."
    )


def service_ended(place: str, reason: str) -> str:
    return (
        f'{place} answers no EWS request of this application any more: "{reason}". Microsoft ends EWS at Exchange '
        "Online: since October 2026 a tenant with EwsEnabled=True needs a list of the applications that may use it; "
        "tenants without that setting are switched off in turn, with 7 days' notice; EWS is gone on 2027-04-01. "
        "To do: change this to Microsoft Graph. To go on with EWS until then, have an administrator at Microsoft 365 "
        "read Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy, append the client id to the list, write the "
        'whole list back with Set-OrganizationConfig -EwsAllowedAppIDs "id1,id2" (up to 24 hours until it counts), '
        "then Set-OrganizationConfig -EwsEnabled $true (about an hour); then start fetching here; sending goes on by "
        "itself."
    )


def impersonation_denied(place: str, username: str, mailbox: str, said: str) -> str:
    return (
        f'{place} does not let "{username}" act as the mailbox "{mailbox}".{answered(place, said)} To do: at Exchange '
        "on your own premises give it the management role ApplicationImpersonation; at Microsoft 365 give the "
        "application the right full_access_as_app, and see that no policy takes this mailbox out."
    )


def mailbox_unknown(place: str, mailbox: str, said: str) -> str:
    return (
        f'{place} knows no mailbox "{mailbox}".{answered(place, said)} To do: check the address of the mailbox to '
        "open; it is the primary address of a mailbox at this Exchange."
    )


def access_denied(place: str, mailbox: str, said: str) -> str:
    return (
        f'{place} does not open the mailbox "{mailbox}" for this user.{answered(place, said)} To do: have an '
        "administrator give this user full access to the mailbox (Add-MailboxPermission ... -AccessRights FullAccess)."
    )


def out_of_order(place: str, said: str) -> str:
    return (
        f"{place} could not do what it was asked.{answered(place, said)} To do: nothing, Deskpost tries again by "
        "itself; if it goes on, ask whoever runs Exchange."
    )


def not_understood(place: str, said: str) -> str:
    return (
        f"{place} refused a request of EWS.{answered(place, said)} To do: check that this is an Exchange Server 2013 "
        "SP1 or later; if it is, report these words."
    )


def quota_exceeded(place: str, mailbox: str, said: str) -> str:
    return (
        f'The mailbox "{mailbox}" at {place} is full.{answered(place, said)} To do: delete or archive mail there, '
        "or have its quota raised; Deskpost tries again by itself."
    )


def send_as_denied(place: str, sender: str, said: str) -> str:
    return (
        f'{place} does not let this user send as "{sender}".{answered(place, said)} To do: have an administrator '
        "give it the right (Add-RecipientPermission ... -AccessRights SendAs), or make the mailbox's own address the "
        "reply-to address."
    )


def mail_too_large(place: str, said: str) -> str:
    return (
        f"The mail is larger than {place} takes.{answered(place, said)} To do: send less in one mail, or have the "
        "limit raised (MaxSendSize, and at Exchange on your own premises maxAllowedContentLength of EWS)."
    )


def mail_not_taken(place: str, said: str) -> str:
    return (
        f"{place} does not take this mail.{answered(place, said)} To do: check its addresses and what Exchange said; "
        "then send it anew."
    )


def mail_put_off(place: str, said: str) -> str:
    return (
        f"{place} did not take this mail for now.{answered(place, said)} To do: nothing, Deskpost tries again by "
        "itself."
    )


def fate_unknown(place: str) -> str:
    return (
        f"{place} was handed the whole mail but broke off before it said whether it sent it. To do: nothing, Deskpost "
        "looks into Sent Items, Outbox and Drafts before it tries again."
    )
