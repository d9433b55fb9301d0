"""The sentences people read about mail servers: what did not work, who said so, what to do.

`place` is always host:port, `answer` the server's own words (made readable, secrets hidden), `doing` what was
under way, such as "while logging in".
"""

import re

_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LONGEST_ANSWER = 300


def readable(answer: bytes) -> str:
    """A server's answer as one line of text that a page can show, at most 300 characters."""
    text = _UNREADABLE.sub(" ", answer[:4096].decode("utf-8", "replace")).strip()
    return text if len(text) <= _LONGEST_ANSWER else text[:_LONGEST_ANSWER] + " ..."


def answered(place: str, answer: str) -> str:
    """What a server said for a reason, as a sentence behind another."""
    return f' {place} answered: "{answer}".' if answer else f" {place} gave no reason."


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s"


# Reaching the server


def name_not_found(host: str) -> str:
    return (
        f'The server name "{host}" was not found: the name service knows no address for it. '
        "To do: check the spelling of the server name, and that this machine can look up names."
    )


def name_service_silent(host: str, seconds: float) -> str:
    return (
        f'The server name "{host}" could not be looked up: the name service gave no answer within '
        f"{_seconds(seconds)}. To do: check the network and the name service of this machine; "
        "Deskpost tries again by itself."
    )


def port_impossible(place: str) -> str:
    return f"{place} cannot be connected to: a port is a number from 1 to 65535. To do: correct the port."


def address_impossible(place: str, address: str, reason: str) -> str:
    return (
        f"{place} was not connected to: its address {address} is {reason}. No mail server has such an address. "
        "To do: check the server name, and which addresses the name service of this machine gives for it."
    )


def address_of_no_server(address: str, reason: str) -> str:
    return (
        f"The address {address} is {reason}. No mail server has such an address. "
        "To do: write the name or the address of the mail server."
    )


def address_private(place: str, address: str, reason: str) -> str:
    return (
        f"{place} was not connected to: its address {address} is {reason}, and the settings allow none there. "
        "To do: correct the server name; or, if the mail server is meant to be there, set the key allow_private "
        "of network to true."
    )


def refused(place: str) -> str:
    return (
        f"{place} refused the connection: nothing listens at this port, or a firewall turns it away. "
        "To do: check the port, and that the mail server is running."
    )


def no_connection_in_time(place: str, seconds: float) -> str:
    return (
        f"{place} did not answer the connection within {_seconds(seconds)}. To do: check server name "
        "and port, and that no firewall between this machine and the server swallows the connection."
    )


def no_route(place: str, reason: str) -> str:
    return (
        f'{place} could not be reached: the network of this machine says "{reason}". '
        "To do: check the network of this machine and the server name."
    )


def broken(place: str, doing: str) -> str:
    return (
        f"{place} broke off the connection {doing}. To do: nothing, Deskpost tries again by itself; "
        "if it goes on, look into the log of the mail server."
    )


def silent(place: str, seconds: float, doing: str) -> str:
    return (
        f"{place} stopped answering {doing}: no full answer within {_seconds(seconds)}. "
        "To do: nothing, Deskpost tries again by itself; if it goes on, look at the load of the mail server."
    )


def silent_greeting(place: str, protocol: str, seconds: float) -> str:
    return (
        f"{place} took the connection but said nothing for {_seconds(seconds)}. To do: check that {protocol} "
        "is spoken at this port; a port that expects TLS from the first byte (993, 995, 465) needs "
        "IMAPS, POPS or SMTPS."
    )


def deaf(place: str, seconds: float, doing: str) -> str:
    return (
        f"{place} stopped taking data {doing}: nothing moved for {_seconds(seconds)}. "
        "To do: nothing, Deskpost tries again by itself; if it goes on, look at the load of the mail server."
    )


def closing(place: str, answer: str) -> str:
    return (
        f"{place} does not serve at the moment.{answered(place, answer)} To do: nothing, Deskpost tries "
        "again by itself; if it goes on, ask whoever runs the mail server."
    )


# STARTTLS


def starttls_not_offered(place: str) -> str:
    return (
        f"{place} does not offer STARTTLS, so no secret connection could be made and no password was sent. "
        "To do: have STARTTLS switched on at the server, use its port for TLS from the first byte, "
        "or switch TLS off if this network is trusted."
    )


def starttls_refused(place: str, answer: str) -> str:
    return (
        f"{place} offers STARTTLS but refused it; no password was sent.{answered(place, answer)} "
        "To do: check the TLS settings of the mail server."
    )


def starttls_tampered(place: str) -> str:
    return (
        f"{place} went on in clear text after STARTTLS was agreed, as if somebody between had added to it; "
        "no password was sent. To do: check the network between this machine and the server."
    )


# After the login


def throttled(place: str, answer: str) -> str:
    return (
        f"{place} asks for patience.{answered(place, answer)} To do: nothing, Deskpost waits and tries "
        "again by itself; if it goes on, see which other programs use this mailbox, or ask for "
        "a higher limit."
    )


def folder_missing(place: str, folder: str, answer: str) -> str:
    return (
        f'The folder "{folder}" cannot be opened.{answered(place, answer)} '
        "To do: check the name of the folder, and that this user may open it."
    )


def folder_without_numbers(place: str, folder: str) -> str:
    return (
        f'{place} gives no UIDVALIDITY for the folder "{folder}", so its mails cannot be told apart safely. '
        "To do: ask whoever runs the mail server to have it updated or repaired."
    )


def folder_renumbered(place: str, folder: str) -> str:
    return (
        f'{place} gave the mails of the folder "{folder}" other numbers while Deskpost was at work there. '
        "To do: nothing, Deskpost reads the folder anew at the next fetch."
    )


def act_refused(place: str, act: str, answer: str) -> str:
    return (
        f"{place} refused to {act}.{answered(place, answer)} "
        "To do: check what this user may do in the folder; Deskpost tries again by itself."
    )


def folder_not_made(place: str, folder: str, answer: str) -> str:
    return (
        f'{place} refused to make the folder "{folder}".{answered(place, answer)} '
        "To do: make it in a mail program, or choose another name; Deskpost tries again by itself."
    )


def others_marked_deleted(place: str, folder: str) -> str:
    return (
        f'{place} was not asked to delete mails: other mails in the folder "{folder}" are marked as deleted, and '
        "this server, which has no UIDPLUS, would remove them too. To do: in a mail program, have the marked mails "
        "removed for good (expunged), or take their marks away; Deskpost tries again by itself."
    )


def act_unknown_to_pop(place: str, act: str) -> str:
    return (
        f"{place} speaks POP, which knows neither folders nor read marks, so it cannot {act}. "
        "To do: use IMAP for this mailbox, or have mails left or deleted."
    )


def wrong_protocol(place: str, protocol: str, answer: str) -> str:
    return (
        f'{place} does not speak {protocol}: it began with "{answer}". '
        "To do: check the protocol and the port."
    )


def rubbish(place: str, doing: str, answer: str) -> str:
    return (
        f'{place} answered {doing} with what its protocol does not allow: "{answer}". '
        "To do: nothing at first, Deskpost tries again by itself; "
        "if it goes on, ask whoever runs the mail server."
    )


def endless(place: str, doing: str) -> str:
    return (
        f"{place} answered {doing} without end, and Deskpost stopped reading. To do: nothing at first, "
        "Deskpost tries again by itself; if it goes on, ask whoever runs the mail server."
    )


def idle_not_offered(place: str) -> str:
    return (
        f"{place} does not offer IDLE, so it cannot tell of new mail by itself. To do: nothing, the mailbox is "
        "fetched at its interval; make that shorter if new mail has to be there sooner."
    )


def idle_refused(place: str, answer: str) -> str:
    return (
        f"{place} offers IDLE and refused it.{answered(place, answer)} To do: nothing, the mailbox is fetched at "
        "its interval, and IDLE is tried again; if it goes on, ask whoever runs the mail server, or switch push off."
    )


def no_connection_beside(place: str) -> str:
    return (
        f"{place} lets in no connection beside the one that waits for new mail, so push gives way to fetching for an "
        "hour. To do: have the server allow this user another connection, or end other programs that are signed in "
        "as this user, or switch push off."
    )


# Sending


def mail_refused(place: str, recipient: str, answer: str) -> str:
    return (
        f'The mail to "{recipient}" was refused for good.{answered(place, answer)} '
        "To do: check the address and what the server said; then send it anew."
    )


def mail_delayed(place: str, recipient: str, answer: str) -> str:
    return (
        f'The mail to "{recipient}" was not taken for now.{answered(place, answer)} '
        "To do: nothing, Deskpost tries again by itself."
    )


def sending_limit(place: str, answer: str) -> str:
    return (
        f"{place} takes no more mail from this mailbox for a while: its limit of recipients or messages is reached."
        f"{answered(place, answer)} To do: nothing, Deskpost waits an hour and tries again by itself, for such a "
        "limit counts over a day; if it goes on, send through another server, or spread the mail over more mailboxes."
    )


def send_as_denied(place: str, sender: str, username: str, answer: str) -> str:
    return (
        f'{place} does not let "{username}" send as "{sender}": the permission Send As is missing.'
        f"{answered(place, answer)} To do: have an administrator at Microsoft 365 give it (Add-RecipientPermission "
        f'"{sender}" -Trustee "{username}" -AccessRights SendAs), or at Exchange on your own premises '
        '(Add-ADPermission ... -ExtendedRights "Send As"), or make an address of that mailbox the reply-to address.'
    )


def smtputf8_missing(place: str) -> str:
    return (
        f"{place} cannot carry addresses with letters beyond ASCII: it does not offer SMTPUTF8. "
        "To do: use an address in plain letters, or another outgoing server."
    )


def address_not_writable(address: str) -> str:
    return (
        f'"{readable(address.encode("utf-8", "replace"))}" cannot be written to a mail server as an address. '
        "To do: correct the address."
    )


def fate_unknown(place: str) -> str:
    return (
        f"{place} took the whole mail but broke off before it said whether it keeps it. "
        "To do: nothing, Deskpost sends it again with the same Message-ID, so it may arrive twice."
    )
