"""What is said of what was felt: described, never rated, the same for both, as warm whatever it is."""

import re

import pytest

from relational_space.practice.practice import Seat
from relational_space.practice.reading import read
from relational_space.practice.reflection import (
    CHANCE,
    MORE,
    NO_MORE,
    SENTENCES,
    UNKNOWN,
    WHY,
    Found,
    Rhythm,
    in_words,
    joined,
    never_compared,
    reflection,
)
from relational_space.sensing import coupling
from tests.practice.people import practice_text

VERDICTS = (MORE, NO_MORE, UNKNOWN)


def found(verdict: str = MORE, reason: str = "", kind: str = "breath", **changes: object) -> Found:
    values = {
        "seconds": (60.0, 360.0),
        "rhythms": {
            Seat.ONE: Rhythm(12.34, ((60.0, 0.5), (60.5, None)), 0.97),
            Seat.OTHER: Rhythm(None, (), 0.02),
        },
        "alike": ((70.0, 90.0),),
        "apart": ((100.0, 130.0),),
        "led": ((60.0, 120.0, Seat.ONE), (120.0, 180.0, Seat.OTHER), (180.0, 200.0, None)),
        **changes,
    }
    return Found(kind=kind, verdict=verdict, reason=reason, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["breath", "movement"])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_both_are_told_the_same_but_for_who_is_who(kind: str, verdict: str) -> None:
    one, other = (reflection(found(verdict, kind=kind), seat) for seat in Seat)
    assert (one.you, one.other) == (other.other, other.you)
    turned = {"you": "other", "other": "you", "neither": "neither"}
    assert [(b, e, turned[who]) for b, e, who in one.led] == list(other.led)
    for name in ("kind", "verdict", "reason", "sentence", "chance", "seconds", "alike", "apart"):
        assert getattr(one, name) == getattr(other, name)


def test_where_it_could_not_be_told_nothing_is_told_of_the_two_together() -> None:
    told = reflection(found(UNKNOWN, "too short"), Seat.ONE)
    assert told.alike == told.apart == told.led == ()
    assert told.you.line
    assert told.sentence.endswith(WHY["too short"])


def test_every_reason_of_the_engine_and_of_ours_has_its_sentence() -> None:
    with open(coupling.__file__) as file:
        source = file.read()
    reasons = set(re.findall(r'reason = "([^"]+)"', source))
    reasons |= {"too short", "too little trust"}
    assert len(reasons) >= 7
    assert reasons <= set(WHY)
    for kind in ("breath", "movement"):
        for reason in WHY:
            told = reflection(found(UNKNOWN, reason, kind), Seat.ONE)
            assert told.sentence.endswith(WHY[reason])
            assert told.reason == WHY[reason]


def test_a_reason_is_given_only_where_it_could_not_be_told() -> None:
    for verdict in (MORE, NO_MORE):
        assert reflection(found(verdict, "too short"), Seat.ONE).reason == ""


def test_each_answer_is_as_long_and_stands_beside_what_chance_would_give() -> None:
    for kind in ("breath", "movement"):
        said = [reflection(found(verdict, next(iter(WHY)), kind), Seat.ONE) for verdict in VERDICTS]
        assert all(told.sentence and told.chance for told in said)
        lengths = [len(told.sentence) + len(told.chance) for told in said]
        assert max(lengths) < 1.6 * min(lengths)
        assert all("chance" in (told.sentence + told.chance).lower() for told in said)
        # Where too little was felt, nothing looked like anything else.
        for reason in WHY:
            told = reflection(found(UNKNOWN, reason, kind), Seat.ONE)
            little = reason in ("too short", "too little trust")
            assert told.chance.startswith("From so little" if little else "Something else")
            assert "a full answer" in told.chance


ALL = [
    *SENTENCES.values(),
    *CHANCE.values(),
    *WHY.values(),
    *map(in_words, (0.0, 0.2, 0.5, 0.7, 1.0)),
]


@pytest.mark.parametrize("text", ALL)
def test_nothing_is_rated_and_no_figure_sums_up_two_people(text: str) -> None:
    assert not re.search(r"\d|%|percent", text)
    assert not re.search(
        r"\b(good|better|best|well|strong\w*|weak\w*|trust\w*|connect\w*|bond\w*|match\w*|close\w*"
        r"|love\w*|compatib\w*|sorry|unfortunately|only|failed|sync\w*)\b",
        text,
        re.IGNORECASE,
    )


def test_whatever_shares_there_are_they_come_in_words() -> None:
    said = [in_words(share / 100) for share in range(101)]
    assert next(iter(said)) == "almost none of it"
    assert said[-1] == "nearly all of it"
    assert len(set(said)) == 5


def test_two_who_were_shown_something_or_had_music_are_never_compared() -> None:
    plain = read(practice_text(), name="a-practice")
    assert never_compared(plain, song=False) == ""
    assert never_compared(plain, song=True) in WHY
    for show in ("pace", "other-breath"):
        text = practice_text().replace('sense = ["movement"]', f'show = ["{show}"]')
        assert never_compared(read(text, name="a-practice"), song=False) in WHY


def test_stretches_under_one_leader_are_told_as_one() -> None:
    led = ((0.0, 10.0, Seat.ONE), (10.5, 20.0, Seat.ONE), (20.0, 30.0, None), (40.0, 50.0, None))
    assert joined(led) == ((0.0, 20.0, Seat.ONE), (20.0, 30.0, None), (40.0, 50.0, None))
