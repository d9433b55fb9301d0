"""What `deskpost web` runs: the web server with the pages."""

from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from deskpost.supervise import require_port
from deskpost.tick import Pulse

THREADS = 16  # requests at a time; each holds a database connection
_KILL_AFTER = 3  # seconds for requests to end


def serve(host: str, port: int) -> None:
    """Serve the pages until SIGTERM or SIGINT. Raises PortUnusable."""
    require_port(host, port)
    call_command("collectstatic", interactive=False, verbosity=0)
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
