"""Words that nobody else says, and the search for them wherever a place could have put them.

A word is looked for as it is, as other programs write it, and inside of what is packed: UTF-8 and UTF-16,
base64 at each of its three beginnings, hex, as in an address, and whatever gzip or deflate has made of it.
"""

import base64
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote

Where = tuple[str, bytes]
"""A name for a place that is searched, and all of its bytes."""


def word() -> str:
    """One that nobody else says; its first letter is written in many ways."""
    return f"ö{secrets.token_hex(6)}ß"


def forms(canary: str) -> dict[str, bytes]:
    """The word in every form that it is looked for in."""
    plain, wide = canary.encode(), canary.encode("utf-16-le")
    found = {
        "utf-8": plain,
        "utf-16": wide,
        "utf-16, the other way": canary.encode("utf-16-be"),
        "latin-1": canary.encode("latin-1"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "address": quote(canary).encode(),
        "json": "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in canary).encode(),
        "html": "".join(c if c.isascii() else f"&#{ord(c)};" for c in canary).encode(),
    }
    for name, content in (("base64", plain), ("base64 of utf-16", wide)):
        for before in range(3):
            # What stands before it moves its letters; only those that it makes alone are looked for.
            coded = base64.b64encode(bytes(before) + content)
            core = coded[-(-before * 8 // 6) :][: (len(content) - 2) * 8 // 6 - 1]
            found[f"{name} {before}"] = core
            found[f"{name} {before}, for addresses"] = core.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def found(canaries: Iterable[str], places: Iterable[Where]) -> list[tuple[str, str, str]]:
    """Every one that stands anywhere: the word, its form, and where."""
    looked_for = [
        (canary, form, content) for canary in canaries for form, content in forms(canary).items()
    ]
    there = []
    for name, content in places:
        for layer, plain in unpacked(content):
            there += [
                (canary, form, f"{name}{layer}")
                for canary, form, coded in looked_for
                if coded in plain
            ]
    return there


def unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes, and what has been packed in them."""
    yield "", content
    for begins, bits in ((b"\x1f\x8b\x08", 31), (b"\x78[\x01\x5e\x9c\xda]", 15)):
        for match in re.finditer(begins, content, re.DOTALL):
            try:
                plain = zlib.decompressobj(bits).decompress(content[match.start() :], 1 << 22)
            except zlib.error:
                continue
            yield f", packed at {match.start()}", plain
