"""What is shown at a door, and what of it is stored.

A token has 256 bits and is made from the door's salt with the place's secret key, so that the
inviter's page can show it again although only its SHA-256 is in the database: a thief of the
database lacks the key. The three words have some 33 bits, which is few; they are kept for minutes, may
be tried a few times, and are stored by a keyed digest, since a plain one could be guessed.
"""

import base64
import hashlib
import re
from functools import cache
from itertools import islice

from django.utils.crypto import salted_hmac

from relational_space.people.spoken import UNKIND, whole_list

WORDS = 3
BITS_OF_A_WORD = 11

# No two words of the list share their first four letters.
TELLING_LETTERS = 4


def token(salt: str, way: str) -> str:
    """What a link or a QR code of this door carries."""
    return base64.urlsafe_b64encode(_made(salt, way)).rstrip(b"=").decode()


def digest(shown: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(shown.encode()).hexdigest()


def words(salt: str) -> tuple[str, ...]:
    """The three words of this door, to be said aloud."""
    made = _made(salt, "words")
    number = int.from_bytes(made)
    drawn = (
        whole_list()[(number >> (BITS_OF_A_WORD * place)) % len(whole_list())]
        for place in range(8 * len(made) // BITS_OF_A_WORD)
    )
    return tuple(islice((word for word in drawn if word not in UNKIND), WORDS))


def words_digest(heard: tuple[str, ...]) -> str:
    """What is stored of three words."""
    return salted_hmac("spaces.words", " ".join(heard), algorithm="sha256").hexdigest()


def hear(typed: str) -> tuple[str, ...]:
    """The words that somebody meant, with whatever stands between them; empty when one is unknown."""
    meant = [
        _by_beginning().get(word[:TELLING_LETTERS], "")
        for word in re.findall(r"[a-z]+", typed.lower())
    ]
    return tuple(meant) if len(meant) == WORDS and all(meant) else ()


def _made(salt: str, way: str) -> bytes:
    return salted_hmac("spaces.door", f"{way} {salt}", algorithm="sha256").digest()


@cache
def _by_beginning() -> dict[str, str]:
    return {word[:TELLING_LETTERS]: word for word in whole_list()}
