"""The metrics, by what they are about: processes, mailboxes, outgoing servers. All come from the database.

So every process that is asked gives the same. Labels name mailboxes and servers, never people or their addresses.
"""

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from deskpost.console.metrics.mailboxes import mailboxes
from deskpost.console.metrics.servers import servers
from deskpost.outbound import failover


class Families(Collector):
    """All of them as they are at one moment."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Give them."""
        yield from processes()
        yield from mailboxes(self._now)
        yield from servers(self._now)


def processes() -> Iterator[Metric]:
    """Give which version answers, how many processes live by kind, and since when the application runs."""
    info = GaugeMetricFamily("deskpost_info", "The version that answers.", labels=["version"])
    info.add_metric([version("deskpost")], 1)
    yield info
    living = GaugeMetricFamily(
        "deskpost_processes", "Processes that gave a sign of life within 15 s, by kind.", labels=["kind"]
    )
    for kind, count in sorted(failover.living().items()):
        living.add_metric([kind], count)
    yield living
    began = failover.began_at()
    if began is not None:
        yield GaugeMetricFamily(
            "deskpost_start_time_seconds",
            "When the application began that is running now, in seconds since 1970.",
            value=began.timestamp(),
        )
