"""A sitting, moment by moment: what two people do and what comes of it."""

import re

import pytest

from relational_space.practice.errors import Refused
from relational_space.practice.events import (
    Began,
    Closed,
    CueBegan,
    Held,
    Joined,
    Landed,
    Paused,
    Resumed,
    RungSet,
)
from relational_space.practice.practice import BOTH_SEATS, Seat, Stage
from relational_space.practice.screen import own, score
from relational_space.practice.sitting import (
    ARRIVE_S,
    GO_ON_S,
    KEEP_S,
    MORE_S,
    MOST_EVENTS,
    REFLECT_S,
    SEAT_S,
    Accept,
    AskKeep,
    AskReflection,
    Away,
    Back,
    Choose,
    Command,
    Feel,
    GoOn,
    Join,
    MoreTime,
    Pass,
    Pause,
    Ready,
    Smaller,
    SongEnded,
    Stop,
    Unchoose,
    Unfeel,
    apply,
    due,
    fold,
    step,
)
from tests.practice.people import ADA, BEN, SETTLE, Told, opened, practice_text


def kinds(events: tuple[object, ...]) -> list[type]:
    return [type(event) for event in events]


def at_the_turns(**changes: object) -> Told:
    """Both at the first cue that is somebody's turn."""
    told = Told(opened(**changes)).begin()  # type: ignore[arg-type]
    told.hear(None, 61.0)
    assert told.sitting.now is not None and told.sitting.now.may_pass
    return told


def test_settling_begins_when_both_have_read_what_will_happen() -> None:
    told = Told(opened())
    assert kinds(told.hear(Join(ADA))) == [Joined]
    assert told.hear(Ready(ADA)) == ()
    assert kinds(told.hear(Join(BEN), 30.0)) == [Joined]
    assert kinds(told.hear(Ready(BEN), 5.0)) == [Began]
    assert told.sitting.begins_at == pytest.approx(told.at + 0.25)


def test_while_arriving_nobody_is_told_that_the_other_has_come() -> None:
    told = Told(opened())
    told.hear(Join(ADA))
    alone = score(told.sitting, ADA)
    told.hear(Join(BEN), 30.0)
    told.hear(Ready(BEN), 5.0)
    told.hear(Choose(BEN, "near"), 5.0)
    assert score(told.sitting, ADA) == alone


def test_settling_begins_without_an_answer_when_the_time_for_one_is_over() -> None:
    told = Told(opened())
    told.hear(Join(ADA))
    told.hear(Join(BEN), 10.0)
    assert due(told.sitting) == 10.0 + ARRIVE_S
    assert kinds(told.hear(None, ARRIVE_S)) == [Began]


def test_a_sitting_that_only_one_person_comes_to_closes_by_itself() -> None:
    told = Told(opened())
    told.hear(Join(ADA))
    assert kinds(told.hear(None, 3600.0)) == [Closed]


def test_the_smaller_choice_is_used_and_nobody_learns_whose_it_was() -> None:
    told = Told(opened()).begin(ada="facing", ben="near")
    ladder = told.sitting.practice.ladder
    assert told.sitting.rung is not None
    assert ladder[told.sitting.rung].name == "near"
    assert [e for e in told.events if isinstance(e, RungSet)] == [
        RungSet(at=told.events[-2].at, rung=1, longer=False)
    ]


@pytest.mark.parametrize(("ada", "ben", "used"), [(1, 1, 1), (1, 0, 0), (0, 1, 0)])
def test_the_shorter_length_is_used_unless_both_want_the_longer(
    ada: int, ben: int, used: int
) -> None:
    told = Told(opened())
    for command in (Join(ADA), Join(BEN)):
        told.hear(command)
    told.hear(Choose(ADA, "near", bool(ada)))
    told.hear(Choose(BEN, "near", bool(ben)))
    told.hear(Ready(BOTH_SEATS))
    told.hear(None, 61.0)
    assert told.sitting.longer is bool(used)


def test_eyes_and_time_begin_low_in_the_first_sittings_and_touch_is_not_locked() -> None:
    told = Told(opened(begins_low=True)).begin("facing", "facing", longer=True)
    assert told.sitting.rung is not None
    assert told.sitting.practice.ladder[told.sitting.rung].name == "touching"
    assert not told.sitting.longer


def test_the_contact_comes_after_a_minute_near_each_other() -> None:
    told = Told(opened()).begin("facing", "facing")
    first, then = score(told.sitting, ADA)[:2]
    assert first.say == "said at near"
    assert (then.begins_at - first.begins_at, then.say) == (60.0, "you lead")


def test_smaller_moves_both_one_step_down_and_says_so_at_once() -> None:
    told = Told(opened()).begin("near", "near")
    told.hear(Smaller(BEN), 2.0)
    for seated in (ADA, BEN):
        assert score(told.sitting, seated)[0].say == "let some space come between you"
    with pytest.raises(Refused, match="pause or stop"):
        step(told.sitting, Smaller(ADA), told.at)


def test_words_for_a_rung_hold_for_the_smaller_ones_without_words_of_their_own() -> None:
    told = Told(opened()).begin("near", "near")
    told.hear(Smaller(ADA), 1.0)
    assert score(told.sitting, ADA)[1].say == "you lead, near"


def test_a_pause_stands_still_for_both_and_names_nobody() -> None:
    told = at_the_turns()
    assert kinds(told.hear(Pause(BEN), 10.0)) == [Paused]
    ada, ben = score(told.sitting, ADA)[0], score(told.sitting, BEN)[0]
    assert (ada.still, ada.held, ada.ends_at, ada.may) == (True, False, None, ("go_on", "stop"))
    assert (ben.still, ben.may) == (ada.still, ada.may)


def test_it_goes_on_when_both_want_to() -> None:
    told = at_the_turns()
    told.hear(Pause(ADA), 10.0)
    assert told.hear(GoOn(ADA), 5.0) == ()
    assert kinds(told.hear(GoOn(BEN), 5.0)) == [Resumed]


def test_two_pauses_in_one_turn_both_move_its_end() -> None:
    told = at_the_turns()
    end = told.sitting.ends_at
    for _ in range(2):
        told.hear(Pause(ADA), 10.0)
        told.hear(GoOn(BOTH_SEATS), 7.0)
    assert told.sitting.ends_at == pytest.approx(end + 2 * (7.0 + 0.25))


def test_a_pause_before_a_cue_has_begun_moves_its_beginning() -> None:
    told = at_the_turns()
    told.hear(Pass(ADA, told.sitting.cue or 0), 1.0)
    begins_at, length_s = told.sitting.begins_at, told.sitting.ends_at - told.sitting.begins_at
    told.hear(Pause(BEN), 0.1)
    told.hear(GoOn(BOTH_SEATS), 9.9)
    assert told.sitting.begins_at == pytest.approx(begins_at + 10.15 - 0.0)
    assert told.sitting.ends_at - told.sitting.begins_at == pytest.approx(length_s)


@pytest.mark.parametrize("stage", [Stage.SETTLING, Stage.SITTING, Stage.LANDING])
def test_two_who_pause_without_end_come_to_one(stage: Stage) -> None:
    told = Told(opened())
    if stage is Stage.SETTLING:
        for command in (Join(ADA), Join(BEN), Ready(ADA), Ready(BEN)):
            told.hear(command)
    else:
        told.begin()
    if stage is Stage.LANDING:
        told.hear(Stop(ADA))
    told.hear(None, 1.0)
    assert told.sitting.stage is stage
    for _ in range(MOST_EVENTS):
        for command in (Pause(ADA), GoOn(ADA), GoOn(BEN), MoreTime(BEN, told.sitting.cue or 0)):
            told.hear(command, 0.01)
    assert len(told.events) <= MOST_EVENTS + len(told.sitting.plan)
    told.hear(Stop(BEN))
    told.hear(None, 200.0)
    assert told.sitting.closed


def test_a_lost_phone_holds_both_and_both_go_on() -> None:
    told = at_the_turns()
    assert kinds(told.hear(Away(BEN), 5.0)) == [Held]
    assert score(told.sitting, ADA)[0].held
    assert told.hear(GoOn(ADA), 2.0) == ()
    assert told.hear(Back(BEN), 10.0) == ()
    assert kinds(told.hear(GoOn(BEN), 1.0)) == [Resumed]


def test_going_on_waits_for_the_phone_that_is_away() -> None:
    told = at_the_turns()
    told.hear(Pause(ADA), 5.0)
    told.hear(Away(BEN), 5.0)
    assert told.hear(GoOn(BOTH_SEATS)) == ()
    assert kinds(told.hear(Back(BEN), 1.0)) == [Resumed]


def test_a_seat_is_kept_for_ten_minutes_and_then_the_other_lands() -> None:
    told = at_the_turns()
    told.hear(Away(BEN), 5.0)
    assert told.hear(None, SEAT_S - 1.0) == ()
    assert kinds(told.hear(None, 1.0)) == [Landed]


@pytest.mark.parametrize("ben_did", [[], [Stop(BEN)], [Away(BEN)], [Unchoose(BEN)]], ids=str)
@pytest.mark.parametrize("stage", [Stage.SETTLING, Stage.LANDING])
def test_a_pause_outside_of_the_practice_waits_as_long_for_whoever_has_gone(
    stage: Stage, ben_did: list[Command]
) -> None:
    told = Told(opened())
    if stage is Stage.SETTLING:
        for command in (Join(ADA), Join(BEN), Ready(BOTH_SEATS)):
            told.hear(command)
    else:
        told.begin()
        told.hear(Stop(ADA))
    for command in ben_did:
        told.hear(command, 1.0)
    told.hear(Pause(ADA), 5.0)
    assert told.sitting.stage is stage
    assert told.hear(GoOn(ADA), 5.0) == ()
    assert told.hear(GoOn(ADA), 5.0) == ()
    assert told.hear(None, GO_ON_S - 5.1) == ()
    assert kinds(told.hear(None, 0.1)) == [Resumed]


def test_a_pause_while_settling_ends_at_once_when_both_want_to() -> None:
    told = Told(opened())
    for command in (Join(ADA), Join(BEN), Ready(BOTH_SEATS), Pause(BEN), GoOn(ADA)):
        told.hear(command)
    assert kinds(told.hear(GoOn(BEN), 5.0)) == [Resumed]


@pytest.mark.parametrize("stage", [Stage.SETTLING, Stage.LANDING])
def test_stopping_second_does_not_tell_that_the_other_stopped_first(stage: Stage) -> None:
    def ends_at(ben_stops: bool) -> float:
        told = Told(opened())
        if stage is Stage.SETTLING:
            for command in (Join(ADA), Join(BEN), Ready(BOTH_SEATS)):
                told.hear(command, 1.0)
        else:
            told.begin()
            told.hear(Stop(ADA))
        if ben_stops:
            told.hear(Stop(BEN), 0.0)
        told.hear(Stop(ADA), 3.0)
        assert told.sitting.stage is stage
        told.hear(None, 500.0)
        assert told.sitting.closed
        return told.events[-1].at

    assert ends_at(ben_stops=True) == ends_at(ben_stops=False)


@pytest.mark.parametrize("stage", [Stage.ARRIVING, Stage.SETTLING, Stage.LANDING])
def test_two_at_one_device_who_stop_end_it_at_once(stage: Stage) -> None:
    told = Told(opened())
    if stage is Stage.LANDING:
        told.begin()
        told.hear(Stop(BOTH_SEATS))
    elif stage is Stage.SETTLING:
        told.hear(Join(BOTH_SEATS))
        told.hear(Ready(BOTH_SEATS))
    assert told.sitting.stage is stage
    assert kinds(told.hear(Stop(BOTH_SEATS), 1.0)) == [Closed]


def test_either_may_pass_a_turn_and_the_next_begins_on_both_devices_together() -> None:
    told = at_the_turns()
    events = told.hear(Pass(BEN, told.sitting.cue or 0), 3.0)
    assert kinds(events) == [CueBegan]
    assert score(told.sitting, ADA)[0].begins_at == score(told.sitting, BEN)[0].begins_at
    assert told.sitting.begins_at == pytest.approx(told.at + 0.25)


def test_two_passes_at_once_skip_one_turn_and_not_two() -> None:
    told = at_the_turns()
    cue = told.sitting.cue or 0
    told.hear(Pass(ADA, cue), 3.0)
    assert told.hear(Pass(BEN, cue), 0.3) == ()
    assert told.sitting.cue == cue + 1


def test_more_time_is_given_without_a_reason_up_to_a_limit() -> None:
    told = at_the_turns()
    end = told.sitting.ends_at
    told.hear(MoreTime(BEN, told.sitting.cue or 0))
    assert told.sitting.ends_at == end + 30.0
    for _ in range(40):
        told.hear(MoreTime(ADA, told.sitting.cue or 0))
    assert told.sitting.ends_at == end + MORE_S


def test_a_turn_of_one_song_ends_when_the_song_does() -> None:
    text = practice_text(lasts="60 s to 120 s, chosen, or one song")
    told = at_the_turns(practice_text=text, song=True)
    assert told.sitting.ends_at - told.sitting.begins_at > 400.0
    assert kinds(told.hear(SongEnded(ADA, told.sitting.cue or 0), 200.0)) == [CueBegan]


def test_a_turn_of_one_song_has_an_end_of_its_own_and_is_not_lengthened() -> None:
    text = practice_text(lasts="60 s to 120 s, chosen, or one song")
    for song in (True, False):
        told = at_the_turns(practice_text=text, song=song)
        assert ("more_time" in score(told.sitting, ADA)[0].may) != song
    told = at_the_turns(practice_text=text, song=True)
    with pytest.raises(Refused, match="longer"):
        step(told.sitting, MoreTime(ADA, told.sitting.cue or 0), told.at)


def test_without_songs_no_song_can_end() -> None:
    told = at_the_turns()
    with pytest.raises(Refused, match="No song"):
        step(told.sitting, SongEnded(ADA, told.sitting.cue or 0), told.at)


def test_an_offer_that_only_one_accepts_passes_in_silence() -> None:
    told = at_the_turns()
    while not told.sitting.now or not told.sitting.now.asks:
        told.hear(None, 1.0)
    told.hear(Accept(ADA, told.sitting.cue or 0))
    assert own(told.sitting, ADA).accepted == told.sitting.cue
    assert own(told.sitting, BEN).accepted is None
    assert kinds(told.hear(None, 20.0)) == [Landed]


def test_a_wish_to_go_on_is_for_the_pause_on_the_screen_and_for_no_later_one() -> None:
    told = at_the_turns()
    for _ in range(2):
        told.hear(Pause(ADA), 2.0)
        assert own(told.sitting, BEN).going_on is None
        told.hear(GoOn(BEN), 1.0)
        assert own(told.sitting, BEN).going_on == score(told.sitting, BEN)[0].begins_at
        told.hear(GoOn(ADA), 1.0)
        assert own(told.sitting, BEN).going_on is None


def test_someone_who_stops_lands_and_so_does_the_other() -> None:
    told = at_the_turns()
    assert kinds(told.hear(Stop(ADA), 2.0)) == [Landed]
    assert [s.say for s in score(told.sitting, BEN)][:2] == [
        "back to yourself",
        "look at something far away",
    ]
    told.hear(None, 100.0)
    assert told.sitting.closed


def test_a_sitting_that_ends_early_lands_the_same_way() -> None:
    early = at_the_turns()
    early.hear(Stop(ADA), 2.0)
    whole = at_the_turns()
    while whole.sitting.stage is Stage.SITTING:
        whole.hear(None, 1.0)
    says = [[s.say for s in score(told.sitting, BEN)] for told in (early, whole)]
    assert says[0] == says[1]


def test_settling_alone_is_a_sitting_of_its_own() -> None:
    told = Told(opened(SETTLE, practice_name="settle", settle_text=""))
    told.hear(Join(BOTH_SEATS))
    told.hear(Ready(BOTH_SEATS))
    assert [s.say for s in score(told.sitting, BOTH_SEATS)] == [
        "look round",
        "feel your feet",
        "",
    ]
    told.hear(None, 61.0)
    assert told.sitting.closed


def test_on_a_shared_device_a_turn_speaks_to_both() -> None:
    told = Told(opened()).begin()
    shown = score(told.sitting, BOTH_SEATS)
    assert [(s.say, s.turn) for s in shown[1:3]] == [("one leads", "one"), ("change over", "other")]


def test_what_one_device_has_said_is_shown_to_that_device_alone() -> None:
    told = Told(opened())
    for command in (Join(ADA), Join(BEN), Ready(ADA), Choose(ADA, "near")):
        told.hear(command)
    assert own(told.sitting, ADA).chosen == "near"
    assert own(told.sitting, BEN).chosen == ""
    assert not own(told.sitting, BEN).ready


def felt(*seats: frozenset[Seat]) -> Told:
    """At the first moment of the practice; these have said that their phone may feel them."""
    told = Told(opened()).begin(felt=frozenset().union(*seats))
    assert told.sitting.now is not None and told.sitting.now.sense == {"breath", "movement"}
    return told


def is_felt(told: Told) -> bool:
    answers = {told.sitting.allows(s, n) for s in Seat for n in ("breath", "movement")}
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize("seats", [(), (ADA,), (BEN,), (ADA, BEN)])
def test_nobody_is_felt_without_a_yes_of_both(seats: tuple[frozenset[Seat], ...]) -> None:
    assert is_felt(felt(*seats)) == (seats == (ADA, BEN))


def test_only_what_a_moment_asks_for_is_felt_and_nothing_while_it_stands_still() -> None:
    told = felt(ADA, BEN)
    told.hear(Pause(BEN))
    assert not is_felt(told)
    for person in (ADA, BEN):
        told.hear(GoOn(person), 1.0)
    assert is_felt(told)
    told.hear(None, 61.0)
    assert told.sitting.allows(Seat.ONE, "movement")
    assert not told.sitting.allows(Seat.ONE, "breath")
    told.hear(Stop(ADA))
    assert told.sitting.stage is Stage.LANDING
    assert not is_felt(told)


@pytest.mark.parametrize("person", [ADA, BEN])
def test_either_takes_it_back_in_the_middle_and_both_lose_it(person: frozenset[Seat]) -> None:
    told = felt(ADA, BEN)
    assert told.hear(Unfeel(person)) == ()
    assert not is_felt(told)
    with pytest.raises(Refused, match="passed"):
        step(told.sitting, Feel(person), told.at)
    assert not own(told.sitting, person).feels
    assert own(told.sitting, BEN if person == ADA else ADA).feels
    told.hear(Stop(ADA))
    told.hear(None, 60.0)
    told.hear(AskReflection(ADA))
    told.hear(AskReflection(BEN))
    assert not told.sitting.reflects


def test_before_it_begins_somebody_may_change_their_mind_about_being_felt() -> None:
    told = Told(opened())
    for command in (Join(ADA), Join(BEN), Feel(ADA), Unfeel(ADA), Feel(ADA), Feel(BEN)):
        told.hear(command)
    assert told.sitting.unsaid.felt == BOTH_SEATS
    told.begin()
    assert is_felt(told)


def test_whoever_never_said_yes_takes_nothing_back() -> None:
    told = felt(ADA)
    told.hear(Unfeel(BEN))
    assert told.sitting == felt(ADA).sitting


def test_no_phone_is_asked_to_feel_two_people_nor_what_no_moment_asks_for() -> None:
    told = Told(opened())
    with pytest.raises(Refused, match="Two phones"):
        step(told.sitting, Feel(BOTH_SEATS), 1.0)
    # A breath is not seen.
    breath = opened(re.sub(r"sense = .*", 'sense = ["breath"]', practice_text()))
    with pytest.raises(Refused, match="Two phones"):
        step(Told(breath).sitting, Feel(BOTH_SEATS, seen=True), 1.0)
    nothing = opened(re.sub(r"sense = .*", "", practice_text()))
    with pytest.raises(Refused, match="Nothing is felt"):
        step(Told(nothing).sitting, Feel(ADA), 1.0)


def test_a_camera_may_see_two_at_one_device_where_movement_is_felt() -> None:
    told = Told(opened(re.sub(r"sense = .*", 'sense = ["movement"]', practice_text())))
    told.hear(Join(BOTH_SEATS))
    told.hear(Feel(BOTH_SEATS, seen=True))
    assert told.sitting.unsaid.felt == BOTH_SEATS
    assert own(told.sitting, BOTH_SEATS).feels
    told.hear(Unfeel(BOTH_SEATS))
    assert not own(told.sitting, BOTH_SEATS).feels


def closed(*seats: frozenset[Seat], pace: float = 1.0) -> Told:
    told = Told(opened(pace=pace)).begin(felt=frozenset().union(*seats))
    told.hear(Stop(ADA))
    told.hear(None, 60.0)
    assert told.sitting.closed
    told.at = told.sitting.at
    return told


def test_what_was_felt_is_looked_at_only_when_both_ask_and_one_ask_looks_like_none() -> None:
    told = closed(ADA, BEN)
    before = score(told.sitting, BEN), own(told.sitting, BEN)
    assert told.hear(AskReflection(ADA), 5.0) == ()
    assert (score(told.sitting, BEN), own(told.sitting, BEN)) == before
    assert not told.sitting.reflects
    told.hear(AskReflection(BEN), 5.0)
    assert told.sitting.reflects
    told.hear(Unfeel(ADA), 5.0)
    assert not told.sitting.reflects


@pytest.mark.parametrize("pace", [1.0, 20.0])
def test_three_minutes_after_the_end_there_is_nothing_to_look_at(pace: float) -> None:
    told = closed(ADA, BEN, pace=pace)
    told.hear(AskReflection(ADA), pace * (REFLECT_S - 1.0))
    with pytest.raises(Refused, match="nothing to look at"):
        step(told.sitting, AskReflection(BEN), told.at + pace * 2.0)


def test_what_they_look_at_is_kept_only_when_both_ask_and_one_ask_looks_like_none() -> None:
    told = closed(ADA, BEN)
    with pytest.raises(Refused, match="nothing to keep"):
        step(told.sitting, AskKeep(ADA), told.at)
    told.hear(AskReflection(ADA))
    told.hear(AskReflection(BEN))
    before = score(told.sitting, BEN), own(told.sitting, BEN)
    assert told.hear(AskKeep(ADA), 5.0) == ()
    assert (score(told.sitting, BEN), own(told.sitting, BEN)) == before
    assert not told.sitting.keeps
    told.hear(AskKeep(BEN), KEEP_S - 10.0)
    assert told.sitting.keeps
    told.hear(Unfeel(ADA), 1.0)
    assert not told.sitting.keeps


def test_six_minutes_after_the_end_nothing_is_kept_any_more() -> None:
    told = closed(ADA, BEN)
    for seats in (ADA, BEN):
        told.hear(AskReflection(seats))
    told.hear(AskKeep(ADA))
    with pytest.raises(Refused, match="nothing to keep"):
        step(told.sitting, AskKeep(BEN), told.at + KEEP_S + 1.0)


def test_only_who_was_willing_to_be_felt_can_ask_and_only_at_the_end() -> None:
    told = closed(ADA)
    told.hear(AskReflection(ADA))
    for _ in range(2):
        with pytest.raises(Refused, match="nothing to look at"):
            step(told.sitting, AskReflection(BEN), told.at)
    with pytest.raises(Refused, match="finished"):
        step(felt(ADA, BEN).sitting, AskReflection(ADA), 0.0)


def test_what_does_not_fit_the_moment_is_refused_in_a_sentence() -> None:
    told = Told(opened())
    told.hear(Join(ADA))
    told.hear(Join(BEN))
    with pytest.raises(Refused, match="no such choice"):
        step(told.sitting, Choose(ADA, "apart"), told.at)
    with pytest.raises(Refused):
        step(told.sitting, Pause(ADA), told.at)
    told.begin()
    with pytest.raises(Refused, match="passed"):
        step(told.sitting, Choose(ADA, "near"), told.at)


def test_the_clock_of_a_sitting_never_runs_backwards() -> None:
    told = at_the_turns()
    _, events = step(told.sitting, Pause(ADA), 1.0)
    assert events[0].at >= told.sitting.at


def test_an_event_that_the_machine_has_no_way_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="Landed can't come while arriving"):
        apply(Told(opened()).sitting, Landed(0.0, 0.0))


def test_a_sitting_is_folded_from_its_opening() -> None:
    with pytest.raises(ValueError, match="Opened"):
        fold([Paused(0.0)])
