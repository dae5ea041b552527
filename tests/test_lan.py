"""The certificate that phones may trust: what it can do, what it cannot, and how it is told."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
import stat
import urllib.request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from django.test import Client
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from relational_space.site import lan
from tests.place import served

NOW = datetime.datetime(2026, 11, 22, 20, 0, tzinfo=datetime.UTC)
HERE = ["192.168.7.7", "10.1.2.3", "203.0.113.5"]


@pytest.fixture
def certificate(tmp_path):
    return lan.certificate(tmp_path, HERE, NOW)


def leaf(certificate):
    return x509.load_pem_x509_certificate(certificate.chain_file.read_bytes())


def accepts(authority, server, name):
    """Whether somebody who trusts the authority takes this certificate for that name."""
    subject = x509.IPAddress(name) if not isinstance(name, str) else x509.DNSName(name)
    policy = PolicyBuilder().store(Store([authority])).time(NOW)
    try:
        policy.build_server_verifier(subject).verify(server, [])
    except VerificationError:
        return False
    return True


def test_the_authority_is_good_for_one_name_and_home_networks_only(certificate):
    constraints = certificate.authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [n.value for n in constraints.value.permitted_subtrees] == [
        certificate.name,
        *lan.HOME_NETWORKS,
    ]
    assert all(network.is_private for network in lan.HOME_NETWORKS)


def test_the_authority_may_certify_no_other_authority_and_ends_in_397_days(certificate):
    basic = certificate.authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert basic.value == x509.BasicConstraints(ca=True, path_length=0)
    for each in (certificate.authority, leaf(certificate)):
        lasts = each.not_valid_after_utc - each.not_valid_before_utc
        assert lasts == datetime.timedelta(days=397)


def test_the_certificate_is_a_server_s_and_names_only_what_it_may(certificate):
    extensions = leaf(certificate).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [certificate.name]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("192.168.7.7"),
        ipaddress.ip_address("10.1.2.3"),
    ]
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.ExtendedKeyUsageOID.SERVER_AUTH]


def test_whoever_trusts_it_accepts_its_own_name_and_address(certificate):
    assert accepts(certificate.authority, leaf(certificate), certificate.name)
    assert accepts(certificate.authority, leaf(certificate), ipaddress.ip_address("10.1.2.3"))


@pytest.mark.parametrize("other", ["bank.example", "other-place.local", "stone.local"])
def test_a_certificate_for_another_name_would_be_refused(other):
    authority, key = lan.new_authority("calm-stone.local", NOW)
    mine = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert accepts(
        authority, lan.certify(authority, key, mine, "calm-stone.local", []), "calm-stone.local"
    )
    assert not accepts(authority, lan.certify(authority, key, mine, other, []), other)


def test_no_file_holds_the_key_that_could_certify_another_name(tmp_path, certificate):
    authority = certificate.authority.public_key()
    keys = []
    for file in tmp_path.rglob("*"):
        if file.is_file() and b"PRIVATE KEY" in file.read_bytes():
            key = serialization.load_pem_private_key(file.read_bytes(), password=None)
            keys.append(key.public_key())
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys == [leaf(certificate).public_key()]
    assert authority not in keys


def test_the_authority_s_key_is_never_turned_into_bytes(tmp_path, monkeypatch):
    authorities = []
    real = lan.new_authority

    def watched(name, now):
        authority, key = real(name, now)
        authorities.append(authority)
        return authority, SigningOnly(key)

    monkeypatch.setattr(lan, "new_authority", watched)
    made = lan.make(tmp_path, "calm-stone.local", [], NOW)
    assert authorities == [made.authority]


class SigningOnly(ec.EllipticCurvePrivateKey):
    """A key that signs and can do nothing else."""

    def __init__(self, key):
        self._key = key

    def sign(self, data, signature_algorithm):
        return self._key.sign(data, signature_algorithm)

    def public_key(self):
        return self._key.public_key()

    def _refuse(self, *args, **kwargs):
        raise AssertionError("the authority's key was asked for more than a signature")

    exchange = key_size = curve = private_bytes = private_numbers = _refuse
    __copy__ = __deepcopy__ = _refuse


def test_a_good_certificate_is_kept_and_one_near_its_end_is_made_anew(tmp_path, certificate):
    month_later = NOW + datetime.timedelta(days=30)
    assert lan.certificate(tmp_path, [], month_later) == certificate
    year_later = NOW + datetime.timedelta(days=390)
    renewed = lan.certificate(tmp_path, HERE, year_later)
    assert renewed.name == certificate.name
    assert renewed.fingerprint != certificate.fingerprint
    assert lan.read(tmp_path) == renewed


def test_an_interrupted_making_is_begun_again(tmp_path, certificate):
    (tmp_path / "phones" / "authority.pem").unlink()
    again = lan.certificate(tmp_path, HERE, NOW)
    assert accepts(again.authority, leaf(again), again.name)


def test_the_name_tells_nothing_of_what_is_here():
    for _ in range(50):
        first, second = lan.a_name().removesuffix(".local").split("-")
        assert first in lan.FIRST_WORDS
        assert second in lan.SECOND_WORDS


@pytest.mark.slow
def test_the_network_finds_the_place_by_its_name():
    async def ask() -> list[str]:
        async with lan.announced("calm-stone.local", 8443, ["127.0.0.1"]):
            network = AsyncZeroconf(interfaces=["127.0.0.1"])
            try:
                heard = AsyncServiceInfo(lan.SERVICE, f"calm-stone.{lan.SERVICE}")
                assert await heard.async_request(network.zeroconf, 3000)
                assert heard.server == "calm-stone.local."
                assert heard.port == 8443
                assert heard.decoded_properties == {}
                return heard.parsed_addresses(IPVersion.V4Only)
            finally:
                await network.async_close()

    try:
        found = asyncio.run(ask())
    except OSError as error:
        pytest.skip(f"this machine has no multicast on its own address: {error}")
    assert found == ["127.0.0.1"]


@pytest.mark.slow
def test_lan_serves_the_name_by_https_and_the_page_for_phones_by_http(tmp_path):
    with served(tmp_path, "--lan") as place:
        name, port = place.phones.removeprefix("https://").split(":")
        trusting = ssl.create_default_context(cafile=tmp_path / "phones" / "authority.pem")
        with (
            socket.create_connection(("127.0.0.1", int(port)), timeout=10) as raw,
            trusting.wrap_socket(raw, server_hostname=name) as wire,
        ):
            wire.sendall(f"GET /health/ HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
            assert wire.recv(4096).startswith(b"HTTP/1.1 200")

        fingerprint = lan.read(tmp_path).fingerprint
        assert fingerprint in place.said
        assert "To take it off a phone again" in place.said
        with urllib.request.urlopen(f"{place.address}/phones/") as answer:
            page = answer.read().decode()
        assert fingerprint in page
        assert place.phones in page
        for words in ("Taking it off again", "iPhone", "Android", "never written down"):
            assert words in page
        with urllib.request.urlopen(f"{place.address}/phones/certificate.crt") as answer:
            assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
            given = x509.load_der_x509_certificate(answer.read())
        assert given == lan.read(tmp_path).authority


def test_without_lan_phones_are_offered_the_plain_way_and_no_certificate():
    page = Client().get("/phones/")
    assert "the plain way" in page.text
    assert "fingerprint" not in page.text
    assert Client().get("/phones/certificate.crt").status_code == 404
