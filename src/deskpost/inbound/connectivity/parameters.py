"""When people are told of a mailbox that cannot be reached: parameters that administrators know from SQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from deskpost.desk.people import Person
from deskpost.inbound.sql_parameters import Parameter, ParameterEvent, Parameters, is_switch

CATEGORY = "FETCHING_MAILBOX_CONNECTIVITY"
THRESHOLD = "CONSECUTIVE_RETRY_THRESHOLD"
ENABLED = "NOTIFICATION_ENABLED"
DEFAULTS: Mapping[str, str] = {THRESHOLD: "5", ENABLED: "true"}
MOST_TRIES = 1_000_000
_NUMBER = re.compile(r"\s*0*[1-9][0-9]{0,6}\s*", re.ASCII)


class MailConfig(Parameter):
    """One parameter of what is fetched."""

    class Meta:
        db_table = "mailconfig"


class MailConfigEvent(ParameterEvent):
    """One version of it."""

    pgh_tracked_model = MailConfig  # type: ignore[assignment]

    class Meta:
        db_table = "mailconfig_version"


@dataclass(frozen=True, slots=True)
class Connectivity:
    """What holds now. `senseless`: what stands in the table and is no value, None where the row is gone."""

    threshold: int
    enabled: bool
    senseless: Mapping[str, str | None]


def _fits(parameter: str, value: str) -> bool:
    """Tell whether a value is one: a whole number from 1, or true or false."""
    if parameter == THRESHOLD:
        return bool(_NUMBER.fullmatch(value)) and int(value) <= MOST_TRIES
    return is_switch(value)


PARAMETERS = Parameters(MailConfig, CATEGORY, DEFAULTS, _fits)
state, lock, write = PARAMETERS.state, PARAMETERS.lock, PARAMETERS.write


def read() -> Connectivity:
    """Give what holds now; in place of a value that makes no sense its default holds."""
    held = PARAMETERS.read()
    return Connectivity(int(held.values[THRESHOLD]), held.is_on(ENABLED), held.senseless)


@transaction.atomic
def change(
    actor: Person | None, via: str, threshold: int | None = None, enabled: bool | None = None
) -> list[str]:
    """Set what is given, and give the parameters that were written.

    A value that means the same already is left as it is written.
    """
    lock()
    before, wanted = read(), {}
    if threshold is not None and (threshold != before.threshold or THRESHOLD in before.senseless):
        wanted[THRESHOLD] = str(threshold)
    if enabled is not None and (enabled != before.enabled or ENABLED in before.senseless):
        wanted[ENABLED] = "true" if enabled else "false"
    for name, value in wanted.items():
        write(actor, via, name, value)
    return list(wanted)
