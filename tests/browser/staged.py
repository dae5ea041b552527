"""A sitting's page that stands wherever a test wants it, told what to show by the test in place of a server.

The words and controls are those of the practices and of the real machine. Only the line is made up, so that
a moment can be looked at in every size without waiting for a sitting to come to it. What a place does with
what somebody presses is shown by the journeys and never here.
"""

import json
from dataclasses import fields
from typing import Any

from playwright.sync_api import WebSocketRoute, expect

from relational_space import practices
from relational_space.practice.events import Opened
from relational_space.practice.practice import Seat
from relational_space.practice.screen import Screen, screen
from relational_space.practice.sitting import Choose, Join, Ready, due, fold, step
from tests.browser.people import Somebody, arrange

SHELF = practices.gather(practices.HERE)

# A camera, and a connection that is together at once, with the other's picture: somebody drawn.
CALLED = """
(() => {
  const drawn = (ground, body) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pen = canvas.getContext("2d");
    const draw = () => {
      pen.fillStyle = ground;
      pen.fillRect(0, 0, 640, 480);
      pen.fillStyle = body;
      pen.beginPath();
      pen.arc(320, 190, 90, 0, 7);
      pen.fill();
      pen.fillRect(150, 300, 340, 180);
      pen.fillRect(60, 120, 50, 190);
    };
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10).getVideoTracks()[0];
  };
  const sound = () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
  navigator.mediaDevices.getUserMedia = async ({ video }) =>
    new MediaStream(video ? [sound(), drawn("#456", "#fda")] : [sound()]);
  window.RTCPeerConnection = class {
    connectionState = "connected";
    signalingState = "stable";
    tracks = [sound(), drawn("#9ab", "#853")];
    constructor() {
      setTimeout(() => {
        this.ontrack?.();
        this.onconnectionstatechange?.();
      });
    }
    addTrack() {}
    getReceivers() {
      return this.tracks.map((track) => ({ track }));
    }
    getTransceivers() {
      return [];
    }
    restartIce() {}
    close() {}
    async getStats() {
      return new Map([
        [1, { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.1 }],
        [2, { type: "inbound-rtp", kind: "video", framesDecoded: 10, totalProcessingDelay: 1.5 }],
      ]);
    }
  };
})();
"""


def screens_of(name: str, rung: str, seat: Seat = Seat.ONE) -> list[Screen]:
    """All that somebody is shown of this practice at this rung, in order, where nobody does anything."""
    opened = Opened(
        at=0.0,
        practice_name=name,
        practice_text=SHELF.practices[name].text,
        settle_text=SHELF.practices["settle"].text,
        first=Seat.ONE,
        song=False,
        begins_low=False,
        pace=1.0,
    )
    sitting = fold([opened])
    for each in Seat:
        for command in (Join({each}), Choose({each}, rung, False), Ready({each})):
            sitting, _ = step(sitting, command, 0.0)
    shown = [screen(sitting, {seat})]
    while (when := due(sitting)) is not None:
        sitting, _ = step(sitting, None, when)
        shown.append(screen(sitting, {seat}))
    return shown


class Staged:
    """One page of one sitting, and the test as what it talks to."""

    def __init__(self, ada: Somebody, ben: Somebody, practice: str, seating: str = "apart") -> None:
        self.ada = ada
        self.page = ada.page
        self.own: dict[str, Any] = {
            "ready": True,
            "chosen": "",
            "longer": False,
            "accepted": None,
            "going_on": None,
            "feels": False,
            "call": "nothing",
        }
        self.refuses: set[str] = set()
        """What is answered with a no, as when its moment has passed."""
        self._number = 0
        self._socket: WebSocketRoute | None = None
        sitting = arrange(ada, ben, practice, seating)
        self.page.add_init_script(CALLED)
        self.page.route("**/live/ticket", lambda route: route.fulfill(json={"ticket": "staged"}))
        self.page.route_web_socket("**/live", self._open)
        self.page.goto(sitting)
        ada.touches()
        ada.waits_until(lambda: self._number > 0, "come to the line")

    def _open(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._hear)

    def _hear(self, text: str | bytes) -> None:
        said = {"t": "frame"} if isinstance(text, bytes) else json.loads(text)
        match said["t"]:
            case "hello":
                self._number += 1
                about = {"v": 1, "epoch": "staged", "number": self._number, "recovered": False}
                self._tell("welcome", **about, at=0.0, pace=1.0, own=self.own, taken=None)
            case "ping":
                # Time stands, so that each screen stays until the test shows another in its place.
                self._tell("pong", sent=said["sent"], at=0.0, taken=None)
            case "signal" | "frame":
                pass
            case kind if kind in self.refuses:
                self._tell("refused", id=said["id"], why="too late")
            case kind:
                if kind == "wish_call":
                    self.own["call"] = said["call"]
                self._tell("heard", id=said["id"], own=self.own)

    def _tell(self, t: str, **message: Any) -> None:
        self._socket.send(json.dumps({"t": t} | message))

    def says(self, **own: Any) -> None:
        """The person here has said so before."""
        self.own |= own
        self._tell("heard", id="", own=self.own)

    def shows(self, now: Screen, **other: Any) -> None:
        """Show this until there is something else to show."""
        self._number += 1
        shown = {each.name: getattr(now, each.name) for each in fields(Screen)} | other
        shown |= {"begins_at": 0.0, "ends_at": None, "voice": ""}
        shown["key"] = f"{self._number}/{shown['key']}"
        self._tell("show", epoch="staged", number=self._number, screens=[shown])
        if shown["stage"] in ("settling", "sitting", "landing"):
            room = self.page.locator(".room")
            expect(room).to_have_attribute("data-stage", str(shown["stage"]))
            if not shown["still"]:
                expect(room.locator(".sentence")).to_have_attribute("data-key", shown["key"])

    def thin(self, on: bool) -> None:
        self._tell("dots", on=on)

    def called(self, kind: str = "picture") -> None:
        """Both would have this call, and are together. While they sit."""
        self.says(call=kind)
        self._tell("call", call=kind, meeting=1, polite=True, servers=[], relayed=False)
        self.ada.press("Turn on my")
        word = {"kind": "here", "answers": False, "from": "theirs", "to": ""}
        self._tell("signal", meeting=1, part=0, of=1, data=json.dumps(word))
        if kind == "picture":
            self.page.locator(".room[data-seen=true]").wait_for()

    def reflects(self, reflection: dict[str, Any]) -> None:
        self._tell("reflection", **reflection)
