"""A sealed export opens offline, whole, with what its owner has; and anything else stays shut."""

import base64
import json
import os
import pty
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relational_space.__main__ import app
from relational_space.words import opening
from tests.words.vectors import VECTORS

CODE, PASSPHRASE, EXPORT = VECTORS["code"], VECTORS["passphrase"], VECTORS["export"]
HEAD, *RECORDS = (json.loads(line) for line in EXPORT.splitlines())
ENTRIES = sorted(
    (each["entry"] for each in VECTORS["records"]),
    key=lambda entry: (entry["at"], entry["id"], entry["revision"]),
)


def written(*values):
    return "".join(f"{json.dumps(value)}\n" for value in values)


@pytest.fixture
def unlocked(monkeypatch):
    """Whoever opens has the word key: scrypt takes its time, and is not what these tests are about."""
    monkeypatch.setattr(opening, "_word_key", lambda slots, secret: VECTORS["wordKey"])


def opened(*values):
    return opening.open_export(written(*values), "")


# What opens


def test_what_the_browser_sealed_opens_with_the_code_however_it_is_typed():
    found = opening.open_export(EXPORT, f" {CODE.lower().replace('-', ' ')} ")
    assert list(found.entries) == ENTRIES
    assert (found.newer, found.unopened, found.knows_what_was_seen) == ([], [], True)


def test_it_opens_with_the_passphrase_and_with_no_other():
    assert list(opening.open_export(EXPORT, f"{PASSPHRASE}\n").entries) == ENTRIES
    with pytest.raises(opening.Shut, match="Try it again"):
        opening.open_export(EXPORT, PASSPHRASE.title())


def test_a_code_is_read_as_the_browser_reads_it():
    for typed, read in VECTORS["codes"]["read"]:
        assert opening.read_code(typed) == read
    for wrong in VECTORS["codes"]["wrong"]:
        assert opening.read_code(wrong) is None
    assert opening.read_code("o" * 28) == "-".join(["0000"] * 7)


def test_a_passphrase_is_used_as_the_browser_uses_it():
    for typed, used in VECTORS["passphrases"]:
        assert opening.as_used(typed) == used


@pytest.mark.parametrize("factor", [b"1", b"10", b"16", b"19", b"22", b"63"])
def test_a_slot_whose_work_was_changed_is_not_tried(factor, monkeypatch):
    monkeypatch.setattr(opening.pyrage.passphrase, "decrypt", pytest.fail)
    file = base64.b64decode(HEAD["slots"][0]["sealed"]).replace(b" 17\n", b" " + factor + b"\n")
    slot = {**HEAD["slots"][0], "sealed": base64.b64encode(file).decode()}
    with pytest.raises(opening.Shut):
        opening.open_export(written({**HEAD, "slots": [slot]}), PASSPHRASE)


# What stays shut


def changes_of(sealed):
    file = base64.b64decode(sealed)
    for at in range(0, len(file), max(len(file) // 30, 1)):
        yield file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
    yield from (file[:-1], file[:-256], file[1:], file + b"\0", b"")
    yield file.replace(b"X25519", b"scrypt")


def test_whatever_was_changed_in_a_record_stays_shut_and_is_handed_back(unlocked):
    changed = []
    for record in RECORDS:
        sealed = [base64.b64encode(file).decode() for file in changes_of(record["sealed"])]
        sealed += [each["sealed"] for each in RECORDS if each is not record]
        sealed += [HEAD["keyring"]["sealed"], HEAD["slots"][0]["sealed"], "no base64", None, 7]
        changed += [{**record, "sealed": each} for each in sealed]
        scopes = {"private", VECTORS["space"], "", None} - {record["scope"]}
        authors = {VECTORS["me"], VECTORS["other"], None} - {record["author"]}
        changed += [{**record, "scope": scope} for scope in scopes]
        changed += [{**record, "author": author} for author in authors]
        changed += [{**record, "id": name} for name in (record["id"].upper(), "", None)]
        changed += [{**record, "revision": 0}, {**record, "revision": record["revision"] + 1}]
        changed += [{**record, "revision": True if record["revision"] == 1 else 2.0}]
        changed += [{name: record[name] for name in record if name != left} for left in record]
    # Each counts once, and none is what was sealed.
    kinds = {written(record) for record in changed}
    assert len(kinds) > 400
    assert not kinds & {written(record) for record in RECORDS}
    assert list(opened(HEAD, *RECORDS).entries) == ENTRIES
    found = opened(HEAD, *changed)
    assert list(found.entries) == []
    assert list(found.unopened) == changed


def test_an_older_revision_than_was_seen_stays_shut(unlocked):
    newest = [record for record in RECORDS if record["revision"] == 2]
    first = [r for r in RECORDS if r["id"] == newest[0]["id"] and r["revision"] == 1]
    assert list(opened(HEAD, *first).unopened) == first
    assert len(opened(HEAD, *first, *newest).entries) == 2


def test_what_was_sealed_for_the_right_key_and_lies_about_itself_stays_shut(unlocked):
    lying = [each["record"] for each in VECTORS["lies"]["records"]]
    found = opened(HEAD, *lying)
    assert list(found.unopened) == lying
    for each in VECTORS["lies"]["keyrings"]:
        found = opened({**HEAD, "keyring": each["keyring"]}, *RECORDS)
        assert not found.knows_what_was_seen, each["why"]


def test_what_comes_again_is_read_once(unlocked):
    found = opened(HEAD, *RECORDS, RECORDS[0])
    assert list(found.entries) == ENTRIES
    assert list(found.unopened) == [RECORDS[0]]


def test_without_its_keyring_what_is_private_opens_and_what_is_shared_does_not(unlocked):
    for sealed in (base64.b64encode(f).decode() for f in changes_of(HEAD["keyring"]["sealed"])):
        keyring = {"revision": HEAD["keyring"]["revision"], "sealed": sealed}
        found = opened({**HEAD, "keyring": keyring}, *RECORDS)
        assert not found.knows_what_was_seen
        assert {entry["scope"] for entry in found.entries} == {"private"}
        assert {record["scope"] for record in found.unopened} == {VECTORS["space"]}
    for keyring in ({}, {**HEAD["keyring"], "revision": 5}):
        assert not opened({**HEAD, "keyring": keyring}).knows_what_was_seen
    assert not opened({**HEAD, "me": VECTORS["other"]}).knows_what_was_seen


def test_what_a_newer_version_has_sealed_is_told_apart(unlocked):
    found = [{**RECORDS[0], "sealed": each["sealed"]} for each in VECTORS["versions"]]
    result = opened(HEAD, *found)
    assert list(result.newer) == found[:1]
    assert list(result.unopened) == found[1:]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no sealed export"),
        ("[]", "holds no record"),
        ("{", "can't be read"),
        ("[" * 100_000, "can't be read"),
        ('{"words": 1}', "no sealed export"),
        ('{"words": 2, "whatever": 0}', "newer version"),
        (EXPORT[: len(EXPORT) // 2], "Is the file whole"),
    ],
    ids=range(7),
)
def test_what_is_no_export_is_said_to_be_none(text, sentence):
    with pytest.raises(opening.Shut, match=sentence):
        opening.open_export(text, CODE)


# The command


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "sealed.jsonl"
    file.write_text(EXPORT, encoding="utf-8")
    return file


def run(*arguments, secret=CODE):
    return CliRunner().invoke(app, ["open-words", *map(str, arguments)], input=f"{secret}\n")


def test_the_command_writes_what_was_written_for_its_owner_alone(export, unlocked):
    answer = run(export)
    assert answer.exit_code == 0
    folder = export.with_name("sealed-opened")
    assert sorted(file.name for file in folder.iterdir()) == ["words.html", "words.json"]
    kept = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    assert kept == {"words": 1, "entries": ENTRIES, "unopened": 0}
    assert "“hum”" in (folder / "words.html").read_text(encoding="utf-8")
    for path in (folder, *folder.iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077
    assert "can read them" in answer.stdout


def test_nothing_is_written_over_unasked(export, unlocked):
    assert run(export).exit_code == 0
    page = export.with_name("sealed-opened") / "words.html"
    page.write_text("mine")
    answer = run(export)
    assert answer.exit_code == 2
    assert "--force" in answer.stderr
    assert page.read_text() == "mine"
    assert run(export, "--out", export.with_name("elsewhere")).exit_code == 0
    assert run(export, "--force").exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_what_stayed_shut_is_kept_so_that_it_can_be_tried_again(export, unlocked):
    lost = {**RECORDS[0], "id": VECTORS["space"]}
    export.write_text(written(HEAD, *RECORDS[3:], lost), encoding="utf-8")
    answer = run(export)
    assert "1 could not be opened" in answer.stderr
    again = export.with_name("sealed-opened") / "unopened.jsonl"
    assert again.read_text() == written(HEAD, lost)


def test_the_page_runs_nothing_that_somebody_wrote():
    entry = {"kind": "<b>", "at": "<i>", "body": {"<script>": ["<img>", None, 1, {"a": "&"}]}}
    page = opening.as_page(opening.Opened([entry], [], [], True))
    for sign in ("<b>", "<i>", "<script", "<img"):
        assert sign not in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "No such file"), (b"\xff\xfe", "it isn't text"), (b"", "no sealed export")],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(export, content, sentence):
    if content is None:
        export.unlink()
    else:
        export.write_bytes(content)
    answer = run(export)
    assert answer.exit_code == 2
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not export.with_name("sealed-opened").exists()


# The ordinary program


def by_hand(command: list[str], typed: str) -> bytes:
    """What a program writes that asks for a secret at a terminal."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    asked = b""
    while b"passphrase" not in asked:
        asked += os.read(terminal, 1024)
    os.write(terminal, typed.encode() + b"\n")
    try:
        while os.read(terminal, 1024):
            pass
    except OSError:  # how a terminal says that nobody is at the other end
        pass
    _child, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return asked


@pytest.mark.skipif(shutil.which("age") is None, reason="the age program isn't installed here")
def test_an_export_opens_by_hand_with_the_ordinary_age_program(tmp_path: Path) -> None:
    [slot] = [slot for slot in HEAD["slots"] if slot["kind"] == "code"]
    (tmp_path / "slot.age").write_bytes(base64.b64decode(slot["sealed"]))
    key = tmp_path / "key.txt"
    by_hand(["age", "-d", "-o", str(key), str(tmp_path / "slot.age")], CODE)
    assert key.read_text() == VECTORS["wordKey"] + "\n"

    def plain(sealed: str, by: Path) -> dict:
        command = ["age", "-d", "-i", str(by)]
        done = subprocess.run(command, input=base64.b64decode(sealed), capture_output=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    keyring = plain(HEAD["keyring"]["sealed"], key)
    spaces = tmp_path / "spaces.txt"
    spaces.write_text(
        "".join(f"{each['key']}\n" for keys in keyring["spaces"].values() for each in keys)
    )
    for each in VECTORS["records"]:
        by = key if each["entry"]["scope"] == "private" else spaces
        assert plain(each["record"]["sealed"], by) == {"v": 1, **each["entry"]}
