"""What is on its way to one device: in order, once, or said to be lost; and never without bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relational_space.live.mailbox import RING, History, Mailbox
from relational_space.live.wire import Dots, Heard, Own, Pong

OWN = Own(
    ready=False, chosen="", longer=False, accepted=None, going_on=None, feels=False, call="nothing"
)


def history(shows: int, epoch: str = "now") -> History:
    kept = History(epoch)
    for _ in range(shows):
        kept.add(())
    return kept


@pytest.mark.parametrize(
    ("shows", "epoch", "number", "missed"),
    [
        # Nothing has been shown yet.
        (0, "now", 0, []),
        (0, "", 0, None),
        (0, "now", 1, None),
        # A page that has just been opened.
        (3, "", 0, None),
        # Nothing new.
        (3, "now", 3, []),
        (RING, "now", RING, []),
        (RING * 2, "now", RING * 2, []),
        # These.
        (3, "now", 2, [3]),
        (3, "now", 0, [1, 2, 3]),
        (RING, "now", 0, list(range(1, RING + 1))),
        (RING + 1, "now", 1, list(range(2, RING + 2))),
        (RING * 2, "now", RING, list(range(RING + 1, RING * 2 + 1))),
        # Too old.
        (RING + 1, "now", 0, None),
        (RING * 2, "now", RING - 1, None),
        (RING * 2, "now", 1, None),
        # Another life of the server, whatever the number.
        (3, "before", 3, None),
        (3, "before", 2, None),
        (3, "before", 0, None),
        (3, "NOW", 3, None),
        # A number that was never given.
        (3, "now", 4, None),
        (3, "now", 2**31, None),
        (RING * 2, "now", RING * 2 + 1, None),
    ],
)
def test_what_a_device_has_missed(shows, epoch, number, missed):
    answer = history(shows).since(epoch, number)
    assert missed == (None if answer is None else [show.number for show in answer])


def test_the_newest_show_stands_for_all():
    kept = history(RING * 2)
    assert [show.number for show in kept.newest] == [RING * 2] == [kept.number]
    assert History("now").newest == ()


@given(st.lists(st.sampled_from(["show", "kick", "take"]), max_size=600))
def test_however_often_a_device_is_kicked_it_has_every_show_once_and_in_order(happenings):
    """What lay in a mailbox that nobody emptied is given again, and nothing twice."""
    kept, mailbox, had = History("now"), Mailbox(), list[int]()
    for happening in [*happenings, "kick", "take"]:
        kicked = happening == "kick"
        if happening == "show":
            kicked = not mailbox.put(kept.add(()))
        elif happening == "take":
            had.extend(message.number for message in mailbox.take())
        if kicked:
            mailbox = Mailbox()
            missed = kept.since("now", len(had))
            if missed is None:
                # Beyond the ring: the newest alone, and the device has been told.
                assert kept.number - len(had) > RING
                had = list(range(1, kept.number))
                missed = kept.newest
            assert all(mailbox.put(show) for show in missed)
        assert had == list(range(1, len(had) + 1))
    assert len(had) == kept.number


def test_of_pongs_and_dots_only_the_newest_waits():
    mailbox = Mailbox()
    for number in range(1000):
        assert mailbox.put(Pong(sent=number, at=number, taken=None))
        assert mailbox.put(Dots(on=number % 2 == 0))
    assert mailbox.take() == [Pong(sent=999, at=999, taken=None), Dots(on=False)]


def test_answers_keep_their_order_among_shows():
    mailbox, kept = Mailbox(), History("now")
    put = [kept.add(()), Heard("1", OWN), kept.add(()), Heard("2", OWN)]
    for message in put:
        mailbox.put(message)
    assert mailbox.take() == put
    assert len(mailbox) == 0


def test_a_mailbox_that_nobody_empties_is_full_one_day():
    mailbox = Mailbox()
    assert all(mailbox.put(Heard(str(number), OWN)) for number in range(RING))
    assert not mailbox.put(Heard("one too many", OWN))
    assert len(mailbox) == RING
    mailbox.take()
    assert mailbox.put(Heard("again", OWN))
