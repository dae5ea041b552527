"""Files of every kind, good and bad: a value, or one sentence that says what would be right."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from relational_space.__main__ import app
from relational_space.study.reading import Unreadable, read

ROWS = "".join(f"{k / 20},{np.sin(k / 13):.4f},0.1,0.99\n" for k in range(1200))
HEAD = "time_s,ax,ay,az\n"


@pytest.fixture
def file(tmp_path):
    def make(content, name="ada.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def sentence(path, **more):
    with pytest.raises(Unreadable) as refused:
        read(path, **more)
    said = str(refused.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize("mark", [",", ";", "\t", " "])
def test_any_common_mark_between_columns_is_understood(file, mark):
    found = read(file((HEAD + ROWS).replace(",", mark)))
    assert found.readings.shape == (1200, 3)
    assert found.times_s[20] == 1.0


def test_a_packed_file_reads_as_the_plain_one(file):
    packed = read(file(gzip.compress((HEAD + ROWS).encode()), "ada.csv.gz"))
    plain = read(file(HEAD + ROWS))
    assert np.array_equal(packed.readings, plain.readings)


def test_columns_can_be_named_in_order_or_by_their_own_names(file):
    rows = ROWS.replace("\n", ",7\n")
    bare = read(file(rows), columns="time_s,ax,ay,az,-")
    named = read(file("t,x,y,z,mood\n" + rows, "b.csv"), columns="az=z,time_s=t,ax=x,ay=y")
    assert np.array_equal(bare.readings, named.readings)
    assert sentence(file(rows, "c.csv"), columns="time_s,mood").startswith("--columns: mood")
    assert "has no column q" in sentence(file("t,x\n1,2\n", "d.csv"), columns="belt=q,time_s=t")
    assert "has 5" in sentence(file(rows, "e.csv"), columns="time_s=1,belt=9")


def test_dates_and_other_units_of_time_are_understood(file):
    dates = "time,belt\n" + "".join(
        f"2026-11-22T20:00:{k / 20:06.3f}+00:00,{k % 50}\n" for k in range(600)
    )
    assert np.diff(read(file(dates)).times_s).max() == pytest.approx(0.05, abs=1e-6)
    millis = "time_ms,belt\n" + "".join(f"{k * 50},{k % 50}\n" for k in range(600))
    assert read(file(millis, "m.csv")).times_s[-1] == pytest.approx(29.95)


def test_missing_cells_are_missing_and_not_noughts(file):
    holed = HEAD + ROWS.replace("\n5.0,", "\n5.0,NA,", 1).replace(",NA,", ",,", 1)
    holed = holed.replace(",,-", ",", 1)
    rows = holed.splitlines()
    rows[101] = "5.0,,n/a,0.99"
    found = read(file("\n".join(rows)))
    assert np.isnan(found.readings[100, :2]).all()
    assert np.isfinite(found.readings[99]).all()


def test_landmarks_come_by_name(file):
    head = "time_s,wrist_x,wrist_y,wrist_confidence,nose_x,nose_y\n"
    rows = "".join(f"{k / 25},{k},2,0.9,{k},4\n" for k in range(50))
    found = read(file(head + rows))
    assert sorted(found.points) == ["nose", "wrist"]
    assert found.confidences["wrist"][0] == 0.9


def test_bids_physiology_is_read_with_the_json_beside_it(file):
    rows = "".join(f"{k % 40}\t{k % 7}\n" for k in range(500))
    path = file(gzip.compress(rows.encode()), "sub-01_physio.tsv.gz")
    assert "sub-01_physio.json" in sentence(path)
    about = {"SamplingFrequency": 25.5, "StartTime": -2, "Columns": ["respiratory", "cardiac"]}
    file(json.dumps(about), "sub-01_physio.json")
    found = read(path)
    assert found.times_s[:2] == pytest.approx([-2, -2 + 1 / 25.5])
    assert found.readings[39, 0] == 39


def test_edf_is_read(tmp_path):
    import edfio

    wave = np.sin(np.arange(3000) / 12.5)
    signals = [
        edfio.EdfSignal(wave, 25, label="Resp chest"),
        edfio.EdfSignal(wave, 25, label="ECG"),
    ]
    path = tmp_path / "night.edf"
    edfio.Edf(signals).write(path)
    found = read(path)
    assert found.readings.shape == (3000, 1)
    np.testing.assert_allclose(found.readings[:, 0], wave, atol=1e-3)
    assert "Resp chest, ECG" in sentence(path, columns="belt=Flow")
    assert found.began_s is None  # anonymous
    edfio.Edf([signals[0], signals[0]]).write(path)
    assert "2 signals Resp chest" in sentence(path, columns="belt=Resp chest")
    whole = path.read_bytes()
    path.write_bytes(whole[:192] + b"EDF+D".ljust(44) + whole[236:])
    assert "was interrupted" in sentence(path)


def test_every_bad_file_gets_its_sentence(file, tmp_path):
    assert "is empty" in sentence(file(""))
    assert "cannot be opened" in sentence(tmp_path / "none.csv")
    assert "is a folder" in sentence(tmp_path)
    assert "one column" in sentence(file("time_s\n" + "1\n" * 30))
    assert "line 4, column ay says 'calm'" in sentence(
        file(HEAD + "0,1,2,3\n1,1,2,3\n2,1,calm,3\n")
    )
    assert "is the same" in sentence(file(HEAD + "".join(f"{k / 20},1,2,3\n" for k in range(60))))
    assert "backwards at line 5" in sentence(file(HEAD + "0,1,2,3\n1,1,2,3\n2,1,2,3\n1.5,1,2,3\n"))
    assert "has 3 readings" in sentence(file(HEAD + "0,1,2,3\n.1,1,2,4\n.2,1,2,3\n"))
    assert "no header" in sentence(file(ROWS))
    assert "holds no number" in sentence(
        file("time_s,belt\n" + "".join(f"{k / 20},nan\n" for k in range(60)))
    )
    assert "every 1 s" in sentence(file("time_s,belt\n" + "".join(f"{k},{k}\n" for k in range(60))))
    assert "not text" in sentence(file(b"\x00\x01\x02" * 500))
    assert "UTF-8" in sentence(file(HEAD.encode() + b"0,1,2,\xff\n"))
    assert "whole" in sentence(file(gzip.compress((HEAD + ROWS).encode())[:-20], "cut.csv.gz"))
    assert "line 3 has 2 columns" in sentence(file(HEAD + "0,1,2,3\n1,1\n"))
    assert "between --start and --end" in sentence(file(HEAD + ROWS), start_s=900)
    assert "one reading between --start and --end" in sentence(file(HEAD + ROWS), end_s=0)
    assert "--start 5 s is not before --end 2 s" in sentence(file(HEAD + ROWS), start_s=5, end_s=2)
    assert "column ax holds -2e+40 at 60 s" in sentence(file(HEAD + ROWS + "60,-2e40,0,1\n"))
    assert "not a whole EDF" in sentence(file("0" * 300, "night.edf"))


def test_a_file_of_several_people_is_named_as_such_and_none_is_picked(file):
    def rows(columns):
        return "".join(f"{k / 20}" + f",{k % 7}" * columns + "\n" for k in range(60))

    assert "two columns belt" in sentence(file("time_s,belt,belt\n" + rows(2)))
    assert "belt and belt_2" in sentence(file("time_s,belt,belt_2\n" + rows(2)))
    assert "ax and ax2" in sentence(file("time_s,ax,ay,az,ax2,ay2,az2\n" + rows(6)))
    assert "a column person" in sentence(file("time_s,person,belt\n" + rows(2)))
    assert "ada_belt, ben_belt" in sentence(file("time_s,ada_belt,ben_belt\n" + rows(2)))
    points = "time_s,wrist_p1_x,wrist_p1_y,wrist_p2_x,wrist_p2_y\n" + rows(4)
    assert "holds p1 and p2" in sentence(file(points))
    one = read(file(points), columns="time_s,wrist_x,wrist_y,-,-")
    assert list(one.points) == ["wrist"]
    hands = "time_s,left_hand_x,left_hand_y,right_hand_x,right_hand_y\n" + rows(4)
    assert len(read(file(hands)).points) == 2
    chosen = read(file("time_s,belt,belt_2\n" + rows(2)), columns="time_s,-,belt")
    assert chosen.readings.shape == (60, 1)


def test_a_file_of_several_sensors_is_named_as_such_and_none_is_picked(file):
    def rows(columns):
        return "".join(f"{k / 20}" + f",{k % 7}" * columns + "\n" for k in range(60))

    both = file("time_s,belt,ax,ay,az\n" + rows(4))
    assert "holds belt and ax, ay, az; choose" in sentence(both)
    assert read(both, columns="time_s,belt,-,-,-").readings.shape == (60, 1)
    seen = file("time_s,ax,ay,az,hand_x,hand_y\n" + rows(5))
    assert "holds ax, ay, az and hand_x, hand_y" in sentence(seen)
    part = "time_s,ax,ay,az,gx,gy\n" + rows(5)
    assert "has gx, gy and not all of gx, gy, gz" in sentence(file(part))


def test_a_device_is_no_recording_and_not_called_empty(tmp_path):
    assert "a pipe or a device" in sentence(Path("/dev/null"))
    os.mkfifo(tmp_path / "stream")
    assert "save what it holds as a file" in sentence(tmp_path / "stream")


def test_stamps_that_cannot_be_meant_are_named(file):
    rows = "".join(f"{k / 20},{k % 7}\n" for k in range(60))
    far = sentence(file("time_s,belt\n" + rows + "1e9,3\n"))
    assert "jumps from 2.95 s to 2001-09-09 01:46:40.000 at line 62" in far
    assert "2026-11-22" in sentence(file("time,belt\n" + "11/22/2026 8 PM,1\n" * 30))
    dated = "".join(f"2026-11-22T20:00:{k / 20:06.3f},{k % 7}\n" for k in range(60))
    assert "column time_ms says" in sentence(file("time_ms,belt\n" + dated))
    assert "as 0.05" in sentence(file("time_s;belt\n0;1\n0,05;2\n"))


def test_files_of_another_kind_are_told_what_they_are(file):
    text = (HEAD + ROWS).encode()
    assert "end in .gz" in sentence(file(gzip.compress(text)))
    assert "UTF-16" in sentence(file(text.decode().encode("utf-16")))
    assert "longer than any row" in sentence(file(b"7" * (1 << 20)))
    still = "time_s,hand_x,hand_y\n" + "".join(f"{k / 20},1,2\n" for k in range(60))
    assert "never moves" in sentence(file(still))
    line = "time_s,hand_x\n" + "".join(f"{k / 20},{k % 7}\n" for k in range(60))
    assert "needs name_x and name_y" in sentence(file(line))
    assert "mood, of which only time_s is known" in sentence(file("time_s,mood\n0,1\n"))
    assert "as old Macs did" in sentence(file(text.replace(b"\n", b"\r")))
    above = sentence(file(b"Ada, session 3\n" + text))
    assert "line 1, 'Ada, session 3', is no header" in above or "without a time" in above
    assert "twice" in sentence(file(text), columns="time_s,ax,ax")
    assert "one thing only" in sentence(file(text), columns="time_s=1,ax=2,ay=2,az=3")


def test_twenty_gigabytes_named_by_mistake_are_refused_at_once(tmp_path):
    path = tmp_path / "film.csv"
    with path.open("wb") as film:
        film.truncate(20 * 2**30)
    assert "20 GB" in sentence(path)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_whatever_a_file_holds_it_is_read_or_refused_in_a_sentence(tmp_path, content):
    for name in ("any.csv", "any.csv.gz", "any.edf"):
        path = tmp_path / name
        path.write_bytes(content)
        try:
            read(path)
        except Unreadable as refused:
            assert "\n" not in str(refused)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.lists(st.sampled_from(["0", "1.5", "-2e3", "nan", "", "x", "1,2"]), max_size=5),
        max_size=30,
    )
)
def test_any_table_is_read_or_refused_in_a_sentence(tmp_path, rows):
    path = tmp_path / "table.csv"
    path.write_text("time_s,belt\n" + "\n".join(",".join(row) for row in rows))
    try:
        read(path)
    except Unreadable as refused:
        assert str(refused).endswith((".", "?"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from([0.0, 0.04, 0.05, 0.3, 40.0, 1e5, 1e9]), min_size=9, max_size=60),
    st.lists(st.sampled_from([-1e30, 0.0, 1e-30, 1.0, 2.5, float("nan")]), min_size=2, max_size=9),
)
def test_whatever_is_read_can_be_measured(tmp_path, steps, readings):
    from relational_space.sensing.breath import breath

    stamps = np.cumsum(steps).tolist()
    rows = [f"{at!r},{readings[k % len(readings)]!r}" for k, at in enumerate(stamps)]
    path = tmp_path / "belt.csv"
    path.write_text("time_s,belt\n" + "\n".join(rows))
    try:
        found = read(path)
    except Unreadable as refused:
        assert "\n" not in str(refused)
        return
    assert 0 <= breath(found.times_s, found.readings).coverage <= 1


def said(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_prints_one_object(file):
    found = json.loads(
        said("breath", file(HEAD + ROWS), "--json").stdout, parse_constant=pytest.fail
    )
    promised = {"duration_s", "coverage", "rate_per_min", "rate_interval", "inhale_onsets_s"}
    assert found.keys() == promised | {"exhale_onsets_s", "unread", "method", "version"}
    for part in found["unread"]:
        assert part.keys() == {"start_s", "end_s", "reason"}
    assert "which way is up is unknown" in found["method"]
    assert found["rate_per_min"] == pytest.approx(60 / (2 * np.pi * 13 / 20), rel=0.01)


def test_a_bad_file_ends_with_two_and_no_traceback(file):
    result = said("breath", file(""))
    assert result.exit_code == 2
    assert "is empty" in result.stderr
    assert "Traceback" not in result.output


def test_what_was_not_read_is_told_by_the_clock_of_the_file(file, tmp_path):
    seconds = [k / 20 for k in range(3600) if not 1200 <= k < 1400]
    belt = "\n".join(f"{at:.2f},{np.sin(20 * at / 13):.4f}" for at in seconds)
    lines = said("breath", file("time_s,belt\n" + belt)).stdout.splitlines()
    assert lines[1] == "  not read 59.9 to 70.0 s: missing", lines
    dated = "\n".join(
        f"2026-11-22T20:{float(at) // 60:02.0f}:{float(at) % 60:06.3f},{value}"
        for at, value in (line.split(",") for line in belt.splitlines())
    )
    picture = tmp_path / "night.svg"
    lines = said("breath", file("time,belt\n" + dated), "--plot", picture).stdout.splitlines()
    assert lines[1] == "  not read 2026-11-22 20:00:59 to 2026-11-22 20:01:10: missing", lines
    assert "time of day" in picture.read_text()


def dated(seconds):
    stamp = "2026-11-22 20:{:02.0f}:{:06.3f}".format
    return "time,belt\n" + "".join(
        f"{stamp(k // 1200, k / 20 % 60)},{np.sin(k / 13):.4f}\n" for k in range(20 * seconds)
    )


def test_a_stretch_is_cut_by_the_clock_of_the_file_whatever_it_counts(file):
    night = file(dated(180))
    cut = said("breath", night, "--start", "2026-11-22 20:00:30", "--end", "2026-11-22T20:02")
    assert "100 % of 90 s read" in cut.stdout
    wrong = said("breath", night, "--start", 30, "--end", 60)
    assert wrong.exit_code == 2
    assert "holds 2026-11-22 20:00:00.000 to 2026-11-22 20:02:59.950" in wrong.stderr
    for word in ("noon", "nan", "inf"):
        refused = said("breath", night, "--start", word)
        assert refused.exit_code == 2
        assert "should be seconds" in refused.stderr


def test_a_first_inhale_that_is_not_there_is_said_and_not_passed_over(file):
    ada = file(HEAD + ROWS)
    assert "which way" not in said("breath", ada, "--first-inhale", 20).stdout
    late = said("breath", ada, "--first-inhale", 4000)
    assert late.exit_code == 2
    assert "--first-inhale 4000 s lies outside" in late.stderr
    rows = ROWS.splitlines(keepends=True)
    gone = file(HEAD + "".join(rows[:300] + rows[700:]), "gap.csv")
    unsure = said("breath", gone, "--first-inhale", 25).stdout
    assert "which way is up is not known" in unsure


def test_what_was_there_stays_whole_when_it_cannot_be_written_over(file, tmp_path, monkeypatch):
    ada, target = file(HEAD + ROWS), tmp_path / "a.svg"
    target.write_text("dear")

    def full(path, data):
        with path.open("wb") as opened:
            opened.write(data[:9])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = said("breath", ada, "--plot", target, "--force")
    assert result.exit_code == 2
    assert "cannot be written (No space left on device)" in result.stderr
    assert target.read_text() == "dear"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "ada.csv"]


@pytest.mark.parametrize("gathers", ["", "1"], ids=["gathered", "at once"])
def test_what_cannot_be_printed_ends_with_a_sentence(file, gathers):
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "relational_space", "breath", str(file(HEAD + ROWS))]
        result = subprocess.run(
            command,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ | {"PYTHONUNBUFFERED": gathers},
        )
    assert result.returncode == 2
    assert "cannot be printed (No space left on device)" in result.stderr
    assert "Traceback" not in result.stderr


def test_nothing_is_written_over(file, tmp_path):
    ada = file(HEAD + ROWS)
    for option, name in (("--plot", "a.svg"), ("--plot", "a.png"), ("--report", "a.html")):
        target = tmp_path / name
        assert said("breath", ada, option, target).exit_code == 0
        before = target.read_bytes()
        again = said("breath", ada, option, target)
        assert again.exit_code == 2
        assert "--force" in again.stderr
        assert target.read_bytes() == before
        assert said("breath", ada, option, target, "--force").exit_code == 0
    assert b"http" not in (tmp_path / "a.html").read_bytes().replace(b"http://www.w3.org", b"")
