"""What isn't sealed as it has to be is not kept, and never opened to find out."""

import pytest

from relational_space.words import sealing
from tests.words.vectors import (
    CODE_SLOT,
    KEYRING,
    PASSKEY_SLOT,
    PASSPHRASE_SLOT,
    VECTORS,
    sealed,
)


def test_what_the_browser_seals_is_taken():
    for number in range(len(VECTORS["records"])):
        assert sealing.is_for_a_key(sealed(number))
    assert sealing.is_for_a_key(KEYRING)
    assert sealing.is_for_a_secret(PASSPHRASE_SLOT)
    assert sealing.is_for_a_secret(CODE_SLOT)
    assert sealing.is_for_a_passkey(PASSKEY_SLOT)


def test_each_kind_is_taken_only_for_itself():
    assert not sealing.is_for_a_key(PASSPHRASE_SLOT)
    assert not sealing.is_for_a_key(PASSKEY_SLOT)
    for other in (sealed(), KEYRING, PASSKEY_SLOT):
        assert not sealing.is_for_a_secret(other)
    for other in (sealed(), KEYRING, PASSPHRASE_SLOT):
        assert not sealing.is_for_a_passkey(other)


@pytest.mark.parametrize("factor", [b"1", b"9", b"10", b"16", b"19", b"20", b"017", b"+17", b""])
def test_a_slot_that_is_cheap_to_guess_or_takes_for_ever_is_refused(factor):
    assert not sealing.is_for_a_secret(PASSPHRASE_SLOT.replace(b" 17\n", b" " + factor + b"\n"))


def test_a_record_for_somebody_else_beside_is_refused():
    stanza = sealed()[len(b"age-encryption.org/v1\n") : sealed().index(b"---")]
    twice = sealed().replace(stanza, stanza * 2)
    assert twice.count(b"-> ") == 2
    assert not sealing.is_for_a_key(twice)
    assert not sealing.is_for_a_key(sealed().replace(stanza, stanza + b"-> grease x\n\n"))
    assert not sealing.is_for_a_key(sealed().replace(stanza, b""))


@pytest.mark.parametrize(
    "posted",
    [
        b"",
        b"A plain sentence that somebody forgot to seal.",
        b'{"v": 1, "body": "a heron"}',
        b"age-encryption.org/v1\n",
        sealed()[:200],
        sealed()[:-1],
        sealed() + b" ",
        sealed()[: sealed().index(b"\n", sealed().index(b"---")) + 1],
        sealed().replace(b"v1", b"v2", 1),
        sealed().replace(b"X25519", b"x25519"),
        b"\n" + sealed(),
    ],
    ids=range(11),
)
def test_anything_else_is_refused(posted):
    assert not sealing.is_for_a_key(posted)
    assert not sealing.is_for_a_secret(posted)
    assert not sealing.is_for_a_passkey(posted)


def test_a_size_that_says_more_than_a_step_is_refused():
    step = sealing.PAD_BYTES
    grown = sealed() + bytes(step)
    assert sealing.is_for_a_key(grown)
    assert not sealing.is_for_a_key(grown[:-1])
    # Beyond 64 KiB age cuts what it seals into pieces, each with a tag of its own.
    long = sealed() + bytes(300 * step)
    pieces = -(-(301 * step) // (64 * 1024))
    assert not sealing.is_for_a_key(long)
    assert sealing.is_for_a_key(long + bytes((pieces - 1) * 16))
