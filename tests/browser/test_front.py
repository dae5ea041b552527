"""The front page in a real browser."""

import pytest

pytestmark = pytest.mark.browser


def test_the_front_page_asks_nobody_else_says_nothing_on_the_console_and_leads_to_a_door(
    chromium, place
):
    context = chromium.new_context()
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{place}/")
    assert page.get_by_role("heading", level=1).is_visible()
    assert len(asked) > 1
    assert [url for url in asked if not url.startswith(f"{place}/")] == []
    assert said == []
    page.get_by_role("button", name="Someone is beside me").click()
    page.wait_for_url("**/door/")
    context.close()
