"""A TURN server on this machine, and a bad network before it: datagrams that are late, lost, or all gone.

All that two pages in relay-only mode say to each other passes through here twice. Whoever has no coturn is
told so by the tests that they leave out.
"""

import contextlib
import heapq
import itertools
import random
import selectors
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SECRET = "a secret of this test alone"


class BadNetwork:
    """Passes datagrams on to a port of this machine and back, so late, and so many of them not at all."""

    def __init__(self, to_port: int) -> None:
        self.delay_s, self.loss, self.gone = 0.0, 0.0, False
        self.passed = self.lost = 0
        self._to = ("127.0.0.1", to_port)
        self._outside = _bound()
        self.port: int = self._outside.getsockname()[1]
        self._ways: dict[tuple[str, int], socket.socket] = {}
        self._late: list[tuple[float, int, socket.socket, bytes, tuple[str, int]]] = []
        self._count = itertools.count()
        self._rng = random.Random(1)
        self._ends = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._outside, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ends = True
        self._thread.join()
        for each in (self._outside, *self._ways.values()):
            each.close()

    def _run(self) -> None:
        while not self._ends:
            for key, _ in self._selector.select(0.005):
                with contextlib.suppress(OSError):
                    self._read(key)
            while self._late and self._late[0][0] <= time.monotonic():
                _, _, through, data, where = heapq.heappop(self._late)
                with contextlib.suppress(OSError):
                    through.sendto(data, where)

    def _read(self, key: selectors.SelectorKey) -> None:
        data, sender = key.fileobj.recvfrom(65536)
        if key.data is not None:
            through, where = self._outside, key.data
        else:
            if sender not in self._ways:
                self._ways[sender] = _bound()
                self._selector.register(self._ways[sender], selectors.EVENT_READ, sender)
            through, where = self._ways[sender], self._to
        if self.gone or self._rng.random() < self.loss:
            self.lost += 1
            return
        self.passed += 1
        at_s = time.monotonic() + self.delay_s
        heapq.heappush(self._late, (at_s, next(self._count), through, data, where))


def _bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


@contextlib.contextmanager
def relay(folder: Path) -> Iterator[BadNetwork]:
    """coturn on a free port, behind a network that is still good."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("no coturn here: its turnserver isn't on the path")
    with _bound() as free:
        port = free.getsockname()[1]
    words = {
        "listening-ip": "127.0.0.1",
        "relay-ip": "127.0.0.1",
        "listening-port": port,
        "realm": "here",
        "static-auth-secret": SECRET,
        "cli-password": SECRET,
        "pidfile": folder / "pid",
        "userdb": folder / "users",
        "log-file": folder / "log",
    }
    bare = (
        "use-auth-secret",
        "no-tls",
        "no-dtls",
        "no-cli",
        "allow-loopback-peers",
        "simple-log",
        "n",
    )
    command = [program, *(f"--{name}={value}" for name, value in words.items())]
    command += [f"--{name}" if len(name) > 1 else f"-{name}" for name in bare]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        network = BadNetwork(port)
        try:
            yield network
        finally:
            network.close()
            process.terminate()
