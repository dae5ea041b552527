"""Print what a pair costs while two phones are felt: processor time, latency, skew, memory, storms.

    python -m bench.live                     all of it, some five minutes
    python -m bench.live --pairs 500         the table for 500 pairs alone
    python -m bench.live --only storm

The place is the whole live path without Django: sockets by picows or by uvicorn, the conversation, the
room, both people's consent, the engine, and records in memory. Load comes from a process of its own on
another core, bounded in time: each device sends a frame of ten readings ten times a second and its
heartbeat, and gets the other's breath back, since the practice shows it. With a C compiler that load is
`pairs.c`, which can do for thousands what this file can do for five hundred pairs. Where `../shared/tools`
are there too, the C relay is measured beside it in the same run, with the same number of frames of about
the same size; the ratio of processor time is what holds on a busy machine, and a latency is not.

How far apart the two of a pair are shown the same thing is measured where it is written (at the server), and
where it comes (at the load).
"""

import argparse
import asyncio
import json
import math
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import picows

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT.parent / "shared" / "tools"
ORIGIN = "http://localhost:8000"
FRAMES_HZ = 10
READINGS = 10
BEAT_S = 0.01
"""The place's own (`live/feeling.py`): what waits is handed to the engine so often."""
LATE_S = 0.5
"""How late the wave of a moment is (`live/engine.py`), by the filter and not by the way."""
WARM_S = 30.0
"""A breath is shown once it has been heard for a while."""
BEGIN, TELL = signal.SIGUSR1, signal.SIGUSR2
"""By these the place is told when what is measured begins, and asked what it has seen of it itself."""

PRACTICE = """
format = 1
languages = ["en"]
[title]
en = "Felt"
[promise]
en = "What it is."
[touch]
en = "No touch."
[limits]
en = "Nobody has tested it."
[[ladder]]
name = "near"
offered = true
en = "Near"
[ladder.apart]
en = "Each where we are"
[ladder.say]
en = "Near."
[[cue]]
name = "breath"
lasts = "600 s"
sense = ["breath"]
show = ["other-breath"]
[cue.say]
en = "Stay."
[[cue]]
name = "back"
stage = "land"
lasts = "20 s"
[cue.say]
en = "Back."
[[caution]]
en = "Nobody."
[[adapt]]
need = "floor"
en = "A chair."
[[evidence]]
en = "None."
source = "none"
"""


# The place -------------------------------------------------------------------------------------


def serve(shell: str) -> None:
    """Serve as many sittings as are asked for, each already in the middle of its practice."""
    # Only here: the load should not wait for the engine to be imported.
    import uvicorn

    from relational_space.live import sockets, wire
    from relational_space.live.asgi import Live
    from relational_space.live.conversation import Entrance
    from relational_space.live.feeling import Senses
    from relational_space.live.ports import Loaded, Seated
    from relational_space.live.rooms import Rooms
    from relational_space.practice.events import Began, CueBegan, Joined, Opened, RungSet
    from relational_space.practice.practice import BOTH_SEATS, Seat

    class Memory:
        """Records that are nowhere; every sitting is in its practice since forty seconds."""

        async def load(self, sitting: str) -> Loaded:
            opened = Opened(0.0, "felt", PRACTICE, "", Seat.ONE, False, False, 1.0)
            events = (
                opened,
                *(Joined(0.0, seat) for seat in Seat),
                Began(0.0, 0.0),
                RungSet(0.0, 0, False),
                CueBegan(0.0, 0, 0.0),
            )
            return Loaded(events, 40.0, 0.0)

        async def append(self, sitting: str, number: int, events: Any) -> None:
            await asyncio.sleep(0.004)

        async def beat(self, sittings: Any) -> None:
            pass

        async def close(self, sitting: str) -> None:
            pass

    async def read_ticket(ticket: str) -> Seated:
        pair, seat = ticket.split("/")
        return Seated(pair, frozenset({Seat(seat)}), "en")

    async def run() -> None:
        senses = Senses()
        rooms = Rooms(Memory(), lambda text, language: "", senses=senses)
        rooms.start()
        loading = rooms._load

        async def load(sitting: str) -> Any:
            room = await loading(sitting)
            # Both have said yes: it can only be said before a practice begins, and these have begun.
            unsaid = replace(room.sitting.unsaid, felt=BOTH_SEATS)
            room.sitting = replace(room.sitting, unsaid=unsaid)
            room._feel_on()
            return room

        rooms._load = load
        await senses.ready()
        # As where sittings have a process of their own.
        sockets.settle()
        entrance = Entrance(rooms, read_ticket, {ORIGIN})
        # One machine is one network: its limit is not what is measured here.
        entrance.crowd._most = 1_000_000
        written = Written(wire, rooms)
        signalled = asyncio.get_running_loop().add_signal_handler
        signalled(BEGIN, written.clear)
        signalled(TELL, lambda: print(json.dumps(_percentiles(written.apart_s())), flush=True))
        listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        print(listener.getsockname()[1], flush=True)
        if shell == "picows":
            server = await sockets.serve(entrance, listener)
            await server.serve_forever()
        else:
            config = uvicorn.Config(
                Live(entrance),
                ws="websockets-sansio",
                ws_max_size=4096,
                ws_per_message_deflate=False,
                ws_ping_interval=None,
                lifespan="off",
                log_config=None,
            )
            await uvicorn.Server(config).serve(sockets=[listener])

    runs = sockets.run if shell == "picows" else asyncio.run
    runs(run())


class Written:
    """When each show was written: as it is made into bytes, which are sent in the same breath."""

    def __init__(self, wire: Any, rooms: Any) -> None:
        self._rooms, self._write = rooms, wire.write
        self._at_s: dict[str, list[float]] = defaultdict(list)
        self._show = wire.Show
        wire.write = self._note

    def clear(self) -> None:
        self._at_s.clear()

    def _note(self, message: Any) -> bytes:
        if type(message) is self._show:
            self._at_s[message.epoch].append(time.perf_counter())
        return self._write(message)

    def apart_s(self) -> list[float]:
        """How far apart the two of each pair were, show by show."""
        pairs = [
            [self._at_s[side.history.epoch] for side in room._sides.values()]
            for room in self._rooms._rooms.values()
        ]
        return [abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True)]


# The load --------------------------------------------------------------------------------------


class Peer(picows.WSListener):
    """One device: what a page sends, without a page."""

    def __init__(self, load: "Load", pair: int, side: int) -> None:
        self.load, self.pair, self.side = load, pair, side
        self.ready = False
        self.sequence = 0
        self.at0 = 0.0
        self.sent_s: dict[float, float] = {}
        """When the readings were sent that end at a moment, by the moment of the breath they show."""
        self.shows: dict[int, float] = {}
        self.dots_s: float | None = None
        self.began_s = time.perf_counter()

    def on_ws_connected(self, transport: Any) -> None:
        self.transport = transport
        ticket = f"{self.pair}/{('one', 'other')[self.side]}"
        hello = {"t": "hello", "v": 1, "ticket": ticket}
        transport.send(picows.WSMsgType.TEXT, msgspec.json.encode(hello))

    def on_ws_disconnected(self, transport: Any) -> None:
        self.ready = False
        self.load.lost += 1

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        data = frame.get_payload_as_bytes()
        now_s = time.perf_counter()
        if data.startswith(b'{"t":"swell"'):
            self.load.swells += 1
            sent_s = _other(self.load, self).sent_s.pop(msgspec.json.decode(data)["at"], None)
            if sent_s is not None:
                self.load.ways.append(now_s - sent_s)
            return
        message = json.loads(data) if frame.msg_type == picows.WSMsgType.TEXT else {"t": ""}
        match message["t"]:
            case "pong":
                self.load.pongs.append(now_s - message["sent"] / 1000)
            case "welcome":
                self.at0 = message["at"] - now_s
                self.ready = True
                self.load.back.append(now_s - self.began_s)
            case "show":
                self.shows[message["number"]] = now_s
            case "dots" if message["on"]:
                self.dots_s = self.dots_s or now_s

    def send_frame(self, now_s: float) -> None:
        pack = struct.pack
        at = now_s + self.at0 - 0.1
        head = pack("<BBHId", 1, 1, READINGS, self.sequence, at)
        # Slow breath, a pair of its own, on one axis; the rest is gravity and nothing.
        value = int(60 * math.sin(2 * math.pi * (0.2 + 0.001 * (self.pair % 50)) * now_s))
        values = pack("<6h", value, 0, 4900, 0, 0, 0) * READINGS
        if len(self.sent_s) > 100:
            self.sent_s.clear()
        self.sent_s[round(at + self.load.until_s - LATE_S, 3)] = now_s
        self.transport.send(picows.WSMsgType.BINARY, head + self.load.stamps + values)
        self.sequence += 1
        self.load.sent += 1

    def ping(self, now_s: float) -> None:
        shown = max(self.shows, default=0)
        ping = {"t": "ping", "sent": now_s * 1000, "shown": shown}
        self.transport.send(picows.WSMsgType.TEXT, msgspec.json.encode(ping))

    def say(self, kind: str, id: str) -> None:
        self.transport.send(picows.WSMsgType.TEXT, msgspec.json.encode({"t": kind, "id": id}))


class Load:
    """Devices of many pairs, each sending by its own phase whether the place keeps up or not."""

    def __init__(self, port: int, pairs: int) -> None:
        self.port, self.pairs = port, pairs
        step = int(1e4 / (READINGS * FRAMES_HZ))
        self.until_s = (READINGS - 1) * step * 1e-4
        self.stamps = struct.pack(f"<{READINGS}H", *(i * step for i in range(READINGS)))
        self.peers: list[Peer] = []
        self.reset()
        self.lost = 0
        self.back: list[float] = []

    def reset(self) -> None:
        self.sent = self.swells = 0
        self.pongs: list[float] = []
        self.ways: list[float] = []

    async def connect(self, pair: int, side: int) -> Peer:
        peer = Peer(self, pair, side)
        await picows.ws_connect(
            lambda: peer,
            f"ws://127.0.0.1:{self.port}/live",
            extra_headers={"Origin": ORIGIN},
        )
        return peer

    async def connect_all(self) -> None:
        for first in range(0, self.pairs, 50):
            some = range(first, min(first + 50, self.pairs))
            coming = [self.connect(pair, side) for pair in some for side in (0, 1)]
            self.peers += await asyncio.gather(*coming)
        async with asyncio.timeout(30):
            while not all(peer.ready for peer in self.peers):
                await asyncio.sleep(0.01)

    async def send(self, seconds: float) -> None:
        """Frames by everybody's phase, and a heartbeat every 650 ms: two in thirteen frames."""
        chance = random.Random(1)
        begin_s = time.perf_counter()
        due = [(begin_s + chance.random() / FRAMES_HZ, peer) for peer in self.peers]
        due.sort(key=lambda each: each[0])
        peers = [peer for _, peer in due]
        phases = [when - begin_s for when, _ in due]
        number, total = 0, len(peers)
        while (now_s := time.perf_counter()) < begin_s + seconds:
            while True:
                cycle, at = divmod(number, total)
                if begin_s + cycle / FRAMES_HZ + phases[at] > now_s:
                    break
                peer = peers[at]
                if peer.ready:
                    peer.send_frame(now_s)
                    if (cycle + at) * 2 % 13 < 2:
                        peer.ping(now_s)
                number += 1
            await asyncio.sleep(0.001)


async def load_steady(load: Load, seconds: float) -> dict[str, Any]:
    await load.connect_all()
    print("connected", flush=True)
    await load.send(WARM_S)
    load.reset()
    print("measure", flush=True)
    cpu_s, began_s = time.process_time(), time.perf_counter()
    # Meanwhile one of each tenth pair makes the practice smaller, or pauses, which both are shown.
    sending = asyncio.create_task(load.send(seconds))
    await asyncio.sleep(seconds / 2)
    told = load.peers[:: 2 * max(1, load.pairs // 50)]
    before = {id(peer): max(peer.shows, default=0) for peer in load.peers}
    for n, peer in enumerate(told):
        if peer.ready:
            peer.say("pause", f"p{n}")
    await asyncio.sleep(min(1.0, seconds / 4))
    for n, peer in enumerate(told):
        if peer.ready:
            peer.say("go_on", f"g{n}")
            _other(load, peer).say("go_on", f"o{n}")
    await sending
    wall_s = time.perf_counter() - began_s
    print("measured", flush=True)
    skews = []
    for peer in told:
        other = _other(load, peer)
        mine = [at for number, at in peer.shows.items() if number > before[id(peer)]]
        theirs = [at for number, at in other.shows.items() if number > before[id(other)]]
        skews += [abs(a - b) for a, b in zip(mine, theirs, strict=False)]
    return {
        "sent": load.sent,
        "swells": load.swells,
        "wall_s": wall_s,
        "client_cpu": (time.process_time() - cpu_s) / wall_s,
        "lost": load.lost,
        "pong_ms": _percentiles(load.pongs),
        "way_ms": _percentiles(load.ways),
        "skew_ms": _percentiles(skews),
    }


def _other(load: Load, peer: Peer) -> Peer:
    return load.peers[2 * peer.pair + 1 - peer.side]


async def load_storm(load: Load, sockets: int) -> dict[str, Any]:
    """So many sockets are reset at once, and all come back at once."""
    await load.connect_all()
    await load.send(1.0)
    gone = load.peers[:sockets]
    for peer in gone:
        own = peer.transport.underlying_transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.transport.disconnect(graceful=False)
    await asyncio.sleep(0)
    load.back.clear()
    began_s = time.perf_counter()
    print("measure", flush=True)
    back = await asyncio.gather(*(load.connect(peer.pair, peer.side) for peer in gone))
    async with asyncio.timeout(60):
        while not all(peer.ready for peer in back):
            await asyncio.sleep(0.001)
    whole_s = time.perf_counter() - began_s
    print("measured", flush=True)
    return {"all_back_ms": whole_s * 1000, "back_ms": _percentiles(load.back)}


async def load_frozen(load: Load, seconds: float) -> dict[str, Any]:
    """One of each second pair stops reading and sending; their partners and all others go on."""
    await load.connect_all()
    await load.send(2.0)
    print("measure", flush=True)
    frozen = load.peers[1::4]
    for peer in frozen:
        peer.ready = False
        peer.transport.underlying_transport.pause_reading()
    began_s = time.perf_counter()
    load.reset()
    await load.send(seconds)
    print("measured", flush=True)
    known = [
        other.dots_s - began_s
        for peer in frozen
        if (other := _other(load, peer)).dots_s is not None
    ]
    return {
        "frozen": len(frozen),
        "known_s": _percentiles([1e-3 * s for s in known]),
        "told": len(known),
        "pong_ms": _percentiles(load.pongs),
    }


def _percentiles(seconds: list[float]) -> list[float]:
    """Median, 99th percentile and largest, in ms."""
    if not seconds:
        return [math.nan] * 3
    ordered = sorted(seconds)
    return [1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99, 1.0)]


def generate(what: str, port: int, pairs: int, seconds: float) -> None:
    async def run() -> None:
        load = Load(port, pairs)
        match what:
            case "steady":
                found = await load_steady(load, seconds)
            case "storm":
                found = await load_storm(load, min(800, 2 * pairs))
            case _:
                found = await load_frozen(load, seconds)
        print(json.dumps(found), flush=True)

    asyncio.run(run())


# Both, side by side ----------------------------------------------------------------------------


def cpu_s(pid: int) -> float:
    """Processor seconds of a process so far, all threads, as the scheduler has counted them.

    The times of `stat` are sampled at the kernel's tick, and a beat that a timer begins is there at each one.
    """
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def own_kb(pid: int) -> int:
    """Memory of a process, what it shares counted in parts."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


RANK = 5
"""Of the place and the load, before all else where that is allowed. Who looks at both comes before them: it
hardly does anything, and must not be late."""


def come_before(rank: int) -> None:
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(rank))


def alone_on(core: int) -> Callable[[], None]:
    """For a new process: a core of its own, and before everything else there."""

    def settle() -> None:
        os.sched_setaffinity(0, {core})
        come_before(RANK)

    return settle


class Server:
    """A process on the first core, and what it takes."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            preexec_fn=alone_on(0),
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def pid(self) -> int:
        return self.process.pid

    def line(self) -> str:
        return self.process.stdout.readline().strip()


def place(shell: str) -> tuple[Server, int]:
    server = Server(sys.executable, "-m", "bench.live", "--serve", shell)
    return server, int(server.line())


def measure(server: Server, port: int, what: str, pairs: int, seconds: float) -> dict[str, Any]:
    """The load's figures, and what the server took and saw between its two marks."""
    empty_kb = own_kb(server.pid)
    words = ["--load", what, "--port", str(port), "--pairs", str(pairs), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "bench.live", *words]
    with tempfile.TemporaryDirectory() as folder:
        quick = built(Path(__file__).with_name("pairs.c"), folder) if what == "steady" else None
        if quick is not None:
            command = [quick, str(port), str(pairs), str(seconds)]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            preexec_fn=alone_on(1),
        ) as load:
            begin = began_kb = end = ended_kb = full_kb = 0
            for line in load.stdout:
                match line.strip():
                    case "connected":
                        full_kb = own_kb(server.pid)
                    case "measure":
                        server.process.send_signal(BEGIN)
                        begin, began_kb = cpu_s(server.pid), own_kb(server.pid)
                    case "measured":
                        end, ended_kb = cpu_s(server.pid), own_kb(server.pid)
                        server.process.send_signal(TELL)
                    case found:
                        return json.loads(found) | {
                            "written_ms": json.loads(server.line()),
                            "cpu_s": end - begin,
                            "connection_kb": (full_kb - empty_kb) / (2 * pairs),
                            "grown_kb": ended_kb - began_kb,
                        }
    raise SystemExit("the load has ended without a result")


def built(source: Path, folder: str) -> str | None:
    """A program of one file in C, made in this folder; None where there is no file or no compiler."""
    program = f"{folder}/{source.stem}"
    command = ["gcc", "-O2", "-w", "-o", program, str(source), "-lm"]
    try:
        return None if subprocess.run(command, capture_output=True).returncode else program
    except FileNotFoundError:
        return None


def relay_us(pairs: int, seconds: float, size: int) -> float | None:
    """Processor µs a frame of the C relay; None where it can't be built."""
    with tempfile.TemporaryDirectory() as folder:
        cref, wsload = (built(TOOLS / name, folder) for name in ("cref.c", "wsload.c"))
        if cref is None or wsload is None:
            return None
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with Server(cref, str(port)) as relay:
            time.sleep(0.2)
            command = [wsload, "-p", str(port), "-N", str(pairs), "-s", str(size)]
            command += ["-D", str(seconds), "-W", "2", "-q"]
            with subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                preexec_fn=alone_on(1),
            ) as load:
                begin = end = 0.0
                for line in load.stderr:
                    if line.startswith("MEASURE_START"):
                        begin = cpu_s(relay.pid)
                    elif line.startswith("MEASURE_END"):
                        end = cpu_s(relay.pid)
                found = json.loads(load.stdout.read())
    return (end - begin) * 1e6 / found["recv"] if found.get("recv") else None


def table_steady(pairs: list[int], seconds: float, shells: list[str]) -> None:
    size = 16 + READINGS * (2 + 12)
    print(
        f"Frames of {size} bytes, {FRAMES_HZ} a second from each of two; breath shown to the other."
    )
    print(
        "pairs  shell    µs/frame  × relay  pong p50/p99 ms  to the other p50/p99 ms  over the beat  "
        "skew p99 ms there/here  kB/conn  lost  load's core"
    )
    for count in pairs:
        reference = relay_us(count, seconds, size)
        if reference is not None:
            print(f"{count:5}  C relay  {reference:8.1f}")
        for shell in shells:
            server, port = place(shell)
            with server:
                found = measure(server, port, "steady", count, seconds)
            each_us = found["cpu_s"] * 1e6 / max(found["sent"], 1)
            ratio = f"{each_us / reference:7.2f}" if reference else "      –"
            pong, way, skew = found["pong_ms"], found["way_ms"], found["skew_ms"]
            written = found["written_ms"]
            print(
                f"{count:5}  {shell:7}  {each_us:8.1f}  {ratio}  {pong[0]:7.2f}/{pong[1]:7.2f}  "
                f"{way[0]:12.1f}/{way[1]:11.1f}  {way[1] - 1000 * BEAT_S:13.1f}  "
                f"{written[1]:11.3f}/{skew[1]:10.3f}  {found['connection_kb']:7.1f}  "
                f"{found['lost']:4}  {found['client_cpu']:10.0%}",
                flush=True,
            )


def table_storm() -> None:
    print("\n800 of 1,000 sockets are reset and come back at once")
    taken = {}
    for shell in ("picows", "uvicorn"):
        server, port = place(shell)
        with server:
            found = measure(server, port, "storm", 500, 0)
        taken[shell] = found["all_back_ms"]
        print(f"{shell:7}  all back after {found['all_back_ms']:7.0f} ms", flush=True)
    print(f"ratio    {taken['picows'] / taken['uvicorn']:.2f}")


def table_frozen() -> None:
    print("\nOne device of each second pair, 100 pairs, stops reading and sending")
    for shell in ("picows", "uvicorn"):
        server, port = place(shell)
        with server:
            found = measure(server, port, "frozen", 100, 6)
        print(
            f"{shell:7}  {found['told']} of {found['frozen']} known, the last after "
            f"{found['known_s'][2]:.1f} s; {found['grown_kb'] / found['frozen']:.0f} kB each; "
            f"the others' pong p99 {found['pong_ms'][1]:.1f} ms",
            flush=True,
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--pairs", type=int, nargs="+", default=[100, 500, 1000, 1800])
    asked.add_argument("--seconds", type=float, default=6.0)
    asked.add_argument(
        "--shell", choices=["picows", "uvicorn"], nargs="+", default=["picows", "uvicorn"]
    )
    asked.add_argument("--only", choices=["steady", "storm", "frozen"])
    asked.add_argument("--serve", choices=["picows", "uvicorn"], help=argparse.SUPPRESS)
    asked.add_argument("--load", choices=["steady", "storm", "frozen"], help=argparse.SUPPRESS)
    asked.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        serve(given.serve)
    elif given.load:
        generate(given.load, given.port, given.pairs[0], given.seconds)
    else:
        come_before(RANK + 1)
        if given.only in (None, "steady"):
            table_steady(given.pairs, given.seconds, given.shell)
        if given.only in (None, "storm"):
            table_storm()
        if given.only in (None, "frozen"):
            table_frozen()


if __name__ == "__main__":
    main()
