"""Movement by camera: chosen, framed, followed, lost, turned off; no picture is shown or sent."""

import struct

import numpy as np
import pytest

from relational_space.live import wire
from relational_space.sensing.movement import movement
from relational_space.sensing.synchrony import windowed_lagged_correlation
from tests.browser.film import in_front_of, pictures
from tests.browser.looking import PHONE, Look
from tests.browser.people import UNHURRIED, Somebody, arrange, share

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    # One network at a time: two at once see too few pictures a second.
    pytest.mark.xdist_group("camera"),
]

OFFER = "Movement, by phone or camera"
OPEN = "Turn the camera on"
YES = "Yes, by camera, for this sitting"
OFF = "Camera off"
PATIENT_S = 120
"""A network looks at its first picture for a second, or for many where much else is going on."""

POINTS = ("left_wrist", "right_wrist", "left_elbow", "right_elbow")
IS_LIVE = "window.__camera.readyState === 'live'"
UNPLUG = "__camera.stop(); __camera.dispatchEvent(new Event('ended'))"


@pytest.fixture(scope="module")
def film(chromium):
    return pictures(chromium)


def opens_the_offer(somebody):
    somebody.page.get_by_text(OFFER).click()


def is_seen(somebody):
    """The camera is on, and this person stands in its frame."""
    somebody.press(OPEN)
    somebody.sees("You can be seen", within_s=PATIENT_S)


def says_yes(somebody):
    somebody.press(YES)
    somebody.sees("Movement: yes")


def arrives_by_camera(somebody, sitting):
    somebody.page.goto(sitting, wait_until="commit")
    somebody.touches()
    opens_the_offer(somebody)
    is_seen(somebody)
    says_yes(somebody)


def sits(*people):
    for each in people:
        each.press("Near")
    for each in people:
        each.waits_for("sitting", within_s=PATIENT_S)


LEFT, RIGHT = wire.Kind.LANDMARKS, wire.Kind.BESIDE


def told(somebody, kind=LEFT):
    """Sitting time of each reading, and its seven points: x, y and confidence."""
    stamps, points = [], []
    for frame in map(wire.read_frame, somebody.frames):
        assert frame.kind != wire.Kind.MOTION
        if frame.kind != kind:
            continue
        after = struct.unpack(f"<{frame.count}H", frame.stamps)
        stamps += [frame.at + one * wire.STAMP_S for one in after]
        points += struct.iter_unpack("<" + "hhBB" * wire.POINTS, frame.values)
    return np.array(stamps), np.reshape(points, (-1, wire.POINTS, 4))[:, :, :3].astype(float)


def seen(points):
    return (points[:, :, 2] > 0).any(axis=1)


@pytest.mark.long
def test_somebody_is_followed_by_camera_only_while_they_want_it(people, steady, film):
    look = Look()
    ada, ben = people(steady, viewport=PHONE), people(steady)
    in_front_of(ada.context, film)
    sitting = arrange(ada, ben, UNHURRIED)
    ada.page.goto(sitting, wait_until="commit")
    ada.touches()
    opens_the_offer(ada)
    look.at(ada.page, "the offer")
    assert not any(".wasm" in address or ".task" in address for address in ada.asked)

    # Turned off at once, its light goes out, and it can be turned on again.
    ada.press(OPEN)
    ada.press(OFF)
    assert ada.page.evaluate("window.__camera === undefined || !(" + IS_LIVE + ")")
    is_seen(ada)
    look.at(ada.page, "framed")
    assert ada.frames == []
    says_yes(ada)
    look.at(ada.page, "given")
    assert ada.page.locator("video, canvas").count() == 0

    ben.page.goto(sitting, wait_until="commit")
    ben.touches()
    sits(ada, ben)
    ada.sees("The camera is on.")
    look.at(ada.page, "sitting, followed")
    ada.waits_until(lambda: seen(told(ada)[1]).sum() > 20, "been followed", PATIENT_S)
    stamps, points = told(ada)
    assert np.all(np.diff(stamps) >= 0)
    wrists = points[seen(points)][:, :2]
    # His arms go from his hips to above his head, which is three widths of his shoulders.
    heights = wrists[:, :, 1][wrists[:, :, 2] > 0] * wire.PLACE_STEP
    assert 1.5 < np.ptp(heights) < 6.0
    assert ben.frames == []

    # Unplugged in the middle: a sentence, and the sitting goes on.
    ada.page.evaluate(UNPLUG)
    ada.sees("The camera is gone")
    ada.waits(0.5)
    sent = len(ada.frames)
    ada.waits(1)
    assert len(ada.frames) == sent
    assert ada.button("Pause").is_visible()

    ada.press(OFF)
    ada.sees("The sensor is off")
    assert ada.page.evaluate(f"!({IS_LIVE})")
    assert look.wrong == []
    ada.goes_quietly()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_two_at_one_device_are_both_seen_and_told_apart(people, place, film):
    look = Look()
    ada = people(place, viewport=PHONE)
    in_front_of(ada.context, film, beside_s=0.3)
    # At its own pace: for two at one device settling begins soon, and they have a camera to set up.
    share(ada, "mirroring")
    ada.page.get_by_text("Movement, by camera").click()
    look.at(ada.page, "the offer to two")
    ada.press(OPEN)
    ada.sees("You can both be seen", within_s=PATIENT_S)
    look.at(ada.page, "both framed")
    says_yes(ada)
    ada.press("Near")
    ada.waits_for("sitting", within_s=PATIENT_S)
    ada.waits_until(lambda: len(told(ada, RIGHT)[0]) > 20, "been told of both", PATIENT_S)
    (at, left), (also_at, right) = told(ada), told(ada, RIGHT)
    assert np.array_equal(at[: len(also_at)], also_at)
    # On a machine that has much else to do nobody is followed, which is right and shows nothing here.
    if len(at) / np.ptp(at) > 12:
        assert seen(left).any() and seen(right).any()
    sequences = [wire.read_frame(data).sequence for data in ada.frames]
    assert sequences == list(range(len(sequences)))
    assert look.wrong == []
    ada.goes_quietly()


def test_whoever_leaves_after_a_yes_leaves_no_camera_on(people, place, film):
    ada, ben = people(place), people(place)
    in_front_of(ada.context, film)
    sitting = arrange(ada, ben, "mirroring")
    arrives_by_camera(ada, sitting)

    # Loaded again it comes back by itself, and asks nobody anew.
    ada.page.reload(wait_until="commit")
    ada.page.get_by_text("Movement: yes").click()
    ada.sees("The camera is on.", within_s=PATIENT_S)
    assert ada.page.evaluate(IS_LIVE)

    ada.press("Not today")
    ada.press("Stop here")
    ada.sees("You have stopped")
    ada.waits(1)
    assert ada.page.evaluate(f"!({IS_LIVE})")


REFUSALS = {
    "NotAllowedError": "The browser was told no.",
    "NotFoundError": "This device has no camera",
    "NotReadableError": "Something else is using the camera.",
    "TypeError": "This browser can't look at pictures",
}
REFUSE = """
navigator.mediaDevices.getUserMedia = () => {
  throw new DOMException("", window.__why);
};
"""


def test_without_a_camera_there_is_a_sentence_and_nothing_is_fetched(people, place):
    ada, ben = people(place), people(place)
    ada.context.add_init_script(REFUSE)
    ada.page.goto(arrange(ada, ben, "mirroring"))
    opens_the_offer(ada)
    for why, sentence in REFUSALS.items():
        ada.page.evaluate("(why) => (window.__why = why)", why)
        ada.press(OPEN)
        ada.sees(sentence)
    assert not any("/static/pose-" in address for address in ada.asked)
    ada.goes_quietly()


def test_a_worker_that_does_not_come_is_a_sentence_and_the_light_goes_out(people, place, film):
    ada, ben = people(place), people(place)
    in_front_of(ada.context, film)
    ada.context.route("**/static/pose-*.task", lambda route: route.abort())
    ada.page.goto(arrange(ada, ben, "mirroring"))
    opens_the_offer(ada)
    ada.press(OPEN)
    ada.sees("This browser can't look at pictures", within_s=PATIENT_S)
    assert ada.page.evaluate(f"!({IS_LIVE})")


def followed(stamps, points):
    """How fast this person moved, 25 times a second, and from when."""
    columns = {name: points[:, i, :2] * wire.PLACE_STEP for i, name in enumerate(POINTS)}
    sure = {name: points[:, i, 2] / 255 for i, name in enumerate(POINTS)}
    return movement(stamps, columns, confidences=sure)


def seconds_of(somebody):
    """Real seconds from the first reading to the last."""
    stamps, _ = told(somebody)
    return np.ptp(stamps) / 4 if len(stamps) else 0.0


def both_followed(launch, place, film, seconds, *, late_s=0.0, rate_hz=30.0):
    """What two browsers tell of the same film, one of them late; and how many a second each told."""
    browsers = [launch(), launch()]
    # A picture that drifts takes a core where no graphics processor draws it, and two browsers share two.
    ada, ben = (Somebody(browser, place, reduced_motion="reduce") for browser in browsers)
    for each, late in ((ada, 0.0), (ben, late_s)):
        in_front_of(each.context, film, late_s=late, rate_hz=rate_hz)
    sitting = arrange(ada, ben, UNHURRIED)
    arrives_by_camera(ada, sitting)
    arrives_by_camera(ben, sitting)
    sits(ada, ben)
    ada.waits_until(
        lambda: all(seconds_of(each) > seconds for each in (ada, ben)),
        "been followed for long enough",
        PATIENT_S,
    )
    told_of = [told(ada), told(ben)]
    for browser in browsers:
        browser.close()
    return [(stamps / 4, points) for stamps, points in told_of]


@pytest.mark.long
@pytest.mark.parametrize("late_s", [0.0, 0.3])
def test_two_browsers_give_the_lag_that_there_is(launch, steady, film, late_s):
    two = both_followed(launch, steady, film, 20, late_s=late_s)
    rates = [len(stamps) / np.ptp(stamps) for stamps, _ in two]
    print("pictures a second", rates)
    # From here on somebody counts as followed, so from here on a lag has to be right.
    if min(rates) < 11:
        pytest.skip(f"this machine looks at {min(rates):.1f} pictures a second just now")
    lag = lag_between(*(followed(*each) for each in two))
    print("true", late_s, "found", lag)
    assert abs(lag - late_s) < 0.08


@pytest.mark.long
def test_below_ten_pictures_a_second_nobody_is_followed(launch, steady, film):
    two = both_followed(launch, steady, film, 6, rate_hz=6)
    for stamps, points in two:
        assert len(stamps) > 20
        assert not seen(points).any()


def lag_between(a, b):
    """Seconds by which the second is later: where the two are most alike, within 0.6 s."""
    begins = max(a.start_s, b.start_s)
    pieces = [each.velocity[round((begins - each.start_s) * 25) :] for each in (a, b)]
    length = min(map(len, pieces))
    one, other = (np.nan_to_num(piece[:length]) for piece in pieces)
    table = windowed_lagged_correlation(one, other, hz=25, window_s=8, step_s=1, max_lag_s=0.6)
    mean = np.nanmean(np.abs(table), axis=0)
    return (np.argmax(mean) - len(mean) // 2) / 25
