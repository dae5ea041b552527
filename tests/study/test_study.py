"""Many pairs: each beside the same people paired anew, drawn, written down, and never ranked."""

import json
import re
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numba import njit
from typer.testing import CliRunner

from relational_space.__main__ import app
from relational_space.sensing import following
from relational_space.study import pairs
from relational_space.study.command import patience
from relational_space.study.reading import Unreadable, read
from tests.study.test_couple import belt


def said(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four pairs, each on a clock of its own; the last is too short to be told."""
    where = tmp_path_factory.mktemp("study")
    for k in range(4):
        seconds = 40 if k == 3 else 180
        belt(where / f"pair{k}_a.csv", 4 + 0.5 * k, seconds, start=1000 * k, seed=2 * k)
        belt(where / f"pair{k}_b.csv", 5 + 0.4 * k, seconds, start=1000 * k + 2, seed=2 * k + 1)
    return where


@pytest.fixture(scope="module")
def studied(folder, tmp_path_factory):
    """What the command printed, drew and wrote for that folder."""
    out = tmp_path_factory.mktemp("out")
    result = said(
        "study", folder, "--json", "--plot", out / "all.svg", "--report", out / "all.html"
    )
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), (out / "all.svg").read_text(), (out / "all.html").read_text()


def test_every_pair_comes_in_its_own_order_with_a_verdict_in_three_words(studied):
    found, _, _ = studied
    assert [each["pair"] for each in found["pairs"]] == [f"pair{k}" for k in range(4)]
    assert found["pairs"][3]["verdict"] == "could not tell"
    assert found["pairs"][3]["reason"]
    assert found["pairs"][3]["strength"] is None
    for each in found["pairs"][:3]:
        others = each["pseudo_quantiles"]
        assert 0 <= others["0.05"] <= others["0.95"] <= 1
    assert 0 < found["p_value"] <= 1
    assert found["excess_interval"][0] < found["excess"] < found["excess_interval"][1]
    assert found["effect_interval"][0] < found["effect_size"] < found["effect_interval"][1]


def test_the_page_holds_everything_and_draws_could_not_tell_like_the_others(studied):
    found, picture, page = studied
    assert "<svg" in picture
    assert "src=" not in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert page.count("<tr>") == 5
    assert f"could not tell ({found['pairs'][3]['reason']})" in page
    colours = set(re.findall(r"(?:fill|stroke): #(\w{6})", picture))
    assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours)


def test_a_table_reads_as_the_folder_and_one_seed_gives_one_answer(folder, studied):
    table = folder / "pairs.csv"
    rows = "".join(f"pair{k};pair{k}_a.csv;pair{k}_b.csv\n" for k in range(4))
    table.write_text("pair;a;b\n" + rows)
    assert json.loads(said("study", table, "--json").stdout) == studied[0]
    table.unlink()


def test_nothing_that_exists_is_written_over(folder, tmp_path):
    target = tmp_path / "all.png"
    target.write_text("dear")
    refused = said("study", folder, "--plot", target)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert target.read_text() == "dear"


class Here:
    """An executor that is a loop."""

    map = staticmethod(map)


def jobs(folder, **more):
    asked = dict.fromkeys(("sense", "columns", "columns_b", "hz", "start_s", "end_s"))
    asked |= {"shared_pacer": False, "seed": 0} | more
    return [pairs.Job(pair, **asked) for pair in pairs.find(folder)]


def test_all_pairings_at_once_are_those_one_by_one_each_on_its_sitting_s_clock(folder):
    reads = [pairs.read_pair(job) for job in jobs(folder)]
    table = pairs.strengths(reads)
    for i, x in enumerate(reads):
        for j, y in enumerate(reads):
            # Moments since the sitting began: pair0_a at 7 s meets pair2_b at 7 s.
            at = np.arange(0, 200, 0.1)
            arrows = []
            for one, sitting in ((x.a, x), (y.b, y)):
                began = min(sitting.a.start_s, sitting.b.start_s)
                place = np.round((at + began - one.start_s) * one.hz).astype(int)
                inside = (place >= 0) & (place < len(one.wave))
                arrow = np.full(len(at), np.nan, complex)
                arrow[inside] = pairs.turning(one)[place[inside]]
                arrows.append(arrow)
            together = arrows[1] * np.conj(arrows[0])
            together = together[np.isfinite(together)]
            if len(together) < 600:
                assert np.isnan(table[i, j])
            else:
                assert table[i, j] == pytest.approx(abs(together.mean()))


def test_nobody_is_their_own_pseudo_partner(tmp_path):
    for k in range(4):
        belt(tmp_path / f"{k}.csv", 4 + 0.3 * k, 90, seed=k)
    round_robin = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 0)]
    rows = "".join(f"p{k},{a}.csv,{b}.csv\n" for k, (a, b) in enumerate(round_robin))
    (tmp_path / "pairs.csv").write_text("pair,a,b\n" + rows)
    table = pairs.strengths([pairs.read_pair(job) for job in jobs(tmp_path / "pairs.csv")])
    np.fill_diagonal(table, np.nan)
    # 1 and 3 are the only two of the four who are nobody's real pair.
    assert list(zip(*np.nonzero(np.isfinite(table)), strict=True)) == [(1, 2), (3, 0)]


def test_movement_is_compared_with_movement_alone(tmp_path):
    rng = np.random.default_rng(0)
    times = np.arange(0, 65, 0.05)
    for k in range(3):
        for role in "ab":
            hand = np.cumsum(rng.standard_normal((len(times), 2)), axis=0)
            rows = np.column_stack([times, hand])
            path = tmp_path / f"p{k}_{role}.csv"
            np.savetxt(path, rows, "%.2f", ",", header="time_s,hand_x,hand_y", comments="")
    found = pairs.run(jobs(tmp_path), Here, draws=99)
    for x, row in zip(found.reads, found.strengths, strict=True):
        for y, strength in zip(found.reads, row, strict=True):
            alone = following.following(x.a.velocity, y.b.velocity, x.a.hz, pairs.MAX_LAG_S)
            assert strength == pytest.approx(abs(alone.strength))
    belt(tmp_path / "p2_a.csv", seconds=90)
    belt(tmp_path / "p2_b.csv", seconds=90, seed=1)
    with pytest.raises(Unreadable, match="the same sense"):
        pairs.run(jobs(tmp_path), Here)


def test_pairs_that_are_all_alike_have_no_spread_and_no_effect_size():
    found = pairs._effect(np.full((4, 4), 0.3), range(4))
    assert found["excess"] == pytest.approx(0)
    assert found["effect_size"] is None


def test_an_interval_of_an_effect_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        table = rng.standard_normal((5, 5)) + 0.5 * np.eye(5)
        low, high = pairs._effect(table, range(5))["excess_interval"]
        held += low < 0.5 < high
    assert held > 180


def test_a_folder_that_is_no_study_gets_its_sentence(tmp_path):
    with pytest.raises(Unreadable, match="at least three"):
        pairs.find(tmp_path)
    belt(tmp_path / "lone_a.csv", seconds=9)
    with pytest.raises(Unreadable, match="add the other"):
        pairs.find(tmp_path)
    belt(tmp_path / "lone_a.txt", seconds=9)
    with pytest.raises(Unreadable, match="keep one"):
        pairs.find(tmp_path)
    (tmp_path / "lone_a.txt").unlink()
    for role in "bc":
        belt(tmp_path / f"lone_{role}.csv", seconds=9)
    with pytest.raises(Unreadable, match=r"has lone_c.csv besides a and b; a pair is two people"):
        pairs.find(tmp_path)
    assert "local or dask" in said("study", tmp_path, "--executor", "moon").stderr


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"", "needs the columns pair, a and b"),
        (b"time_s,belt\n0,1\n", "needs the columns pair, a and b"),
        (b"pair,a,a,b\nx,1,2,3\n", "needs the columns pair, a and b"),
        (b"pair,a,b,c\nx,1,2,3\n", "two people"),
        (b"pair,a,b\nx,1,2\ny,,2\n", "line 3 needs"),
        (b"pair,a,b\nx,1\n", "line 2 needs"),
        (b"pair,a,b\nx,1,2\nx,3,4\n", "line 3 has the pair x again"),
        (b"\xff\xfe\x00", "is no table of pairs"),
    ],
)
def test_a_table_that_is_none_gets_its_sentence(tmp_path, table, sentence):
    path = tmp_path / "pairs.csv"
    path.write_bytes(table)
    result = said("study", path)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text('xab,;\t"\n\0/é', max_size=60))
def test_any_table_gives_pairs_or_a_sentence(tmp_path, rows):
    path = tmp_path / "pairs.csv"
    path.write_text("pair,a,b\n" + rows)
    try:
        for pair in pairs.find(path):
            read(pair.a)
    except Unreadable as refused:
        assert "\n" not in str(refused)
        assert str(refused).endswith(".")


def test_a_film_or_nothing_is_no_table_of_pairs(tmp_path):
    with (tmp_path / "film.csv").open("wb") as film:
        film.truncate(20 * 2**30)
    assert "too large" in said("study", tmp_path / "film.csv").stderr
    assert "cannot be opened" in said("study", tmp_path / "none.csv").stderr


def test_one_bad_file_among_many_is_named(folder, tmp_path):
    rows = "".join(f"p{k},{folder}/pair{k}_a.csv,{folder}/pair{k}_b.csv\n" for k in range(3))
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "pairs.csv").write_text(f"pair,a,b\n{rows}q,{folder}/pair3_a.csv,empty.csv\n")
    result = said("study", tmp_path / "pairs.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "empty.csv is empty" in result.stderr
    rows += f"q,{folder}/pair0_a.csv,{folder}/pair2_b.csv\n"
    (tmp_path / "pairs.csv").write_text("pair,a,b\n" + rows)
    assert "one clock" in said("study", tmp_path / "pairs.csv").stderr


def test_dask_that_is_not_installed_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    result = said("study", folder, "--executor", "dask")
    assert result.exit_code == 2
    assert "relational-space[dask]" in result.stderr
    assert result.stderr.count("\n") == 1


def test_dask_gives_what_this_machine_gives(folder, studied):
    try:
        import distributed  # noqa: F401
    except ImportError:
        pytest.skip("skipped, because Dask is not installed here")
    result = said("study", folder, "--executor", "dask", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == studied[0]


def test_a_word_is_said_when_something_is_compiled_and_only_then(capsys):
    plus_one = njit(lambda x: x + 1)
    for said in (1, 0):
        with patience():
            plus_one(1)
        assert capsys.readouterr().err.count("compiles") == said
