"""An IMAP server whose mailbox a test makes up: for what no real server does, or not on demand."""

import socket
import threading
from collections.abc import Callable

Answer = Callable[[bytes], tuple[bytes, bytes]]


def imap_server(answer: Answer, able: bytes = b"") -> int:
    """Serve IMAP with a mailbox of one's own making: `answer(command)` gives lines, and how the command ends.

    `able` are further capabilities; with any, opening a folder is answered by `answer` too.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            client, _ = listener.accept()
            stream = client.makefile("rwb")
            stream.write(b"* OK hi\r\n")
            stream.flush()
            for line in stream:
                tag, _, command = line.strip().partition(b" ")
                upper = command.upper()
                if upper.startswith(b"CAPABILITY"):
                    lines, end = b"* CAPABILITY IMAP4rev1 %b\r\n" % able, b"OK done"
                elif upper.startswith((b"SELECT", b"EXAMINE")) and not able:
                    lines = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n"
                    end = b"OK done"
                else:
                    lines, end = answer(upper)
                stream.write(lines + tag + b" " + end + b"\r\n")
                stream.flush()
                if upper.startswith(b"LOGOUT"):
                    break
            client.close()

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def message_id_of(uid: int, message_id: bytes) -> bytes:
    field = b"Message-ID: " + message_id + b"\r\n\r\n"
    return b"* %d FETCH (UID %d BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%b)\r\n" % (
        uid,
        uid,
        len(field),
        field,
    )


def body_of(uid: int, raw: bytes) -> bytes:
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (uid, uid, len(raw), raw)
