"""DavMail from Debian: IMAP and SMTP in front of an Exchange server, here in front of the simulated one."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

from tests.servers.started import STARTED, free_ports, program, stop_group, wait_for_ports

JAR = Path("/usr/share/davmail/davmail.jar")
_PASSWORD = b"sandbox"
_CONFIGURATION = """\
davmail.mode=EWS
davmail.url={url}
davmail.server=true
davmail.imapPort={imap}
davmail.smtpPort={smtp}
davmail.popPort=
davmail.caldavPort=
davmail.ldapPort=
davmail.allowRemote=false
davmail.disableUpdateCheck=true
davmail.enableProxy=false
davmail.useSystemProxies=false
davmail.logFilePath={folder}/davmail.log
log4j.rootLogger=WARN
log4j.logger.davmail=INFO
log4j.logger.httpclient.wire=WARN
"""


@dataclass(frozen=True, slots=True)
class DavMail:
    """A running DavMail: its ports on the loopback interface, without TLS."""

    imap: int
    smtp: int


@contextmanager
def davmail(folder: Path, url: str, ca_file: Path) -> Iterator[DavMail]:
    """Run DavMail in front of the EWS at this address, trusting this authority alone."""
    imap, smtp = free_ports(2)
    trusted = x509.load_pem_x509_certificate(ca_file.read_bytes())
    store = serialize_java_truststore(
        [PKCS12Certificate(trusted, b"sandbox")], BestAvailableEncryption(_PASSWORD)
    )
    (folder / "trusted.p12").write_bytes(store)
    configuration = folder / "davmail.properties"
    configuration.write_text(_CONFIGURATION.format(url=url, imap=imap, smtp=smtp, folder=folder))
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                program("java") or "java",
                f"-Djavax.net.ssl.trustStore={folder}/trusted.p12",
                f"-Djavax.net.ssl.trustStorePassword={_PASSWORD.decode()}",
                "-jar",
                str(JAR),
                "-server",
                str(configuration),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", "")},
        )
    try:
        wait_for_ports(process, [imap, smtp], log, seconds=60)
        yield DavMail(imap, smtp)
    finally:
        stop_group(process)
        version = re.search(r"DavMail Gateway (\S+) listening", log.read_text(errors="replace"))
        if version:  # it tells when it listens already
            STARTED[f"DavMail {version[1]}"] += 1
