"""A request to the simulated cloud that gets its answer when the test says so, and not after some time."""

import threading


class Held:
    """The value of a `latency`: the request waits until `let_go`; `came` is set once it is there."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self._over = threading.Event()

    def __float__(self) -> float:
        """Wait, as the cloud asks for how many seconds it is to."""
        self.came.set()
        assert self._over.wait(120), "nobody let it go"
        return 0.0

    def let_go(self) -> None:
        """Let it be answered."""
        self._over.set()

    def wait(self) -> None:
        """Wait until the request is there."""
        assert self.came.wait(60), "it was not asked in time"
