"""Looks at one screen after another as people may have it, and says what is wrong with it."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.place import ROOT

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

# A screen that is looked at while it fades isn't the one that anybody reads.
FADED = "document.getAnimations().forEach((each) => each.finish())"

TOO_SMALL = """
() => [...document.querySelectorAll(
    "button, summary, a.button, a.door, .choice, .bar a, .links a, textarea"
  )]
  .filter((each) => each.checkVisibility())
  .filter((each) => Math.min(each.offsetHeight, each.offsetWidth) < 44)
  .map((each) => `${each.textContent.trim()} ${each.offsetWidth} × ${each.offsetHeight}`)
"""


# What somebody reads, chooses or looks at while they sit, and what holds pause and stop at the edge.
BENEATH = """
() => {
  scrollTo(0, 0);
  const holds = document.querySelector(".room .holds")?.getBoundingClientRect();
  if (!holds) return [];
  const all = document.querySelectorAll(
    ".room :is(.sentence, .swells button, .their-picture, .call-controls button)"
  );
  return [...all].filter((each) => {
    const box = each.getBoundingClientRect();
    return each.checkVisibility() && box.bottom > holds.top && box.top < holds.bottom;
  }).map((each) => each.textContent.trim() || each.className);
}
"""


def faults(page: Page, screen: str) -> list[tuple[str, str, str]]:
    """What is wrong with this screen as it is now: by axe, too small for a thumb, or too wide."""
    page.evaluate(FADED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE};0")
    violations = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((answer) => answer.violations)"
    )
    found = [(screen, v["id"], n["html"][:160]) for v in violations for n in v["nodes"]]
    found += [(screen, "too small", words) for words in page.evaluate(TOO_SMALL)]
    return found + too_wide(page, screen)


def too_wide(page: Page, screen: str) -> list[tuple[str, str, str]]:
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [(screen, "sideways", f"{over} px")] if over > 0 else []


@dataclass
class Look:
    """Every screen by day on a phone, and by night on a narrow one with large letters and no motion."""

    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)

    def at(self, page: Page, screen: str) -> None:
        self.screens.append(screen)
        page.eval_on_selector_all("main details", "all => all.forEach((one) => (one.open = true))")
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        page.set_viewport_size(PHONE)
        self.wrong += faults(page, f"{screen}, light")
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size(NARROW)
        self.wrong += too_wide(page, f"{screen}, narrow")
        under = page.evaluate(BENEATH)
        self.wrong += [(screen, "under pause and stop", words) for words in under]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        self.wrong += faults(page, f"{screen}, dark, narrow, large letters")
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(PHONE)
