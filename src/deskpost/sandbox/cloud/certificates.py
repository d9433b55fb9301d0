"""A certificate authority of the cloud's own, and a certificate for each host name that a client asks for."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LASTS = timedelta(days=397)  # longer ones are refused by some clients
PRIVATE = 0o600


class Authority:
    """A certificate authority whose key and certificate lie in a folder; what is there already is used."""

    def __init__(self, folder: Path) -> None:
        """Use the authority of this folder, or make one."""
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        key_file = folder / "ca-key.pem"
        folder.mkdir(parents=True, exist_ok=True)
        if self.ca_file.exists() and key_file.exists():
            self._key = _read_key(key_file)
            self._certificate = x509.load_pem_x509_certificate(self.ca_file.read_bytes())
        else:
            self._key = ec.generate_private_key(ec.SECP256R1())
            self._certificate = _authority_certificate(self._key)
            _write_private(key_file, _pem(self._key))
            self.ca_file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self) -> ssl.SSLContext:
        """Give what a server wraps its sockets with: it answers each host name with a certificate of that name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._load(context, LOOPBACK)
        context.sni_callback = self._present
        return context

    def _present(self, wrapped: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        if name and name not in LOOPBACK:
            wrapped.context = self._context_of(name.lower())

    def _context_of(self, name: str) -> ssl.SSLContext:
        with self._lock:
            if name not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._load(context, (name,))
                self._contexts[name] = context
            return self._contexts[name]

    def _load(self, context: ssl.SSLContext, names: tuple[str, ...]) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._issue(key.public_key(), names)
        pair = self.folder / "host.pem"  # ssl reads from files only
        _write_private(pair, _pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        try:
            context.load_cert_chain(pair)
        finally:
            pair.unlink()

    def _issue(self, key: ec.EllipticCurvePublicKey, names: tuple[str, ...]) -> x509.Certificate:
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            _builder(names[0], self._certificate.subject, key)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(authority, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _authority_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = "Deskpost sandbox authority"
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _builder(name, _name(name), key.public_key(), timedelta(days=3_650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta = LASTS
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds no key that the sandbox made.")
    return key


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=PRIVATE)
    path.write_bytes(content)
