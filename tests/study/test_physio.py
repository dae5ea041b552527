"""EDF and BIDS as other programs write them: back comes what went in, and whatever is broken is said.

Every outcome is a recording or one sentence. No file here was made by hand but by its format's own
rules, and then spoiled.
"""

import datetime
import gzip
import json
import warnings

import edfio
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relational_space.study.reading import MOTION, Unreadable, read
from tests.examples import dear

own_folder = settings(
    deadline=None,
    max_examples=dear(every_day=40, in_all=2000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
seeds = st.integers(0, 2**32 - 1)


def outcome(path, **more):
    """Read a file: a recording, or a sentence; a warning is neither."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = read(path, **more)
        except Unreadable as refused:
            said = str(refused)
            assert "\n" not in said
            assert said.endswith((".", "?"))
            assert path.name in said or path.stem.split(".")[0] in said
            return said
    assert len(found.times_s) == len(found.readings)
    assert np.isfinite(found.times_s).all()
    assert np.all(np.diff(found.times_s) >= 0)
    return found


def signal(rng, hz, label, seconds=20):
    wave = rng.standard_normal(int(hz * seconds)).cumsum()
    return edfio.EdfSignal(wave, hz, label=label), wave


@own_folder
@given(
    seed=seeds,
    hz=st.sampled_from([4, 10, 25, 51.2, 200, 512]),
    others=st.lists(st.sampled_from(["ECG", "Temp", "Marker", "EMG chin"]), max_size=3),
    place=st.integers(0, 3),
    began=st.one_of(
        st.none(), st.datetimes(datetime.datetime(1985, 1, 2), datetime.datetime(2084, 1, 1))
    ),
)
def test_an_edf_file_gives_back_what_was_written_whatever_stands_beside_it(
    tmp_path, seed, hz, others, place, began
):
    rng = np.random.default_rng(seed)
    breath, wave = signal(rng, hz, "Resp thorax")
    signals = [signal(rng, 50, label)[0] for label in others]
    signals.insert(place, breath)
    when = {}
    if began is not None:
        when = {
            "recording": edfio.Recording(startdate=began.date()),
            "starttime": began.time().replace(microsecond=0),
        }
    path = tmp_path / "night.edf"
    edfio.Edf(signals, **when).write(path)
    found = outcome(path)
    assert found.readings.shape == (len(wave), 1)
    # Sixteen bits between the least and the largest.
    np.testing.assert_allclose(found.readings[:, 0], wave, atol=1.01 * np.ptp(wave) / 2**16)
    np.testing.assert_allclose(found.times_s, np.arange(len(wave)) / hz, atol=1e-9)
    if began is None:
        assert found.began_s is None
    else:
        whole = began.replace(microsecond=0, tzinfo=datetime.UTC)
        assert found.began_s == whole.timestamp()


def test_acceleration_in_an_edf_file_is_found_by_its_labels(tmp_path):
    rng = np.random.default_rng(0)
    made = [signal(rng, 50, label) for label in ("az", "ECG", "ax", "ay")]
    path = tmp_path / "chest.edf"
    edfio.Edf([each for each, _ in made]).write(path)
    found = outcome(path)
    for column, place in enumerate((2, 3, 0)):
        wave = made[place][1]
        np.testing.assert_allclose(found.readings[:, column], wave, atol=np.ptp(wave) / 2**16)
    edfio.Edf([*(each for each, _ in made), signal(rng, 50, "Airflow")[0]]).write(path)
    assert "--columns belt=Airflow" in outcome(path)
    assert outcome(path, columns="belt=Airflow").readings.shape[1] == 1
    assert outcome(path, columns="ax,ay,az").readings.shape[1] == 3
    assert "say --columns belt=" in outcome(path, columns="time_s=Airflow")
    edfio.Edf([signal(rng, 50 - 25 * k, label)[0] for k, label in enumerate(MOTION[:2])]).write(
        path
    )
    assert "different rates" in outcome(path, columns="ax,ay")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Give the bytes of an EDF file that is as it should be."""
    path = tmp_path_factory.mktemp("whole") / "whole.edf"
    rng = np.random.default_rng(1)
    edfio.Edf([signal(rng, 25, "Resp")[0], signal(rng, 50, "ECG")[0]]).write(path)
    return path.read_bytes()


def test_an_edf_file_that_was_cut_or_is_of_another_kind_is_not_read_as_whole(tmp_path, whole):
    def put(content, name="night.edf"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    assert "says that it holds 20 records and holds 18" in outcome(put(whole[:-300]))
    assert "says that it holds 20 records and holds 30" in outcome(put(whole + whole[-1500:]))
    # A recorder that was stopped hard leaves their number at -1, as the format has it.
    stopped = whole[:236] + b"-1".ljust(8) + whole[244:]
    np.testing.assert_array_equal(outcome(put(stopped)).readings, outcome(put(whole)).readings)
    # What a file is stands in its first bytes, not in its name.
    np.testing.assert_array_equal(
        outcome(put(whole, "night.bdf")).readings, outcome(put(whole)).readings
    )
    assert "unpack it first" in outcome(put(gzip.compress(whole), "night.edf.gz"))


@own_folder
@given(
    at=st.integers(0, 767),
    junk=st.one_of(
        st.binary(min_size=1, max_size=80),
        st.text("0123456789.-+e ", min_size=1, max_size=8).map(lambda text: text.ljust(8).encode()),
    ),
    kept=st.sampled_from([None, 0, 1, 255, 256, 300, 768, 900]),
    name=st.sampled_from(["night.edf", "night.bdf", "NIGHT.EDF"]),
)
@example(at=244, junk=b"0".ljust(8), kept=None, name="night.edf")  # records of no length
@example(at=252, junk=b"0".ljust(4), kept=None, name="night.edf")  # no signals
@example(at=252, junk=b"9999", kept=None, name="night.edf")
@example(at=184, junk=b"99999999", kept=None, name="night.edf")
@example(
    at=464, junk=b"5".ljust(8) + b"5".ljust(8) + b"5".ljust(8) * 2, kept=None, name="night.edf"
)
def test_a_spoiled_edf_header_is_read_or_said_in_a_sentence(tmp_path, whole, at, junk, kept, name):
    spoiled = (whole[:at] + junk + whole[at + len(junk) :])[:kept]
    path = tmp_path / name
    path.write_bytes(spoiled)
    outcome(path)


def bids(folder, about, rows, name="sub-01_task-rest", packed=True):
    """Write a physiology file and the JSON beside it."""
    text = "".join("\t".join(f"{x!r}" for x in row) + "\n" for row in rows.tolist()).encode()
    path = folder / f"{name}_physio.tsv{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(text) if packed else text)
    (folder / f"{name}_physio.json").write_text(json.dumps(about))
    return path


@own_folder
@given(
    seed=seeds,
    hz=st.floats(5, 1000),
    start=st.floats(-100, 100),
    others=st.lists(st.sampled_from(["cardiac", "trigger", "co2"]), max_size=3, unique=True),
    place=st.integers(0, 3),
    packed=st.booleans(),
)
def test_a_bids_file_gives_back_what_was_written_at_any_rate(
    tmp_path, seed, hz, start, others, place, packed
):
    heads = list(others)
    heads.insert(place, "respiratory")
    rows = np.random.default_rng(seed).standard_normal((40, len(heads)))
    about = {"SamplingFrequency": hz, "StartTime": start, "Columns": heads}
    found = outcome(bids(tmp_path, about, rows, packed=packed))
    np.testing.assert_array_equal(found.readings[:, 0], rows[:, heads.index("respiratory")])
    np.testing.assert_allclose(found.times_s, start + np.arange(40) / hz, rtol=1e-12)


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9),
        st.sampled_from(["respiratory", "belt", "ax", "time_s"]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@own_folder
@given(
    about=st.one_of(
        anything,
        st.fixed_dictionaries(
            {},
            optional={
                "SamplingFrequency": st.one_of(st.just(25.0), anything),
                "StartTime": st.one_of(st.just(0), anything),
                "Columns": st.one_of(st.just(["respiratory", "cardiac"]), anything),
            },
        ),
    ),
    columns=st.sampled_from([None, "", "belt=respiratory", "ax", "-"]),
)
def test_a_spoiled_json_beside_a_bids_file_is_read_or_said_in_a_sentence(tmp_path, about, columns):
    rows = np.random.default_rng(2).standard_normal((40, 2))
    outcome(bids(tmp_path, about, rows), columns=columns)


@own_folder
@given(
    st.lists(
        st.lists(st.sampled_from(["0", "1.5", "n/a", "", "x", "-2e3", "1e400"]), max_size=4),
        max_size=30,
    ),
    st.booleans(),
)
def test_spoiled_rows_of_a_bids_file_are_read_or_said_in_a_sentence(tmp_path, rows, cut):
    about = {"SamplingFrequency": 25, "StartTime": 0, "Columns": ["respiratory", "cardiac"]}
    path = bids(tmp_path, about, np.zeros((0, 2)))
    data = gzip.compress("\n".join("\t".join(row) for row in rows).encode())
    path.write_bytes(data[: -5 if cut else None])
    outcome(path)


def test_what_a_bids_file_and_its_json_say_differently_is_named(tmp_path):
    rows = np.random.default_rng(3).standard_normal((40, 2))
    about = {"SamplingFrequency": 25.5, "StartTime": 0, "Columns": ["respiratory", "cardiac"]}

    def told(**more):
        return outcome(bids(tmp_path, about | more, rows))

    assert "line 1 has 2 columns" in told(Columns=["respiratory"])
    assert "names 3" in told(Columns=["cardiac", "trigger", "respiratory"])
    assert "Columns (a list)" in told(Columns="respiratory")
    assert "1 to 10000" in told(SamplingFrequency=0)
    assert "1 to 10000" in told(SamplingFrequency=float("inf"))
    assert "StartTime is nan" in told(StartTime=float("nan"))
    assert "holds no row" in outcome(bids(tmp_path, about, rows[:0]))
