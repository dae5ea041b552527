"""A camera in front of somebody who moves: a film of a person, played as a camera would see it.

Two cameras show the same film by the machine's own clock, the second so many seconds later, so that the lag
between two people is known. The film comes by `requirements-film.lock`; whoever hasn't got it, or has a
browser that can't play it, is told so by the tests that they leave out.
"""

import base64
import json

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.place import ROOT

FILM = ROOT / "build" / "film" / "somebody.mp4"
CUT = FILM.with_suffix(".json")
HZ = 30
BEGINS_S, LASTS_S = 0.1, 2.4
"""Somebody's arms go up and down. After that somebody else walks through the picture."""
LEFT, TOP, WIDTH, HEIGHT = 300, 0, 740, 555
"""Of the film's 1768 by 994, where they are."""

CUTS = """
async ([film, begins, lasts, hz, left, top, width, height]) => {
  const bytes = Uint8Array.from(atob(film), (one) => one.charCodeAt(0));
  const video = document.createElement("video");
  video.muted = true;
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  const loaded = await new Promise((resolve) => {
    video.onloadeddata = () => resolve(true);
    video.onerror = () => resolve(false);
  });
  if (!loaded) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [480, 360];
  const pictures = [];
  for (let i = 0; i < lasts * hz; i++) {
    video.currentTime = begins + (i + 0.5) / hz;
    await new Promise((resolve) => (video.onseeked = resolve));
    canvas.getContext("2d").drawImage(video, left, top, width, height, 0, 0, 480, 360);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    const all = new Uint8Array(await blob.arrayBuffer());
    pictures.push(btoa(Array.from(all, (one) => String.fromCharCode(one)).join("")));
  }
  return pictures;
}
"""
"""Takes the film apart, picture by picture, in a browser that can play it."""

CAMERA = """
(() => {
  const { film, hz, rateHz, late, shown, beside } = SETTINGS;
  let pictures = null;
  const load = async () => {
    const answer = await fetch(film);
    const all = await answer.json();
    return Promise.all(all.map(async (one) =>
      createImageBitmap(new Blob([Uint8Array.from(atob(one), (c) => c.charCodeAt(0))]))));
  };
  const draw = (context, late, x) => {
    // There and back again, so that nobody jumps, and half as fast as it was.
    const n = pictures.length;
    const at = Math.floor((Date.now() / 1000 - late) * hz * 0.5) % (2 * n - 2);
    context.drawImage(pictures[at < n ? at : 2 * n - 2 - at], x, 0);
  };
  navigator.mediaDevices.getUserMedia = async () => {
    pictures ??= await load();
    const canvas = document.createElement("canvas");
    canvas.width = pictures[0].width * (beside === null ? 1 : 2);
    canvas.height = pictures[0].height;
    const context = canvas.getContext("2d");
    const paint = () => {
      context.fillRect(0, 0, canvas.width, canvas.height);
      if (shown) draw(context, late, 0);
      if (beside !== null) draw(context, beside, pictures[0].width);
    };
    paint();
    setInterval(paint, 1000 / rateHz);
    const stream = canvas.captureStream(rateHz);
    window.__camera = stream.getVideoTracks()[0];
    return stream;
  };
})();
"""


def pictures(chromium: Browser) -> list[str]:
    """The film as pictures, each in base64; taken apart once, which takes a minute, and kept."""
    if CUT.exists():
        kept: list[str] = json.loads(CUT.read_text(encoding="utf-8"))
        return kept
    if not FILM.exists():
        pytest.skip("the film of somebody who moves has not been fetched: ./test does")
    page = chromium.new_page()
    page.set_default_timeout(0)
    film = base64.b64encode(FILM.read_bytes()).decode()
    cut = page.evaluate(CUTS, [film, BEGINS_S, LASTS_S, HZ, LEFT, TOP, WIDTH, HEIGHT])
    page.close()
    if cut is None:
        pytest.skip("this browser can't play the film of somebody who moves")
    CUT.write_text(json.dumps(cut), encoding="utf-8")
    return list(cut)


def in_front_of(
    where: BrowserContext | Page,
    film: list[str],
    *,
    late_s: float = 0.0,
    rate_hz: float = 30,
    shown: bool = True,
    beside_s: float | None = None,
) -> None:
    """From the next page on, a camera here sees the film, so much later than the clock says.

    With `beside_s` a second person is in the same picture, late by so much.
    """
    where.route("**/static/somebody.json", lambda route: route.fulfill(json=film))
    settings = {
        "film": "/static/somebody.json",
        "hz": HZ,
        "rateHz": rate_hz,
        "late": late_s,
        "shown": shown,
        "beside": beside_s,
    }
    where.add_init_script(CAMERA.replace("SETTINGS", json.dumps(settings)))
