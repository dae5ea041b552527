"""What a phone feels: asked in private, off until a yes, taken back in one tap, and fine without."""

import struct
from itertools import pairwise

import pytest

from relational_space.live import wire
from tests.browser.line import Line
from tests.browser.looking import PHONE, Look
from tests.browser.people import FELT, Somebody, arrange, meet
from tests.browser.sensors import Sensors, play, tilting

pytestmark = pytest.mark.browser

OFFER = "Breath, by phone"
YES = "Yes, for this sitting"
OFF = "Sensor off"
OURS = ("A reload is required",)
"""Chromium says so of the override that these tests use."""


def opens_the_offer(somebody):
    somebody.page.get_by_text(OFFER).click()


def says_yes(somebody):
    opens_the_offer(somebody)
    somebody.press(YES)
    somebody.sees("Where the phone can lie")


def acts(somebody):
    return [message["t"] for message in somebody.said if "id" in message]


def is_felt(somebody):
    return any("notice a breath" in screen["text"] for screen in somebody.seen)


def felt_together(*people):
    """Both sit, and the moment in which phones may feel has begun."""
    for each in people:
        each.press("Near")
    for each in people:
        each.waits_until(lambda each=each: is_felt(each), "come to what is felt")


def went_out(somebody):
    """The frames that this device has sent, over all its lines."""
    return [wire.read_frame(data) for data in somebody.frames]


def taken(somebody):
    pongs = [message["taken"] for message in somebody.heard if message["t"] == "pong"]
    return pongs[-1] if pongs else None


def test_nothing_is_felt_without_a_yes_and_nothing_more_after_it_is_taken_back(people, fast):
    look = Look()
    ada, ben = people(fast, viewport=PHONE), people(fast, viewport=PHONE)
    sensors = Sensors(ada), Sensors(ben)
    # Nobody hurries whoever is here alone: Ben comes when this has been looked at.
    sitting = arrange(ada, ben, FELT)
    ada.open(sitting)
    opens_the_offer(ada)
    look.at(ada.page, "the offer")
    ada.press(YES)
    ada.sees("Where the phone can lie")
    look.at(ada.page, "where it can lie")
    # Loaded again it still is a yes for this sitting, and the phone feels by itself where it may.
    ada.page.reload(wait_until="commit")
    ada.touches()
    ada.page.get_by_text("Breath, by phone: yes").click()
    ada.button("Can it feel me?").wait_for()
    ben.open(sitting)
    felt_together(ada, ben)
    still = [(ada, sensors[0], tilting(0.5, 5)), (ben, sensors[1], tilting(0.5, 4))]
    play(still, 20, until=lambda: (taken(ada) or 0) > 5)
    assert taken(ada) > 5
    assert (went_out(ben), taken(ben)) == ([], None)
    assert ben.button(OFF).count() == 0
    look.at(ada.page, "sitting, felt")
    ada.press(OFF)
    ada.sees("The sensor is off")
    # What was on its way when the finger came down may still go.
    ada.waits(0.3)
    gone = len(went_out(ada))
    play(still, 1)
    assert len(went_out(ada)) == gone
    assert acts(ada).count("unfeel") == 1
    assert ada.button(OFF).count() == 0
    assert look.wrong == []
    ada.goes_quietly(but=OURS)


def test_what_a_phone_sends_are_its_readings_with_their_own_stamps(people, fast):
    ada, ben = people(fast), people(fast)
    phones = [(ada, Sensors(ada), tilting(2, 1)), (ben, Sensors(ben), tilting(2, 1))]
    meet(ada, ben, FELT)
    for each in (ada, ben):
        says_yes(each)
    felt_together(ada, ben)
    play(phones, 20, until=lambda: (taken(ada) or 0) > 30)
    frames = went_out(ada)
    assert [frame.sequence for frame in frames] == list(range(len(frames)))
    ends = [(frame.at, frame.until) for frame in frames]
    assert all(end <= begins + 1e-3 for (_, end), (begins, _) in pairwise(ends))
    # Ten frames a real second, which are twenty seconds of this sitting.
    assert 1.0 < (ends[-1][1] - ends[0][0]) / len(frames) < 4.0
    values = [reading for frame in frames for reading in struct.iter_unpack("<6h", frame.values)]
    size = [sum((one * wire.ACCELERATION_STEP) ** 2 for one in r[:3]) ** 0.5 for r in values]
    assert all(9.6 < one < 10.0 for one in size)
    # It tilts to either side of 20° by two degrees.
    forward = [r[1] * wire.ACCELERATION_STEP for r in values]
    assert max(forward) - min(forward) > 0.3


HIDE = """
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
"""


def test_taken_back_in_the_middle_neither_has_anything_to_look_at(people, fast):
    ada, ben = people(fast), people(fast)
    phones = [(ada, Sensors(ada), tilting(0.5, 3)), (ben, Sensors(ben), tilting(0.5, 4))]
    # Three minutes are long; his page's clock can be moved.
    ben.page.clock.install()
    meet(ada, ben, FELT)
    for each in (ada, ben):
        says_yes(each)
    felt_together(ada, ben)
    play(phones, 20, until=lambda: (taken(ada) or 0) > 5 and (taken(ben) or 0) > 5)
    # What a page that comes back says of the time in which it was away.
    ben.page.evaluate(f"() => {{ {HIDE} }}")
    ben.sees("While this page was hidden the phone felt nothing.")
    ada.press(OFF)
    ada.press("Stop")
    ben.press("I would like to look")
    ben.sees("If you both ask, it comes here.")
    ada.sees("You have stopped")
    assert ada.page.get_by_text("Two rhythms").count() == 0
    ben.page.clock.fast_forward("03:05")
    ben.sees("There is nothing to look at together this time.")
    assert "reflection" not in [message["t"] for message in ada.heard + ben.heard]


@pytest.mark.long
def test_twenty_seconds_without_a_line_lose_no_reading(chromium, steady):
    line = Line()
    ada, ben = Somebody(chromium, steady, line=line), Somebody(chromium, steady)
    phones = [(ada, Sensors(ada), tilting(0.5, 3)), (ben, Sensors(ben), tilting(0.5, 4))]
    meet(ada, ben, FELT)
    for each in (ada, ben):
        says_yes(each)
    felt_together(ada, ben)
    play(phones, 20, until=lambda: (taken(ada) or 0) > 5)
    before = taken(ada)
    line.stall()
    play(phones, 20)
    lines = len(ada.lines)
    line.flow()
    play(phones, 30, until=lambda: (taken(ada) or 0) > before + 60)
    # Each new line goes on where the server was, and none leaves anything out.
    for number, each in enumerate(filter(None, ada.lines[lines - 1 :])):
        sequences = [wire.read_frame(data).sequence for data in each]
        assert sequences == list(range(sequences[0], sequences[0] + len(sequences))), number
    came = {frame.sequence: frame for frame in went_out(ada)}
    assert set(range(taken(ada) + 1)) <= set(came)
    # A page that is alone waits after 11 s, and nobody is felt while both wait.
    missed = [came[sequence] for sequence in range(before + 1, before + 61)]
    assert (missed[-1].until - missed[0].at) / 4 > 5
    for each in (ada, ben):
        each.leaves()
    line.close()


ANSWERS = """
(window.answers = ["denied", "NotAllowedError"],
 DeviceMotionEvent.requestPermission = () => {
   const answer = window.answers.shift();
   return answer === "denied" ? Promise.resolve(answer) : Promise.reject(new DOMException("", answer));
 })
"""


# A page that came by plain http is told so by its browser; the next time it has come by https.
BY_HTTP_ONCE = """
if (!sessionStorage.cameBefore) {
  sessionStorage.cameBefore = "yes";
  Object.defineProperty(window, "isSecureContext", { value: false, configurable: true });
}
"""


def test_without_a_sensor_there_is_a_sentence_and_the_practice_goes_on(people, fast):
    ada, ben = people(fast), people(fast)
    ada.context.add_init_script(BY_HTTP_ONCE)
    ben.context.add_init_script(ANSWERS)
    sitting = arrange(ada, ben, FELT)
    ada.open(sitting)
    opens_the_offer(ada)
    ada.sees("https")
    assert ada.button(YES).count() == 0
    for each in (ada, ben):
        each.page.goto(sitting, wait_until="commit")
        each.touches()
    for each in (ada, ben):
        opens_the_offer(each)
        each.press(YES)
    ada.sees("This device has no motion sensor")
    ben.sees("The browser was told no.")
    # As iOS answers when a page asks by itself.
    ben.press(YES)
    ben.sees("The browser wants to be asked by a tap.")
    assert not [words for words in ben.complaints if "NotAllowedError" in words]
    assert "feel" not in acts(ada) + acts(ben)
    felt_together(ada, ben)
    assert went_out(ada) + went_out(ben) == []
