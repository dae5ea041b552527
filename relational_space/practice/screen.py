"""What one device shows at a moment: a sitting × who is seated there → a Screen.

A total function of the state, and of nothing that the other person has said in private: a screen is
made from a sitting whose `unsaid` has been put aside, and only `own` looks at what the people at
this very device have said.
"""

from dataclasses import dataclass, replace

from relational_space.practice.practice import (
    BOTH_SEATS,
    Call,
    Cue,
    Hint,
    Picture,
    Role,
    Seat,
    Stage,
    Turn,
    View,
    Words,
    in_language,
)
from relational_space.practice.sitting import Sitting, Unsaid, due, step, undecided


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown and said at one device from `begins_at` until the next screen.

    `key` names what is said: two screens with the same key say the same thing, and a device that has
    said it does not say it again. `ends_at` is None where the screen waits for somebody.
    `turn` is `both`, `yours` or `theirs`; on a shared device it is the seat's own name.
    `may` lists the controls that do something here.
    """

    key: str
    stage: Stage
    begins_at: float
    ends_at: float | None
    cue: int | None
    say: str
    turn: str
    mark: str
    picture: Picture
    still: bool
    held: bool
    offer: str
    may: tuple[str, ...]
    hints: tuple[tuple[str, str], ...]
    sense: tuple[str, ...]
    show: tuple[str, ...]
    view: View


@dataclass(frozen=True, slots=True)
class Own:
    """What the people at this device have said in private, for this device alone.

    `accepted` is the cue that has had their yes, `going_on` the pause that they would end, by when it
    began: so neither can be taken for an answer to the next one. `feels` is whether this phone may
    feel its person; whether anybody is felt hangs on the other too, and is not told.
    """

    ready: bool
    chosen: str
    longer: bool
    accepted: int | None
    going_on: float | None
    feels: bool
    call: str


def own(sitting: Sitting, seated: frozenset[Seat]) -> Own:
    unsaid = sitting.unsaid
    choices = [unsaid.choices[seat] for seat in sorted(seated) if seat in unsaid.choices]
    rung, longer = choices[0] if choices else (None, False)
    return Own(
        ready=seated <= unsaid.ready,
        chosen="" if rung is None else sitting.practice.ladder[rung].name,
        longer=longer,
        accepted=sitting.cue if seated <= unsaid.accepted else None,
        going_on=sitting.still_since if seated <= unsaid.going_on else None,
        feels=seated <= unsaid.felt,
        call=min((sitting.wish(seat) for seat in seated), default=Call.NOTHING).name.lower(),
    )


def screen(sitting: Sitting, seated: frozenset[Seat], language: str = "en") -> Screen:
    """The screen of a device at which these people sit."""
    cue = sitting.now
    role = _role(cue, seated)
    words, said = _saying(sitting, role)
    still = sitting.is_still
    return Screen(
        key=f"{sitting.stage}/{said}/{role}",
        stage=sitting.stage,
        begins_at=_begins_at(sitting),
        ends_at=None if still or sitting.stage is Stage.ARRIVING else due(sitting),
        cue=sitting.cue if sitting.stage is not Stage.CLOSED else None,
        say=in_language(words, language),
        turn=_turn(cue, seated),
        mark=cue.mark if cue else "none",
        picture=cue.picture if cue else Picture.STILL,
        still=still,
        held=sitting.held,
        offer=in_language(cue.offer, language) if cue else "",
        may=_may(sitting),
        hints=tuple(_hint(hint, language) for hint in cue.hints) if cue else (),
        sense=tuple(sorted(cue.sense)) if cue else (),
        show=tuple(sorted(cue.show)) if cue else (),
        view=sitting.view,
    )


def score(sitting: Sitting, seated: frozenset[Seat], language: str = "en") -> tuple[Screen, ...]:
    """The screen now and those ahead, as they would come if nobody did anything.

    It ends at the first moment that hangs on what somebody said in private, and where it stands still.
    """
    ahead = replace(sitting, unsaid=Unsaid())
    screens = [screen(ahead, seated, language)]
    while not (ahead.closed or ahead.is_still or undecided(ahead)):
        when = due(ahead)
        if when is None or (ahead.stage is Stage.ARRIVING):
            break
        ahead, _ = step(ahead, None, when)
        screens.append(screen(ahead, seated, language))
    return tuple(screens)


def _begins_at(sitting: Sitting) -> float:
    if sitting.still_since is not None:
        return sitting.still_since
    if sitting.stage is Stage.ARRIVING:
        # Not `sitting.at`: it moves when the other joins, and nobody is told of that.
        return sitting.opened.at
    if sitting.closed:
        return sitting.at
    return sitting.begins_at


def _role(cue: Cue | None, seated: frozenset[Seat]) -> Role:
    if cue is None or cue.turn is Turn.BOTH or seated == BOTH_SEATS:
        return Role.BOTH
    return Role.LEADING if seated == {Seat(cue.turn.value)} else Role.FOLLOWING


def _turn(cue: Cue | None, seated: frozenset[Seat]) -> str:
    if cue is None or cue.turn is Turn.BOTH or cue.arrives:
        return "both"
    if seated == BOTH_SEATS:
        return cue.turn.value
    return "yours" if _role(cue, seated) is Role.LEADING else "theirs"


def _saying(sitting: Sitting, role: Role) -> tuple[Words, str]:
    """The words of this moment for this role, and a name for them that changes when they do."""
    cue = sitting.now
    if cue is None or sitting.stage is Stage.CLOSED:
        return {}, ""
    if sitting.rung is None or sitting.stage is not Stage.SITTING:
        return cue.say.to(role), str(sitting.cue)
    ladder = sitting.practice.ladder
    if sitting.rung_set_in == sitting.cue and ladder[sitting.rung].say:
        return ladder[sitting.rung].say, f"{sitting.cue}/{ladder[sitting.rung].name}"
    rung = sitting.rung
    if cue.up_to is not None:
        rung = min(rung, sitting.practice.rung(cue.up_to) or 0)
    # Words for a rung hold for that rung and every smaller one that has none of its own.
    for larger in ladder[rung:]:
        if larger.name in cue.say_at:
            return cue.say_at[larger.name].to(role), f"{sitting.cue}/{larger.name}"
    return cue.say.to(role), str(sitting.cue)


def _may(sitting: Sitting) -> tuple[str, ...]:
    cue = sitting.now
    if sitting.stage is Stage.CLOSED:
        return ()
    if sitting.stage is Stage.ARRIVING:
        return ("choose", "ready", "stop")
    if sitting.is_still:
        return ("go_on", "stop")
    may = ["pause", "stop"]
    if sitting.stage is Stage.SETTLING:
        may.append("choose")
    if sitting.stage is Stage.SITTING and cue is not None:
        if sitting.can_be_smaller:
            may.append("smaller")
        if cue.may_pass:
            may.append("pass")
        if sitting.more_s(cue):
            may.append("more_time")
        if sitting.plays_song(cue):
            may.append("song_ended")
        if cue.asks:
            may.append("accept")
    return tuple(sorted(may))


def _hint(hint: Hint, language: str) -> tuple[str, str]:
    return in_language(hint.label, language), in_language(hint.text, language)
