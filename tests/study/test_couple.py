"""Two files, and many: verdicts beside chance, and a sentence where nothing can be said."""

import datetime
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from relational_space.__main__ import app
from relational_space.sensing.synchrony import couple
from relational_space.study import pairs, plot
from relational_space.study.reading import read


def said(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def belt(path, period_s=4.0, seconds=180, start=0.0, seed=0):
    rng = np.random.default_rng(seed)
    times = start + np.arange(0, seconds, 0.1)
    cycles = period_s * (1 + 0.08 * rng.standard_normal(200))
    phase = np.interp(times - start, np.cumsum(cycles) - cycles[0], np.arange(200))
    rows = np.column_stack([times, np.sin(2 * np.pi * phase)])
    np.savetxt(path, rows, "%.4f", ",", header="time_s,belt", comments="")
    return path


def test_two_who_have_nothing_to_do_with_each_other(tmp_path):
    ada, ben = belt(tmp_path / "ada.csv"), belt(tmp_path / "ben.csv", 5.0, seed=1)
    target = tmp_path / "both.html"
    result = said("couple", ada, ben, "--json", "--report", target, "--seed", 3)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout, parse_constant=pytest.fail)
    promised = {"verdict", "reason", "strength", "chance", "lag_s", "lag_interval_s", "leader"}
    promised |= {"preferred_phase_rad", "rate_match", "coverage", "a", "b", "method", "version"}
    assert found.keys() == promised
    assert found["chance"].keys() == {"p_value", "quantiles", "surrogates", "null"}
    assert found["verdict"] != "more than chance"
    assert "<svg" in target.read_text()
    assert said("couple", ada, ben, "--json", "--seed", 3).stdout == result.stdout


def test_a_shared_pacer_is_never_more_than_chance(tmp_path):
    ada = belt(tmp_path / "ada.csv")
    found = json.loads(said("couple", ada, ada, "--shared-pacer", "--json").stdout)
    assert (found["verdict"], found["reason"]) == ("could not tell", "a shared pacer")
    told = said("couple", ada, ada, "--shared-pacer").stdout
    assert "could not tell" in told
    assert "strength" not in told


def test_what_is_not_known_is_null_and_never_nan(tmp_path):
    ada, ben = belt(tmp_path / "ada.csv", seconds=9), belt(tmp_path / "ben.csv", seconds=9)
    found = json.loads(said("couple", ada, ben, "--json").stdout, parse_constant=pytest.fail)
    assert (found["verdict"], found["strength"], found["leader"]) == ("could not tell", None, None)
    assert found["lag_interval_s"] == [None, None]
    assert found["chance"]["p_value"] is None
    found = json.loads(said("breath", ada, "--json").stdout, parse_constant=pytest.fail)
    assert (found["rate_per_min"], found["rate_interval"]) == (None, [None, None])


def test_both_are_drawn_on_one_clock_also_where_one_began_later(tmp_path):
    ada, ben = belt(tmp_path / "ada.csv", seconds=60), belt(tmp_path / "ben.csv", 4, 60, start=30)
    read_ = [pairs.sensed(read(path), None) for path in (ada, ben)]
    drawn = plot.picture_of_two(*read_, couple(*read_), ("ada", "ben"))
    spans = {axes.get_xlim() for axes in drawn.axes[:3]}
    assert len(spans) == 1
    assert spans.pop() == pytest.approx((0, 90), abs=1)


def test_one_two_and_three_files(tmp_path):
    ada = belt(tmp_path / "ada.csv")
    later = belt(tmp_path / "later.csv", start=9000)
    three = said("couple", ada, ada, ada)
    assert three.exit_code == 2
    assert "3 were named" in three.stderr
    apart = said("couple", ada, later)
    assert apart.exit_code == 2
    assert "one clock" in apart.stderr
    assert "one was named" in said("couple", ada).stderr
    landmarks = tmp_path / "seen.csv"
    rows = "".join(f"{k / 20},{k % 7},{k % 5}\n" for k in range(400))
    landmarks.write_text("time_s,hand_x,hand_y\n" + rows)
    mixed = said("couple", ada, landmarks)
    assert mixed.exit_code == 2
    assert "ada.csv gives breath and seen.csv movement" in mixed.stderr


def test_two_edf_files_are_laid_on_one_clock_by_when_they_say_they_began(tmp_path):
    import edfio

    day = edfio.Recording(startdate=datetime.date(2026, 11, 22))
    began = {"a": datetime.time(20, 0, 0), "b": datetime.time(20, 0, 30)}
    for role, at in began.items():
        wave = edfio.EdfSignal(np.sin(np.arange(3000) / 12.5), 25, label="Resp")
        edfio.Edf([wave], recording=day, starttime=at).write(tmp_path / f"{role}.edf")
    a, b = (read(tmp_path / f"{role}.edf") for role in "ab")
    assert b.times_s[0] == 0
    assert pairs.on_one_clock(a, b).times_s[0] == 30


def test_landmarks_are_coupled_as_movement(tmp_path):
    rng = np.random.default_rng(4)
    times = np.arange(0, 120, 1 / 30)
    parts = rng.normal(size=(10, 3)) * [1, 1, 3]

    def hand(shift):
        when = times - shift
        return sum(a * np.sin(2 * np.pi * (0.2 + abs(b) / 3) * when + c) for a, b, c in parts)

    for name, shift in (("ada", 0.0), ("ben", 0.4)):
        rows = np.column_stack([times, hand(shift), 0.1 * hand(shift)])
        header = "time_s,hand_x,hand_y"
        np.savetxt(tmp_path / f"{name}.csv", rows, "%.5f", ",", header=header, comments="")
    result = said("couple", tmp_path / "ada.csv", tmp_path / "ben.csv", "--json")
    found = json.loads(result.stdout)
    assert found["lag_s"] == pytest.approx(0.4, abs=0.02)
    assert (
        "movement"
        in said("couple", tmp_path / "ada.csv", tmp_path / "ben.csv", "--sense", "breath").stderr
    )
    picture = tmp_path / "both.png"
    assert (
        said("couple", tmp_path / "ada.csv", tmp_path / "ben.csv", "--plot", picture).exit_code == 0
    )
    assert picture.read_bytes()[:4] == b"\x89PNG"
