from collections.abc import Iterator

import pytest

from tests.oauth.world import World, world


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def there(served: World) -> Iterator[World]:
    """The cloud without the faults and habits of the test before."""
    yield served
    served.cloud.faults.clear()
    served.cloud.habits.clock_ahead = 0.0
