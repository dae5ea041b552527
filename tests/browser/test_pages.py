"""The pages that anybody can read, in a real browser: light and dark, narrow, large, without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import NARROW, Look

pytestmark = pytest.mark.browser

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
    "/seen/",
)


def test_every_page_can_be_read_by_everybody_light_and_dark_narrow_and_large(chromium, place):
    context = chromium.new_context(viewport=NARROW)
    page, look = context.new_page(), Look()
    for path in PAGES:
        page.goto(place + path)
        look.at(page, path)
    context.close()
    assert look.screens == list(PAGES)
    assert look.wrong == []


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
    expect(page.get_by_text("Copied.")).to_be_visible()
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
