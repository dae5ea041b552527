"""Ada, Ben and Gus, each with a browser of their own, and the ways they take through the place.

What is written here is what a person would do: open, read, press. A press waits as long as a control
must have been on the screen before it counts.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.browser.line import Line

WATCHING = Path(__file__).with_name("watching.js")
SETTLED_MS = 650

PATIENCE_S = 30
"""How long a machine with much else to do may take to show what comes next."""

NET_IS_GONE = ("net::ERR_", "WebSocket connection to", "Failed to fetch")


class Somebody:
    """One person at one device."""

    def __init__(
        self, chromium: Browser, place: str, *, line: Line | None = None, **device
    ) -> None:
        self.place = place
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
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("console", lambda message: self.complaints.append(message.text))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(json.loads(frame)))
        socket.on("framesent", lambda frame: self.said.append(json.loads(frame)))

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
        self.page.wait_for_timeout(SETTLED_MS)
        button.click()

    def presses_until(self, name: str, done: Callable[[], bool]) -> None:
        """At this pace a moment can pass under the finger; the next one brings the control again."""
        for _ in range(4):
            self.press(name)
            self.waits(0.3)
            if done():
                return
        raise AssertionError(f"“{name}” was pressed four times, and nothing came of it")

    def sees(self, words: str, *, within_s: float = PATIENCE_S) -> None:
        expect(self.page.locator("main")).to_contain_text(words, timeout=within_s * 1000)

    def waits_for(self, stage: str, *, within_s: float = PATIENCE_S) -> None:
        self.page.locator(f".room[data-stage={stage}]").wait_for(timeout=within_s * 1000)

    def waits(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)

    def leaves(self) -> None:
        self.context.close()

    # What a test asks afterwards

    @property
    def journey(self) -> dict:
        return self.page.evaluate("window.__journey")

    @property
    def seen(self) -> list[dict]:
        """What stood on the screen, each with when it began to."""
        return self.journey["seen"]

    def sentences(self) -> list[str]:
        """The words of the guide, in the order in which they came."""
        said = [s["text"] for s in self.seen if s["stage"] and s["key"] and not s["still"]]
        return [text for number, text in enumerate(said) if number == 0 or text != said[number - 1]]

    def when(self, text: str) -> float:
        """When these words came to the screen, in seconds."""
        return next(s["at"] for s in self.seen if s["text"] == text) / 1000

    def goes_quietly(self, *, but: tuple[str, ...] = ()) -> None:
        """Nobody else was asked, nothing was refused, and the console is empty."""
        home = urlsplit(self.place).netloc
        elsewhere = [
            url
            for url in self.asked
            if urlsplit(url).scheme not in ("blob", "data") and urlsplit(url).netloc != home
        ]
        assert elsewhere == []
        assert [c for c in self.complaints if not any(expected in c for expected in but)] == []
        assert self.journey["refused"] == []


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


def meet(ada: Somebody, ben: Somebody, practice: str = "", seating: str = "", **terms) -> Two:
    """Both are on the page of one sitting, and have pressed nothing yet.

    Each looks again instead of waiting until the page has asked; how that goes is a journey of its
    own.
    """
    open_a_door(ada)
    knock(ben, link_of(ada))
    ada.page.reload()
    choose_terms(ada, practice, seating, **terms)
    ada.page.get_by_role("button", name="Let Ben in").click()
    ada.page.wait_for_url("**/sitting/*/")
    ben.page.goto("/waiting/")
    ben.page.wait_for_url("**/sitting/*/")
    return Two(ada, ben)


def share(ada: Somebody, practice: str = "") -> None:
    """Both sit at Ada's device."""
    open_a_door(ada)
    choose_terms(ada, practice, "")
    ada.page.get_by_role("button", name="Share this phone").click()
    ada.page.wait_for_url("**/sitting/*/")
