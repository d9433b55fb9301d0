"""What `deskpost web` runs: the web server with the pages."""

import socket
import threading
import time
from collections.abc import Callable

from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from deskpost.supervise import require_port
from deskpost.tick import Pulse

THREADS = 16  # requests at a time; each holds a database connection
_KILL_AFTER = 3  # seconds for requests to end
_LOOK_EVERY = 0.1  # seconds


def serve(host: str, port: int, when_open: Callable[[], object]) -> None:
    """Serve the pages until SIGTERM or SIGINT; call `when_open` once they can be opened. Raises PortUnusable."""
    require_port(host, port)
    call_command("collectstatic", interactive=False, verbosity=0)
    threading.Thread(target=_tell_when_open, args=(host, port, when_open), daemon=True).start()
    with Pulse("web"):
        Granian(
            "deskpost.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=THREADS,
            websockets=False,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            workers_kill_timeout=_KILL_AFTER,
        ).serve()


def _tell_when_open(host: str, port: int, when_open: Callable[[], object]) -> None:
    """Wait until something answers there: the web server listens a moment after it was told to serve."""
    while True:
        try:
            socket.create_connection((host, port), timeout=1.0).close()
            break
        except OSError:
            time.sleep(_LOOK_EVERY)
    when_open()
