"""Two places: what two browsers with made-up cameras see and hear of each other, and when they don't.

The fake devices of Chromium stand for camera and microphone, and the loopback for the way between two
homes. What an echo does, and how a phone holds out, no machine here can tell.
"""

import math
import struct
import wave

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import paced
from tests.browser.line import Line
from tests.browser.looking import PHONE, Look
from tests.browser.people import NET_IS_GONE, PATIENCE_S, UNHURRIED, Somebody, Two, meet
from tests.browser.relay import THROUGH

pytestmark = pytest.mark.browser

FAKE = (
    "--use-fake-ui-for-media-stream",
    # Eight pictures a second are seen as well as twenty, and cost less than half as much.
    "--use-fake-device-for-media-stream=fps=8",
    "--allow-loopback-in-peer-connection",
)
BOTH, SOUND = "Camera and sound", "Sound alone"
VIDEO = "Yes, on a call with video"
ENDED = "The call has ended."
LOST = "The call can't come through just now."

# The connections of a page and what its browser has lent it, for a test to look into; and a connection
# that finds no way.
WATCHES = """
(() => {
  const given = (window.__given = []);
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wants) => {
    window.__asked = { wants, active: navigator.userActivation.isActive };
    const stream = await ask(wants);
    given.push(...stream.getTracks());
    return stream;
  };
  window.__on = () => given.filter((t) => t.readyState === "live").map((t) => t.kind).sort().join();
  const Real = RTCPeerConnection;
  window.__peers = [];
  window.__ways = [];
  window.RTCPeerConnection = class extends Real {
    constructor(configuration) {
      super(window.__nowhere ? { ...configuration, iceTransportPolicy: "relay" } : configuration);
      window.__peers.push(this);
      window.__told = configuration;
      this.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate) window.__ways.push(candidate.candidate);
      });
    }
  };
  window.__late = [];
  new MutationObserver(() => {
    const late = document.querySelector(".call-late")?.textContent ?? "";
    if (late !== (window.__late.at(-1) ?? "")) window.__late.push(late);
    const wish = document.querySelector(".call-wish");
    if (wish && window.__wishes) wish.open = true;
  }).observe(document, { subtree: true, childList: true });
})();
"""

# Whoever loads the page again finds the wish folded, as people do.
ONCE = "window.__wishes = !sessionStorage.wished; sessionStorage.wished = 'yes';"

# How much comes of each kind in so many milliseconds: bytes, and the loudness of what is heard.
COMES = """
async (ms) => {
  const look = async () => {
    const peer = window.__peers.at(-1);
    const found = { audio: 0, video: 0, frames: 0, energy: 0 };
    if (!peer || peer.connectionState !== "connected") return found;
    (await peer.getStats()).forEach((each) => {
      if (each.type !== "inbound-rtp") return;
      found[each.kind] += each.bytesReceived;
      found.frames += each.framesDecoded ?? 0;
      found.energy += each.totalAudioEnergy ?? 0;
    });
    return found;
  };
  const before = await look();
  await new Promise((done) => setTimeout(done, ms));
  const after = await look();
  return Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
}
"""

# How bright the other's picture is on the screen, from 0 to 255.
BRIGHT = """
() => {
  const video = document.querySelector(".their-picture video");
  if (!video || video.videoWidth === 0) return 0;
  const canvas = new OffscreenCanvas(16, 12);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 16, 12);
  return Math.max(...context.getImageData(0, 0, 16, 12).data.filter((_, i) => i % 4 === 1));
}
"""


@pytest.fixture(scope="module")
def cameras(launch):
    browser = launch(*FAKE)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def brisk(tmp_path_factory):
    """The address of a place where settling takes seven seconds: time enough for a browser to be asked."""
    with paced(tmp_path_factory, 8) as address:
        yield address


@pytest.fixture
def apart(cameras, brisk):
    """Two in two places who have sat down, having wished for so much of a call."""
    here = []

    def sit(
        ada_wishes,
        ben_wishes,
        practice=UNHURRIED,
        rung=VIDEO,
        *,
        browser=None,
        line=None,
        between=None,
        before="",
        **more,
    ):
        browser = browser or cameras
        ada = Somebody(browser, brisk, viewport=PHONE)
        ben = Somebody(browser, brisk, viewport=PHONE, line=line)
        here.extend((ada, ben))
        for each, wish in ((ada, ada_wishes), (ben, ben_wishes)):
            each.context.add_init_script(WATCHES)
            if between:
                each.context.expose_function("__through", between.through)
                each.context.add_init_script(THROUGH)
            each.context.add_init_script(before)
            if wish:
                each.context.add_init_script(ONCE)
                each.will_press(wish)
            each.will_press(rung)
        meet(ada, ben, practice, "apart", **more)
        for each in (ada, ben):
            each.waits_for("sitting", within_s=2 * PATIENCE_S)
        return ada, ben

    yield sit
    for each in here:
        each.leaves()


def comes(person, ms=700):
    return person.page.evaluate(COMES, ms)


def are_together(*people):
    for each in people:
        each.waits_until(
            lambda each=each: each.page.evaluate(
                "window.__peers.at(-1)?.connectionState === 'connected'"
            ),
            "come together",
        )


def calls(person):
    return [message["call"] for message in person.heard if message["t"] == "call"]


def is_on(person):
    """What is on at this device, as far as its browser has lent it to the page."""
    return person.page.evaluate("window.__on()")


def hears(person):
    """Until sound has come from the other."""
    person.waits_until(lambda: comes(person)["audio"] > 300, "heard the other")


def has(person, what, number):
    expect(person.page.locator(what)).to_have_count(number, timeout=PATIENCE_S * 1000)


def sees(person):
    return person.page.evaluate(BRIGHT) > 60


def test_two_see_and_hear_each_other_however_thin_the_line_and_either_ends_it(apart):
    line = Line(jitter_s=0.6)
    ada, ben = apart(BOTH, BOTH, line=line)
    are_together(ada, ben)
    look = Look()
    for each in (ada, ben):
        each.waits_until(lambda each=each: sees(each), "seen the other")
        hears(each)
        assert is_on(each) == "audio,video"
        # Nobody is shown to themselves, and nobody else was asked.
        has(each, "video", 1)
        each.sees("Your camera and microphone are on")
        assert each.page.evaluate("window.__told.iceServers") == []
        assert each.page.evaluate("window.__asked.wants.audio.echoCancellation")
    look.at(ada.page, "seeing each other")
    # The line breaks: the call doesn't, and is the same one when the line is back.
    line.jitter_s = 0.0
    line.stall()
    ada.sees("The connection is thin just now.")
    ada.waits_until(lambda: comes(ada)["frames"] > 2, "seen the other meanwhile")
    line.flow()
    ben.waits_until(lambda: ben.heard[-1]["t"] == "pong", "come back")
    # In a pause nobody is seen: not even what a page would have to hide is sent.
    ben.press("Pause")
    for each in (ada, ben):
        each.sees("Paused")
        has(each, ".their-picture", 0)
    hears(ada)
    for each in (ada, ben):
        each.press("Go on")
    ada.waits_until(lambda: sees(ada), "seen the other again")
    assert ada.page.evaluate("window.__peers.length") == 1
    # Less takes effect here at once, and then on both sides.
    ben.press("Sound alone")
    ben.sees("Your microphone is on")
    for each in (ada, ben):
        each.waits_until(lambda each=each: is_on(each) == "audio", "let the camera go")
        has(each, "video", 0)
    hears(ada)
    ada.press("End the call")
    for each in (ada, ben):
        each.sees(ENDED)
        each.waits_until(lambda each=each: is_on(each) == "", "let everything go")
        assert each.page.evaluate("window.__peers.at(-1).signalingState") == "closed"
        words = each.page.inner_text("main")
        for telling in ("Ada", "Ben", "they ended", "left"):
            assert telling not in words
        each.goes_quietly(but=NET_IS_GONE)
    look.at(ben.page, "the call has ended")
    assert look.wrong == []
    line.close()


def test_a_wish_alone_is_told_to_nobody_and_a_call_that_finds_no_way_leaves_the_guide_as_it_is(
    apart,
):
    ada, ben = apart(SOUND, None, "back-to-back-breathing", "Yes, each where we are")
    two = Two(
        *apart(SOUND, BOTH, "mirroring", "Yes, with hands only", before="window.__nowhere = true")
    )
    for each in two:
        each.sees(LOST)
        assert "one tells what their hand is doing" in each.page.inner_text("main")
        shown = len(each.sentences())
        each.waits_until(lambda each=each, shown=shown: len(each.sentences()) > shown, "gone on")
    for each in two:
        assert not any(s["still"] for s in each.seen)
    assert [calls(each) for each in (ada, ben)] == [[], []]
    assert is_on(ben) == ""
    ada.waits_until(lambda: is_on(ada) == "", "let the microphone go")
    # The wish that was given sound alone has no camera on.
    assert [is_on(each) for each in two] == ["audio", "audio"]
    for each in (ada, ben, *two):
        each.goes_quietly()


@pytest.mark.long
def test_a_song_is_heard_on_both_sides_or_on_the_leaders_alone(launch, apart, tmp_path):
    silent = launch(*FAKE, f"--use-file-for-fake-audio-capture={wav(tmp_path / 'silence.wav', 0)}")
    song = wav(tmp_path / "song.wav", 12_000)
    ada, ben = apart(SOUND, SOUND, rung="Yes, with hands only", browser=silent, song=True)
    are_together(ada, ben)
    for leading, following, both in ((ada, ben, True), (ben, ada, False)):
        pick = leading.page.get_by_label("Play a song from this device")
        pick.wait_for()
        assert comes(following)["energy"] < 1e-4
        if not both:
            leading.page.get_by_label("Let it be heard on both sides").uncheck()
        pick.set_input_files(song)
        leading.sees("It is playing.")
        heard = comes(following, 1500)["energy"]
        print(f"the song on the other side: {heard:.4f}")
        assert (heard > 0.01) == both
        following.press("The song has ended")
    for each in (ada, ben):
        each.goes_quietly()
        assert not any(song in url for url in each.asked)
    silent.close()


def wav(path, loudness):
    """Twenty seconds of one tone, or of silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        tone = [int(loudness * math.sin(math.tau * 440 * n / 48_000)) for n in range(4800)]
        file.writeframes(struct.pack("<4800h", *tone) * 200)
    return str(path)


@pytest.mark.long
def test_a_page_that_was_loaded_again_asks_before_anything_of_it_is_sent(apart):
    ada, ben = apart(BOTH, BOTH)
    are_together(ada, ben)
    ben.page.reload()
    ben.sees("Nothing of you is sent before you turn it on here.")
    assert is_on(ben) == ""
    ben.press("Turn on my camera and microphone")
    are_together(ada, ben)
    for each in (ada, ben):
        each.waits_until(lambda each=each: sees(each), "seen the other again")
    ben.press("Stop")
    ada.sees(ENDED)
    for each in (ada, ben):
        each.waits_until(lambda each=each: is_on(each) == "", "let everything go")
