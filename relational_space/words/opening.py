"""Opens a sealed export offline, with a passphrase or a recovery code: no server, no network, no account.

It is the second implementation of docs/words.md, and shares no code with the first, `browser/words/words.ts`.
What does not open is handed back as it is. Nothing here writes, and nothing says what a secret was.
"""

import base64
import binascii
import html
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyrage

from relational_space.words import sealing

FORMAT = 1
MOST_BYTES = 256 * 1024 * 1024
"""Four times what a person can keep; base 64 and names add a half."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_SIGNS = 26
_CHECK_PRIME = 1021

_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}")

_SPACES = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What a browser takes for space: not quite what Python does, and the key hangs on it."""

Record = dict[str, Any]


class Shut(Exception):
    """This export cannot be opened so; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an export: entries in the order in which they were written, and what stayed shut."""

    entries: Sequence[Record]
    newer: Sequence[Record]
    unopened: Sequence[Record]
    knows_what_was_seen: bool
    """Whether the keyring opened; without it the words of spaces stay shut."""


@dataclass(frozen=True, slots=True)
class _Keyring:
    spaces: dict[str, list[dict[str, str]]]
    seen: dict[str, int]


class _Newer(Exception):
    pass


class _Unopened(Exception):
    pass


def open_export(text: str, secret: str) -> Opened:
    """Everything in this export that the secret opens."""
    head, records = _read(text)
    word_key = _word_key(head["slots"], secret)
    me = str(head["me"])
    try:
        keyring = _open_keyring(head["keyring"], me, word_key)
    except (_Unopened, _Newer):
        keyring = None
    entries: list[tuple[Record, Record]] = []
    newer: list[Record] = []
    unopened: list[Record] = []
    come: set[tuple[str, int]] = set()
    for record in records:
        try:
            entry = _open_record(record, me, word_key, keyring)
        except _Newer:
            newer.append(record)
        except _Unopened:
            unopened.append(record)
        else:
            revision = _name(entry, me), entry["revision"]
            # One that comes again would be read as if it had been written twice.
            if revision in come:
                unopened.append(record)
            else:
                entries.append((record, entry))
            come.add(revision)
    rolled_back = _rolled_back([entry for _, entry in entries], me, keyring.seen if keyring else {})
    unopened += [record for record, entry in entries if _name(entry, me) in rolled_back]
    kept = [entry for _, entry in entries if _name(entry, me) not in rolled_back]
    kept.sort(key=lambda entry: (entry["at"], entry["id"], entry["revision"]))
    return Opened(kept, newer, unopened, keyring is not None)


def as_json(opened: Opened) -> str:
    """The entries, as other programs read them."""
    content = {"words": FORMAT, "entries": opened.entries, "unopened": len(opened.unopened)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_page(opened: Opened) -> str:
    """The entries, as a page that needs nothing else."""
    articles = (
        f"<article><h2>{html.escape(entry['kind'])}</h2>"
        f"<p><time>{html.escape(entry['at'])}</time></p>{_as_html(entry['body'])}</article>\n"
        for entry in opened.entries
    )
    return '<!doctype html><meta charset="utf-8"><title>Words</title><h1>Words</h1>\n' + "".join(
        articles
    )


def as_export(text: str, opened: Opened) -> str:
    """What stayed shut, as an export of its own: with the ways in, so that it can be tried again."""
    head = next(line for line in text.splitlines() if line.strip())
    shut = (json.dumps(record) for record in (*opened.newer, *opened.unopened))
    return "".join(f"{line}\n" for line in (head, *shut))


def as_used(passphrase: str) -> str:
    """A passphrase as it is used: as the browser makes it, of whatever keyboard."""
    return unicodedata.normalize("NFC", passphrase).strip(_SPACES)


def read_code(typed: str) -> str | None:
    """A recovery code as it is used, however it was typed; None when something in it was mistyped."""
    signs = "".join(sign for sign in typed.upper() if sign not in _SPACES and sign != "-")
    signs = signs.translate(str.maketrans("ILO", "110"))
    if len(signs) != _CODE_SIGNS + 2 or not set(signs) <= set(_SIGNS):
        return None
    number = 0
    for sign in signs[:_CODE_SIGNS]:
        number = number * 32 + _SIGNS.index(sign)
    check = divmod(number % _CHECK_PRIME, 32)
    if signs[_CODE_SIGNS:] != "".join(_SIGNS[half] for half in check):
        return None
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def _read(text: str) -> tuple[Record, list[Record]]:
    """The ways in, and the records; each line is a value of its own."""
    values = list(_lines(text))
    head = values[0] if values else {}
    version = head.get("words")
    if isinstance(version, int) and version > FORMAT:
        raise Shut("A newer version has made this export. Open it with that version.")
    slots, keyring = head.get("slots"), head.get("keyring")
    if version != FORMAT or not isinstance(slots, list) or not isinstance(keyring, dict):
        raise Shut("This is no sealed export: its first line holds no ways in.")
    return head, values[1:]


def _lines(text: str) -> Iterator[Record]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise Shut(f"Line {number} of this export can't be read. Is the file whole?") from None
        if not isinstance(value, dict):
            raise Shut(f"Line {number} of this export holds no record.")
        yield value


def _word_key(slots: list[Any], secret: str) -> str:
    """The word key, by whichever slot this secret opens."""
    used = {
        "code": read_code(secret) or "",
        "passphrase": as_used(secret),
    }
    ways = [
        (kind, slot)
        for kind in used
        for slot in slots
        if used[kind] and isinstance(slot, dict) and slot.get("kind") == kind
    ]
    for kind, slot in ways:
        try:
            file = _bytes(slot.get("sealed"))
            # Before it is tried: a changed work factor would take for ever, or be cheap to guess.
            if sealing.is_for_a_secret(file):
                plain: bytes = pyrage.passphrase.decrypt(file, used[kind])
                return plain.decode().rstrip("\n")
        except (_Unopened, pyrage.DecryptError, UnicodeDecodeError):
            continue
    raise Shut("Neither a passphrase nor a recovery code of this export is that. Try it again.")


def _open_keyring(sealed: Record, me: str, word_key: str) -> _Keyring:
    held = _open(sealed.get("sealed"), word_key)
    spaces, seen = held.get("spaces"), held.get("seen")
    if held.get("kind") != "keyring" or held.get("owner") != me:
        raise _Unopened
    if not _same_count(held.get("revision"), sealed.get("revision")):
        raise _Unopened
    if not isinstance(spaces, dict) or not isinstance(seen, dict):
        raise _Unopened
    if not all(
        isinstance(keys, list) and all(map(_is_space_key, keys)) for keys in spaces.values()
    ):
        raise _Unopened
    if any(type(revision) is not int or revision < 0 for revision in seen.values()):
        raise _Unopened
    return _Keyring(spaces, seen)


def _is_space_key(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("epoch"), str)
        and isinstance(value.get("key"), str)
        and _IDENTITY.fullmatch(value["key"]) is not None
    )


def _open_record(record: Record, me: str, word_key: str, keyring: _Keyring | None) -> Record:
    for epoch, key in _keys(record.get("scope"), word_key, keyring):
        try:
            held = _open(record.get("sealed"), key)
        except _Unopened:
            continue
        return _fitting(held, record, epoch)
    raise _Unopened


def _keys(scope: Any, word_key: str, keyring: _Keyring | None) -> Iterator[tuple[str, str]]:
    if scope == "private":
        yield "", word_key
    elif keyring is not None and isinstance(scope, str):
        for each in reversed(keyring.spaces.get(scope, [])):
            yield each["epoch"], each["key"]


def _open(sealed: Any, key: str) -> Record:
    """What is sealed for this key: JSON of this version, padded."""
    file = _bytes(sealed)
    if not sealing.is_for_a_key(file):
        raise _Unopened
    try:
        plain = pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(key)])
        held = json.loads(plain.decode())
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError, RecursionError):
        raise _Unopened from None
    if not isinstance(held, dict):
        raise _Unopened
    version = held.get("v")
    if type(version) is int and version > FORMAT:
        raise _Newer
    if type(version) is not int or version != FORMAT:
        raise _Unopened
    return held


def _fitting(held: Record, record: Record, epoch: str) -> Record:
    """The entry, if it is what stands outside of it."""
    names = "scope", "id", "author"
    fits = (
        all(isinstance(held.get(name), str) for name in names)
        and all(held[name] == record.get(name) for name in names)
        and _same_count(held.get("revision"), record.get("revision"))
        and held["revision"] > 0
        and held.get("epoch") == epoch
        and isinstance(held.get("kind"), str)
        and held["kind"] not in ("keyring", "pack")
        and isinstance(held.get("at"), str)
        and "body" in held
    )
    if not fits:
        raise _Unopened
    return {name: value for name, value in held.items() if name != "v"}


def _rolled_back(entries: Sequence[Record], me: str, seen: dict[str, int]) -> set[str]:
    """The names of which an older revision is here than was seen, and not the one that was."""
    newest: dict[str, int] = {}
    for entry in entries:
        name = _name(entry, me)
        newest[name] = max(newest.get(name, 0), entry["revision"])
    return {name for name, revision in newest.items() if revision < seen.get(name, 0)}


def _name(entry: Record, me: str) -> str:
    return entry["id"] if entry["author"] == me else f"{entry['author']}/{entry['id']}"


def _same_count(one: Any, other: Any) -> bool:
    return type(one) is int and type(other) is int and one == other


def _bytes(sealed: Any) -> bytes:
    try:
        return base64.b64decode(str(sealed), validate=True)
    except (binascii.Error, ValueError):
        raise _Unopened from None


def _as_html(value: Any) -> str:
    if isinstance(value, list):
        return "<ul>" + "".join(f"<li>{_as_html(each)}</li>" for each in value) + "</ul>"
    if isinstance(value, dict):
        rows = (
            f"<dt>{html.escape(name)}</dt><dd>{_as_html(each)}</dd>" for name, each in value.items()
        )
        return "<dl>" + "".join(rows) + "</dl>"
    return f"<p>{html.escape('' if value is None else str(value))}</p>"
