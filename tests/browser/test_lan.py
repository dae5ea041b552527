"""A browser that trusts the place's authority, as a phone may."""

import os
import shutil
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Error

from relational_space.site import lan
from tests.place import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("certutil") is None,
        reason="certutil, which tells a browser whom to trust, is not installed (libnss3-tools)",
    ),
]


def trust(profile, authority_file):
    """Put the authority where a Chromium whose home is this profile looks."""
    store = profile / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil = ["certutil", "-d", f"sql:{store}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    add = [*certutil, "-A", "-t", "C,,", "-n", "place", "-i", str(authority_file)]
    subprocess.run(add, check=True)


@pytest.fixture
def visit(tmp_path, launch):
    """Open an address in a Chromium that trusts the authority and finds every name here."""

    def visit(address, authority_file):
        trust(tmp_path / "profile", authority_file)
        browser = launch(
            "--host-resolver-rules=MAP * 127.0.0.1",
            env=os.environ | {"HOME": str(tmp_path / "profile")},
        )
        page = browser.new_page()
        try:
            page.goto(address)
            return page.evaluate("isSecureContext"), page.inner_text("body")
        finally:
            browser.close()

    return visit


def test_the_right_name_is_a_secure_page(tmp_path, visit):
    home = tmp_path / "home"
    with served(home, "--lan") as place:
        secure, text = visit(f"{place.phones}/phones/", home / "phones" / "authority.pem")
    assert secure
    assert "trusts this place's certificate" in text


def test_another_name_by_the_same_authority_is_refused(tmp_path, visit):
    authority, key = lan.new_authority("calm-stone.local", datetime.now(UTC))
    mine = ec.generate_private_key(ec.SECP256R1())
    forged = lan.certify(authority, key, mine.public_key(), "bank.example", [])
    pem = serialization.Encoding.PEM
    files = {
        "authority.pem": authority.public_bytes(pem),
        "forged.pem": forged.public_bytes(pem),
        "forged-key.pem": mine.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "forged.pem", tmp_path / "forged-key.pem")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=shake_hands, args=(listener, context), daemon=True).start()
        port = listener.getsockname()[1]
        with pytest.raises(Error, match="ERR_CERT_INVALID"):
            visit(f"https://bank.example:{port}/", tmp_path / "authority.pem")


def shake_hands(listener, context):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            connection.close()
