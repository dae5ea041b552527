"""The verdict about two people: what it says, what it withholds, and its promise in small."""

import numpy as np
import pytest

from bench import gap, strangers
from relational_space.sensing import cycles, responses, surrogates, synchrony
from relational_space.sensing.leakage import leakage
from relational_space.sensing.trace import Breath, Movement
from relational_space.study import simulate
from relational_space.study.simulate import Body
from tests.sensing import naive


def couple(a, b, seconds=300, seed=0, **settings):
    given = {name: settings.pop(name) for name in ("leaks", "noise") if name in settings}
    pair = simulate.breathing(a, b, seconds=seconds, rng=np.random.default_rng(seed), **given)
    return synchrony.couple(pair.a, pair.b, hz=pair.hz, sense="breath", **settings)


def share(verdict, a, b, pairs=25, draws=199, **settings):
    return np.mean(
        [
            couple(a, b, seed=seed, draws=draws, **settings).verdict == verdict
            for seed in range(pairs)
        ]
    )


STRANGERS = {
    "steady": Body(),
    "jittered": Body(jitter=0.2),
    "both settling": Body(settles=0.3, jitter=0.07),
    "cycles like their neighbours": Body(likeness=0.6),
    "sighing": Body(sighs=0.04),
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_strangers_are_rarely_called_coupled(kind):
    # Of 25 pairs at 5 %, six or more are expected in one run of a hundred and forty.
    assert share("more than chance", STRANGERS[kind], STRANGERS[kind]) <= 5 / 25


@pytest.mark.long
@pytest.mark.parametrize("seconds", [60, 120, 300, 600])
@pytest.mark.parametrize("kind", STRANGERS)
def test_the_promise_holds_in_four_hundred_pairs(kind, seconds):
    body = STRANGERS[kind]
    assert share("more than chance", body, body, pairs=400, draws=499, seconds=seconds) <= 0.07


def share_of_strangers(kind, pairs, draws, seconds):
    called = 0
    for seed in range(pairs):
        a, b, hz = strangers.MADE[kind](np.random.default_rng([seed, 3]), seconds)
        found = synchrony.couple(a, b, hz=hz, sense="breath", draws=draws, seed=seed)
        called += found.verdict == "more than chance"
    return called / pairs


@pytest.mark.parametrize("kind", strangers.MADE)
def test_strangers_made_by_other_means_than_our_own_are_rarely_called_coupled(kind):
    assert share_of_strangers(kind, pairs=25, draws=199, seconds=300) <= 5 / 25


@pytest.mark.long
@pytest.mark.parametrize("seconds", [120, 300, 600])
@pytest.mark.parametrize("kind", strangers.MADE)
def test_the_promise_holds_in_four_hundred_pairs_made_by_other_means(kind, seconds):
    assert share_of_strangers(kind, pairs=400, draws=499, seconds=seconds) <= 0.07


def test_two_who_answer_each_other_are_found():
    answering = Body(answers=0.12)
    assert share("more than chance", answering, answering, pairs=12) >= 0.6


def test_the_one_who_does_not_answer_is_the_leader():
    found = [
        couple(Body(answers=0.15), Body(), seconds=600, seed=seed, draws=99) for seed in range(12)
    ]
    leaders = [one.leader for one in found if one.leader]
    assert len(leaders) >= 5
    assert leaders.count("b") == len(leaders)


def test_a_pacer_that_was_named_leaves_nothing_to_tell():
    found = couple(Body(answers=0.3), Body(answers=0.3), shared_pacer=True)
    assert (found.verdict, found.reason) == ("could not tell", "a shared pacer")


def test_a_pacer_that_was_not_named_is_seen():
    following = simulate.paced(Body(jitter=0.08))
    assert share("more than chance", following, following, pairs=10) == 0


def test_one_breath_in_both_recordings_is_not_called_coupling():
    for leaks in (0.5, 1.0):
        assert share("more than chance", Body(), Body(period_s=4.7), pairs=10, leaks=leaks) == 0


@pytest.mark.parametrize("seconds", [60, 120, 300])
def test_a_phone_that_feels_both_bodies_alike_is_not_called_coupling(seconds):
    called = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        pair = simulate.breathing(Body(), Body(period_s=4.5), seconds=seconds, rng=rng)
        found = synchrony.couple(pair.a, pair.a + pair.b, hz=pair.hz, sense="breath", draws=99)
        called += found.verdict == "more than chance"
    assert called <= 1


def test_two_who_answer_each_other_are_not_taken_for_one_body():
    for strength in (0.1, 0.3):
        answering = Body(answers=strength)
        reasons = [couple(answering, answering, seed=seed, draws=99).reason for seed in range(12)]
        assert reasons.count("one body may be in both recordings") <= 1


def test_two_minutes_with_an_unnamed_pacer_followed_loosely_are_not_called_coupling():
    following = Body(jitter=0.08, follows_pacer=0.2)
    assert share("more than chance", following, following, pairs=15, seconds=120, draws=99) <= 0.2


def test_large_breaths_felt_by_the_other_phone_raise_a_doubt():
    pair = simulate.breathing(
        Body(), Body(period_s=4.7), seconds=300, rng=np.random.default_rng(1), leaks=0.5
    )
    marks = [cycles.rises(wave, pair.hz)[0] for wave in (pair.a, pair.b)]
    assert leakage(pair.a, pair.b, pair.hz, *marks).suspected


def test_one_seed_gives_one_answer():
    one, other = (couple(Body(), Body(), draws=99) for _ in range(2))
    assert one.chance.p_value == other.chance.p_value
    np.testing.assert_array_equal(one.chance.draws, other.chance.draws)


def test_scale_and_baseline_change_nothing_that_is_said():
    pair = simulate.breathing(
        Body(answers=0.1), Body(answers=0.1), seconds=200, rng=np.random.default_rng(3)
    )
    plain = synchrony.couple(pair.a, pair.b, hz=pair.hz, draws=99)
    for scale in (1e-4, 1e4):
        moved = synchrony.couple(scale * pair.a + scale, scale * pair.b, hz=pair.hz, draws=99)
        assert moved.verdict == plain.verdict
        assert moved.chance.p_value == pytest.approx(plain.chance.p_value, abs=0.021)
        assert moved.strength == pytest.approx(plain.strength, abs=1e-6)


def test_whoever_comes_first_in_the_call_changes_only_the_names():
    pair = simulate.breathing(Body(answers=0.2), Body(), seconds=300, rng=np.random.default_rng(4))
    one = synchrony.couple(pair.a, pair.b, hz=pair.hz)
    other = synchrony.couple(pair.b, pair.a, hz=pair.hz)
    assert one.strength == pytest.approx(other.strength)
    assert one.preferred_phase_rad == pytest.approx(-other.preferred_phase_rad)
    assert one.a.answering == pytest.approx(other.b.answering)


def test_a_gap_is_left_out_and_not_bridged():
    pair = simulate.breathing(Body(), Body(), seconds=300, rng=np.random.default_rng(5))
    pair.a[1000:1300] = np.nan
    found = synchrony.couple(pair.a, pair.b, hz=pair.hz, sense="breath")
    assert found.verdict in ("more than chance", "no more than chance")
    assert 0.7 < found.coverage < 0.92
    pair.a[:2400] = np.nan
    found = synchrony.couple(pair.a, pair.b, hz=pair.hz, sense="breath")
    assert found.verdict == "could not tell"


@pytest.mark.parametrize("samples", [0, 1, 3, 100])
def test_what_is_too_short_cannot_be_told(samples):
    for sense in ("breath", "movement"):
        found = synchrony.couple(np.ones(samples), np.arange(samples), hz=10, sense=sense)
        assert found.verdict == "could not tell"
        assert found.reason


def test_a_flat_signal_cannot_be_told():
    t = np.arange(0, 200, 0.1)
    for sense in ("breath", "movement"):
        found = synchrony.couple(np.ones(len(t)), np.sin(t), hz=10, sense=sense)
        assert found.verdict == "could not tell"


def test_movement_to_one_music_or_hardly_seen_cannot_be_told():
    rng = np.random.default_rng(3)
    a, b = simulate.moving(seconds=120, rng=rng, lag_s=0.2)
    named = synchrony.couple(a, b, hz=30, sense="movement", shared_pacer=True)
    assert (named.verdict, named.reason) == ("could not tell", "a shared pacer")
    b[:2000] = np.nan
    seen = synchrony.couple(a, b, hz=30, sense="movement")
    assert (seen.verdict, seen.reason) == ("could not tell", "too little trust")


def as_breath(wave, hz, start_s):
    nothing = np.empty(0)
    return Breath(
        hz, start_s, wave, np.ones(len(wave)), nothing, nothing, nothing,
        12.0, (11.0, 13.0), 1.0, (), "unknown", "made up", "0",
    )  # fmt: skip


def test_breaths_that_began_at_different_times_are_laid_on_one_clock():
    pair = simulate.breathing(
        Body(answers=0.2), Body(answers=0.2), seconds=300, rng=np.random.default_rng(6)
    )
    plain = synchrony.couple(pair.a, pair.b, hz=10, sense="breath", draws=99)
    late = synchrony.couple(
        as_breath(pair.a, 10.0, 100.0), as_breath(pair.b[200:], 10.0, 120.0), draws=99
    )
    assert late.verdict == plain.verdict
    assert late.preferred_phase_rad == pytest.approx(plain.preferred_phase_rad, abs=0.2)


def test_breaths_on_two_clocks_are_refused_and_next_to_nothing_cannot_be_told():
    wave = np.sin(np.arange(600) / 8)
    early, late = as_breath(wave, 10.0, 0.0), as_breath(wave, 10.0, 1.7e9)
    for pair in ((early, late), (late, early)):
        with pytest.raises(ValueError, match="share no moment"):
            synchrony.couple(*pair)
    nothing = as_breath(np.empty(0), 10.0, 3.0)
    for pair in ((early, nothing), (nothing, early), (nothing, nothing)):
        found = synchrony.couple(*pair)
        assert found.verdict == "could not tell"
        assert found.reason in ("too short", "too little trust")


def as_movement(velocity, hz, start_s=0.0):
    n = len(velocity)
    return Movement(hz, start_s, velocity, np.ones(n), np.zeros(n), 1.0, (), "m/s", "made up", "0")


@pytest.mark.parametrize("lag_s", [-0.4, -0.15, 0.1, 0.8])
def test_a_known_lag_is_found_within_twenty_milliseconds(lag_s):
    a, b = simulate.moving(seconds=120, rng=np.random.default_rng(7), lag_s=lag_s)
    found = synchrony.couple(as_movement(a, 30.0), as_movement(b, 30.0))
    assert found.verdict == "more than chance"
    assert found.lag_s == pytest.approx(lag_s, abs=0.02)
    assert found.lag_interval_s[0] < lag_s < found.lag_interval_s[1]
    assert found.leader == ("a" if lag_s > 0 else "b")


@pytest.mark.parametrize("pair", [26, 218])
def test_a_follower_is_seen_in_two_minutes_of_slow_movement(pair):
    # Few of these displacements are independent, and one follows the other at a correlation of 0.95.
    rng = np.random.default_rng([pair, 7])
    a, b = simulate.moving(seconds=240, rng=rng, lag_s=0.25, switches=True)
    half = len(a) // 2
    for part, leader in ((slice(0, half), "a"), (slice(half, None), "b")):
        assert synchrony.couple(a[part], b[part], hz=30, sense="movement").leader == leader


def test_the_lag_changes_its_sign_when_the_roles_are_switched():
    a, b = simulate.moving(seconds=240, rng=np.random.default_rng(8), lag_s=0.3, switches=True)
    first = synchrony.couple(a[:3600], b[:3600], hz=30, sense="movement")
    second = synchrony.couple(a[3600:], b[3600:], hz=30, sense="movement")
    assert (first.leader, second.leader) == ("a", "b")


def test_no_leader_is_named_inside_the_clocks_uncertainty():
    a, b = simulate.moving(seconds=120, rng=np.random.default_rng(9), lag_s=0.03)
    sure = synchrony.couple(a, b, hz=30, sense="movement")
    unsure = synchrony.couple(a, b, hz=30, sense="movement", clock_uncertainty_s=0.05)
    assert sure.leader == "a"
    assert unsure.leader is None
    assert unsure.lag_interval_s[0] < sure.lag_interval_s[0]


def test_strangers_movement_is_rarely_called_coupled():
    called = 0
    for seed in range(40):
        a, b = simulate.moving(seconds=120, rng=np.random.default_rng(seed))
        called += synchrony.couple(a, b, hz=30, sense="movement").verdict == "more than chance"
    assert called <= 6


@pytest.mark.parametrize(
    ("a", "b", "settings", "says"),
    [
        (np.zeros(10), np.zeros(10), {}, "samples a second"),
        (np.zeros((2, 10)), np.zeros(10), {"hz": 1}, "pair by pair"),
        (np.full(10, np.inf), np.zeros(10), {"hz": 1}, "infinite"),
        (as_movement(np.zeros(9), 10.0), np.zeros(10), {"hz": 1}, "one of each"),
        (np.zeros(10), np.zeros(10), {"hz": 1, "sense": "smell"}, "smell"),
    ],
)
def test_what_cannot_be_coupled_is_refused_in_a_sentence(a, b, settings, says):
    with pytest.raises(ValueError, match=says):
        synchrony.couple(a, b, **settings)


@pytest.mark.parametrize("n", [1, 2, 8, 9, 10, 17, 120])
def test_medians_around_are_what_their_slow_twin_says(n):
    x = np.random.default_rng(n).standard_normal(n)
    np.testing.assert_array_equal(cycles._medians_around(x, 4), naive.medians_around(x, 4))


def test_where_the_verdict_loses_is_printed_within_the_time_given(monkeypatch, capsys):
    asked = ["gap", "--minutes", "0", "--seconds", "120", "--pairs", "50", "--rows", "one-way 0.1"]
    monkeypatch.setattr("sys.argv", asked)
    gap.main()
    head, strangers_too, row = capsys.readouterr().out.splitlines()
    assert strangers_too.split() == ["(strangers)", "120", "1"]
    assert row.split()[:4] == ["one-way", "0.1", "120", "1"]
    # Each share is of one pair.
    assert set(row.split()[4:]) <= {"0.0%", "100.0%"}
    assert len(row.split()[4:]) == len(gap.BY_STRANGERS + gap.BY_REDRAWING)
    assert all(name in head for name in gap.BY_STRANGERS)


def test_the_score_is_what_its_slow_twin_says():
    rng = np.random.default_rng(10)
    a, b = np.cumsum(rng.normal(5, 0.5, 40)), np.cumsum(rng.normal(4.6, 0.5, 44))
    found = responses.answers(a, b, draws=3, rng=np.random.default_rng(1), in_place=False)
    slow = naive.answers(a, b, step_s=4.0 / 400)
    np.testing.assert_allclose(found.sums[0], slow, rtol=2e-3, atol=0.02)


def test_redrawn_cycles_keep_their_slow_course_and_spread():
    rng = np.random.default_rng(11)
    k = np.arange(120)
    lengths = 5 - np.exp(-k / 40) + 0.3 * rng.standard_normal(120)
    marks = np.concatenate(([0.0], np.cumsum(lengths)))
    rows = np.diff(surrogates.cycle_residual_warps(marks, 300, rng), axis=1)
    np.testing.assert_allclose(rows.mean(axis=0), 5 - np.exp(-k / 40), atol=0.35)
    assert rows.std(axis=1).mean() == pytest.approx(lengths.std(), rel=0.1)


def swaying(seed, share, seconds=600.0):
    """Give the marks of somebody whose cycles sway with a period of 150 s, by a share of their length."""
    rng = np.random.default_rng(seed)
    at = 5.0 * np.arange(int(seconds / 5))
    slow = 1 + share * np.sin(2 * np.pi * at / 150 + rng.uniform(0, 6.3))
    return np.cumsum(5 * slow * (1 + 0.07 * rng.standard_normal(len(at))))


def test_a_sway_is_somebodys_own_course_and_nothing_is_added_where_there_is_none():
    plain = [responses.course_terms(swaying(seed, 0.0)) for seed in range(40)]
    usual = responses.slow_terms(600.0)
    assert np.mean(np.array(plain) == usual) > 0.9
    for seed in range(5):
        marks = swaying(seed, 0.15)
        assert responses.course_terms(marks) > usual
        drawn, _ = responses.redrawn(marks, 30, np.random.default_rng(0))
        lengths = np.diff(drawn[:, : len(marks)], axis=1)
        slow = np.sin(2 * np.pi * np.arange(len(marks) - 1) * 5 / 150 + np.arange(64)[:, None] / 10)
        # Every redrawing sways as this person does, and at the same time.
        best = slow[np.argmax(slow @ (lengths[0] - lengths[0].mean()))]
        assert np.median([np.corrcoef(best, row)[0, 1] for row in lengths[1:]]) > 0.6


def test_somebody_who_keeps_a_period_wanders_less_than_their_cycles_reordered():
    rng = np.random.default_rng(12)
    paced = 5.0 * np.arange(60) + 0.2 * rng.standard_normal(60)
    free = np.cumsum(5 + 0.3 * rng.standard_normal(60))
    assert responses.kept_place(paced, 199, rng) <= 0.01
    assert responses.kept_place(free, 199, rng) > 0.01


def test_a_breath_that_was_not_seen_does_not_hide_a_fixed_period():
    rng = np.random.default_rng(13)
    ventilated = 3.0 * np.arange(100) + 0.05 * rng.standard_normal(100)
    missed = np.delete(ventilated, [40, 70])
    assert responses.kept_place(missed, 199, rng) <= 0.01


def test_a_redrawing_lasts_as_long_as_what_was_observed():
    rng = np.random.default_rng(14)
    a, b = np.cumsum(rng.normal(5, 0.8, 40)), np.cumsum(rng.normal(4.6, 0.8, 44))
    found = responses.answers(a, b, draws=200, rng=rng, in_place=False)
    assert np.quantile(found.sums[:, 0], 0.1) > 0.98 * found.sums[0, 0]
