"""How often something may be tried, in memory."""

import threading

from relational_space.people import actions, limits


def test_what_is_counted_is_counted_for_each_apart() -> None:
    assert [limits.count("words", "192.0.2.1", within_s=60) for _ in range(3)] == [1, 2, 3]
    assert limits.count("words", "192.0.2.2", within_s=60) == 1
    assert limits.count("opens", "192.0.2.1", within_s=60) == 1
    assert limits.counted("words", "192.0.2.1") == 3
    assert limits.counted("words", "192.0.2.3") == 0


def test_it_is_forgotten_after_its_time() -> None:
    assert limits.count("words", "192.0.2.1", within_s=0) == 1
    assert limits.counted("words", "192.0.2.1") == 0


def test_many_at_once_are_all_counted() -> None:
    limits.count("words", "192.0.2.1", within_s=60)
    threads = [
        threading.Thread(target=lambda: limits.count("words", "192.0.2.1", within_s=60))
        for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limits.counted("words", "192.0.2.1") == 51


def test_a_crowd_pushes_nothing_out_of_memory() -> None:
    """Else somebody with many addresses could make a used ticket good again."""
    token = actions.new_host_link()
    limits.count("words", "192.0.2.1", within_s=600)
    for number in range(5000):
        limits.count("words", f"2001:db8::{number:x}", within_s=600)
    assert actions.knows_host_link(token)
    assert limits.counted("words", "192.0.2.1") == 1
