"""The call of one room: when its two devices are told of it, and what they say to each other about it.

The two browsers are joined to each other; what passes here is only how they find each other. It is
never read, never kept and never logged, since it holds the addresses of two homes, and it passes only
while both people want the call and both devices are here. Both are told so first, and of the same
meeting: what one says before the other can hear it would be lost, and they would wait for each other
for ever. Whenever one of the devices comes again, they meet again under a new number.
"""

from collections.abc import Mapping

from relational_space.live import wire
from relational_space.live.limits import Bucket
from relational_space.live.mailbox import Mailbox
from relational_space.live.ports import FindWays, Ways
from relational_space.practice.practice import BOTH_SEATS, Call, Seat

RATE_HZ = 8.0
"""Signals a second that a device may keep up; a browser says some twenty in its first second."""

BURST = 64


class Signalling:
    """What the two devices of a room have been told of their call."""

    def __init__(self) -> None:
        self.number = 0
        """Of the newest meeting; 0 before the first."""
        self._call = Call.NOTHING
        self._met: Mapping[Seat, Mailbox] = {}
        self._buckets: dict[Seat, Bucket] = {}

    def tell(
        self, call: Call, mailboxes: Mapping[Seat, Mailbox], ways: FindWays
    ) -> Mapping[Seat, wire.Call]:
        """What is to be told to whom now; `mailboxes` are those of the devices that are here.

        A mailbox stands for one connection: another one is a device that has come again.
        """
        met = self._met.keys() == BOTH_SEATS and all(
            mailboxes.get(seat) is self._met[seat] for seat in BOTH_SEATS
        )
        if call is Call.NOTHING:
            told = {seat for seat in mailboxes if self._met.get(seat) is not mailboxes[seat]}
            told |= set(mailboxes) if self._call is not call else set()
            self._call, self._met = call, dict(mailboxes)
            # Where there has been none, nobody is told that there is none.
            return {seat: self._message(seat, ways) for seat in told} if self.number else {}
        lessened = call is not self._call and self._call is not Call.NOTHING
        if mailboxes.keys() == BOTH_SEATS and not (met and self._call is not Call.NOTHING):
            self.number += 1
            self._call, self._met = call, dict(mailboxes)
            return {seat: self._message(seat, ways) for seat in BOTH_SEATS}
        self._call = call
        return {seat: self._message(seat, ways) for seat in mailboxes} if lessened else {}

    def passes(self, seat: Seat, signal: wire.Signal, now_s: float) -> bool:
        """Whether this goes on to the other: there is a call, it is of this meeting, and not too much."""
        bucket = self._buckets.setdefault(seat, Bucket(now_s, rate_hz=RATE_HZ, burst=BURST))
        current = self._call is not Call.NOTHING and signal.meeting == self.number
        return bucket.take(now_s) and current

    def _message(self, seat: Seat, find: FindWays) -> wire.Call:
        ways = Ways() if self._call is Call.NOTHING else find()
        return wire.Call(
            call=self._call.name.lower(),
            meeting=self.number,
            polite=seat is Seat.OTHER,
            servers=tuple(
                wire.IceServer(each.urls, each.username, each.credential) for each in ways.servers
            ),
            relayed=ways.relayed,
        )
