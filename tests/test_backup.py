"""`relational-space backup` and `restore`: what is in the file, what a restored place is, what is refused."""

import json
import sqlite3
import stat
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage
import pytest
from typer.testing import CliRunner

from relational_space.__main__ import app
from relational_space.site import home as homes
from relational_space.site.home import database_path, held, open_home
from tests.live.guests import Guest
from tests.place import Place, served
from tests.words.vectors import CODE_SLOT, KEYRING, PASSPHRASE_SLOT, sealed, text

PASSPHRASE = "some herons in the reeds"


KEY = pyrage.x25519.Identity.generate()
"""What a passphrase costs a second for, in no time."""


def told(*words: str | Path, says: str = f"{PASSPHRASE}\n") -> Any:
    return CliRunner().invoke(app, [str(word) for word in words], input=says)


def done(*words: str | Path, says: str = f"{PASSPHRASE}\n") -> str:
    answer = told(*words, says=says)
    assert answer.exit_code == 0, answer.output
    return answer.output


def refused(*words: str | Path, says: str = f"{PASSPHRASE}\n") -> str:
    """The sentences of a refusal; nothing else may have been said."""
    answer = told(*words, says=says)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert "Traceback" not in answer.stderr
    return answer.stderr


class Host(Guest):
    """The host's browser, signed in by the link that was printed, at their own words."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.address)
        [line] = [line for line in place.said.splitlines() if "host signs in" in line]
        link = urllib.parse.urlsplit(line.split()[-1]).path
        self.get(link)
        self.post(link)

    def sealed(self, path: str = "/sealed/") -> Any:
        with self._open(f"{self.address}{path}", timeout=10) as answer:
            return json.load(answer)

    def send(self, path: str, body: dict[str, Any]) -> int:
        request = urllib.request.Request(
            f"{self.address}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-CSRFToken": self._token()},
        )
        with self._open(request, timeout=10) as answer:
            return answer.status

    def begin(self) -> None:
        slots = [
            {"kind": "passphrase", "sealed": text(PASSPHRASE_SLOT), "hint": ""},
            {"kind": "code", "sealed": text(CODE_SLOT), "hint": ""},
        ]
        assert self.send("/sealed/begin/", {"slots": slots, "keyring": text(KEYRING)}) == 200

    def keep(self, record: dict[str, Any]) -> None:
        assert self.send("/sealed/records/", record) == 200

    def kept(self) -> set[str]:
        return {each["id"] for each in self.sealed("/sealed/records/")["records"]}


def a_record() -> dict[str, Any]:
    return {"id": str(uuid4()), "after": 0, "revision": 1, "sealed": text(sealed())}


def test_a_place_is_copied_while_it_serves_and_opens_again_elsewhere(tmp_path: Path) -> None:
    """The drill: what was acknowledged is there afterwards, and what came since is given back."""
    home, elsewhere, file = tmp_path / "home", tmp_path / "elsewhere", tmp_path / "monday.age"
    with served(home) as place:
        ada = Host(place)
        ada.begin()
        before = [a_record() for _ in range(3)]
        for record in before:
            ada.keep(record)
        writing, over = threading.Event(), threading.Event()

        def write() -> None:
            """Somebody goes on writing meanwhile: two rows at a time, so that a half would show."""
            database = sqlite3.connect(database_path(home), timeout=10)
            for number in range(10_000):
                with database:
                    for word in ("one", "other"):
                        database.execute(
                            "INSERT INTO people_person (id, name, created, is_host, seed) "
                            "VALUES (?, ?, '2026-01-01', 0, ?)",
                            [uuid4().hex, f"{word} {number}", uuid4().hex],
                        )
                writing.set()
                if over.is_set():
                    break
            database.close()

        writer = threading.Thread(target=write)
        writer.start()
        assert writing.wait(10)
        done("backup", file, "--home", home, "--recipient", str(KEY.to_public()))
        over.set()
        writer.join()
        since = a_record()
        ada.keep(since)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".*")) == []

    (tmp_path / "key.txt").write_text(str(KEY))
    said = done("restore", file, "--home", elsewhere, "--identity", tmp_path / "key.txt")
    assert "Everybody signs in again" in said
    with sqlite3.connect(database_path(elsewhere)) as database:
        pairs = [
            database.execute("SELECT count(*) FROM people_person WHERE name LIKE ?", [like])
            for like in ("one %", "other %")
        ]
        [(ones,), (others,)] = [each.fetchone() for each in pairs]
        assert ones == others > 0
        assert database.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    database.close()
    with served(elsewhere) as place:
        # The old cookie opens nothing; the host's new link does.
        stale = Guest(place.address)
        stale._open = ada._open
        assert "/account/login/" in _asked(stale, "/account/")
        ada = Host(place)
        assert ada.kept() == {record["id"] for record in before}
        assert ada.sealed()["keyring"] == {"revision": 1, "sealed": text(KEYRING)}
        # What `journal.ts` does in a browser that knows more: the same bytes once more.
        for record in (*before, since):
            ada.keep(record)
        assert ada.kept() == {record["id"] for record in (*before, since)}


def _asked(guest: Guest, path: str) -> str:
    guest.get(path)
    return guest.at


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A place in which somebody was, without a server."""
    return made(tmp_path / "home")


def made(folder: Path) -> Path:
    open_home(folder)
    database = sqlite3.connect(database_path(folder))
    with database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE people_person (name TEXT)")
        database.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
        database.execute("CREATE TABLE django_session (session_key TEXT)")
        database.execute("INSERT INTO people_person VALUES ('quetzal')")
        database.execute("INSERT INTO django_session VALUES ('ibis-ibis-ibis')")
        database.execute("INSERT INTO people_person VALUES ('gone-gone-gone')")
        database.execute("DELETE FROM people_person WHERE name = 'gone-gone-gone'")
    database.close()
    return folder


@pytest.fixture(scope="module")
def by_passphrase(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup that was sealed by a passphrase, once for all tests: that takes a second."""
    folder = tmp_path_factory.mktemp("sealed")
    done("backup", folder / "a.age", "--home", made(folder / "home"))
    assert not list(folder.glob(".*"))
    return (folder / "a.age").read_bytes()


def names(folder: Path) -> list[str]:
    database = sqlite3.connect(database_path(folder))
    found = [name for (name,) in database.execute("SELECT name FROM people_person")]
    database.close()
    return found


def test_a_sealed_backup_says_nothing_and_opens_with_its_passphrase(
    by_passphrase: bytes, tmp_path: Path
) -> None:
    # An age file, as the `age` program opens it too.
    assert by_passphrase.startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert b"quetzal" not in by_passphrase
    (tmp_path / "a.age").write_bytes(by_passphrase)
    done("restore", tmp_path / "a.age", "--home", tmp_path / "elsewhere")
    assert names(tmp_path / "elsewhere") == ["quetzal"]


def test_a_backup_holds_no_sign_in_no_key_and_nothing_that_was_deleted(
    home: Path, tmp_path: Path
) -> None:
    done("backup", tmp_path / "a.sqlite3", "--home", home, "--unsealed")
    content = (tmp_path / "a.sqlite3").read_bytes()
    assert b"quetzal" in content
    for gone in (b"ibis-ibis", b"gone-gone", homes.secret_key(home).encode()):
        assert gone not in content
    # The place itself was left as it was.
    database = sqlite3.connect(database_path(home))
    assert database.execute("SELECT count(*) FROM django_session").fetchone() == (1,)
    database.close()


def test_a_machine_can_make_backups_that_it_cannot_read(home: Path, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(f"# made today\n{KEY}\n")
    done("backup", tmp_path / "a.age", "--home", home, "--recipient", str(KEY.to_public()), says="")
    assert b"quetzal" not in (tmp_path / "a.age").read_bytes()
    elsewhere = tmp_path / "elsewhere"
    assert "--identity" in refused("restore", tmp_path / "a.age", "--home", elsewhere)
    done("restore", tmp_path / "a.age", "--home", elsewhere, "--identity", tmp_path / "key.txt")
    assert names(elsewhere) == ["quetzal"]


def test_one_that_is_not_sealed_says_so_and_is_restored_without_being_asked(
    home: Path, tmp_path: Path
) -> None:
    said = done("backup", tmp_path / "a.sqlite3", "--home", home, "--unsealed", says="")
    assert "It is not sealed" in said
    done("restore", tmp_path / "a.sqlite3", "--home", tmp_path / "elsewhere", says="")
    assert names(tmp_path / "elsewhere") == ["quetzal"]
    # So is a plain copy of a database, as a file system's own backup has it.
    done("restore", database_path(home), "--home", tmp_path / "third", says="")
    assert names(tmp_path / "third") == ["quetzal"]


def test_nothing_is_written_over_unasked(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    file.write_text("dear to somebody")
    assert "is there already" in refused("backup", file, "--home", home)
    assert file.read_text() == "dear to somebody"
    done("backup", file, "--home", home, "--unsealed", "--force")
    before = database_path(home).read_bytes()
    assert "--force" in refused("restore", file, "--home", home)
    assert database_path(home).read_bytes() == before
    database = sqlite3.connect(database_path(home))
    with database:
        database.execute("INSERT INTO people_person VALUES ('later')")
    # It ends as a place ends that was killed: with a log that would be taken for the new one's.
    log = database_path(home).with_name("place.sqlite3-wal")
    left = log.read_bytes()
    database.close()
    log.write_bytes(left)
    done("restore", file, "--home", home, "--force")
    assert names(home) == ["quetzal"]


def test_a_place_that_serves_is_not_replaced(home: Path, tmp_path: Path) -> None:
    done("backup", tmp_path / "a.sqlite3", "--home", home, "--unsealed")
    script = (
        "import sys, time; from pathlib import Path; from relational_space.site.home import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        assert "already serves" in refused(
            "restore", tmp_path / "a.sqlite3", "--home", home, "--force"
        )
        process.stdin.close()
    with held(home):
        pass
    done("restore", tmp_path / "a.sqlite3", "--home", home, "--force")


@pytest.mark.parametrize(
    ("words", "says", "sentence"),
    [
        (["backup", "{new}", "--home", "{nowhere}"], "", "There is no place in"),
        (["backup", "{new}", "--home", "{home}"], "heron\n", "at least 12 letters"),
        (["backup", "{new}", "--home", "{home}"], "", "at least 12 letters"),
        (["backup", "{new}", "--home", "{home}", "--recipient", "age1x"], "", "no age key"),
        (
            ["backup", "{new}", "--home", "{home}", "--recipient", "age1x", "--unsealed"],
            "",
            "cannot be both",
        ),
        (["backup", "{nowhere}/a/b.age", "--home", "{home}"], PASSPHRASE, "There is no folder"),
        (["restore", "{new}", "--home", "{nowhere}"], "", "No such file"),
        (["restore", "{age}", "--home", "{nowhere}"], "other herons in reeds", "does not open"),
        (["restore", "{cut}", "--home", "{nowhere}", "--identity", "{key}"], "", "does not open"),
        (["restore", "{cut}", "--home", "{nowhere}", "--identity", "{text}"], "", "no age key"),
        (["restore", "{text}", "--home", "{nowhere}"], "", "is no backup of a place"),
        (["restore", "{other}", "--home", "{nowhere}"], "", "This is no place"),
        (["restore", "{torn}", "--home", "{nowhere}"], "", "not whole"),
        (["restore", "{newer}", "--home", "{nowhere}"], "", "A newer version"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_in_a_sentence_and_changes_nothing(
    home: Path, tmp_path: Path, by_passphrase: bytes, words: list[str], says: str, sentence: str
) -> None:
    there = {
        name: tmp_path / name
        for name in ("new", "nowhere", "age", "cut", "text", "other", "torn", "newer", "key")
    }
    there["age"].write_bytes(by_passphrase)
    there["key"].write_text(str(KEY))
    there["cut"].write_bytes(pyrage.encrypt(b"SQLite format 3", [KEY.to_public()])[:-1])
    there["text"].write_text("dear to somebody")
    database = sqlite3.connect(there["other"])
    with database:
        database.execute("CREATE TABLE birds (name TEXT)")
    database.close()
    done("backup", there["torn"], "--home", home, "--unsealed")
    there["torn"].write_bytes(there["torn"].read_bytes()[:4096])
    done("backup", there["newer"], "--home", home, "--unsealed")
    database = sqlite3.connect(there["newer"])
    with database:
        database.execute("INSERT INTO django_migrations VALUES ('people', '9999_from_the_future')")
    database.close()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert sentence in refused(*(word.format(home=home, **there) for word in words), says=says)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
