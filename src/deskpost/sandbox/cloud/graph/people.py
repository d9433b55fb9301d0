"""The owner of a mailbox, as the directory tells it."""

from typing import Any

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph.call import Call, user_id


def one(call: Call) -> Response:
    """Give who owns the mailbox of the address: that is whom a token speaks for."""
    told: dict[str, Any] = {
        "@odata.context": f"{call.version}/$metadata#users/$entity",
        "id": user_id(call.mailbox.address),
        "displayName": call.mailbox.name,
        "givenName": None,
        "surname": None,
        "jobTitle": None,
        "mail": call.mailbox.address,
        "userPrincipalName": call.mailbox.address,
        "businessPhones": [],
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
    }
    select = call.query.get("$select")
    if not select:
        return of_json(told)
    asked = {name.strip().lower() for name in select.split(",")}
    return of_json({name: value for name, value in told.items() if name[0] == "@" or name.lower() in asked})
