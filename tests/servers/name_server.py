"""A name service of a few names on a free port of this machine, and Deskpost asking it alone."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

Records = Mapping[tuple[str, str], tuple[str, ...]]  # (name without the dot at its end, type): values


@contextmanager
def name_server(records: Records, silent: str = "") -> Iterator[list[str]]:
    """Answer from `records`, and that there is no such name; give the names that were asked for.

    Names that hold `silent` get no answer at all.
    """
    asked: list[str] = []

    class Answering(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            question = dns.message.from_wire(self.request[0])
            wanted = question.question[0]
            name, kind = str(wanted.name).rstrip("."), wanted.rdtype.name
            asked.append(name)
            if silent and silent in name:
                return
            answer = dns.message.make_response(question)
            answer.flags |= dns.flags.RA
            found = records.get((name, kind))
            if found:
                answer.answer.append(dns.rrset.from_text(wanted.name, 60, "IN", kind, *found))
            elif all(name != known for known, _ in records):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.request[1].sendto(answer.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        before = dns.resolver.default_resolver
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        dns.resolver.default_resolver = resolver
        try:
            yield asked
        finally:
            dns.resolver.default_resolver = before
            server.shutdown()
            thread.join()
