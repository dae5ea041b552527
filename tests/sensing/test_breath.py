"""Breath: what it reads, what it refuses to read, and that pieces of any size change nothing."""

import tomllib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from bench.breath import half_minutes
from relational_space.sensing import breath as b
from relational_space.sensing import memory
from tests.sensing import naive, recordings
from tests.sensing.stage import check_stage


def phone(seconds=120.0, hz=50.0, period_s=4.0, tilt=0.01, noise=0.001, seed=1):
    """A phone on its back on a belly, with a little noise."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, seconds, 1 / hz)
    lean = tilt * np.sin(2 * np.pi * times / period_s)
    readings = np.column_stack([np.sin(lean), 0.3 * lean, np.cos(lean)])
    return times, readings + noise * rng.normal(size=readings.shape)


def stream(channels):
    def open_stream():
        opened = b.BreathStream(channels)

        def hear(times, readings):
            return [
                piece._asdict() | {"first_cell": np.array([])}
                for piece in opened.hear(times, readings)
            ]

        def finish():
            return [piece._asdict() | {"first_cell": np.array([])} for piece in opened.finish()]

        hear.memory = opened._held
        return hear, finish

    return open_stream


def equal(one, other):
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name), equal_nan=True)
        if isinstance(getattr(one, field.name), np.ndarray)
        else getattr(one, field.name) == getattr(other, field.name)
        for field in fields(one)
    )


def test_pieces_of_any_size_give_the_same_breath_bit_for_bit():
    times, readings = phone(seconds=75)
    readings[2000:2030] += 0.5
    check_stage(stream(3), times, readings, memory_of=lambda hear: hear.memory)


def test_a_belt_keeps_the_same_promises():
    times, readings = phone(seconds=75, hz=20)
    check_stage(stream(1), times, readings[:, :1])


def test_a_gyroscope_keeps_the_same_promises():
    times, readings = phone(seconds=75, hz=20)
    turning = 0.01 * np.cos(2 * np.pi * times / 4)[:, np.newaxis] * [0, 1, 0] + 0.02
    check_stage(stream(6), times, np.hstack([readings, turning]))


@pytest.mark.parametrize("per_min", [2.2, 3, 5, 8, 12, 20, 30, 39])
@pytest.mark.parametrize("hz", [10.0, 59.94, 420.0])
def test_it_reads_two_to_forty_breaths_a_minute_at_any_rate_of_sampling(per_min, hz):
    times, readings = phone(seconds=240, hz=hz, period_s=60 / per_min)
    result = b.breath(times, readings)
    assert result.rate_per_min == pytest.approx(per_min, rel=0.01)
    assert result.coverage > 0.85


def test_irregular_repeated_and_missing_stamps_change_little():
    rng = np.random.default_rng(3)
    times, readings = phone()
    times = np.sort(times + rng.uniform(-0.008, 0.008, len(times)))
    keep = rng.random(len(times)) > 0.2
    keep[3000:3040] = False
    again = np.sort(np.r_[np.flatnonzero(keep), np.flatnonzero(keep)[::50]])
    result = b.breath(times[again], readings[again])
    assert result.rate_per_min == pytest.approx(15, rel=0.005)
    assert result.coverage > 0.95


@pytest.mark.parametrize("scale", [1e-4, 1e-2, 1e2, 1e4])
def test_the_unit_does_not_matter(scale):
    times, readings = phone()
    plain, scaled = b.breath(times, readings), b.breath(times, scale * readings)
    np.testing.assert_allclose(plain.inhale_onsets_s, scaled.inhale_onsets_s, atol=1e-6)
    np.testing.assert_allclose(plain.wave * scale, scaled.wave, rtol=1e-5, atol=1e-9 * scale)
    assert plain.coverage == scaled.coverage


def test_how_the_phone_lies_does_not_matter():
    rng = np.random.default_rng(5)
    times, readings = phone()
    plain = b.breath(times, readings)
    for _ in range(5):
        turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        turned = b.breath(times, readings @ turn)
        # Up may have become down, and with it which half breath at the edge is a whole one.
        assert turned.coverage == pytest.approx(plain.coverage, abs=0.01)
        sign = np.sign(np.nansum(turned.wave * plain.wave))
        both = np.isfinite(turned.wave) & np.isfinite(plain.wave)
        np.testing.assert_allclose(sign * turned.wave[both], plain.wave[both], atol=1e-7)


def test_the_hour_of_the_day_does_not_matter():
    times, readings = phone()
    plain, later = b.breath(times, readings), b.breath(times + 1.7e9, readings)
    np.testing.assert_allclose(later.inhale_onsets_s - 1.7e9, plain.inhale_onsets_s, atol=1e-3)


def test_onsets_lie_where_the_breath_turns():
    times, readings = phone(noise=0.0002)
    result = b.breath(times, readings, first_inhale_s=15.5)
    assert result.sign == "known"
    inhale = result.inhale_onsets_s
    off = (inhale - 3 + 2) % 4 - 2
    assert np.abs(off).max() < 0.2
    # A sine has no foot: its onset is found a thirtieth of a period late.
    assert np.median(np.abs(off)) < 0.2
    assert len(inhale) >= 28


@pytest.mark.parametrize("upside_down", [1, -1])
def test_a_guided_inhale_says_which_way_is_up_and_only_where_it_was_read(upside_down):
    times, readings = phone(seconds=120, noise=0.0002)
    readings[:, 0] *= upside_down
    up = b.breath(times, readings, first_inhale_s=15.5)
    down = b.breath(times, readings, first_inhale_s=17.5)
    assert (up.sign, down.sign) == ("known", "known")
    np.testing.assert_array_equal(up.inhale_onsets_s, down.exhale_onsets_s)
    np.testing.assert_array_equal(up.wave, -down.wave)
    off = (up.inhale_onsets_s - 3 + 2) % 4 - 2
    assert np.abs(off).max() < 0.2
    gap = (times < 40) | (times > 60)
    for moment in (-5.0, 0.0, 45.0, 59.9, 121.0, 1e9):
        assert b.breath(times[gap], readings[gap], first_inhale_s=moment).sign == "unknown"


@pytest.mark.parametrize("channels", [1, 3, 6])
@pytest.mark.parametrize("gap_s", [1.5, 7.0, 30.0, 4000.0])
def test_what_comes_after_a_gap_is_read_as_if_it_had_begun_there(channels, gap_s):
    """What was heard before it was once mixed in, and half a minute read wrongly or not at all."""
    times, readings = phone(seconds=220)
    turning = 0.01 * np.cos(2 * np.pi * times / 4)[:, np.newaxis] * [0, 1, 0]
    readings = np.hstack([readings, turning])[:, :channels]
    late = times >= 100
    # An angular rate at rest is learned before the gap, and better known after it.
    near = 0.2 if channels == 6 else 1e-6
    apart = times + np.where(late, gap_s, 0.0)
    with_gap = b.breath(apart, readings)
    alone = b.breath(apart[late], readings[late])
    begin = round((alone.start_s - with_gap.start_s) * alone.hz)
    assert np.isnan(with_gap.wave[begin - round(10 * gap_s) + 1 : begin]).all()
    np.testing.assert_allclose(with_gap.trust[begin:], alone.trust, atol=near)
    turns = [
        np.sort(np.concatenate([found.inhale_onsets_s, found.exhale_onsets_s]))
        for found in (with_gap, alone)
    ]
    np.testing.assert_allclose(turns[0][turns[0] > 100 + gap_s], turns[1], atol=near)
    assert alone.coverage > 0.95


def test_a_pause_belongs_to_the_breath_before():
    """Inhale 1.5 s, exhale 1.5 s, then rest 2 s: the onset is where the rise begins."""
    times = np.arange(0, 150, 0.02)
    phase = times % 5
    wave = np.where(phase < 3, 0.5 - 0.5 * np.cos(2 * np.pi * phase / 3), 0)
    result = b.breath(times, wave)
    off = (result.inhale_onsets_s + 2.5) % 5 - 2.5
    assert abs(np.median(off)) < 0.2
    assert result.rate_per_min == pytest.approx(12, rel=0.01)


def test_a_sigh_and_a_held_breath_are_not_two_and_none():
    times = np.arange(0, 200, 0.02)
    depth = np.where((times // 4) % 12 == 7, 2.5, 1.0)
    result = b.breath(times, depth * np.cos(2 * np.pi * times / 4))
    assert len(result.inhale_onsets_s) == pytest.approx(50, abs=1)


def test_a_wave_that_stops_dead_ends_the_search_and_not_the_program():
    """A flat stretch has swings of nothing; they once made a breath that never ended."""
    times = np.arange(0, 60, 0.05)
    wave = np.sin(2 * np.pi * times / 4)
    wave[times > 30] = 0.0
    assert 0.2 < b.breath(times, wave).coverage < 0.8
    assert b.breath(times, np.zeros_like(wave)).coverage == 0


@pytest.mark.parametrize("channels", [1, 3])
def test_what_no_sensor_says_is_passed_over_and_hangs_nothing(channels):
    times, readings = phone(seconds=60)
    readings = readings[:, :channels]
    odd, missing = readings.copy(), readings.copy()
    missing[[0, 700, 701, 702, 1500]] = np.nan
    odd[[0, 700, 701, 702, 1500]] = [[1e308], [-1e308], [np.inf], [1e31], [np.nan]]
    assert equal(b.breath(times, odd), b.breath(times, missing))
    assert b.breath(times, readings * 1e309 / 10).coverage == 0


def test_breaths_at_the_edges_are_kept():
    times = np.arange(0, 61, 0.02)
    result = b.breath(times, np.cos(2 * np.pi * times / 5))
    assert result.coverage > 0.95
    assert result.inhale_onsets_s[0] == pytest.approx(2.5, abs=0.2)
    assert result.inhale_onsets_s[-1] == pytest.approx(57.5, abs=0.2)


def test_handling_at_both_ends_is_found():
    rng = np.random.default_rng(7)
    times, readings = phone(seconds=90)
    for part in (times < 8, times > 84):
        readings[part] += 0.4 * rng.normal(size=(part.sum(), 3))
    result = b.breath(times, readings)
    first, last = result.unread[0], result.unread[-1]
    assert first.reason == last.reason == "moving"
    assert first.end_s == pytest.approx(8, abs=2)
    assert last.start_s == pytest.approx(84, abs=2)
    assert result.rate_per_min == pytest.approx(15, rel=0.02)


def test_every_reason_is_given_where_it_holds():
    rng = np.random.default_rng(9)
    times, readings = phone(seconds=60)
    reasons = lambda t, r: {stretch.reason for stretch in b.breath(t, r).unread}  # noqa: E731
    walking = readings + 0.4 * np.sin(2 * np.pi * 1.9 * times)[:, np.newaxis]
    assert reasons(times, walking) == {"moving"}
    table = np.tile([0.0, 0.0, 1.0], (len(times), 1)) + 2e-4 * rng.normal(size=readings.shape)
    assert "too faint" in reasons(times, table)
    assert reasons(times[:100], readings[:100]) == {"too short"}
    gap = (times < 25) | (times > 35)
    assert "missing" in reasons(times[gap], readings[gap])
    assert "not a breath" in reasons(np.arange(0, 90, 0.05), rng.normal(size=1800))


def test_a_feed_that_gravity_was_taken_from_is_refused_and_says_so():
    """A phone's own estimate of gravity follows the tilt, and takes the breath away with it."""
    times, readings = phone(seconds=60)
    gravity = np.empty_like(readings)
    level = readings[0]
    for index, reading in enumerate(readings):
        gravity[index] = level = level + 0.04 * (reading - level)
    result = b.breath(times, readings - gravity)
    assert result.coverage == 0
    assert {stretch.reason for stretch in result.unread} == {"without gravity"}


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_gravity_is_known_by_itself_and_not_by_its_unit(scale):
    times, readings = phone(seconds=60)
    assert b.breath(times, scale * readings).coverage > 0.9


def test_a_pulse_taken_for_a_belt_is_not_read_as_breath():
    """A pulse wave sways slowly by itself, without any breath in it."""
    rng = np.random.default_rng(21)
    times = np.arange(0, 240, 0.01)
    beat = np.cumsum(0.01 * (1.2 + 0.05 * np.sin(times / 3))) % 1
    sway = np.interp(times, np.arange(0, 241, 1.5), rng.normal(size=161))
    pulse = np.exp(-(((beat - 0.3) / 0.12) ** 2)) + 0.02 * sway
    assert b.breath(times, pulse).coverage < 0.1


def test_what_is_read_and_what_is_not_fill_the_recording():
    times, readings = phone(seconds=100)
    gap = (times < 30) | (times > 41)
    result = b.breath(times[gap], readings[gap])
    unread = sum(stretch.end_s - stretch.start_s for stretch in result.unread)
    assert result.coverage * 100 + unread == pytest.approx(100, abs=0.3)
    assert np.array_equal(result.trust == 0, np.isnan(result.wave))
    assert np.all((result.trust >= 0) & (result.trust <= 1))


def test_noise_of_any_colour_is_seldom_taken_for_breath():
    rng = np.random.default_rng(11)
    for slope in (0, 1, 2):
        read = []
        for _ in range(6):
            shape = np.fft.rfftfreq(6000, 0.05)
            shape[0] = shape[1]
            noise = np.fft.irfft(np.fft.rfft(rng.normal(size=6000)) * shape ** (-slope / 2), 6000)
            read.append(b.breath(np.arange(6000) * 0.05, noise).coverage)
        assert np.mean(read) < 0.2, slope


def test_errors_fall_as_trust_rises():
    rng = np.random.default_rng(13)
    error, trust = [], []
    for noise in (0.0005, 0.005, 0.02, 0.05):
        for seed in range(4):
            times, readings = phone(seconds=150, noise=noise, seed=seed)
            readings[:, 0] += np.interp(times, np.arange(0, 151, 10), 0.003 * rng.normal(size=16))
            result = b.breath(times, readings)
            onset = result.inhale_onsets_s
            off = np.minimum(np.abs((onset - 1) % 4 - 0), 4 - (onset - 1) % 4)
            off = np.minimum(off, np.abs(off - 2))
            at = np.clip(
                ((onset - result.start_s) * result.hz).astype(int), 0, len(result.trust) - 1
            )
            error += off.tolist()
            trust += result.trust[at].tolist()
    order = np.argsort(trust)
    thirds = [np.median(np.array(error)[part]) for part in np.array_split(order, 3)]
    assert thirds[2] < thirds[0]
    assert thirds[2] < 0.2


def heard(times, readings):
    """What is remembered after some readings, with the cells they became, and these smoothed."""
    readings = readings.reshape(len(times), -1)
    opened = b.BreathStream(readings.shape[1])
    opened.hear(times, readings)
    one = opened._held[0]
    channels = readings.shape[1]
    run, count = one["run"] - one["oldest"], int(one["cell"] - one["run"])
    cells = one["cells"][: (run + count) * channels].reshape(-1, channels)[run:]
    done = int(one["smoothed"] - one["run"])
    total = one["total"][: (run + done + 1) * channels].reshape(-1, channels)[run:]
    return one, cells, np.diff(total, axis=0)


def test_cells_are_means_of_the_straight_line_path():
    rng = np.random.default_rng(17)
    times = np.sort(rng.uniform(0, 5, 200))
    values = rng.normal(size=200)
    cells = heard(times, values)[1][:, 0]
    np.testing.assert_allclose(cells, naive.cell_means(times, values, 0.1)[: len(cells)], atol=1e-6)


def test_smoothing_means_and_axis_are_those_of_slow_and_obvious_ones():
    rng = np.random.default_rng(15)
    times, readings = phone(seconds=61, hz=20, noise=0.01)
    readings[:, 1] += 0.003 * rng.normal(size=len(times)).cumsum() / 20
    one, cells, smooth = heard(times, readings)
    for at in range(7, len(smooth)):
        np.testing.assert_allclose(smooth[at], naive.hann_mean(cells, at, 7), atol=1e-9)
    level = np.vstack([np.tile(cells[0], (7, 1)), cells])
    np.testing.assert_allclose(smooth[0], naive.hann_mean(level, 7, 7), atol=1e-9)
    weighed = int(one["weighed"] - one["run"])
    assert one["segment"] == one["run"]
    for index, half in enumerate(memory.HALVES):
        if 5 * half < weighed:
            expected = naive.half_periods(
                smooth[:weighed], 0, half, memory.KEEP[index], memory.STRIDE[index]
            )
            np.testing.assert_allclose(one["swing"][:3, index], expected, rtol=1e-6)
    spread = one["spread"][:9].reshape(3, 3)
    np.testing.assert_allclose(
        np.abs(one["axis"][:3]), np.abs(np.linalg.eigh(spread)[1][:, -1]), atol=1e-3
    )


def test_the_wave_is_where_a_plain_filter_puts_it():
    times, readings = phone(seconds=90, hz=20)
    one, cells, smooth = heard(times, readings)
    for at in range(200, 300, 7):
        # What was known twelve seconds after the block that the cell is in.
        known = one["course"][at // 10 + 12]
        period, axis = known[0], known[3:6]
        half, width = int(0.25 * period + 0.5), round(period)
        means = [
            smooth[begin : begin + width].mean(0)
            for begin in (at - width, at - width // 2, at - width + 2 * (width // 2))
        ]
        drift = 0.25 * means[0] + 0.5 * means[1] + 0.25 * means[2]
        assert one["wave"][at] == pytest.approx(
            (naive.hann_mean(cells, at, half) - drift) @ axis, abs=1e-9
        )
        fine = (naive.hann_mean(cells, at, max(half // 3, 3)) - drift) @ axis
        assert one["fine"][at] == pytest.approx(fine, abs=1e-9)


def test_wrong_shapes_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="1, 3 or 6 readings"):
        b.breath([0, 1, 2], np.zeros((3, 2)))


def test_paced_phones_keep_the_period_that_was_marked_by_eye():
    marks = tomllib.loads((Path(__file__).parents[2] / "bench" / "paced_marks.toml").read_text())
    coverage = []
    for name, times, readings in recordings.paced():
        result = b.breath(times, readings)
        marked = np.diff(recordings.read_part(result, np.array(marks[name]))).mean()
        assert result.intervals_s.mean() == pytest.approx(marked, rel=0.02), name
        assert result.coverage > 0.70, name
        coverage.append(result.coverage)
    assert np.mean(coverage) > 0.93


def test_annotated_breaths_are_found():
    """Where the file holds the impedance that was marked; five hold a pulse, a pressure or an ECG."""
    scores, coverage = [], []
    for name, times, wave, marks in recordings.annotated():
        if not recordings.is_breath(name):
            continue
        result = b.breath(times, wave)
        coverage.append(result.coverage)
        found = recordings.read_part(result, result.exhale_onsets_s)
        scores += [recordings.f1(found, recordings.read_part(result, m)) for m in marks]
    assert np.sum(np.array(coverage) > 0.9) >= 19
    assert np.median(scores) >= 0.99
    assert np.mean(scores) >= 0.96


def test_walking_is_not_read_as_breath():
    for name, times, readings, _ in recordings.walkers():
        assert b.breath(times, readings).coverage <= 0.10, name


def test_another_way_of_counting_agrees_about_phones_on_chests():
    agree = []
    for _, times, readings in recordings.chests():
        agree += [
            abs(ours - other) <= 1
            for ours, other in half_minutes(b.breath(times, readings), times, readings)
        ]
    assert len(agree) >= 15
    assert np.mean(agree) >= 0.95


def test_half_of_what_phones_on_chests_recorded_is_read():
    read = total = 0.0
    for _, times, readings in recordings.chests():
        if times[-1] > 60:
            total += times[-1] - times[0] - 10
            read += b.breath(times, readings).coverage * (times[-1] - times[0])
    assert read / total > 0.5
