"""The way between a browser and a place, which a test can make thin: a SOCKS proxy with a tap.

What a browser sends is in `heard`, to its last byte.

A stalled line loses nothing and closes nothing, as when a phone walks out of reach: the bytes wait,
and neither end is told.
"""

import asyncio
import contextlib
import random
import threading


class Line:
    """One proxy in a thread of its own; every connection of one browser context goes through it."""

    def __init__(self, jitter_s: float = 0.0) -> None:
        self.jitter_s = jitter_s
        self.heard = bytearray()
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._ends: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(5)

    @property
    def address(self) -> str:
        return f"socks5://127.0.0.1:{self._port}"

    def stall(self) -> None:
        """From now on nothing arrives, in either direction."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def flow(self) -> None:
        """What was kept back arrives, and all that follows."""
        self._loop.call_soon_threadsafe(self._flowing.set)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self._port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        self._flowing.set()
        for end in self._ends.values():
            end.transport.abort()
        self._loop.run_until_complete(asyncio.gather(*self._ends, return_exceptions=True))
        self._loop.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._ends[task] = writer
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            del self._ends[task]
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = ".".join(map(str, await reader.readexactly(4)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        await self._flowing.wait()
        # A place listens on IPv4; “localhost” may be tried as IPv6 first.
        host = "127.0.0.1" if host == "localhost" else host
        far_reader, far_writer = await asyncio.open_connection(host, port)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        ways = self._pipe(reader, far_writer, self.heard), self._pipe(far_reader, writer)
        await asyncio.gather(*ways, return_exceptions=True)

    async def _pipe(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        heard: bytearray | None = None,
    ) -> None:
        try:
            while data := await reader.read(64 * 1024):
                if heard is not None:
                    heard += data
                # In order, as TCP is: a late piece holds up what comes after it.
                await asyncio.sleep(random.uniform(0, self.jitter_s))
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
