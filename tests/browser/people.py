"""Ada, Ben and Gus, each with a browser of their own, and the ways they take through the place.

What is written here is what a person would do: open, read, press. A press waits until a control has
been on the screen for as long as it must have been before a press counts. Their devices are phones that
are told to move nothing: where no graphics processor draws, a picture that drifts takes a core, and two
browsers and a place share two.
"""

import contextlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Locator, Page, WebSocket, expect

from tests.browser.line import Line
from tests.browser.looking import PHONE

WATCHING = Path(__file__).with_name("watching.js")
SETTLED_MS = 650

STILL_UNSETTLED_MS = f"(button) => {SETTLED_MS} - (performance.now() - window.__stands(button))"

UNHURRIED = "mirroring-unhurried"
"""A practice of the places that journeys go to, for what has to be done within one moment of it."""

FELT = "felt"
"""Another one of them, in which phones feel breath from its second cue until somebody stops."""

SHOWN = "shown"
"""The same, with the other's breath and a pace to feel."""

PATIENCE_S = 30
"""How long a machine with much else to do may take to show what comes next."""

# Presses the button that begins with these words when it comes, as soon as a press counts: for a
# moment that is short at this pace, whatever else the machine is doing.
PRESSES_WHEN_IT_COMES = """
(words) => {
  const look = () => {
    const button = [...document.querySelectorAll("button, summary")].find(
      (each) => each.textContent.trim().startsWith(words) && each.checkVisibility(),
    );
    if (!button) return;
    observer.disconnect();
    setTimeout(() => button.click(), 650);
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true });
  look();
}
"""

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KNOCK = re.compile(r'name="knock" value="([^"]+)"')
LINK = re.compile(r'data-link="([^"]+)"')

NET_IS_GONE = ("net::ERR_", "WebSocket connection to", "Failed to fetch")


class Somebody:
    """One person at one device."""

    def __init__(
        self, chromium: Browser, place: str, *, line: Line | None = None, **device
    ) -> None:
        self.place = place
        device = {"viewport": PHONE, "reduced_motion": "reduce", **device}
        if line:
            device["proxy"] = {"server": line.address, "bypass": "<-loopback>"}
        self.context = chromium.new_context(base_url=place, **device)
        self.context.add_init_script(path=WATCHING)
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.refused: list[str] = []
        self.heard: list[dict] = []
        self.said: list[dict] = []
        self.lines: list[list[bytes]] = []
        """What this phone felt, as it went out over one line to the server after another."""
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", lambda message: self.complaints.append(message.text))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(json.loads(frame)))
        here: list[bytes] = []
        self.lines.append(here)
        socket.on(
            "framesent",
            lambda frame: (
                here.append(frame)
                if isinstance(frame, bytes)
                else self.said.append(json.loads(frame))
            ),
        )

    # What a person does

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def button(self, name: str) -> Locator:
        """The button whose name begins so; a door's name goes on with what it means."""
        return self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first

    def press(self, name: str) -> None:
        button = self.button(name)
        expect(button).to_be_visible(timeout=PATIENCE_S * 1000)
        # Another of the same name may have come in its place meanwhile.
        while (still_ms := button.evaluate(STILL_UNSETTLED_MS)) > 0:
            self.page.wait_for_timeout(still_ms)
        button.click()

    def will_press(self, name: str) -> None:
        """Press this when it comes, on the page that is open and on those that follow."""
        words = json.dumps(name)
        self.context.add_init_script(f"({PRESSES_WHEN_IT_COMES})({words})")
        if self.page.url != "about:blank":
            self.page.evaluate(f"({PRESSES_WHEN_IT_COMES})({words})")

    def touches(self) -> None:
        """A page may sound and tremble once a finger has been on it, and no script can do that."""
        patient_until = time.monotonic() + PATIENCE_S
        session = self.context.new_cdp_session(self.page)
        # A document that was just gone to may not stand yet, and the one before it was touched.
        while not self.page.evaluate("() => navigator.userActivation.hasBeenActive"):
            assert time.monotonic() < patient_until, "the page was never touched"
            session.send("Runtime.evaluate", {"expression": "0", "userGesture": True})
        session.detach()

    def sends(self, path: str, page: str, **form: str) -> str:
        """What this browser is answered when it sends the form of a page, without drawing either."""
        token = TOKEN.search(self.context.request.get(page).text()).group(1)
        answer = self.context.request.post(
            path,
            form={"csrfmiddlewaretoken": token, **form},
            headers={"Origin": self.place, "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.ok, (path, answer.status)
        self.came_to = urlsplit(answer.url).path
        return answer.text()

    def sees(self, words: str, *, within_s: float = PATIENCE_S) -> None:
        expect(self.page.locator("main")).to_contain_text(words, timeout=within_s * 1000)

    def waits_for(self, stage: str, *, within_s: float = PATIENCE_S) -> None:
        """Until this page has shown that stage; at this pace it may have passed since."""
        self.waits_until(
            lambda: any(s["stage"] == stage for s in self.seen), f"come to {stage}", within_s
        )

    def waits_until(
        self, comes: Callable[[], object], what: str, within_s: float = PATIENCE_S
    ) -> None:
        began_s = time.monotonic()
        while not comes():
            assert time.monotonic() - began_s < within_s, f"it has not {what}"
            self.waits(0.03)

    def waits(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)

    def leaves(self) -> None:
        self.context.close()

    # What a test asks afterwards

    @property
    def frames(self) -> list[bytes]:
        return [frame for line in self.lines for frame in line]

    @property
    def journey(self) -> dict:
        return self.page.evaluate("window.__journey")

    @property
    def seen(self) -> list[dict]:
        """What stood on the screen, each with when it began to."""
        return self.journey["seen"]

    @property
    def shows(self) -> list[dict]:
        """The shows that the server has sent here."""
        return [message for message in self.heard if message["t"] == "show"]

    def sentences(self) -> list[str]:
        """The words of the guide, in the order in which they came."""
        said = [s["text"] for s in self.seen if s["stage"] and s["key"] and not s["still"]]
        return [text for number, text in enumerate(said) if number == 0 or text != said[number - 1]]

    def goes_quietly(self, *, but: tuple[str, ...] = ()) -> None:
        """Nobody else was asked, nothing was refused, and the console is empty."""
        home = urlsplit(self.place).netloc
        elsewhere = [
            url
            for url in self.asked
            if urlsplit(url).scheme not in ("blob", "data") and urlsplit(url).netloc != home
        ]
        said = [c for c in self.complaints if not any(expected in c for expected in but)]
        told = elsewhere, said, self.journey["refused"]
        assert told == ([], [], []), told


@dataclass
class Two:
    """Two people in one sitting; at a shared device the second of them is nobody of their own."""

    ada: Somebody
    ben: Somebody

    def __iter__(self):
        return iter((self.ada, self.ben))


def open_a_door(ada: Somebody) -> None:
    """From the front page to the page where the other is let in."""
    ada.open("/")
    ada.page.get_by_role("button", name="Someone is beside me").click()
    ada.page.wait_for_url("**/door/")


def choose_terms(ada: Somebody, practice: str, seating: str, *, song: bool = False) -> None:
    """What is practised and where; Ada goes first, so that no coin decides what a test sees."""
    ada.page.get_by_text("Change what you do").click()
    ada.page.locator("[name=practice]").select_option(practice or "back-to-back-breathing")
    ada.page.locator("[name=seating]").select_option(seating or "beside")
    ada.page.locator("[name=first]").select_option("one")
    ada.page.locator("[name=song]").set_checked(song)


def link_of(ada: Somebody) -> str:
    """The link that Ada would send, as a path on this machine."""
    link = urlsplit(ada.page.locator("#link").input_value())
    return f"{link.path}#{link.fragment}"


def knock(gus: Somebody, link: str, name: str = "Ben") -> None:
    gus.open(link)
    gus.page.get_by_label("Your name").fill(name)
    gus.page.get_by_role("button", name="Come in").click()
    gus.page.wait_for_url("**/waiting/")


def walk_in(ada: Somebody, ben: Somebody) -> Two:
    """Both come to the page of one sitting by every page that people take."""
    open_a_door(ada)
    knock(ben, link_of(ada))
    ada.page.reload()
    ada.page.get_by_role("button", name="Let Ben in").click()
    ada.page.wait_for_url("**/sitting/*/")
    # He looks again; the page may do so by itself in the same moment.
    with contextlib.suppress(Error):
        ben.page.goto("/waiting/")
    ben.page.wait_for_url("**/sitting/*/")
    return Two(ada, ben)


def arrange(
    ada: Somebody, ben: Somebody, practice: str = "", seating: str = "", *, song: bool = False
) -> str:
    """Where the two can sit down: their browsers have been let in, and no page has been drawn.

    How that goes for people is a journey of its own. Ada goes first, so that no coin decides what a
    test sees.
    """
    door = ada.sends("/beside/", "/")
    link = urlsplit(LINK.search(door).group(1)).path
    ben.sends(link, link, name="Ben")
    ada.sends("/door/let-in/", "/door/", knock=_knocking(ada), **terms(practice, seating, song))
    return ada.came_to


def _knocking(ada: Somebody) -> str:
    return KNOCK.search(ada.context.request.get("/door/").text()).group(1)


def terms(practice: str, seating: str = "", song: bool = False) -> dict[str, str]:
    """What is chosen on the door's page."""
    chosen = {
        "practice": practice or "back-to-back-breathing",
        "seating": seating or "beside",
        "first": "one",
    }
    return chosen | ({"song": "on"} if song else {})


def meet(ada: Somebody, ben: Somebody, practice: str = "", seating: str = "", **more) -> Two:
    """Both are on the page of one sitting."""
    sitting = arrange(ada, ben, practice, seating, **more)
    for each in (ada, ben):
        each.page.goto(sitting, wait_until="commit")
        each.touches()
    return Two(ada, ben)


def share(ada: Somebody, practice: str = "") -> None:
    """Both sit at Ada's device."""
    ada.sends("/beside/", "/")
    ada.sends("/door/share/", "/door/", **terms(practice))
    ada.page.goto(ada.came_to, wait_until="commit")
    ada.touches()
