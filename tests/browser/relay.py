"""A bad network: datagrams that are late, lost, or all gone. It stands between two browsers, or before a TURN
server on this machine.

All that two pages in relay-only mode say to each other passes through here twice, and what two say to each
other directly once. Whoever has no coturn is told so by the tests that they leave out.
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
    """Passes datagrams on to ports of this machine and back, so late, and so many of them not at all."""

    def __init__(self) -> None:
        self.delay_s, self.loss, self.gone = 0.0, 0.0, False
        self.passed = self.lost = 0
        self._outside: dict[int, socket.socket] = {}
        self._ways: dict[tuple[int, tuple[str, int]], socket.socket] = {}
        self._late: list[tuple[float, int, socket.socket, bytes, tuple[str, int]]] = []
        self._count = itertools.count()
        self._rng = random.Random(1)
        self._ends = False
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def through(self, port: int) -> int:
        """By which port this network leads to that one."""
        if port not in self._outside:
            self._outside[port] = _bound()
            self._selector.register(self._outside[port], selectors.EVENT_READ, (port, None))
        return self._outside[port].getsockname()[1]

    def close(self) -> None:
        self._ends = True
        self._thread.join()
        for each in (*self._outside.values(), *self._ways.values()):
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
        port, asked_by = key.data
        if asked_by is not None:
            through, where = self._outside[port], asked_by
        else:
            if (port, sender) not in self._ways:
                self._ways[port, sender] = way = _bound()
                self._selector.register(way, selectors.EVENT_READ, (port, sender))
            through, where = self._ways[port, sender], ("127.0.0.1", port)
        if self.gone or self._rng.random() < self.loss:
            self.lost += 1
            return
        self.passed += 1
        at_s = time.monotonic() + self.delay_s
        heapq.heappush(self._late, (at_s, next(self._count), through, data, where))


# Where the other's page is to be found is told as it was, but for the port; by another way they aren't found.
THROUGH = """
(() => {
  const { addIceCandidate, setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addIceCandidate = async function (told) {
    const words = told.candidate.split(" ");
    const [, , protocol, , address, port] = words;
    if (protocol.toLowerCase() !== "udp" || address !== "127.0.0.1") return;
    words[5] = await window.__through(Number(port));
    await addIceCandidate.call(this, { ...told, candidate: words.join(" ") });
  };
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: sdp.replace(/^a=candidate:.*\\r\\n/gm, "") });
  };
})();
"""


def _bound() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made


@contextlib.contextmanager
def relay(folder: Path) -> Iterator[tuple[BadNetwork, int]]:
    """coturn behind a network that is still good, and by which port."""
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
        network = BadNetwork()
        try:
            yield network, network.through(port)
        finally:
            network.close()
            process.terminate()
