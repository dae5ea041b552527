"""One camera for two uses, a call and movement: opened once, and whichever ends leaves the other as it was.

Camera and microphone are the made-up ones of Chromium, and the worker tells of a body instead of looking at
pictures; all else is the real way.
"""

import json

import pytest

from tests.browser.looking import PHONE, faults
from tests.browser.people import UNHURRIED, Somebody, meet
from tests.browser.test_calls import BOTH, FAKE, VIDEO, WATCHES, are_together, comes, is_on, sees
from tests.browser.test_camera import opens_the_offer, says_yes, seen, told
from tests.browser.test_who_moved import WAVE, WORKER

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(300)]

MOVES = json.dumps({"late": 0, "rateHz": 15, "wave": WAVE})
SLOWLY = "--use-fake-device-for-media-stream=fps=15"
"""Two calls with pictures are much for two cores that share a machine."""

# Every picture that is lent on this page, with a name for what would take it away.
ONCE = """
(() => {
  const all = [];
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  window.__opened = 0;
  devices.getUserMedia = async (wants) => {
    const stream = await ask(wants);
    if (wants.video) window.__opened += 1;
    all.push(...stream.getTracks());
    return stream;
  };
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function () {
    const other = clone.call(this);
    all.push(other);
    return other;
  };
  const live = (kind) => all.filter((each) => each.kind === kind && each.readyState === "live");
  window.__on = () => ["audio", "video"].flatMap((kind) => live(kind).map(() => kind)).join();
  window.__unplug = () => {
    for (const track of live("video")) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };
})();
"""


@pytest.fixture(scope="module")
def cameras(launch):
    browser = launch(*(SLOWLY if one.startswith("--use-fake-device") else one for one in FAKE))
    yield browser
    browser.close()


@pytest.fixture
def two(cameras, steady):
    """Both in a call with pictures, both followed by the same camera."""
    here = [Somebody(cameras, steady, viewport=PHONE, reduced_motion="reduce") for _ in range(2)]
    for each in here:
        for script in (WATCHES, ONCE, WORKER.replace("SETTINGS", MOVES)):
            each.context.add_init_script(script)
    meet(*here, UNHURRIED, "apart")
    for each in here:
        each.page.locator(".call-wish summary").click()
        each.press(BOTH)
        each.sees("Camera and microphone are on here")
        opens_the_offer(each)
        each.press("Turn the camera on")
        each.sees("You can be seen")
        assert is_on(each) == "audio,video,video"
        assert each.page.evaluate("window.__opened") == 1
        says_yes(each)
    for each in here:
        each.press(VIDEO)
    for each in here:
        each.waits_for("sitting")
    are_together(*here)
    for each in here:
        each.waits_until(lambda each=each: sees(each), "seen the other")
        each.waits_until(lambda each=each: seen(told(each)[1]).sum() > 20, "been followed")
        assert each.button("Stop following").is_visible()
        assert each.page.evaluate("window.__opened") == 1
    yield here
    for each in here:
        each.goes_quietly()
        each.leaves()


def goes_on_following(somebody):
    before = len(told(somebody)[0])
    somebody.waits_until(lambda: len(told(somebody)[0]) > before + 20, "gone on being followed")


def test_whoever_is_followed_no_longer_is_still_seen_in_the_call(two):
    ada, ben = two
    wrong = faults(ada.page, "in a call and followed")
    # In a pause nobody is seen, and the one camera isn't taken for closed.
    ada.press("Pause")
    for each in two:
        each.sees("Paused")
    for each in two:
        each.press("Go on")
    goes_on_following(ben)
    ada.press("Stop following")
    ada.sees("The camera stays on for the call.")
    wrong += faults(ada.page, "in a call, no longer followed")
    assert is_on(ada) == "audio,video"
    ada.sees("Your camera and microphone are on")
    ben.waits_until(lambda: comes(ben)["frames"] > 2 and sees(ben), "seen the other")
    assert wrong == []


def test_a_call_that_ends_leaves_both_followed(two):
    ada, ben = two
    ada.press("Sound alone")
    for each in two:
        each.waits_until(lambda each=each: is_on(each) == "audio,video", "given one back")
        each.sees("The camera is on. It shows nobody.")
        each.sees("Your microphone is on")
    ben.press("End the call")
    for each in two:
        each.sees("The call has ended.")
        assert is_on(each) == "video"
        goes_on_following(each)
    ada.press("Camera off")
    ada.sees("The sensor is off")
    ada.waits_until(lambda: is_on(ada) == "", "let it go")


def test_a_camera_that_is_unplugged_ends_both_there_and_the_sitting_goes_on(two):
    ada, ben = two
    ben.page.evaluate("window.__unplug()")
    ben.sees("The camera is gone")
    # By sound the call goes on; the other, who still has a camera, is followed by it.
    for each in two:
        each.sees("Your microphone is on")
        assert each.button("Pause").is_visible()
    assert [is_on(each) for each in two] == ["audio,video", "audio"]
    goes_on_following(ada)
    ben.waits_until(lambda: comes(ben)["audio"] > 300, "heard the other")
