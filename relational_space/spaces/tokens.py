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
from mnemonic import Mnemonic

WORDS = 3
BITS_OF_A_WORD = 11

# The list was made for other things. Nobody should have to say one of these to somebody they trust,
# at a moment that is tender.
UNKIND = frozenset(
    """
    abandon abuse accident assault attack bitter blood bomb burden crash crazy crime cruel crush
    cry damage danger defy deny destroy disease divorce dumb empty enemy evil fatal fatigue fault
    fat force guilt gun harsh hurt ill lonely mad obey panic pistol prison punch rifle sad scare
    shoot sick suffer tragic trap trouble ugly unable unhappy useless void weapon whip wrong
    """.split()
)

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
        _list()[(number >> (BITS_OF_A_WORD * place)) % len(_list())]
        for place in range(8 * len(made) // BITS_OF_A_WORD)
    )
    return tuple(islice((word for word in drawn if word not in UNKIND), WORDS))


def words_digest(heard: tuple[str, ...]) -> str:
    """What is stored of three words."""
    return salted_hmac("spaces.words", " ".join(heard), algorithm="sha256").hexdigest()


def word_list() -> tuple[str, ...]:
    """The words that may be said, for a browser that makes four of them from its own secret."""
    return tuple(word for word in _list() if word not in UNKIND)


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
def _list() -> tuple[str, ...]:
    return tuple(Mnemonic("english").wordlist)


@cache
def _by_beginning() -> dict[str, str]:
    return {word[:TELLING_LETTERS]: word for word in _list()}
