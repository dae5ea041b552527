"""The pages that anybody can read, in a real browser: light and dark, narrow, large, without scripts."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/",
    "/alone/",
    "/whom/",
    "/ask/",
    "/asked/",
    "/practices/",
    "/practices/settle/",
    "/practices/back-to-back-breathing/",
    "/practices/mirroring/",
    "/practices/what-i-see-in-you/",
    "/help/",
    "/care/",
)
NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(chromium, place, scheme):
    context = chromium.new_context(viewport=NARROW, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(place + path)
        for closed in page.locator("details:not([open]) > summary").all()[:3]:
            closed.click()
        page.evaluate(AXE.read_text())
        violations = page.evaluate("axe.run().then((answer) => answer.violations)")
        if violations:
            found[path] = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations]
    context.close()
    assert found == {}


@pytest.mark.parametrize("letters", ["100%", "200%"])
def test_no_page_scrolls_sideways_on_a_narrow_phone(chromium, place, letters):
    context = chromium.new_context(viewport=NARROW)
    page = context.new_page()
    wide = {}
    for path in PAGES:
        page.goto(place + path)
        page.evaluate(
            "(letters) => document.documentElement.style.setProperty('font-size', letters)",
            f"{18 * int(letters[:-1]) // 100}px",
        )
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[path] = over
    context.close()
    assert wide == {}


def test_what_can_be_pressed_is_large_enough_for_a_thumb(chromium, place):
    context = chromium.new_context(viewport=NARROW)
    page = context.new_page()
    small = []
    for path in PAGES:
        page.goto(place + path)
        for part in page.locator("button, summary, .bar a, a.door, a.button, textarea").all():
            box = part.bounding_box()
            if box and min(box["height"], box["width"]) < 44:
                small.append((path, part.inner_text(), box))
    context.close()
    assert small == []


def test_without_scripts_everything_can_be_read_and_the_way_out_works(chromium, place):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{place}/alone/")
    assert page.get_by_text("There is no way to do it wrong.").is_visible()
    assert page.get_by_role("button").count() == 0
    page.goto(f"{place}/ask/")
    assert page.get_by_label("The message").input_value().strip().endswith("so is no answer.")
    assert page.get_by_role("button").count() == 0
    page.goto(f"{place}/practices/mirroring/")
    assert page.get_by_text("Your hands are in slow water.").is_visible()
    page.goto(f"{place}/help/")
    page.get_by_text("Ireland").click()
    assert page.get_by_role("link", name="116 123").first.is_visible()
    way_out = page.get_by_role("link", name="Quick exit to another site")
    assert way_out.get_attribute("href").startswith("https://")
    context.close()


def test_the_message_can_be_changed_and_copied(chromium, place):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{place}/ask/")
    page.get_by_label("The message").fill("Would you?")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.").wait_for()
    context.close()


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(chromium, place):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{place}/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="To the content")
    assert skip.evaluate("(link) => link === document.activeElement && link.offsetWidth > 44")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    first = page.get_by_role("button", name="Someone is beside me")
    assert first.evaluate("(door) => door === document.activeElement")
    assert first.evaluate("(door) => getComputedStyle(door).outlineStyle") == "solid"
    context.close()


def test_a_practice_prints_whole_and_without_what_only_a_screen_needs(chromium, place):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{place}/practices/mirroring/")
    page.emulate_media(media="print")
    assert page.get_by_text("Your hands are in slow water.").is_visible()
    assert not page.locator(".bar").is_visible()
    assert not page.locator(".not-printed").first.is_visible()
    context.close()
