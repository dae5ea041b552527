"""HTTPS for phones on a home network: a name, a certificate for it, and its announcement.

Phones give sensors, storage and passkeys to https pages only, and no public authority certifies a
name on a home network. So each place makes an authority of its own, which a phone may choose to
trust. An authority on somebody's phone can be turned into a way to read all they do there;
therefore:

1. it is good for one name and for addresses of home networks, and for nothing else;
2. it may certify no further authority, and ends after 397 days;
3. its key lives in `make` alone, is used once, and is never written. Nobody can make a second
   certificate with it, whoever hosts the place included.

When the certificate has to be renewed, a new authority is made, and phones have to choose again.
"""

import datetime
import ipaddress
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

LASTS = datetime.timedelta(days=397)
# Phones' clocks are not all right.
BACKDATED = datetime.timedelta(days=1)
# A certificate this close to its end is made anew at the next start.
RENEWED_BEFORE_END = datetime.timedelta(days=14)

HOME_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)

# What a place is called on the network: quiet words, because whoever looks for devices sees them.
FIRST_WORDS = (
    "amber broad calm clear early easy even fair fine gentle golden green "
    "kind late light mellow mild open plain quiet round slow soft warm"
).split()
SECOND_WORDS = (
    "bay birch brook cedar cove fern field garden grove harbor heath hill "
    "island lake lantern maple meadow orchard pebble pine river shore stone valley"
).split()

SERVICE = "_https._tcp.local."


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a place needs for https, and what its phones may trust."""

    name: str
    authority: x509.Certificate
    chain_file: Path
    key_file: Path

    @property
    def fingerprint(self) -> str:
        """The authority's SHA-256, as phones show it, to be compared by eye."""
        return self.authority.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def ends(self) -> datetime.date:
        """The last day on which it is good."""
        return self.authority.not_valid_after_utc.date()


def certificate(home: Path, addresses: Sequence[str], now: datetime.datetime) -> Certificate:
    """The place's certificate: the one it has, while that is good, else a new one."""
    kept = read(home)
    if kept is not None and now + RENEWED_BEFORE_END < kept.authority.not_valid_after_utc:
        return kept
    return make(home, kept.name if kept else a_name(), addresses, now)


def a_name() -> str:
    """A name of two words that can be said aloud and tells the network nothing of what is here."""
    return f"{secrets.choice(FIRST_WORDS)}-{secrets.choice(SECOND_WORDS)}.local"


def read(home: Path) -> Certificate | None:
    """The certificate that the place has, if it has one."""
    try:
        authority = x509.load_pem_x509_certificate(_authority_file(home).read_bytes())
    except FileNotFoundError:
        return None
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    (name,) = (n.value for n in constraints.permitted_subtrees or () if isinstance(n, x509.DNSName))
    return Certificate(name, authority, _chain_file(home), _key_file(home))


def make(home: Path, name: str, addresses: Sequence[str], now: datetime.datetime) -> Certificate:
    """Make an authority, have it certify the name once, and let go of its key."""
    authority, authority_key = new_authority(name, now)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certify(authority, authority_key, key.public_key(), name, addresses)
    del authority_key

    _authority_file(home).parent.mkdir(mode=0o700, exist_ok=True)
    # The authority comes last: whoever is interrupted before it starts again from nothing.
    _authority_file(home).unlink(missing_ok=True)
    _key_file(home).unlink(missing_ok=True)
    _key_file(home).touch(mode=0o600)
    _key_file(home).write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    _chain_file(home).write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    _authority_file(home).write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return Certificate(name, authority, _chain_file(home), _key_file(home))


def new_authority(
    name: str, now: datetime.datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """An authority that is good for this one name and for home networks."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Only for {name}")])
    permitted = [x509.DNSName(name), *map(x509.IPAddress, HOME_NETWORKS)]
    authority = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now - BACKDATED + LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certifies=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return authority, key


def certify(
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePublicKey,
    name: str,
    addresses: Sequence[str],
) -> x509.Certificate:
    """A server's certificate for the name, and for those addresses that are on a home network."""
    at_home = [ip for ip in map(ipaddress.ip_address, addresses) if _on_home_network(ip)]
    issuer_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(authority.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(authority.not_valid_before_utc)
        .not_valid_after(authority.not_valid_after_utc)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), *map(x509.IPAddress, at_home)]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certifies=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )


@asynccontextmanager
async def announced(name: str, port: int, addresses: Sequence[str]) -> AsyncIterator[None]:
    """Answer for the name on the local network while the context lasts.

    The network hears the two words and a port, and nothing of what is served there.
    """
    network = AsyncZeroconf(interfaces=list(addresses))
    try:
        await network.async_register_service(
            ServiceInfo(
                SERVICE,
                f"{name.removesuffix('.local')}.{SERVICE}",
                server=f"{name}.",
                port=port,
                addresses=[socket.inet_aton(address) for address in addresses],
            ),
            # Only the entry's title may change; the certificate holds the name itself.
            allow_name_change=True,
        )
        yield
    finally:
        await network.async_unregister_all_services()
        await network.async_close()


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        key_cert_sign=certifies,
        crl_sign=certifies,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _on_home_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(
        address.version == network.version and address in network for network in HOME_NETWORKS
    )


def _authority_file(home: Path) -> Path:
    return home / "phones" / "authority.pem"


def _chain_file(home: Path) -> Path:
    return home / "phones" / "certificate.pem"


def _key_file(home: Path) -> Path:
    return home / "phones" / "certificate-key.pem"
