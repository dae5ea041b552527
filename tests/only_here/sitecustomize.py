"""Python reads this first in a place that a test serves: a connection to another machine ends it."""

import os
import socket
import sys
from typing import Any

_connect = socket.socket.connect


def _only_here(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    # A datagram socket is asked for its own address only; it sends nothing by connecting.
    if self.type != socket.SOCK_DGRAM and host not in ("", "127.0.0.1", "::1", "localhost"):
        print(f"a connection to {host} was about to be made", file=sys.stderr, flush=True)
        os._exit(70)
    _connect(self, address)


socket.socket.connect = _only_here  # type: ignore[method-assign]
