"""What the browser has sealed for the tests of both languages."""

import base64
import json
from typing import Any

from tests.place import ROOT

VECTORS: dict[str, Any] = json.loads(
    (ROOT / "tests" / "vectors" / "words" / "words.json").read_text(encoding="utf-8")
)


def sealed(number: int = 0) -> bytes:
    """A record as it was sealed."""
    return base64.b64decode(VECTORS["records"][number]["record"]["sealed"])


KEYRING = base64.b64decode(VECTORS["keyring"]["sealed"])
PASSPHRASE_SLOT, CODE_SLOT = (base64.b64decode(slot["sealed"]) for slot in VECTORS["slots"])
PASSKEY_SLOT = PASSPHRASE_SLOT.replace(b"scrypt", b"age-encryption.org/fido2prf").replace(
    b" 17\n", b"\n"
)


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()
