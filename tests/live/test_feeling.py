"""What phones feel in a sitting: only with two yeses, into memory alone, looked at once by both, and gone."""

import asyncio
import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relational_space.live import wire
from relational_space.practice.sitting import REFLECT_S
from tests.live.felt import SETTLED_S, ask, ends, felt, felt_in, listened, room_of, taken_of_ada
from tests.live.house import (
    ADA,
    BEN,
    SHARED,
    House,
    Page,
    frame,
    leave,
    now_s,
    played,
    story,
)
from tests.live.phones import (
    Camera,
    Phone,
    breath,
    breathing_text,
    held,
    pack,
    pack_points,
    sway,
    tracked,
)


@story
async def test_two_who_said_yes_and_both_ask_are_told_of_their_two_breaths():
    async with felt() as (house, ada, ben, *_):
        await ends(ada, ben)
        await ask(ada)
        assert not ada.reflections
        await ask(ben)
        (to_ada,), (to_ben,) = ada.reflections, ben.reflections
        assert to_ada["you"] == to_ben["other"]
        assert to_ada["other"] == to_ben["you"]
        same = {"you", "other"}
        assert {k: v for k, v in to_ada.items() if k not in same} == {
            k: v for k, v in to_ben.items() if k not in same
        }
        assert to_ada["you"]["rate_per_min"] == pytest.approx(12, rel=0.05)
        assert to_ada["other"]["rate_per_min"] == pytest.approx(15, rel=0.05)
        assert to_ada["you"]["read"] == "nearly all of it"
        assert to_ada["verdict"] in ("no more than chance", "could not tell")
        begin, end = to_ada["seconds"]
        assert 280 < end - begin < 310
        assert all(begin <= at <= end for at, _ in to_ada["you"]["line"])
        assert all(y is None or -1 <= y <= 1 for _, y in to_ada["you"]["line"])
        assert felt_in(house) == 0


@story
async def test_a_sitting_that_runs_faster_is_felt_as_if_it_did_not():
    house = House(text=breathing_text(lasts="60 min"), pace=12.0)
    motions = [lambda at, m=m: m(at / 12.0) for m in (breath(per_min=12), breath(per_min=15))]
    async with felt(house, motions=motions) as (_, ada, ben, *_):
        await ends(ada, ben)
        await ask(ada, ben)
        assert ada.reflections[0]["you"]["rate_per_min"] == pytest.approx(12, rel=0.05)
        assert 3500 < np.diff(ada.reflections[0]["seconds"])[0] < 3700


@pytest.mark.parametrize("who", [(), (ADA,), (BEN,)])
@story
async def test_without_a_yes_of_both_nothing_is_felt_though_all_is_acknowledged(who):
    async with felt(who=who) as (house, ada, ben, *phones):
        for phone in phones:
            phone.asked = lambda: True
        await asyncio.sleep(10.0)
        assert felt_in(house) == 0
        assert not room_of(house)._feeling._bodies
        assert min(ada.taken, ben.taken) > 80
        await ends(ada, ben)
        await ask(ada, ben)
        assert not ada.reflections + ben.reflections
        refused = {why for page in (ada, ben) for _, why in page.refused}
        assert refused == {"There is nothing to look at."}


@pytest.mark.parametrize("when", ["in the middle", "afterwards", "after asking"])
@story
async def test_whoever_takes_it_back_takes_it_from_both_and_it_is_forgotten_at_once(when):
    async with felt() as (house, ada, ben, *_):
        await asyncio.sleep(100.0)
        assert felt_in(house) == 2
        if when == "in the middle":
            ada.press(wire.Unfeel)
            await asyncio.sleep(0.2)
            assert felt_in(house) == 0
            assert ben.own["feels"]
        await ends(ada, ben)
        ben.press(wire.AskReflection)
        if when == "after asking":
            ada.press(wire.AskReflection)
            await asyncio.sleep(1.0)
            assert ada.reflections
        if when != "in the middle":
            ada.press(wire.Unfeel)
            await asyncio.sleep(0.2)
        assert room_of(house)._feeling._felt is None
        assert room_of(house)._told == ()
        if when != "after asking":
            await asyncio.sleep(REFLECT_S)
            assert not ada.reflections + ben.reflections
        assert felt_in(house) == 0


@story
async def test_three_minutes_after_the_end_it_is_gone_whether_or_not_it_was_looked_at():
    async with felt() as (house, ada, ben, *_):
        await ends(ada, ben)
        room = room_of(house)
        assert room._feeling._felt is not None
        ada.press(wire.AskReflection)
        await asyncio.sleep(REFLECT_S)
        assert room._feeling._felt is None
        ben.press(wire.AskReflection)
        await asyncio.sleep(2.0)
        assert not ada.reflections + ben.reflections
        assert "nothing to look at" in ben.refused[-1][1]


@story
async def test_whoever_was_away_when_both_had_asked_is_told_when_they_come_back():
    async with felt() as (_, ada, ben, *_):
        await ends(ada, ben)
        ben.press(wire.AskReflection)
        await asyncio.sleep(1.0)
        await ben.drop()
        await ask(ada)
        assert ada.reflections
        await ben.connect()
        assert ben.reflections
        await ben.drop()
        await asyncio.sleep(REFLECT_S)
        await ben.connect()
        assert len(ben.reflections) == 1


@story
async def test_a_room_that_ends_forgets_what_was_felt():
    async with felt() as (house, *_, adas, bens):
        await asyncio.sleep(50.0)
        assert felt_in(house) == 2
        for phone in (adas, bens):
            await phone.stop()
        await house.stop()
        assert felt_in(house) == 0


@story
async def test_after_a_restart_nobody_is_felt_and_nobody_is_asked_in_the_middle():
    async with felt() as (house, ada, ben, *_):
        await asyncio.sleep(50.0)
        await house.stop()
        house.start()
        for page in (ada, ben):
            await page.connect()
        await asyncio.sleep(1.0)
        assert not ada.own["feels"]
        assert not ben.own["feels"]
        for page in (ada, ben):
            page.press(wire.Feel)
        await asyncio.sleep(1.0)
        assert all("passed" in page.refused[-1][1] for page in (ada, ben))
        assert felt_in(house) == 0


@story
async def test_a_link_that_was_gone_for_20_seconds_loses_no_sample():
    async with felt() as (house, ada, ben, *phones):
        of_ada = taken_of_ada(house)
        await asyncio.sleep(60.0)
        # The page doesn't know yet that both are held, and goes on for as long as it is cut off.
        await ada.drop()
        phones[0].asked = lambda: True
        await asyncio.sleep(20.0)
        del phones[0].asked
        await ada.connect()
        await asyncio.sleep(1.0)
        assert ada.screen()["still"]
        for page in (ada, ben):
            page.press(wire.GoOn)
        await asyncio.sleep(30.0)
        assert not ada.screen()["still"]
        assert of_ada == sorted(set(of_ada))
        assert np.diff(of_ada).max() == 1
        assert not phones[0].kept or min(phones[0].kept) >= of_ada[-1] - 20
        assert not house.entrance.refused
        await ends(ada, ben)
        trace = room_of(house)._feeling._felt.of("breath")[min(ADA)]
        # Cut off for 20 s and held for 9: what was felt before the hold is there, and no more.
        gaps = [s for s in trace.unread if s.reason == "missing"]
        assert sum(s.end_s - s.start_s for s in gaps) == pytest.approx(10.0, abs=2.0)


@story
async def test_what_was_sent_twice_is_felt_once():
    async with felt() as (house, ada, *_):
        of_ada = taken_of_ada(house)
        for _ in range(20):
            await asyncio.sleep(2.0)
            await ada.drop()
            await ada.connect()
        assert of_ada == list(range(of_ada[0], of_ada[-1] + 1))


@story
async def test_nothing_of_a_rhythm_is_sent_to_anybody_while_they_sit():
    async with felt() as (_, ada, ben, *_):
        await asyncio.sleep(120.0)
        kinds = {message["t"] for page in (ada, ben) for _, message in page.arrived}
        assert kinds == {"welcome", "show", "pong", "heard", "dots"}


@story
async def test_the_others_breath_comes_as_a_swell_where_the_practice_is_made_for_it():
    async with felt(House(text=breathing_text(show="other-breath"))) as (_, ada, ben, *_):
        await asyncio.sleep(120.0)
        assert len(ada.swells) > 600
        swells = [swell for swell in ada.swells if swell["at"] > ada.at() - 60]
        levels = np.array([swell["level"] for swell in swells])
        assert np.abs(levels).max() <= 1
        assert np.abs(levels).max() > 0.7
        turns = np.count_nonzero(np.diff(np.sign(levels)) > 0)
        assert turns == pytest.approx(15, abs=2)
        assert np.mean([swell["trust"] for swell in swells]) > 0.5
        late = ada.at() - swells[-1]["at"]
        assert late < 0.5 + 0.3
        ben.press(wire.Unfeel)
        await asyncio.sleep(1.0)
        ada.swells.clear()
        await asyncio.sleep(20.0)
        assert not ada.swells


@pytest.mark.parametrize(
    ("show", "says"), [("other-breath", "chance has no say"), ("pace", "one pace")]
)
@story
async def test_what_two_were_shown_is_never_compared(show, says):
    async with felt(House(text=breathing_text(show=show))) as (_, ada, ben, *_):
        await ends(ada, ben)
        await ask(ada, ben)
        told = ada.reflections[0]
        assert told["verdict"] == "could not tell"
        assert says in told["sentence"]
        assert told["alike"] == told["apart"] == told["led"] == []
        assert told["you"]["rate_per_min"] == pytest.approx(12, rel=0.05)


# Movement, by a phone in the hand and by a camera.


async def moved(*, phones=Phone, motions, sense="movement", off_s=(0.01, 0.01)):
    """What two are told who moved like this for two minutes, by clocks that may be so far off."""
    house = House(text=breathing_text(lasts="2 min", sense=sense))
    async with felt(house, motions=motions, phones=phones) as (_, ada, ben, *_):
        ada.off_s, ben.off_s = off_s
        await ends(ada, ben)
        await ask(ada, ben)
    return ada.reflections, ben.reflections


@pytest.mark.parametrize("late_s", [0.4, -0.6])
def test_who_moved_first_is_told_where_it_is_surer_than_the_clocks(late_s):
    motions = held(sway(1)), held(sway(1, after_s=late_s))
    (to_ada,), (to_ben,) = played(moved(motions=motions))
    assert to_ada["verdict"] == "more than chance"
    assert [each["who"] for each in to_ada["led"]] == ["you" if late_s > 0 else "other"]
    assert [each["who"] for each in to_ben["led"]] == ["other" if late_s > 0 else "you"]
    assert to_ada["you"]["rate_per_min"] == pytest.approx(to_ada["other"]["rate_per_min"], rel=0.1)


def close(late_s):
    """As one who follows soon does: the same, with a little of their own."""
    leads, own = sway(1), sway(7)
    return held(leads), held(lambda at: 0.85 * leads(at - late_s) + 0.25 * own(at))


@pytest.mark.parametrize(
    ("late_s", "off_s", "who"),
    [
        (0.03, (0.01, 0.01), "neither"),
        # Sensors have an error that no ping knows: a page that says it has none at all wins nothing.
        (0.08, (0.0, 0.0), "neither"),
        (0.3, (0.0, 3600.0), "neither"),
        (0.3, (0.01, None), "neither"),
    ],
)
def test_a_lead_within_the_clocks_error_is_nobodys(late_s, off_s, who):
    (to_ada,), _ = played(moved(motions=close(late_s), off_s=off_s))
    assert to_ada["verdict"] == "more than chance"
    assert [each["who"] for each in to_ada["led"]] == [who]


def test_on_a_way_of_500_ms_there_and_none_back_nobody_is_followed_who_was_not():
    """Two move as good as at once, and Ben's page takes each moment for a quarter second later than it is."""
    motions = close(0.03 + 0.25)
    (unaware,), _ = played(moved(motions=motions))
    assert [each["who"] for each in unaware["led"]] == ["you"]
    (to_ada,), (to_ben,) = played(moved(motions=motions, off_s=(0.005, 0.25)))
    assert {told["verdict"] for told in (to_ada, to_ben)} == {"more than chance"}
    assert [each["who"] for each in to_ada["led"] + to_ben["led"]] == ["neither", "neither"]


@pytest.mark.parametrize(("off_s", "is_seen"), [(0.25, True), (0.01, False)])
def test_one_body_is_seen_in_both_recordings_as_far_apart_as_the_clocks_may_be(off_s, is_seen):
    motions = held(sway(1)), held(sway(1, after_s=0.3))
    (to_ada,), _ = played(moved(motions=motions, off_s=(0.01, off_s)))
    assert ("both of you" in to_ada["sentence"]) == is_seen


@story
async def test_of_all_that_a_page_says_of_its_clock_while_a_turn_lasts_the_worst_counts():
    async with felt() as (house, ada, ben, *_):
        spans = room_of(house)._feeling._spans
        await asyncio.sleep(2.0)
        assert spans[-1].apart_s == pytest.approx(0.02)
        ben.off_s = 0.3
        await asyncio.sleep(2.0)
        ben.off_s = 0.02
        await asyncio.sleep(2.0)
        assert spans[-1].apart_s == pytest.approx(0.31)
        ada.press(wire.Pause)
        await asyncio.sleep(10.0)
        ada.press(wire.GoOn)
        ben.press(wire.GoOn)
        await asyncio.sleep(10.0)
        assert len(spans) == 2
        assert spans[-1].apart_s == pytest.approx(0.03)


def test_two_who_move_each_their_own_way_are_told_so():
    (to_ada,), _ = played(moved(motions=(held(sway(1)), held(sway(2)))))
    assert to_ada["verdict"] == "no more than chance"
    assert to_ada["led"] == []


def test_one_movement_on_both_phones_is_called_one_body():
    (to_ada,), _ = played(moved(motions=(held(sway(1)), held(sway(1)))))
    assert to_ada["verdict"] == "could not tell"
    assert "both of you" in to_ada["sentence"]


def test_points_that_a_camera_follows_are_movement_as_well():
    motions = tracked(sway(1)), tracked(sway(1, after_s=0.5))
    (to_ada,), _ = played(moved(phones=Camera, motions=motions))
    assert to_ada["kind"] == "movement"
    assert to_ada["verdict"] == "more than chance"
    assert [each["who"] for each in to_ada["led"]] == ["you"]


def outside(at):
    return tracked(sway(1))(at) + np.array([3.0, -3.0, 0.0])


def unsure(at):
    return tracked(sway(1), sure=0.1)(at)


def swapped(at):
    """Now and then the tracker takes the other person for this one."""
    points, others = tracked(sway(1))(at), tracked(sway(2))(at)
    points[:, :, 0] += 0.4 * (np.floor(at / 3) % 2)[:, None]
    return np.where((np.floor(at / 3) % 2 == 1)[:, None, None], others, points)


@pytest.mark.parametrize("points", [outside, unsure, swapped], ids=lambda one: one.__name__)
def test_points_that_cannot_be_trusted_are_never_more_than_chance(points):
    told, _ = played(moved(phones=Camera, motions=(points, tracked(sway(3)))))
    for each in told:
        assert each["verdict"] != "more than chance"
    # What nobody was sure of is no reading, and there is nothing to look at.
    assert (told == []) == (points is unsure)


def test_a_phone_that_spins_in_a_hand_is_never_more_than_chance():
    told, _ = played(moved(motions=(bad_motions()["spinning"], held(sway(3)))))
    for each in told:
        assert each["verdict"] != "more than chance"
        assert each["led"] == []


# Whether a phone feels its person.


@pytest.mark.parametrize(
    ("motion", "answer"),
    [
        (breath(), "yes"),
        (breath(per_min=7), "yes"),
        (breath(lean=0.0), "too faint"),
        (lambda at: 40 * np.random.default_rng(1).normal(size=(len(at), 6)), "moving"),
        (None, "nothing"),
    ],
    ids=["breath", "slow breath", "on a table", "shaken", "no sensor"],
)
@story
async def test_a_phone_is_listened_to_for_20_seconds_and_its_person_alone_is_told(motion, answer):
    house = House(text=breathing_text())
    pages = ada, ben = [await Page(house, seats).connect() for seats in (ADA, BEN)]
    ada.press(wire.Feel)
    await asyncio.sleep(0.5)
    phone = Phone(ada, motion or breath())
    phone.always = motion is not None
    before = len(ben.raw)
    pongs = ben.count("pong")
    id = ada.press(wire.HearMe)
    await asyncio.sleep(19.5)
    assert id in ada.heard
    assert not ada.hears
    await asyncio.sleep(1.0)
    assert ada.hears == [answer]
    assert len(ben.raw) - before == ben.count("pong") - pongs
    assert felt_in(house) == 0
    await phone.stop()
    await leave(house, *pages)


@story
async def test_whoever_asks_while_the_engine_is_being_loaded_is_answered_when_it_is_there():
    house = House(text=breathing_text())
    there = asyncio.Event()
    house.senses._prepare = there.wait
    page, phone = await listened(house, breath())
    await asyncio.sleep(22.0)
    assert not page.hears
    there.set()
    await asyncio.sleep(2.0)
    assert page.hears == ["yes"]
    await phone.stop()
    await leave(house, page)


@story
async def test_where_the_engine_cannot_be_loaded_a_sitting_goes_on_without():
    house = House(text=breathing_text(lasts="1 min"))

    async def cannot():
        raise OSError("no room")

    house.senses._prepare = cannot
    async with felt(house) as (_, ada, ben, *_):
        await ends(ada, ben)
        for page in (ada, ben):
            page.press(wire.AskReflection)
        await asyncio.sleep(REFLECT_S + 1.0)
        assert not ada.reflections + ben.reflections
        assert not ada.refused + ben.refused


@story
async def test_a_phone_is_not_listened_to_without_its_persons_yes_nor_while_they_sit():
    async with felt() as (house, ada, *_):
        ada.press(wire.HearMe)
        await asyncio.sleep(0.5)
        assert "not asked to feel" in ada.refused[-1][1]
    house = House(text=breathing_text())
    page = await Page(house, ADA).connect()
    page.press(wire.HearMe)
    await asyncio.sleep(0.5)
    assert "not asked to feel" in page.refused[-1][1]
    await leave(house, page)


@story
async def test_a_yes_that_is_taken_back_ends_the_listening():
    house = House(text=breathing_text())
    page, phone = await listened(house, breath())
    await asyncio.sleep(5.0)
    assert felt_in(house) == 1
    page.press(wire.Unfeel)
    await asyncio.sleep(0.5)
    assert felt_in(house) == 0
    await asyncio.sleep(20.0)
    assert not page.hears
    await phone.stop()
    await leave(house, page)


# What comes that can't be.


@pytest.mark.parametrize("seen", [(True, True), (True, False)], ids=["both", "one"])
@story
async def test_a_camera_tells_two_at_one_device_apart_by_where_they_sit(seen):
    house = House(text=breathing_text(sense="movement"))
    page = await Page(house, SHARED).connect()
    page.press(wire.Choose, rung="near")
    page.press(wire.Feel)
    page.press(wire.Feel, seen=True)
    page.press(wire.Ready)
    await asyncio.sleep(SETTLED_S)
    # One phone in one hand could not tell who of them moves it.
    assert [why for _, why in page.refused] == [
        "One phone can feel only one of you. Two phones can feel you both."
    ]
    assert page.own["feels"]
    # One clock is never apart from itself, however far it is off.
    page.off_s = 30.0
    sequence = 0
    while page.screen()["stage"] == "sitting":
        await asyncio.sleep(0.1)
        at = page.at() - np.array([0.05, 0.0])
        kinds = (wire.Kind.LANDMARKS, wire.Kind.BESIDE)
        for kind, period_s, is_seen in zip(kinds, (3.1, 4.3), seen, strict=True):
            assert room_of(house)._feeling._spans[-1].apart_s == 0.0
            wrist = np.sin(2 * np.pi * at / period_s + np.sin(at / 11))
            sure = 240 if is_seen else 0
            page.socket.say(pack_points(sequence, at, wrist, kind, sure=sure))
            sequence += 1
    await asyncio.sleep(60.0)
    page.press(wire.AskReflection)
    await asyncio.sleep(5.0)
    if all(seen):
        (told,) = page.reflections
        assert told["kind"] == "movement"
        assert all(told[w]["read"] == "nearly all of it" for w in ("you", "other"))
    else:
        # Of one alone there is nothing to say about two.
        assert page.reflections == []
    assert felt_in(house) == 0
    await leave(house, page)


@story
async def test_the_points_of_a_second_person_mean_nothing_where_nobody_shares_a_device():
    async with felt(House(text=breathing_text(sense="movement"))) as (house, ada, *_):
        for sequence in range(900, 960):
            await asyncio.sleep(0.1)
            at = ada.at() - np.array([0.05, 0.0])
            ada.socket.say(pack_points(sequence, at, np.sin(at), wire.Kind.BESIDE))
        bodies = room_of(house)._feeling._bodies
        assert {body.kind for body in bodies.values()} <= {wire.Kind.MOTION}


def bad_motions():
    rng = np.random.default_rng(0)
    spin = lambda at: np.column_stack(  # noqa: E731
        [30 * np.sin(40 * at), 30 * np.cos(40 * at), 0 * at, 600 + 0 * at, 0 * at, 0 * at]
    )
    return {
        "no reading at all": lambda at: np.full((len(at), 6), np.nan),
        "only now and then": lambda at: np.where(rng.random((len(at), 6)) < 0.5, np.nan, 9.81),
        "saturated": lambda at: np.full((len(at), 6), 65.0),
        "spinning": spin,
        "noise": lambda at: rng.normal(size=(len(at), 6)) * 30,
    }


@pytest.mark.parametrize("name", bad_motions())
@story
async def test_a_phone_that_says_nothing_sensible_is_read_as_could_not_tell_and_the_sitting_goes_on(
    name,
):
    async with felt(motions=(bad_motions()[name], breath())) as (_, ada, ben, *_):
        await ends(ada, ben)
        await ask(ada, ben)
        for page in (ada, ben):
            assert page.count("welcome") == 1
            for told in page.reflections:
                assert told["verdict"] == "could not tell"
                assert told["alike"] == told["apart"] == []


@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=True, allow_infinity=True) | st.floats(60.0, 130.0),
            st.integers(1, 60),
            st.binary(min_size=12, max_size=12),
        ),
        max_size=30,
    )
)
@settings(max_examples=25)
@story
async def test_any_frames_among_good_ones_leave_the_engine_whole(frames):
    async with felt() as (house, ada, ben, *_):
        sequence = 1_000_000
        for at, count, values in frames:
            good = pack(sequence, np.zeros(count), np.zeros((count, 6)))
            stamp = np.float64(at).tobytes()
            ada.socket.say(good[:8] + stamp + good[16 : 16 + 2 * count] + values * count)
            sequence += 1
            await asyncio.sleep(0.3)
            if ada.socket.over.is_set():
                await ada.connect()
        await asyncio.sleep(10.0)
        assert felt_in(house) >= 1
        assert ben.socket.code is None
        assert not ben.dots


@pytest.mark.parametrize(
    "off_s", [3600.0, 2.0, -90.0, -1e9, 1e308, -1e308], ids=lambda one: f"{one:+g} s"
)
@story
async def test_frames_of_another_time_are_refused_and_counted_and_the_sitting_goes_on(off_s):
    async with felt(House(text=breathing_text(lasts="2 min"))) as (house, ada, ben, *_):
        # A page numbers its own frames; these stand where none of hers will.
        for step in range(40):
            at = ada.at() + off_s + np.arange(3) / 25.0
            ada.socket.say(pack(10_000 + step, at, np.full((3, 6), 9.81)))
            await asyncio.sleep(0.1)
        assert house.entrance.refused["impossible"] == 40
        assert ada.socket.code is None
        assert not ben.dots
        await ends(ada, ben)


@story
async def test_frames_that_are_replayed_under_old_numbers_are_not_felt_again():
    async with felt() as (house, ada, *_):
        await asyncio.sleep(30.0)
        of_ada = taken_of_ada(house)
        for sequence in range(100):
            at = ada.at() - np.array([0.05, 0.0])
            ada.socket.say(pack(sequence, at, np.full((2, 6), 9.81)))
        await asyncio.sleep(5.0)
        assert of_ada == sorted(set(of_ada))
        assert min(of_ada) > 100
        assert ada.socket.code is None


@story
async def test_a_thousand_frames_a_second_are_let_go_and_the_sitting_goes_on():
    async with felt(House(text=breathing_text(lasts="2 min"))) as (house, ada, ben, *_):
        of_ada = taken_of_ada(house)
        sequence = 10_000
        for _ in range(30):
            for _ in range(100):
                at = ada.at() - np.array([0.05, 0.0])
                ada.socket.say(pack(sequence, at, np.full((2, 6), 9.81)))
                sequence += 1
            await asyncio.sleep(0.1)
        # Forty a second and a burst, whatever else is sent.
        assert len(of_ada) < 80 + 40 * 3.5
        assert house.entrance.refused["too fast"] > 2000
        assert ada.socket.code is None
        assert not ben.screen()["still"]
        await ends(ada, ben)


# Nothing of it is told before both have asked.

ADAS = st.lists(
    st.tuples(
        st.floats(1.0, 700.0),
        st.sampled_from(
            ["feel", "unfeel", "ask", "keep", "hear me", "frame", "drop and come", "bad clock"]
        ),
    ),
    max_size=8,
)


@settings(max_examples=15)
@given(ADAS, st.booleans())
def test_what_ada_says_of_being_felt_gives_ben_the_same_bytes(history, ada_feels):
    """Ben says yes, lies under his phone, and asks; he is told something only when Ada's yes and ask hold."""

    said = [(0.5, "feel")] if ada_feels else []
    got, both = played(bens(tuple(said + sorted(history))))
    if not both:
        assert got == plain_to_ben()


@cache
def plain_to_ben():
    return played(bens(()))[0]


async def bens(history, *, ada_breathes=False):
    """What Ben's device gets, moment by moment; and whether both had asked for the same evening."""
    house = House(text=breathing_text(lasts="3 min"))
    began_s = now_s()
    ada, ben = [await Page(house, seats).connect() for seats in (ADA, BEN)]
    ada.period_s = ben.period_s = 1.8
    phones = [Phone(ben, breath(seed=2), hz=20.0)]
    if ada_breathes:
        phones.append(Phone(ada, breath(seed=1), hz=20.0))
    ben.press(wire.Feel)
    for page in (ada, ben):
        page.press(wire.Choose, rung="near")
        page.press(wire.Ready)
    script = sorted([*history, (380.0, "ben asks")], key=lambda each: each[0])
    for when_s, what in script:
        await asyncio.sleep(max(0.0, began_s + when_s - now_s()))
        match what:
            case "ben asks":
                ben.press(wire.AskReflection)
            case "feel":
                ada.press(wire.Feel)
            case "unfeel":
                ada.press(wire.Unfeel)
            case "ask":
                ada.press(wire.AskReflection)
            case "keep":
                ada.press(wire.AskKeep)
            case "ben keeps":
                ben.press(wire.AskKeep)
            case "hear me":
                ada.press(wire.HearMe)
            case "frame":
                ada.socket.say(frame(ada, round(now_s())))
            case "bad clock":
                ada.off_s = 3.0
            case _:
                await ada.drop()
                await ada.connect()
    await asyncio.sleep(max(0.0, began_s + 800.0 - now_s()))
    both = bool(ada.reflections)
    got = [(when_s - began_s, text) for when_s, text in ben.raw]
    for phone in phones:
        await phone.stop()
    await leave(house, ada, ben)
    return got, both


KEEPS = st.lists(
    st.tuples(st.floats(390.0, 800.0), st.sampled_from(["keep", "hear me", "drop and come"])),
    max_size=6,
)
LOOKED = ((0.5, "feel"), (380.0, "ask"))


@pytest.mark.long
@settings(max_examples=5)
@given(KEEPS)
def test_whether_ada_asks_to_keep_what_both_look_at_gives_ben_the_same_bytes(history):
    got, both = played(bens(LOOKED + tuple(history), ada_breathes=True))
    assert both
    assert got == looked_at_by_ben()


@cache
def looked_at_by_ben():
    return played(bens(LOOKED, ada_breathes=True))[0]


def test_when_both_ask_to_keep_it_both_are_told_at_once():
    got, _ = played(bens((*LOOKED, (400.0, "keep"), (420.0, "ben keeps"))))
    told = [when_s for when_s, text in got if "both_keep" in text]
    assert told == [pytest.approx(420.0, abs=1.0)]
    alone, _ = played(bens((*LOOKED, (420.0, "ben keeps"))))
    assert not any("both_keep" in text for _, text in alone)


def test_nothing_that_measures_is_imported_before_somebody_can_be_felt():
    """NumPy and the compiled parts take longer than a first page may."""
    code = (
        "import sys; import relational_space.live.conversation; "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'numba', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
