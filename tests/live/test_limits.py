"""How fast a device may speak, and how many may come from one network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relational_space.live.limits import BURST, RATE_HZ, Bucket, Crowd, network


def test_a_page_that_beats_and_presses_is_never_refused():
    bucket = Bucket(0.0)
    assert all(bucket.take(tick / 10) for tick in range(1000))


def test_what_was_saved_up_can_be_spent_at_once_and_no_more():
    bucket = Bucket(0.0)
    assert sum(bucket.take(100.0) for _ in range(BURST * 2)) == BURST


def test_an_empty_bucket_fills_at_its_rate():
    bucket = Bucket(0.0)
    while bucket.take(0.0):
        pass
    assert sum(bucket.take(1.0) for _ in range(BURST)) == RATE_HZ


def test_a_clock_that_stands_before_gains_nothing():
    bucket = Bucket(10.0, burst=1)
    assert bucket.take(10.0)
    assert not bucket.take(0.0)
    assert not bucket.take(10.0)


@given(st.lists(st.floats(0.0, 1.0), max_size=300))
def test_never_more_than_the_burst_and_the_rate_together(gaps):
    bucket, now_s, taken = Bucket(0.0), 0.0, 0
    for gap_s in gaps:
        now_s += gap_s
        taken += bucket.take(now_s)
    assert taken <= BURST + RATE_HZ * now_s + 1e-6


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:7:8::9", "2001:db8:7::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", ""),
    ],
)
def test_a_network_is_what_one_household_or_one_customer_has(address, counted):
    assert network(address) == counted


def test_of_a_network_nothing_is_remembered_once_its_sockets_have_gone():
    crowd = Crowd(most=2)
    for socket in "abc":
        crowd.come("here", socket)
    for socket in "abc":
        crowd.speak("here", socket)
    assert crowd.sit("here", awaited=False)
    crowd.rise("here")
    assert not crowd._silent
    assert not crowd._seated
