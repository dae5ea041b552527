"""A call through a real TURN server: only relayed, over a bad network, gone and back."""

import pytest

from tests.browser.conftest import paced
from tests.browser.relay import SECRET, relay
from tests.browser.test_calls import (  # noqa: F401
    BOTH,
    apart,
    are_together,
    cameras,
    comes,
    hears,
    sees,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.timeout(400),
    pytest.mark.xdist_group("relayed_calls"),
]


@pytest.fixture(scope="module")
def relayed(tmp_path_factory):
    with relay(tmp_path_factory.mktemp("coturn")) as found:
        yield found


@pytest.fixture
def network(relayed):
    return relayed[0]


@pytest.fixture(scope="module")
def brisk(tmp_path_factory, relayed):
    """A place whose host has named that server, and lets calls go by it alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELATIONAL_SPACE_TURN", f"turn:127.0.0.1:{relayed[1]}?transport=udp")
        patch.setenv("RELATIONAL_SPACE_TURN_SECRET", SECRET)
        patch.setenv("RELATIONAL_SPACE_RELAY_ONLY", "1")
        with paced(tmp_path_factory, 8) as address:
            yield address


def test_a_relayed_call_tells_no_address_and_outlives_a_bad_network(network, apart):  # noqa: F811
    ada, ben = apart(BOTH, BOTH)
    are_together(ada, ben)
    for each in (ada, ben):
        each.waits_until(lambda each=each: sees(each), "seen the other")
        ways = each.page.evaluate("window.__ways")
        assert ways
        assert all(" typ relay " in way for way in ways)
        assert all(" raddr 0.0.0.0 " in way for way in ways)
        assert each.page.evaluate("window.__told.iceTransportPolicy") == "relay"

    # Half a second from one to the other, and one datagram in twenty is lost.
    network.delay_s, network.loss = 0.25, 0.05
    before = len(ada.sentences())
    for each in (ada, ben):
        each.waits_until(lambda each=each: comes(each, 3000)["frames"] > 2, "seen the other")
        hears(each)
    assert network.lost > 10

    # Gone for a while, and back: nobody is blamed, and the guide has gone on.
    network.gone = True
    ada.sees("The call can't come through just now.", within_s=60)
    words = ada.page.inner_text("main")
    assert not any(telling in words for telling in ("Ben", "left", "they ended"))
    network.gone, network.delay_s, network.loss = False, 0.0, 0.0
    for each in (ada, ben):
        each.waits_until(lambda each=each: sees(each), "seen the other again", 90)
        hears(each)
        assert not any(s["still"] for s in each.seen)
    assert len(ada.sentences()) > before
    for each in (ada, ben):
        each.goes_quietly()
