"""The mail servers of the outside world, one process: `python -m deskpost.sandbox.mail_servers DATA_FOLDER`

The simulated cloud holds the desk's mailboxes, and hands what the desk sends to the mailboxes of the post office. One
mailbox of the cloud is open by IMAP, too.
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from deskpost.sandbox.cast import BY_IMAP, FETCHING, SENDING
from deskpost.sandbox.cloud.certificates import Authority
from deskpost.sandbox.cloud.cloud import Cloud
from deskpost.sandbox.cloud.limits import Limits
from deskpost.sandbox.cloud.serve import services
from deskpost.sandbox.cloud.server import serving
from deskpost.sandbox.cloud.tokens import Application
from deskpost.sandbox.faults import faults_of
from deskpost.sandbox.imap_server import Arrival, ImapServer
from deskpost.sandbox.kept_mailboxes import KeptMailboxes, read
from deskpost.sandbox.non_delivery import report
from deskpost.sandbox.outside import Outside
from deskpost.sandbox.post_office import Stored

_LOOK_EVERY = 0.1  # seconds, for faults
_SENT_PER_MINUTE = 10_000  # Exchange's 30 would let a visitor wait for minutes after a hundred mails


class MailServers:
    """The cloud and the IMAP server, and what of them is broken on purpose."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._servers = outside.servers()
        self._imap = ImapServer(self._servers.imap, BY_IMAP, self._servers.password)
        self._broken: list[str] = []
        self._arrivals: asyncio.Queue[Arrival] = asyncio.Queue()
        self._cloud = Cloud.new(outward=self._hand_out)
        self._cloud.limits = Limits(sent_per_minute=_SENT_PER_MINUTE)
        for client, secret in (
            (FETCHING, self._servers.fetching_secret),
            (SENDING, self._servers.sending_secret),
        ):
            self._cloud.tokens.register(Application(client, {secret}, set(), app_only=True))

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        told = asyncio.Event()
        for kind in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(kind, told.set)
        await self._open_mailboxes()
        filling = asyncio.create_task(self._fill())
        admitted = services(self._cloud, self._servers.admin_token)
        authority = Authority(self._outside.certificates)
        with serving(self._cloud, admitted, self._servers.cloud, authority=authority):
            while not told.is_set():
                await self._break_or_mend()
                await asyncio.sleep(_LOOK_EVERY)
        filling.cancel()

    async def _open_mailboxes(self) -> None:
        """Have all mailboxes hold what is kept, and keep what comes from now on."""
        loop, post = asyncio.get_running_loop(), self._outside.post
        kept = sorted(
            (mail for mail in post.mails(BY_IMAP) if mail.box == "inbox"), key=lambda mail: mail.uid
        )
        mails = ((mail.uid, mail.at, read(BY_IMAP, mail)[1]) for mail in kept)
        await self._imap.load(self._servers.uid_validity, mails)

        def arrived(address: str, stored: Stored, content: bytes) -> None:
            if address == BY_IMAP:
                loop.call_soon_threadsafe(self._arrivals.put_nowait, (stored.uid, stored.at, content))

        KeptMailboxes(self._cloud, post, self._servers.password, arrived)

    async def _fill(self) -> None:
        """Let what arrives be in the IMAP mailbox too, one mail after the other: UIDs have to grow."""
        while True:
            await self._imap.add(*await self._arrivals.get())

    async def _break_or_mend(self) -> None:
        broken = self._outside.broken()
        if broken != self._broken:
            with self._cloud.lock:
                self._cloud.faults[:] = faults_of(broken)
            self._broken = broken
        if "incoming" in broken and self._imap.running:
            await self._imap.stop()
        elif "incoming" not in broken and not self._imap.running:
            await self._imap.start()

    def _hand_out(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Put what the desk sends into the mailboxes of those that have one, and tell it of those that have none."""
        unknown = [address for address in recipients if not self._outside.post.knows(address)]
        for address in recipients:
            if address not in unknown:
                self._outside.post.put(address, content)
        mailbox = self._cloud.store.mailbox(sender)
        if unknown and mailbox is not None:
            self._cloud.store.deliver(mailbox, report(sender, unknown, content))


def main(data: str) -> None:
    """Serve the outside world that lies in this data folder."""
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(MailServers(Outside(Path(data))).run())


if __name__ == "__main__":
    main(sys.argv[1])
