"""What `relational-space run` says, refuses and leaves alone."""

import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relational_space.__main__ import app
from relational_space.site.home import (
    Unusable,
    check_database,
    database_path,
    open_home,
    secret_key,
)
from tests.place import ONLY_HERE, ROOT, served


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "relational_space", "run", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ([], ["run"]),
        (["--pace", "20"], ["run", "--pace", "20"]),
        (["check-practices", "a b.toml"], ["check-practices", "a b.toml"]),
    ],
)
def test_the_script_beside_the_readme_has_the_same_verbs(tmp_path, words, meant):
    for name in ("run", "find-python.sh"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "prepare.py").write_text("")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nfor word; do echo "$word"; done\n')
    python.chmod(0o755)
    told = subprocess.run(
        [tmp_path / "run", *words], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.splitlines() == ["-P", "-m", "relational_space", *meant]


def refused_in_one_sentence(told: subprocess.CompletedProcess[str]) -> str:
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.count("\n") == 1
    assert "Traceback" not in told.stderr
    return told.stderr


def test_the_secret_key_is_made_once_and_for_the_owner_alone(tmp_path):
    home = open_home(tmp_path / "new" / "home")
    first = secret_key(home)
    assert len(first) >= 50
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600
    open_home(home)
    assert secret_key(home) == first


def test_a_home_that_is_a_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unusable, match="not a folder"):
        open_home(tmp_path / "file")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    home = open_home(tmp_path)
    (home / "place.sqlite3").write_text("not a database, but something dear to somebody")
    with pytest.raises(Unusable, match="cannot be read as a database"):
        check_database(home)
    assert "dear" in (home / "place.sqlite3").read_text()


def test_run_tells_its_options():
    told = run("--help").stdout
    for option in ("--port", "--home", "--lan", "--pace", "--help"):
        assert option in told


def test_a_taken_port_is_told_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = run("--port", port, "--home", str(tmp_path))
    assert f"Port {port} cannot be used" in refused_in_one_sentence(told)
    assert not (tmp_path / "place.sqlite3").exists()


def test_the_first_line_says_where_to_go_and_the_place_is_there(tmp_path):
    with served(tmp_path) as place:
        assert place.said.splitlines()[0].startswith("Relational Space is at http://localhost:")
        with urllib.request.urlopen(f"{place.address}/") as answer:
            assert answer.status == 200


def test_a_folder_is_served_by_one_process_and_free_again_when_that_was_killed(tmp_path):
    with served(tmp_path) as first:
        told = run("--home", str(tmp_path), "--port", "0")
        assert "already serves the folder" in refused_in_one_sentence(told)
        first.process.kill()
        first.process.wait()
        with served(tmp_path) as again:
            assert "Relational Space is at" in again.said


def test_the_host_is_given_a_link_and_told_of_a_practice_that_cannot_be_read(tmp_path):
    (tmp_path / "practices").mkdir()
    (tmp_path / "practices" / "humming.toml").write_text("format = 1\nlanguage = 3\n")
    with served(tmp_path) as place:
        [line] = [line for line in place.said.splitlines() if "host signs in" in line]
        with urllib.request.urlopen(line.split()[-1]) as answer:
            assert "This link works once" in answer.read().decode()
        assert "Left out: humming.toml" in place.said
        with urllib.request.urlopen(f"{place.address}/practices/mirroring/") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_asked(tmp_path, ending):
    with served(tmp_path) as place:
        place.process.send_signal(ending)
        rest = place.process.stdout.read()
        assert place.process.wait(timeout=10) == 0
    assert "Everything is kept in" in rest
    assert "Traceback" not in rest


@pytest.mark.slow
def test_what_is_kept_is_for_its_owner_alone(tmp_path):
    with served(tmp_path, "--lan"):
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        assert len(files) >= 5
        assert [f.name for f in files if stat.S_IMODE(f.stat().st_mode) & 0o077] == []


@pytest.mark.slow
def test_the_pace_is_told_and_reaches_the_settings(tmp_path):
    with served(tmp_path, "--pace", "20") as place:
        assert "20 times as fast" in place.said
    code = "from relational_space.site.settings import RELATIONAL_SPACE as r; print(r['pace'])"
    asked = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"RELATIONAL_SPACE_PACE": "20"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout == "20.0\n"


@pytest.mark.parametrize(
    ("option", "value"),
    [("--pace", "0"), ("--pace", "fast"), ("--port", "70000"), ("--port", "-1"), ("--speed", "2")],
)
def test_a_wrong_option_is_named(option, value, tmp_path):
    told = CliRunner().invoke(app, ["run", "--home", str(tmp_path / "home"), option, value])
    assert told.exit_code == 2
    assert option in told.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    with served(tmp_path):
        pass
    with sqlite3.connect(database_path(tmp_path)) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('people', '9999_from_the_future', '2031-01-01')"
        )
    database.close()
    before = database_path(tmp_path).read_bytes()
    told = run("--home", str(tmp_path), "--port", "0")
    assert "newer version" in refused_in_one_sentence(told)
    assert database_path(tmp_path).read_bytes() == before


@pytest.mark.slow
def test_an_older_database_is_brought_up_to_date_and_loses_nobody(tmp_path):
    with served(tmp_path):
        pass
    with sqlite3.connect(database_path(tmp_path)) as database:
        database.execute(
            "INSERT INTO people_person (id, name, created, is_host, seed) "
            "VALUES ('00000000000000000000000000000001', 'Ada', '2026-01-01', 1, 'ada')"
        )
        # As it was before sessions were kept.
        database.execute("DROP TABLE django_session")
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    database.close()
    with served(tmp_path) as place:
        assert "Bringing the database up to date" in place.said
    with sqlite3.connect(database_path(tmp_path)) as database:
        assert database.execute("SELECT name FROM people_person").fetchall() == [("Ada",)]
        assert database.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    database.close()


def test_a_folder_that_may_not_be_written_is_refused():
    home = Path("/proc/relational-space") if sys.platform == "linux" else Path("/System/x")
    told = run("--home", str(home), "--port", "0")
    assert "Choose another with --home" in refused_in_one_sentence(told)


def test_a_place_that_is_served_in_a_test_ends_rather_than_connect_elsewhere():
    connects = "import socket; socket.create_connection(('192.0.2.1', 9), 1)"
    done = subprocess.run(
        [sys.executable, "-c", connects],
        env=os.environ | {"PYTHONPATH": str(ONLY_HERE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 70
    assert "a connection to 192.0.2.1 was about to be made" in done.stderr
