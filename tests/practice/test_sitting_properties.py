"""What holds of every sitting, whatever two people do and however often the clock is looked at."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from relational_space.practice.events import (
    CueBegan,
    Landed,
    Lengthened,
    Opened,
    RungSet,
    from_plain,
    to_plain,
)
from relational_space.practice.practice import BOTH_SEATS, Role, Seat, Stage, Turn, in_language
from relational_space.practice.screen import own, score, screen
from relational_space.practice.sitting import (
    AHEAD_S,
    MORE_S,
    SEAT_S,
    SONG_S,
    Accept,
    AskKeep,
    AskReflection,
    Away,
    Choose,
    Command,
    Feel,
    GoOn,
    Join,
    Pause,
    Ready,
    Stop,
    Unchoose,
    Unfeel,
    due,
    fold,
    step,
)
from tests.practice.people import (
    ADA,
    BEN,
    SETTLED_S,
    Told,
    commands,
    histories,
    opened,
    openings,
    practice_text,
    public,
    seconds,
    stops,
    tell,
)

History = list[tuple[float, Command | None]]


@given(openings, histories, st.booleans())
def test_the_state_is_the_fold_of_its_events(first: Opened, history: History, begun: bool) -> None:
    told = tell(first, history, begun=begun)
    assert public(told.sitting) == public(fold(told.events))


@given(openings, histories, st.booleans())
def test_every_event_survives_being_written_down(
    first: Opened, history: History, begun: bool
) -> None:
    events = tell(first, history, begun=begun).events
    assert [from_plain(to_plain(event)) for event in events] == events


@given(openings, histories, st.booleans(), stops)
def test_either_person_can_end_it_at_any_moment(
    first: Opened, history: History, begun: bool, stop: Stop
) -> None:
    told = tell(first, history, begun=begun)
    told.hear(stop)
    if told.sitting.stage is Stage.SITTING:
        raise AssertionError("a stop leaves nobody in the middle of the practice")
    told.hear(None, first.pace * SEAT_S + 400.0)
    assert told.sitting.closed


@given(openings, histories, stops)
def test_whoever_stops_brings_the_other_to_landing_within_20_seconds(
    first: Opened, history: History, stop: Stop
) -> None:
    told = tell(first, history, begun=True)
    assume(told.sitting.stage is Stage.SITTING)
    other = BEN if stop.seats == ADA else ADA
    told.hear(stop)
    shown = score(told.sitting, other)[0]
    assert shown.stage is Stage.LANDING
    assert shown.begins_at - told.at <= 20.0 * first.pace


@given(openings, histories, st.booleans())
def test_cues_come_in_order(first: Opened, history: History, begun: bool) -> None:
    told = tell(first, history, begun=begun)
    begun_cues = [event.cue for event in told.events if isinstance(event, CueBegan)]
    assert begun_cues == sorted(set(begun_cues))
    stages = [fold(told.events[: n + 1]).stage for n in range(len(told.events))]
    assert stages == sorted(stages, key=list(Stage).index)


@given(openings, histories, st.booleans(), st.lists(seconds, max_size=8))
def test_how_often_the_clock_ticks_changes_nothing(
    first: Opened, history: History, begun: bool, ticks: list[float]
) -> None:
    once = tell(first, history, begun=begun)
    often = Told(first)
    moments = sorted({min(tick, once.at) for tick in ticks})
    script: History = [(0.0, Join(ADA)), (1.0, Join(BEN))]
    if begun:
        script = [(1.0, c) for c in (Join(ADA), Join(BEN))]
        script += [(1.0, Choose(s, "touching")) for s in (ADA, BEN)]
        script += [(1.0, Ready(s)) for s in (ADA, BEN)]
        script += [(SETTLED_S + first.pace * AHEAD_S, None)]
    at = 0.0
    for after_s, command in script + history:
        for moment in moments:
            if at < moment <= at + after_s:
                often.hear(None, moment - often.at)
        at += after_s
        often.at = at
        often.hear(command)
    assert (often.sitting, often.events) == (once.sitting, once.events)


@given(openings, histories, st.booleans(), seconds)
def test_any_prefix_of_the_events_gives_the_same_screens(
    first: Opened, history: History, begun: bool, later_s: float
) -> None:
    told = tell(first, history, begun=begun)
    reloaded = fold(told.events)
    for seated in (ADA, BEN, BOTH_SEATS):
        assert score(reloaded, seated) == score(told.sitting, seated)
    # Events that time alone brought may be missing from a disk: the clock brings them again.
    now, _ = step(public(told.sitting), None, told.at + later_s)
    for n in range(1, len(told.events)):
        if told.events[n].at > told.at:
            caught_up, _ = step(fold(told.events[:n]), None, told.at + later_s)
            assert public(caught_up) == public(now)


@given(openings, histories, st.booleans())
def test_screens_never_depend_on_what_was_said_in_private(
    first: Opened, history: History, begun: bool
) -> None:
    sitting = tell(first, history, begun=begun).sitting
    for seated in (ADA, BEN, BOTH_SEATS):
        assert score(sitting, seated) == score(public(sitting), seated)


silences = st.sampled_from(
    [
        [],
        [Choose(ADA, "touching"), Unchoose(ADA)],
        [Stop(ADA)],
        [Choose(ADA, "facing"), Stop(ADA)],
        [Choose(ADA, "near"), Away(ADA)],
        [Away(ADA)],
    ]
)


@given(openings, silences, silences, st.floats(0, 50), st.floats(0, 50), st.booleans())
def test_not_today_no_answer_leaving_and_a_closed_page_are_one_silence(
    first: Opened,
    one: list[Command],
    another: list[Command],
    one_s: float,
    another_s: float,
    ben_chooses: bool,
) -> None:
    def bens_evening(silence: list[Command], after_s: float) -> list[object]:
        told = Told(first)
        told.hear(Join(ADA))
        told.hear(Join(BEN))
        told.hear(Ready(BEN))
        told.hear(Ready(ADA))
        if ben_chooses:
            told.hear(Choose(BEN, "touching"))
        heard: list[object] = []
        moments = sorted({0.0, *(float(n) for n in range(5, 75, 5)), after_s})
        for moment in moments:
            told.at = moment
            told.hear(None)
            if moment == after_s:
                for command in silence:
                    told.hear(command)
            if moment % 5 == 0:
                heard.append((score(told.sitting, BEN), own(told.sitting, BEN)))
        assert told.sitting.closed
        return heard

    assert bens_evening(one, one_s) == bens_evening(another, another_s)


@given(
    st.sampled_from(["near", "touching", "facing"]),
    st.sampled_from(["near", "touching", "facing"]),
    st.booleans(),
    histories,
)
def test_a_rung_above_the_smaller_choice_is_never_shown(
    ada: str, ben: str, begins_low: bool, history: History
) -> None:
    told = Told(opened(begins_low=begins_low)).begin(ada, ben)
    rungs = told.sitting.practice.ladder
    smaller = min(told.sitting.practice.rung(name) or 0 for name in (ada, ben))
    above = {rung.name for rung in rungs[smaller + 1 :]}
    for after_s, command in history:
        told.hear(command, after_s)
        for seated in (ADA, BEN, BOTH_SEATS):
            for shown in score(told.sitting, seated):
                assert not any(shown.say == f"said at {name}" for name in above)
    assert all(event.rung <= smaller for event in told.events if isinstance(event, RungSet))


@given(openings, histories, st.booleans())
def test_words_for_one_person_never_appear_at_the_others_device(
    first: Opened, history: History, begun: bool
) -> None:
    sitting = tell(first, history, begun=begun).sitting
    for seated, partner in ((ADA, BEN), (BEN, ADA)):
        for mine, theirs in zip(score(sitting, seated), score(sitting, partner), strict=True):
            cue = sitting.plan[mine.cue or 0]
            if mine.turn == "both" and not cue.arrives:
                assert mine == theirs
                continue
            # After a turn each has words of their own, and it is nobody's turn.
            turns = {"both"} if cue.arrives else {"yours", "theirs"}
            assert {mine.turn, theirs.turn} == turns
            role = Role.LEADING if cue.turn.value in {s.value for s in seated} else Role.FOLLOWING
            partners = Role.FOLLOWING if role is Role.LEADING else Role.LEADING
            for saying in (cue.say, *cue.say_at.values()):
                assert mine.say != in_language(saying.to(partners), "en")


@given(openings, st.booleans())
def test_turns_are_equal_when_nobody_passes_or_asks_for_more(first: Opened, longer: bool) -> None:
    told = Told(replace(first, song=False)).begin(longer=longer)
    lengths: dict[Turn, float] = {Turn.FIRST: 0.0, Turn.SECOND: 0.0}
    for shown in score(told.sitting, ADA):
        if shown.cue is not None and shown.ends_at is not None:
            turn = told.sitting.plan[shown.cue].turn
            if turn is not Turn.BOTH:
                lengths[turn] += shown.ends_at - shown.begins_at
    assert lengths[Turn.FIRST] > 0
    assert abs(lengths[Turn.FIRST] - lengths[Turn.SECOND]) < 1.0


@given(openings, histories, st.floats(0.0, 500.0))
def test_a_pause_moves_the_end_by_exactly_its_length(
    first: Opened, history: History, pause_s: float
) -> None:
    told = tell(first, history, begun=True)
    assume(told.sitting.stage is Stage.SITTING and not told.sitting.is_still)
    assume(not told.sitting.unsaid.away)
    before = due(told.sitting)
    assert before is not None
    assume(pause_s < SEAT_S * first.pace)
    began = told.at
    told.hear(Pause(ADA))
    assert told.sitting.is_still
    told.hear(GoOn(BEN), pause_s)
    told.hear(GoOn(ADA))
    after = due(told.sitting)
    assert after is not None
    stood_s = told.at + told.sitting.real(0.25) - began
    assert abs(after - before - stood_s) < 1e-6


@given(openings, histories, st.booleans())
def test_nothing_waits_for_ever(first: Opened, history: History, begun: bool) -> None:
    told = tell(first, history, begun=begun)
    cues = len(told.sitting.plan)
    longest_s = cues * (SONG_S + MORE_S) + first.pace * (SEAT_S + 3600.0) + 120.0
    told.hear(None, longest_s)
    assert told.sitting.closed


@given(openings, histories, commands)
def test_what_is_refused_has_not_happened(
    first: Opened, history: History, command: Command | None
) -> None:
    told = tell(first, history, begun=True)
    before, events = told.sitting, list(told.events)
    if told.hear(command) == ():
        assert told.events == events
        assert public(told.sitting) == public(before)


@given(openings, histories, st.booleans())
def test_what_is_shown_ahead_is_what_comes_when_nobody_does_anything(
    first: Opened, history: History, begun: bool
) -> None:
    told = tell(first, history, begun=begun)
    for seated in (ADA, BEN, BOTH_SEATS):
        for ahead in score(told.sitting, seated)[1:]:
            later, _ = step(told.sitting, None, ahead.begins_at)
            assert screen(later, seated) == ahead


@given(openings, st.booleans(), st.booleans(), st.floats(0.0, 14.0), st.booleans())
def test_an_offer_is_taken_up_only_when_both_said_yes(
    first: Opened, ada: bool, ben: bool, apart_s: float, pause: bool
) -> None:
    told = Told(replace(first, practice_text=practice_text(offer=True), song=False)).begin()
    offered = next(i for i, cue in enumerate(told.sitting.plan) if cue.asks)
    while (told.sitting.cue or 0) < offered:
        told.hear(None, 1.0)
    if ada:
        told.hear(Accept(ADA, offered), 0.5)
    if ben:
        told.hear(Accept(BEN, offered), apart_s)
    both = ada and ben and told.sitting.cue == offered
    if pause and told.sitting.cue == offered:
        told.hear(Pause(ADA))
        told.hear(GoOn(ADA), 3.0)
        told.hear(GoOn(BEN))
    while told.sitting.cue == offered:
        told.hear(None, 1.0)
    came = any(isinstance(e, CueBegan) and e.cue == offered + 1 for e in told.events)
    landed = any(isinstance(e, Landed) for e in told.events)
    assert (came, landed) == (both, not both)


@given(openings, histories)
def test_a_turn_is_never_made_longer_without_end(first: Opened, history: History) -> None:
    told = tell(first, history, begun=True)
    added: dict[int | None, float] = {}
    for n, event in enumerate(told.events):
        if isinstance(event, Lengthened):
            cue = fold(told.events[:n]).cue
            added[cue] = added.get(cue, 0.0) + event.by_s
    assert all(seconds <= MORE_S for seconds in added.values())


sensing = st.lists(
    st.tuples(
        seconds,
        st.sampled_from(
            [Feel(ADA), Unfeel(ADA), AskReflection(ADA), AskKeep(ADA), Feel(BOTH_SEATS)]
        ),
    ),
    max_size=8,
)


@given(openings, sensing, st.sampled_from([frozenset(), ADA, BEN, BOTH_SEATS]))
def test_what_somebody_says_of_being_felt_changes_nothing_for_the_other(
    first: Opened, said: History, felt: frozenset[Seat]
) -> None:
    ada, plain = tell(first, said, begun=True, felt=felt), tell(first, [], begun=True, felt=felt)
    plain.hear(None, ada.at - plain.at)
    ada.hear(None)
    assert ada.events == plain.events
    assert public(ada.sitting) == public(plain.sitting)
    assert own(ada.sitting, BEN) == own(plain.sitting, BEN)


@given(openings, histories, st.sampled_from([ADA, BEN, BOTH_SEATS]), histories)
def test_after_it_was_taken_back_nobody_is_felt_again(
    first: Opened, before: History, person: frozenset[Seat], after: History
) -> None:
    told = tell(first, before, begun=True, felt=BOTH_SEATS)
    told.hear(Unfeel(person))
    for after_s, command in [(0.0, None), *after]:
        told.hear(command, after_s)
        assert not any(told.sitting.allows(s, n) for s in Seat for n in ("breath", "movement"))
        assert not told.sitting.reflects
        assert not told.sitting.keeps


@given(openings, histories, st.booleans(), st.sampled_from([frozenset(), ADA, BOTH_SEATS]))
def test_whoever_is_felt_has_said_yes_as_has_the_other_and_the_moment_asks_for_it(
    first: Opened, history: History, begun: bool, felt: frozenset[Seat]
) -> None:
    sitting = tell(first, history, begun=begun, felt=felt).sitting
    cue = sitting.now
    for seat in Seat:
        for sense in ("breath", "movement"):
            if sitting.allows(seat, sense):
                assert sitting.stage is Stage.SITTING and not sitting.is_still
                assert own(sitting, ADA).feels and own(sitting, BEN).feels
                assert cue is not None and sense in cue.sense


@given(openings, histories, st.sampled_from([frozenset(), ADA, BOTH_SEATS]))
def test_nothing_of_being_felt_outlives_the_process(
    first: Opened, history: History, felt: frozenset[Seat]
) -> None:
    told = tell(first, history, begun=True, felt=felt)
    reloaded = fold(told.events)
    assert not own(reloaded, ADA).feels and not own(reloaded, BEN).feels
    assert not any(reloaded.allows(s, n) for s in Seat for n in ("breath", "movement"))
