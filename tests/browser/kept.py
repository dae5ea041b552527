"""Ada and Ben as two who were here before: an account each, words that open, and a space that they share.

What a person does to get there has journeys of its own. Here it is laid into the place's database, with
what the vectors of the sealing have: one passphrase and one word key, each keyring naming its owner.
"""

import base64
import hmac
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyrage
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core import signing
from django.utils.crypto import salted_hmac
from playwright.sync_api import BrowserContext

from relational_space.site.home import database_path, secret_key
from tests.browser.people import KNOCK, LINK, Somebody, terms
from tests.words.vectors import CODE_SLOT, PASSPHRASE_SLOT, VECTORS

PASSPHRASE = VECTORS["passphrase"]
WORD_KEY = pyrage.x25519.Identity.from_str(VECTORS["wordKey"])
KNOWS_THE_PASSPHRASE = """
([passphrase, key]) => {
  const Real = window.Worker;
  const opens = () => {
    const worker = new EventTarget();
    worker.terminate = () => {};
    worker.postMessage = ({ act, secret }) => setTimeout(() => {
      const data = act === "open" && secret === passphrase ? { done: key } : { unopened: true, why: "" };
      worker.dispatchEvent(new MessageEvent("message", { data }));
    });
    return worker;
  };
  window.Worker = function (address, options) {
    return String(address).includes("/slots-") ? opens() : new Real(address, options);
  };
}
"""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Kept:
    """Two people, the space that they share, and the cookie of each."""

    space: str
    ada: str
    ben: str
    ids: dict[str, str]


def two_who_keep(home: Path, *, key: bool = True, check_in: bool = True) -> Kept:
    """Make them in this home, which is being served. With `key` they have met at a door of their space."""
    database = sqlite3.connect(database_path(home), timeout=30)
    space, epoch = str(uuid4()), str(uuid4())
    ids = {name: str(uuid4()) for name in ("Ada", "Ben")}
    spaces = {space: [{"epoch": epoch, "key": str(pyrage.x25519.Identity.generate())}]}
    today = datetime.now(UTC).date().isoformat()
    with database:
        database.execute("INSERT INTO spaces_space VALUES (?, ?, 3)", [_hex(space), today])
        for name, other in (("Ada", "Ben"), ("Ben", "Ada")):
            me = ids[name]
            _put(
                database,
                "people_person",
                id=_hex(me),
                name=name,
                created=today,
                is_host=False,
                seed=name,
            )
            _put(
                database,
                "spaces_member",
                space_id=_hex(space),
                person_id=_hex(me),
                kind="friend",
                other_name=other,
                resting=False,
                check_in=check_in,
            )
            for kind, sealed in (("passphrase", PASSPHRASE_SLOT), ("code", CODE_SLOT)):
                _put(
                    database,
                    "words_slot",
                    id=uuid4().hex,
                    person_id=_hex(me),
                    kind=kind,
                    sealed=sealed,
                    hint="",
                    day=today,
                )
            held = {"v": 1, "kind": "keyring", "owner": me, "revision": 1, "seen": {}}
            keyring = sealed_for_the_key(held | {"spaces": spaces if key else {}})
            _put(database, "words_keyring", person_id=_hex(me), revision=1, sealed=keyring)
        cookies = {name: _session(database, home, ids[name], name) for name in ids}
    database.close()
    return Kept(space, cookies["Ada"], cookies["Ben"], ids)


def sealed_for_the_key(held: dict[str, Any]) -> bytes:
    """As `words.ts` seals for a word key: an age file with one stanza, where pyrage adds another for show."""
    plain = json.dumps(held).encode()
    plain += b" " * (-len(plain) % 256)
    assert len(plain) < 64 * 1024
    file_key, ours = os.urandom(16), X25519PrivateKey.generate()
    scalar = _bech32(str(WORD_KEY))
    theirs = X25519PrivateKey.from_private_bytes(scalar).public_key()
    shares = [each.public_bytes_raw() for each in (ours.public_key(), theirs)]
    wrap = _derived(ours.exchange(theirs), b"".join(shares), b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    header = f"age-encryption.org/v1\n-> X25519 {_unpadded(shares[0])}\n{_unpadded(body)}\n---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), header.encode(), "sha256")
    nonce = os.urandom(16)
    stream = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    payload = stream.encrypt(bytes(11) + b"\1", plain, None)
    return f"{header} {_unpadded(mac)}\n".encode() + nonce + payload


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def _unpadded(content: bytes) -> str:
    return base64.b64encode(content).rstrip(b"=").decode()


def _bech32(identity: str) -> bytes:
    """The 32 bytes in an age identity."""
    signs = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    number = 0
    for sign in identity.lower().rpartition("1")[2][:-6]:
        number = number << 5 | signs.index(sign)
    return (number >> 4).to_bytes(32, "big")


def bodies(home: Path, me: str) -> list[dict[str, Any]]:
    """What somebody has kept in private, opened with their key: kinds and bodies."""
    database = sqlite3.connect(database_path(home), timeout=30)
    rows = database.execute(
        "SELECT sealed FROM words_record WHERE author_id = ? AND space IS NULL", [_hex(me)]
    ).fetchall()
    database.close()
    return [json.loads(pyrage.decrypt(sealed, [WORD_KEY])) for (sealed,) in rows]


def _session(database: sqlite3.Connection, home: Path, me: str, seed: str) -> str:
    secret = secret_key(home)
    held = {
        "_auth_user_id": me,
        "_auth_user_backend": BACKEND,
        "_auth_user_hash": salted_hmac(
            "people.session", seed, secret=secret, algorithm="sha256"
        ).hexdigest(),
    }
    data = signing.dumps(
        held,
        key=secret,
        salt="django.contrib.sessions.SessionStore",
        serializer=signing.JSONSerializer,
        compress=True,
    )
    cookie = uuid4().hex
    ends = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%d %H:%M:%S")
    _put(database, "django_session", session_key=cookie, session_data=data, expire_date=ends)
    return cookie


def _put(database: sqlite3.Connection, table: str, **row: Any) -> None:
    places = ", ".join("?" for _ in row)
    database.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})",
        list(row.values()),
    )


def _hex(number: str) -> str:
    return number.replace("-", "")


def sign_in(somebody: Somebody, cookie: str) -> Somebody:
    """This browser has signed in before."""
    host = urlsplit(somebody.place).hostname
    somebody.context.add_cookies([{"name": "s", "value": cookie, "domain": host, "path": "/"}])
    return somebody


def opens_at_once(context: BrowserContext) -> None:
    """From the next page on scrypt takes no second here: its worker knows the one passphrase.

    For journeys that aren't about opening words; those in test_own_words.py are, and wait.
    """
    knows = json.dumps([PASSPHRASE, str(WORD_KEY)])
    context.add_init_script(f"({KNOWS_THE_PASSPHRASE})({knows})")


def meet_again(ada: Somebody, ben: Somebody, space: str, practice: str, seating: str = "") -> str:
    """Where the two of a space can sit down: by a door of theirs, and no page has been drawn."""
    here = f"/spaces/{space}/"
    door = ada.sends(f"{here}meet/", here)
    link = urlsplit(LINK.search(door).group(1)).path
    ben.sends(link, link)
    knock = KNOCK.search(ada.context.request.get("/door/").text()).group(1)
    ada.sends("/door/let-in/", "/door/", knock=knock, **terms(practice, seating))
    return ada.came_to


def unlock(somebody: Somebody, secret: str = PASSPHRASE) -> None:
    """Open the words that a page asks for."""
    somebody.page.get_by_label("Your passphrase").fill(secret)
    somebody.page.get_by_role("button", name="Open", exact=True).click()


def as_text(content: bytes) -> str:
    """Base64, as a browser sends it."""
    return base64.b64encode(content).decode()
