"""How fast a device may speak, and how many sockets a network may hold open.

Real seconds, given as an argument: no clock is read here.
"""

import ipaddress
from collections import Counter
from typing import Generic, TypeVar

RATE_HZ = 30.0
"""Messages a second that a device may keep up for ever; a page sends one or two."""

BURST = 60
"""Messages that it may send at once after a silence."""

FRAME_RATE_HZ = 40.0
"""Frames of readings a second that a device may keep up: ten, and twenty to make up for a drop."""

FRAME_BURST = 80


class Bucket:
    """Holds up to `burst` tokens and gains `rate_hz` of them a second; a message takes one."""

    __slots__ = ("_burst", "_filled_s", "_rate_hz", "_tokens")

    def __init__(self, now_s: float, *, rate_hz: float = RATE_HZ, burst: int = BURST) -> None:
        self._rate_hz, self._burst = rate_hz, burst
        self._tokens = float(burst)
        self._filled_s = now_s

    def take(self, now_s: float) -> bool:
        """Take one token, if there is one."""
        tokens = self._tokens
        if now_s > self._filled_s:
            tokens += (now_s - self._filled_s) * self._rate_hz
            if tokens > self._burst:
                tokens = self._burst
            self._filled_s = now_s
        is_there = tokens >= 1
        self._tokens = tokens - 1 if is_there else tokens
        return is_there


MOST_SOCKETS = 200
"""Sockets of one network, that have not said who they are, and that have."""

_Socket = TypeVar("_Socket")


def network(address: str) -> str:
    """What an address is counted as: a /24, or a /48 of IPv6; empty when it is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 6 and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


class Crowd(Generic[_Socket]):
    """The open sockets of every network.

    A network is a home, an office or everybody behind one proxy: whoever fills it must keep nobody
    else out. So the newest socket is always heard, and the one that has said nothing for longest
    goes; and where one of two sits, the other is let in however many there are.
    """

    def __init__(self, most: int = MOST_SOCKETS) -> None:
        self._most = most
        self._silent: dict[str, dict[_Socket, None]] = {}
        self._seated: Counter[str] = Counter()

    def come(self, network: str, socket: _Socket) -> _Socket | None:
        """One more that has said nothing yet; the answer is the one that has to go for it, if any."""
        silent = self._silent.setdefault(network, {})
        goes = next(iter(silent)) if len(silent) >= self._most else None
        if goes is not None:
            del silent[goes]
        silent[socket] = None
        return goes

    def speak(self, network: str, socket: _Socket) -> None:
        """It has said who it is, or has gone before that."""
        silent = self._silent.get(network, {})
        silent.pop(socket, None)
        if not silent:
            self._silent.pop(network, None)

    def sit(self, network: str, *, awaited: bool) -> bool:
        """Whether one more may sit; `awaited` is whoever the other of two is there for."""
        if self._seated[network] >= self._most and not awaited:
            return False
        self._seated[network] += 1
        return True

    def rise(self, network: str) -> None:
        """One that sat has gone."""
        self._seated[network] -= 1
        if self._seated[network] <= 0:
            del self._seated[network]
