"""The mail servers of the outside world, one process: `python -m deskpost.sandbox.mail_servers DATA_FOLDER`

Customers hand their mails to the submission server and the desk hands its own to the SMTP server; both put them into
the mailboxes of the post office. The desk's own mailbox is also open by IMAP.
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from deskpost.sandbox.cast import DESK
from deskpost.sandbox.imap_server import ImapServer
from deskpost.sandbox.outside import Outside
from deskpost.sandbox.smtp_server import SmtpServer

_LOOK_EVERY = 0.1  # seconds, for faults


class MailServers:
    """The three servers, and who of them is down on purpose."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._one_by_one = asyncio.Lock()
        servers = outside.servers()
        self._imap = ImapServer(servers.imap, DESK, servers.password)
        post = outside.post
        self._smtp = SmtpServer(servers.smtp, "mx.outside.example", post.knows, self._deliver)
        self._submission = SmtpServer(servers.submission, "mail.outside.example", post.knows, self._deliver)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        told = asyncio.Event()
        for kind in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(kind, told.set)
        mails = [mail for mail in self._outside.post.mails(DESK) if mail.box == "inbox"]
        await self._imap.load(self._outside.servers().uid_validity, mails)
        await self._submission.start()
        breakable: dict[str, SmtpServer | ImapServer] = {"smtp": self._smtp, "imap": self._imap}
        while not told.is_set():
            for what, server in breakable.items():
                broken = self._outside.is_broken(what)
                if broken and server.running:
                    await server.stop()
                elif not broken and not server.running:
                    await server.start()
            await asyncio.sleep(_LOOK_EVERY)

    async def _deliver(self, address: str, content: bytes) -> None:
        async with self._one_by_one:  # a UID that became visible after a greater one would never be fetched
            stored = await asyncio.to_thread(self._outside.post.put, address, content)
            if address.strip().lower() == DESK:
                await self._imap.add(stored.uid, stored.at, content)


def main(data: str) -> None:
    """Serve the outside world that lies in this data folder."""
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's, of connections that were cut
    asyncio.run(MailServers(Outside(Path(data))).run())


if __name__ == "__main__":
    main(sys.argv[1])
