"""The search for canaries finds one in every form that it promises to know."""

import base64
import gzip
import zlib

import pytest

from tests import canaries


@pytest.mark.parametrize("form", sorted(canaries.forms(canaries.word())))
def test_a_word_is_found_in_every_form(form: str) -> None:
    canary = canaries.word()
    planted = b"\0\1 before " + canaries.forms(canary)[form] + b" after"
    assert {(word, where) for word, _, where in canaries.found([canary], [("here", planted)])} == {
        (canary, "here")
    }
    assert canaries.found([canaries.word()], [("here", planted)]) == []


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_word_is_found_in_what_is_packed(pack) -> None:
    canary = canaries.word()
    planted = b"before" + pack(f"a line with {canary} in it".encode()) + b"after"
    found = canaries.found([canary], [("x", planted)])
    assert [form for _, form, where in found if "packed" in where] == ["utf-8"]


def test_base64_is_found_wherever_the_word_begins() -> None:
    canary = canaries.word()
    for before in range(7):
        coded = base64.b64encode(b"x" * before + canary.encode() + b" and more")
        assert canaries.found([canary], [("x", coded)])
