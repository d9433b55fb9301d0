"""The desk at the sandbox's Graph, which several files send from."""

from collections.abc import Iterator

import pytest

from tests.outbound.graph_desk import Desk, desk_served


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_served(tmp_path_factory.mktemp("cloud")) as desk:
        yield desk


@pytest.fixture
def desk(served: Desk) -> Desk:
    served.begin()
    return served
