"""What stands in a table that SQL may change and is no value: told on the page where it is set."""

from django.utils.translation import gettext

from deskpost.inbound.sql_parameters import Parameters


def senseless(parameters: Parameters) -> list[dict[str, str]]:
    """Say of each parameter without sense what holds instead."""
    return [_told(parameters, *one) for one in parameters.read().senseless.items()]


def _told(parameters: Parameters, parameter: str, value: str | None) -> dict[str, str]:
    title = gettext("%(parameter)s makes no sense, so %(default)s holds")
    words = (
        gettext("Its row is gone from the table %(table)s. To do: Save here.")
        if value is None
        else gettext("In the table %(table)s stands “%(value)s”. To do: Save here, or correct it by SQL.")
    )
    return {
        "title": title % {"parameter": parameter, "default": parameters.defaults[parameter]},
        "text": words % {"table": parameters.table, "value": (value or "")[:80]},
    }
