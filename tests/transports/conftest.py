"""The receiving servers of the tests of sending."""

from collections.abc import Callable

import pytest

from tests.servers.dovecot import PASSWORD
from tests.servers.smtp_sink import SmtpSink
from tests.transports.receivers import PostfixReceiver, Receiver, SinkReceiver


@pytest.fixture(params=["postfix", "sink"])
def receiver(request: pytest.FixtureRequest, smtp_sink_with: Callable[..., SmtpSink]) -> Receiver:
    """Each test runs against Postfix, which needs root, and against a sink, which does not."""
    if request.param == "postfix":
        return PostfixReceiver(request.getfixturevalue("postfix"))
    return SinkReceiver(smtp_sink_with(logins={"anna": PASSWORD}))
