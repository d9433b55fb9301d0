"""The desk that what others suffered is tried on."""

import pytest

from tests.pains.desk import Desk
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


@pytest.fixture
def desk(database: str, dovecot: Dovecot, postfix: Postfix) -> Desk:
    """Give a desk in a database of the test's own."""
    return Desk(dovecot, postfix)
