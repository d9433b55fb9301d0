"""Faults as the admin API takes them."""

import re
from typing import Any

from deskpost.sandbox.cloud import admin_values as values
from deskpost.sandbox.cloud.cloud import SERVICES, Fault


def fault_of(asked: Any) -> Fault:
    """Read one fault. Raises Unusable."""
    fields = values.fields_of(asked, ("service", "do"), ("value", "mailbox", "path", "times"))
    service = values.text(fields, "service")
    if service not in SERVICES or service == "admin":
        raise values.Unusable(f"{service} has no faults. To do: name graph, ews or sign_in.")
    pattern = values.text(fields, "path", "")
    try:
        re.compile(pattern)
    except re.error:
        raise values.Unusable("path is no regular expression. To do: mend it, or leave it out.") from None
    mailbox = None if fields.get("mailbox") is None else values.text(fields, "mailbox").lower()
    times = None if "times" in fields and fields["times"] is None else values.whole(fields, "times", 1)
    do, value = values.text(fields, "do"), fields.get("value")
    _check_value(do, value)
    return Fault(service, do, value, mailbox, pattern, times)


def _check_value(do: str, value: Any) -> None:
    if do in ("latency", "aadsts") and not values.is_number(value):
        raise values.Unusable(f"{do} needs a number as its value. To do: give one.")
    if do == "status" and isinstance(value, dict):
        values.fields_of(value, ("status",), ("headers", "body"))
        values.text(value, "body", "")
        headers = values.of_type(value, "headers", dict, {})
        for name in headers:
            if not name.isascii() or any(one in name + values.text(headers, name, "") for one in "\r\n"):
                raise values.Unusable(f"{name} is no header field. To do: mend it.")
    status = value.get("status") if isinstance(value, dict) else value
    if do == "status" and not (isinstance(status, int) and 200 <= status < 600):
        raise values.Unusable("status needs an HTTP status as its value. To do: give one from 200 to 599.")
