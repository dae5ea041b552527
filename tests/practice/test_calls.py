"""A call is what both would have of it, from when they sit; a wish alone is never told."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relational_space.practice.errors import PracticeError, Refused
from relational_space.practice.events import Opened
from relational_space.practice.practice import BOTH_SEATS, Call, Stage, View
from relational_space.practice.reading import read
from relational_space.practice.screen import own, score, screen
from relational_space.practice.sitting import (
    GoOn,
    Pause,
    Smaller,
    Stop,
    WishCall,
    fold,
    step,
)
from tests.practice.people import (
    ADA,
    BEN,
    Told,
    commands,
    in_two_places,
    opened,
    openings,
    practice_text,
    seconds,
)

NOTHING, SOUND, PICTURE = Call


def apart(ada: Call, ben: Call, rung: str = "near") -> Told:
    """In two places, at the first moment of the practice, having wished for so much."""
    told = Told(opened(in_two_places()))
    for person, call in ((ADA, ada), (BEN, ben)):
        told.hear(WishCall(person, call))
    return told.begin(rung, rung)


@pytest.mark.parametrize(("ada", "ben"), list(product(Call, Call)))
def test_the_smaller_wish_is_what_happens_and_only_once_they_sit(ada: Call, ben: Call) -> None:
    told = Told(opened(in_two_places()))
    for person, call in ((ADA, ada), (BEN, ben)):
        told.hear(WishCall(person, call))
        assert told.sitting.call is NOTHING
    while told.sitting.stage in (Stage.ARRIVING, Stage.SETTLING):
        assert told.sitting.call is NOTHING
        told.begin("near", "near")
    assert told.sitting.call is min(ada, ben)


def test_a_rung_without_a_view_needs_no_camera() -> None:
    assert apart(PICTURE, PICTURE, "apart").sitting.call is SOUND
    told = apart(PICTURE, PICTURE)
    told.hear(Smaller(BEN))
    assert told.sitting.call is SOUND


@pytest.mark.parametrize("person", [ADA, BEN])
@pytest.mark.parametrize("less", [NOTHING, SOUND])
def test_either_makes_it_less_at_any_moment_and_nobody_makes_it_more(person, less) -> None:
    told = apart(PICTURE, PICTURE)
    assert told.hear(WishCall(person, less)) == ()
    assert told.sitting.call is less
    for again in (PICTURE, PICTURE if less is SOUND else SOUND):
        with pytest.raises(Refused, match="Less is fine"):
            step(told.sitting, WishCall(person, again), told.at)
    assert told.sitting.call is less


def test_before_it_begins_somebody_may_change_their_mind_either_way() -> None:
    told = Told(opened(in_two_places()))
    for call in (PICTURE, NOTHING, SOUND):
        told.hear(WishCall(ADA, call))
        assert own(told.sitting, ADA).call == call.name.lower()
        assert own(told.sitting, BEN).call == "nothing"


def test_nobody_is_seen_in_a_pause_or_while_landing_and_the_call_ends_with_the_sitting() -> None:
    told = apart(PICTURE, PICTURE)
    assert screen(told.sitting, ADA).view is View.FACE
    told.hear(Pause(ADA))
    assert screen(told.sitting, BEN).view is View.NONE
    # There can still be something to say to each other.
    assert told.sitting.call is PICTURE
    told.hear(GoOn(ADA))
    told.hear(GoOn(BEN), 1.0)
    assert screen(told.sitting, ADA).view is View.FACE
    while told.sitting.stage is Stage.SITTING:
        told.hear(None, 10.0)
    assert screen(told.sitting, ADA).view is View.NONE
    assert told.sitting.call is SOUND
    while told.sitting.stage is Stage.LANDING:
        told.hear(None, 10.0)
    assert told.sitting.call is NOTHING


@pytest.mark.parametrize("landing", [False, True])
def test_whoever_stops_is_in_no_call_any_more(landing: bool) -> None:
    told = apart(PICTURE, PICTURE)
    while landing and told.sitting.stage is Stage.SITTING:
        told.hear(None, 10.0)
    told.hear(Stop(BEN))
    assert told.sitting.stage is Stage.LANDING
    assert told.sitting.call is NOTHING


def test_a_moment_that_hides_shows_nobody_and_is_told_ahead() -> None:
    text = in_two_places().replace('name = "turns"\n', 'name = "turns"\nhides = true\n')
    told = Told(opened(text)).begin("near", "near")
    views = {shown.cue: shown.view for shown in score(told.sitting, ADA)}
    assert list(views.values())[:2] == [View.FACE, View.NONE]


def test_a_practice_tells_the_most_that_a_call_can_be() -> None:
    assert read(practice_text(), name="a").most_call is SOUND
    assert read(in_two_places(), name="a").most_call is PICTURE


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('view = "face"', 'view = "faces"', "write “none”, “mirror”, “face” or “window”"),
        ('[ladder.apart]\nen = "Yes, seen"\n', "", "view: a view is for two places"),
        ('view = "face"\n', "", "a smaller rung has a view and a larger one none"),
    ],
)
def test_a_view_that_cannot_be_is_refused(written: str, instead: str, said: str) -> None:
    text = in_two_places().replace(
        'en = "A little apart"\n', 'en = "A little apart"\nview = "window"\n'
    )
    assert text.count(written) == 1
    with pytest.raises(PracticeError, match=said):
        read(text.replace(written, instead), name="a")


wishes = st.lists(
    st.tuples(seconds, st.builds(WishCall, st.just(ADA), st.sampled_from(Call))), max_size=6
)


@given(openings, wishes, st.booleans())
def test_what_somebody_wishes_alone_changes_nothing_for_the_other(
    first: Opened, said: list[tuple[float, WishCall]], begun: bool
) -> None:
    ada, plain = Told(first), Told(first)
    if begun:
        ada.begin()
        plain.begin()
    for after_s, wish in said:
        ada.hear(wish, after_s)
        plain.hear(None, after_s)
        assert ada.events == plain.events
        assert own(ada.sitting, BEN) == own(plain.sitting, BEN)
        assert score(ada.sitting, BEN) == score(plain.sitting, BEN)
        assert ada.sitting.call is NOTHING


@given(st.lists(st.tuples(seconds, commands), max_size=12), st.sampled_from(Call))
def test_once_they_sit_a_call_only_ever_becomes_less(said, ben) -> None:
    told = apart(PICTURE, ben)
    last = told.sitting.call
    for after_s, command in said:
        told.hear(command, after_s)
        assert told.sitting.call <= last
        last = told.sitting.call
        # It is nowhere but in this process.
        assert fold(told.events).call is NOTHING


def test_two_at_one_device_have_nobody_to_call() -> None:
    told = Told(opened(in_two_places())).begin("near", "near")
    assert own(told.sitting, BOTH_SEATS).call == "nothing"
