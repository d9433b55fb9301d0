"""Whether people are told by mail of attachments that were dropped: a parameter that administrators know from SQL."""

from django.db import transaction

from deskpost.desk.people import Person
from deskpost.inbound.sql_parameters import Parameter, ParameterEvent, Parameters, is_switch

CATEGORY = "EMAIL_PROCESSING"
NOTICE = "sendAttachmentStrippedNotification"


class GlobalConfig(Parameter):
    """One parameter of how mails are processed. An unquoted GlobalConfig in SQL finds this table."""

    class Meta:
        db_table = "globalconfig"


class GlobalConfigEvent(ParameterEvent):
    """One version of it."""

    pgh_tracked_model = GlobalConfig  # type: ignore[assignment]

    class Meta:
        db_table = "globalconfig_version"


PARAMETERS = Parameters(GlobalConfig, CATEGORY, {NOTICE: "true"}, lambda _, value: is_switch(value))


def notices_are_sent() -> bool:
    """Tell whether people are told by mail of attachments that were dropped; one query, at each use."""
    return PARAMETERS.read().is_on(NOTICE)


@transaction.atomic
def send_notices(actor: Person | None, via: str, sent: bool) -> bool:
    """Set whether they are; tell whether anything was written."""
    PARAMETERS.lock()
    before = PARAMETERS.read()
    if before.is_on(NOTICE) == sent and NOTICE not in before.senseless:
        return False
    PARAMETERS.write(actor, via, NOTICE, "true" if sent else "false")
    return True
