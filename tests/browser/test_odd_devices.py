"""A phone whose clock is an hour wrong, and what a history tells after a sitting."""

import pytest

from tests.browser.people import Somebody, meet

pytestmark = pytest.mark.browser

AN_HOUR_AHEAD = """{
  const RealDate = Date, ahead = 3600e3;
  globalThis.Date = class extends RealDate {
    constructor(...given) { super(...(given.length ? given : [RealDate.now() + ahead])); }
    static now() { return RealDate.now() + ahead; }
  };
}"""


def test_a_phone_whose_clock_is_an_hour_wrong_sits_like_any_other(chromium, fast):
    ada, ben = Somebody(chromium, fast), Somebody(chromium, fast)
    ada.context.add_init_script(AN_HOUR_AHEAD)
    for each in (ada, ben):
        each.will_press("Near")
    two = meet(ada, ben)
    # Settling and the first minutes: by then a wrong clock has shown, or never does.
    for each in two:
        each.waits_until(lambda each=each: len(each.sentences()) > 8, "heard so much")
    # A busy machine may have drawn one cue too late to be seen; none comes in another order.
    adas, bens = (each.sentences()[:9] for each in two)
    both = [sentence for sentence in adas if sentence in bens]
    assert both == [sentence for sentence in bens if sentence in adas]
    assert len(both) >= 7
    for each in two:
        each.leaves()


def test_the_way_from_a_sitting_to_keeping_it_leaves_no_sitting_in_the_history(chromium, fast):
    ada, ben = Somebody(chromium, fast), Somebody(chromium, fast)
    for each in (ada, ben):
        each.will_press("Near")
    two = meet(ada, ben)
    two.ada.waits_for("sitting")
    two.ada.press("Stop")
    two.ada.press("I'm back")
    while two.ada.button("Leave this out").count():
        two.ada.press("Leave this out")
    two.ada.page.get_by_role("link", name="Would you like to keep").click()
    two.ada.page.wait_for_url("**/spaces/keep/*/")
    history = two.ada.context.new_cdp_session(two.ada.page).send("Page.getNavigationHistory")
    assert not [entry for entry in history["entries"] if "/sitting/" in entry["url"]]
    for each in two:
        each.leaves()
