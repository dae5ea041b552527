"""What a sealed file may look like from outside: an age file with one recipient of the right kind.

Nothing is opened here, and there is nothing to open it with. This keeps out what was posted unsealed by
mistake, what was sealed for somebody else beside, and a passphrase's slot that would be cheap to guess.
The browser's own checks are in `browser/words/words.ts`; docs/words.md has the format.
"""

import re

PAD_BYTES = 256
WORK_FACTORS = range(17, 19)

# The header of an age file with a single stanza, whose body is a wrapped file key.
_HEADER = re.compile(
    rb"age-encryption\.org/v1\n"
    rb"-> (?P<stanza>[!-~]+(?: [!-~]+)*)\n"
    rb"[A-Za-z0-9+/]{43}\n"
    rb"--- [A-Za-z0-9+/]{43}\n"
)
_KEY = re.compile(rb"X25519 [A-Za-z0-9+/]{43}")
_PASSWORD = re.compile(rb"scrypt [A-Za-z0-9+/]{22} (?P<factor>[1-9][0-9])")
_PASSKEY = re.compile(rb"age-encryption\.org/fido2prf [A-Za-z0-9+/]{22}")

_NONCE_BYTES = 16
_CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16

# "AGE-SECRET-KEY-1" with its 58 signs, and the end of the line.
_WORD_KEY_BYTES = 75


def is_for_a_key(sealed: bytes) -> bool:
    """Whether this is sealed for one key, and padded: a record or a keyring."""
    plain_bytes = _plain_bytes(sealed, _KEY)
    return plain_bytes is not None and plain_bytes > 0 and plain_bytes % PAD_BYTES == 0


def is_for_a_secret(sealed: bytes) -> bool:
    """Whether this is a word key sealed by a passphrase or a code, as slowly as it has to be."""
    if _plain_bytes(sealed, _PASSWORD) != _WORD_KEY_BYTES:
        return False
    found = _PASSWORD.search(sealed)
    return found is not None and int(found["factor"]) in WORK_FACTORS


def is_for_a_passkey(sealed: bytes) -> bool:
    """Whether this is a word key sealed by a passkey."""
    return _plain_bytes(sealed, _PASSKEY) == _WORD_KEY_BYTES


def _plain_bytes(sealed: bytes, stanza: re.Pattern[bytes]) -> int | None:
    """How much is inside of a file with this one stanza; None when it is no such file."""
    header = _HEADER.match(sealed)
    if header is None or not stanza.fullmatch(header["stanza"]):
        return None
    payload = len(sealed) - header.end() - _NONCE_BYTES
    chunks = -(-payload // (_CHUNK_BYTES + _TAG_BYTES))
    plain = payload - chunks * _TAG_BYTES
    return plain if payload >= _TAG_BYTES and plain >= 0 else None
