"""`installation`, `threading`, `outbox` and `network`: the one row of settings that belong to nobody in particular."""

from collections.abc import Mapping
from typing import Any

from deskpost.desk.installation import Installation
from deskpost.settings_file.applying import Applying
from deskpost.settings_file.kinds import language, network, time_zone, web_address
from deskpost.settings_file.rows import Row, mapping
from deskpost.settings_file.sections.section import Section
from deskpost.settings_file.values import Reader, choice, each, or_null, switch, whole


def _section(key: str, columns: Mapping[str, str], keys: Mapping[str, Reader]) -> Section:
    """Give a section whose keys are columns of the installation's row, most of them under the same name."""

    def apply(row: Row, applying: Applying) -> None:
        values = {columns.get(name, name): row[name] for name in keys if name in row}
        applying.save(key, "", Installation.objects.get(), values, row.line)

    def export() -> dict[str, Any]:
        installation = Installation.objects.get()
        return {name: getattr(installation, columns.get(name, name)) or _EMPTY.get(name) for name in keys}

    return Section(key, mapping(key, keys), apply, export)


_EMPTY: Mapping[str, Any] = {"trusted_proxies": [], "allow_private": False}

SECTION = _section(
    "installation",
    {},
    {
        "public_url": or_null(web_address, ""),
        "time_zone": time_zone,
        "language": language,
        "trusted_proxies": each(network),
        "automatic_answers_per_hour": whole(1, 10_000),
    },
)
THREADING = _section(
    "threading",
    {},
    {
        "who_may_join": choice(*Installation.WhoMayJoin.values),
        "unknown_senders": choice(*Installation.UnknownSenders.values),
        "reopen_within_days": whole(1, 36_500, " days"),
        "reopenings_per_day": whole(1, 10_000),
        "auto_replies": choice(*Installation.AutoReplies.values),
    },
)
OUTBOX = _section(
    "outbox",
    {},
    {
        "give_up_after_hours": whole(1, 8760, " hours"),
        "notices_lapse_after_hours": whole(1, 8760, " hours"),
    },
)
NETWORK = _section("network", {"allow_private": "allow_private_networks"}, {"allow_private": switch})
