"""Each of the three practices, from arriving to closing, in each of the three seatings.

Where there is more than one thing to choose, one of the two chooses less: in one room Ben, in two
places Ada. The nine sittings run beside one another, so that a whole day of them fits into a minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from relational_space import practices
from relational_space.practice import sitting as machine
from relational_space.practice.events import Opened
from relational_space.practice.practice import BOTH_SEATS, Seat, Stage
from relational_space.practice.screen import screen
from tests.browser.people import Somebody, meet, share

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sittings")]

PRACTICES = ("back-to-back-breathing", "mirroring", "what-i-see-in-you")
SEATINGS = ("beside", "apart", "shared")
PACE = 20.0
BLINK_S = 1.5
SHELF = practices.gather(practices.HERE)


@dataclass(frozen=True, slots=True)
class Device:
    """Who sits at it, and the seats that they have there."""

    who: Somebody
    seats: frozenset[Seat]


@pytest.fixture(scope="module")
def devices(chromium, fast) -> Iterator[dict[tuple[str, str], tuple[Device, ...]]]:
    """All nine sittings, begun one after another."""
    opened = {}
    for practice in PRACTICES:
        for seating in SEATINGS:
            seats = [frozenset({Seat.ONE}), frozenset({Seat.OTHER})]
            if seating == "shared":
                seats = [BOTH_SEATS]
            people = [Somebody(chromium, fast) for _ in seats]
            for person, (_, label) in zip(people, chosen(practice, seating), strict=False):
                person.will_press(label)
            if seating == "shared":
                share(*people, practice)
            else:
                meet(*people, practice, seating)
            opened[practice, seating] = tuple(map(Device, people, seats))
    yield opened
    for sitting in opened.values():
        for device in sitting:
            device.who.leaves()


def chosen(practice, seating):
    """What Ada and what Ben would welcome: the names of two rungs, and what is on their buttons."""
    ladder = SHELF.practices[practice].practice.ladder
    labels = [(rung.name, rung.offered_as(apart=seating == "apart")) for rung in ladder]
    offered = [(name, label["en"]) for name, label in labels if label]
    less, more = offered[-2:][0], offered[-1]
    return {"beside": (more, less), "apart": (less, more), "shared": (more, more)}[seating]


def expected(practice, seating, seats):
    """What the machine by itself would have somebody in these seats read, and for how many seconds."""
    written = SHELF.practices[practice]
    settle = SHELF.practices[written.practice.begins_with].text
    opened = Opened(0.0, practice, written.text, settle, Seat.ONE, False, True, PACE)
    sitting = machine.fold([opened])
    (adas, _), (bens, _) = chosen(practice, seating)
    for command in (
        machine.Join(BOTH_SEATS),
        machine.Choose(frozenset({Seat.ONE}), adas),
        machine.Choose(frozenset({Seat.OTHER}), bens),
        machine.Ready(BOTH_SEATS),
    ):
        sitting, _ = machine.step(sitting, command, 0.0)
    sentences: list[tuple[str, float]] = []
    while not sitting.closed:
        said = screen(sitting, seats, "en").say
        until = machine.due(sitting)
        if said and sitting.stage is not Stage.ARRIVING:
            sentences.append((said, (until - sitting.begins_at) / PACE))
        sitting, _ = machine.step(sitting, None, until)
    return sentences


@pytest.mark.parametrize("seating", SEATINGS)
@pytest.mark.parametrize("practice", PRACTICES)
def test_a_practice_from_arriving_to_closing(devices, practice, seating):
    for device in devices[practice, seating]:
        device.who.page.locator(".room").wait_for(state="detached", timeout=120_000)
        read = device.who.sentences()
        # At this pace a cue can be over before a busy machine has drawn it: one that is so short may
        # be missed, but none comes out of order, none comes twice, and none is somebody else's.
        left, missed = list(read), []
        for text, lasts_s in expected(practice, seating, device.seats):
            if left and text == left[0]:
                del left[0]
            elif lasts_s > BLINK_S:
                missed.append(text)
        assert (left, missed) == ([], [])
        assert not {"Ada", "Ben"} & set(" ".join(read).split())
        if seating != "shared":
            device.who.sees("For you alone")
        device.who.goes_quietly()


@pytest.mark.parametrize("practice", PRACTICES)
def test_turns_are_told_to_each_in_their_own_words(devices, practice):
    ada, ben = devices[practice, "beside"]
    same = ada.who.sentences() == ben.who.sentences()
    assert same == (not SHELF.practices[practice].practice.takes_turns)


@pytest.mark.parametrize("practice", PRACTICES)
def test_one_room_has_one_voice_and_two_places_have_two(devices, practice):
    def heard(device):
        return len(device.who.journey["played"])

    beside, apart = devices[practice, "beside"], devices[practice, "apart"]
    assert heard(beside[0]) > 5
    assert heard(beside[1]) == 0
    assert min(map(heard, apart)) > 5


def test_nothing_is_said_twice(devices):
    for sitting in devices.values():
        for device in sitting:
            played = [each["what"] for each in device.who.journey["played"]]
            repeated = {what for what in played if played.count(what) > 1}
            # What is said again in a later turn has one recording, and is said once a turn.
            assert len(repeated) <= 6
            assert all(one != after for one, after in pairwise(played))


def test_a_shared_device_asks_nothing_that_is_private(devices):
    for practice in PRACTICES:
        [device] = devices[practice, "shared"]
        device.who.sees("If it was a lot")
        words = device.who.page.inner_text("main")
        assert "For you alone" not in words
        assert "more than you wanted" not in words
