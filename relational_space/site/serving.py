"""One process that serves the place, and the words it says to whoever started it.

The order matters: the port is taken first, so that a second start says so before it touches the
database; then the database is brought up to date; then the addresses are printed.
"""

import asyncio
import datetime
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import ifaddr
import segno
import uvicorn
from zeroconf import Error as ZeroconfError

from relational_space.site import lan
from relational_space.site.home import Unusable

# A live message is a few hundred bytes; whoever sends more is no browser of ours.
LARGEST_MESSAGE_BYTES = 4096
# How long open connections get to end by themselves after Ctrl-C.
LAST_WORDS_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Secure:
    """What is served by https: the certificate and the port taken for it."""

    certificate: lan.Certificate
    listener: socket.socket

    @property
    def port(self) -> int:
        """The port, also where any free one was asked for."""
        port: int = self.listener.getsockname()[1]
        return port

    @property
    def address(self) -> str:
        """Where phones go."""
        return f"https://{self.certificate.name}:{self.port}/"


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    def end(self) -> None:
        """Let the open connections end; asked a second time, end them."""
        self.force_exit = self.should_exit
        self.should_exit = True


EVERYWHERE = "0.0.0.0"  # noqa: S104
"""Every address of this machine: for a place that phones on the same network are to find."""


def listen(port: int, address: str = EVERYWHERE) -> socket.socket:
    """Take the port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(1024)
    except PermissionError as error:
        listener.close()
        raise Unusable(
            f"Port {port} may only be used by an administrator. Choose one above 1023 with --port."
        ) from error
    except OSError as error:
        listener.close()
        raise Unusable(
            f"Port {port} cannot be used ({error.strerror}): perhaps Relational Space is already "
            "running. Choose another with --port."
        ) from error
    return listener


def network_addresses() -> list[str]:
    """This machine's addresses on private networks, the one that leads outside first."""
    found = [
        ip.ip
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and _reachable_at_home(ip.ip)
    ]
    first = _outgoing_address()
    return sorted(set(found), key=lambda ip: (ip != first, ip))


def _reachable_at_home(ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    return address.is_private and not address.is_loopback and not address.is_link_local


def _outgoing_address() -> str | None:
    # Connecting a datagram socket sends nothing; it only asks which address would be used.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return address


def serve(home: Path, port: int, *, secure_port: int | None, pace: float) -> None:
    """Bring the database up to date, say where to go, and serve until Ctrl-C.

    With a secure port, phones on the home network are served there by https, beside plain http.
    """
    addresses = network_addresses()
    listener = listen(port)
    secure = None
    if secure_port is not None:
        secure_listener = listen(secure_port)
        now = datetime.datetime.now(datetime.UTC)
        secure = Secure(lan.certificate(home, addresses, now), secure_listener)

    hosts = [*addresses, secure.certificate.name] if secure else addresses
    os.environ["DJANGO_SETTINGS_MODULE"] = "relational_space.site.settings"
    os.environ["RELATIONAL_SPACE_HOME"] = str(home)
    os.environ["RELATIONAL_SPACE_PACE"] = str(pace)
    os.environ["RELATIONAL_SPACE_PHONES"] = secure.address if secure else ""
    os.environ["RELATIONAL_SPACE_HOSTS"] = ",".join(hosts)
    os.environ["RELATIONAL_SPACE_ORIGINS"] = ",".join(origins(listener, hosts, secure))

    import django

    django.setup()
    bring_up_to_date()
    asyncio.run(_serve(listener, addresses, secure, pace=pace))
    print(f"\nClosed. Everything is kept in {home}")


def on_the_end(end: Callable[[], None]) -> None:
    """Have this done when somebody presses Ctrl-C or the machine ends it."""
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, end)


def origins(listener: socket.socket, hosts: list[str], secure: Secure | None) -> list[str]:
    """Every origin that a page of ours can have, as a browser writes it."""
    ways = [("http", listener.getsockname()[1], 80)]
    if secure is not None:
        ways.append(("https", secure.port, 443))
    return [
        f"{scheme}://{host}" + ("" if port == usual else f":{port}")
        for scheme, port, usual in ways
        for host in ("localhost", "127.0.0.1", *hosts)
    ]


async def _serve(
    listener: socket.socket, addresses: list[str], secure: Secure | None, *, pace: float
) -> None:
    plain = Server(config())
    servings = [(plain, listener)]
    if secure is not None:
        servings.append((Server(config(secure.certificate)), secure.listener))

    def end() -> None:
        for server, _ in servings:
            server.end()

    on_the_end(end)
    # Only now, so that whoever reads the words and presses Ctrl-C is heard.
    say_where(listener.getsockname()[1], addresses, secure, pace=pace)
    serving = asyncio.gather(*(server.serve(sockets=[its]) for server, its in servings))
    # The network takes a second to agree to a name; nobody here waits for that.
    async with _announced(addresses, secure):
        await serving


def config(certificate: lan.Certificate | None = None) -> uvicorn.Config:
    """How uvicorn is to serve the one application."""
    from relational_space.site.asgi import application

    return uvicorn.Config(
        application,
        # The application is begun and ended once, by the plain server, which is always there.
        lifespan="off" if certificate else "on",
        ssl_certfile=certificate.chain_file if certificate else None,
        ssl_keyfile=certificate.key_file if certificate else None,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        # The page has a heartbeat of its own: a protocol ping is answered by a frozen page too.
        ws_ping_interval=None,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=LAST_WORDS_SECONDS,
    )


@asynccontextmanager
async def _announced(addresses: list[str], secure: Secure | None) -> AsyncIterator[None]:
    if secure is None or not addresses:
        yield
        return
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(
                lan.announced(secure.certificate.name, secure.port, addresses)
            )
        except (OSError, ZeroconfError) as error:
            # The addresses in the certificate still work where the name does not.
            print(
                f"The name {secure.certificate.name} could not be announced on the network "
                f"({error}). Try https://{addresses[0]}:{secure.port}/ instead.",
                flush=True,
            )
        yield


def behind() -> tuple[bool, bool]:
    """Whether anything is missing from the database, and whether it is new; refuse a newer version's."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _ in known}
    applied = set(executor.loader.applied_migrations)
    if any(app in ours and (app, name) not in known for app, name in applied):
        raise Unusable(
            "This folder was last used by a newer version of Relational Space. Nothing was "
            "changed. Start that version, or choose another folder with --home."
        )
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return bool(missing), not applied


def bring_up_to_date() -> None:
    """Apply what is missing from the database; refuse one that a newer version has used."""
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        missing, is_new = behind()
        if not missing:
            return
        if not is_new:
            print("Bringing the database up to date.")
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise Unusable(
            f"The database cannot be brought up to date ({error}). What it holds was left as it "
            "was. Stop whatever else uses it, or choose another folder with --home."
        ) from error


def say_where(port: int, addresses: list[str], secure: Secure | None, *, pace: float) -> None:
    """Print where to go, here and on a phone."""
    print(f"Relational Space is at http://localhost:{port}/ on this machine.")
    if not addresses:
        print("This machine is on no network, so phones cannot reach it now.")
    elif secure is None:
        say_address("Phones on the same network:", f"http://{addresses[0]}:{port}/")
        print("(the plain guide mode: no sensors, and nothing kept on the phone; --lan gives more)")
    else:
        say_certificate(f"http://{addresses[0]}:{port}/phones/", secure)
    say_host_link(f"http://localhost:{port}")
    say_what_was_left_out()
    if pace != 1:
        print(f"Sittings run {pace:g} times as fast as they should: this is for rehearsing.")
    print("Ctrl-C ends it.", flush=True)


def say_host_link(origin: str) -> None:
    """Print how its host signs in; the link works once, and is kept in memory only."""
    from django.urls import reverse

    from relational_space.people.actions import new_host_link

    path = reverse("host", args=[new_host_link()])
    print(f"Its host signs in here, once: {origin}{path}")


def say_what_was_left_out() -> None:
    """Print the mistakes of practice files that cannot be read; the others are served."""
    from relational_space.spaces.practices import shelf

    for mistake in shelf().mistakes:
        print(f"Left out: {mistake}")


def say_certificate(page: str, secure: Secure) -> None:
    """Print where phones go by https, what they have to trust, and how that is taken back."""
    certificate = secure.certificate
    print(f"Phones that trust its certificate: {secure.address}")
    say_address("Phones that do not, or not yet, begin here:", page)
    print(
        f"The certificate is good for {certificate.name} and home networks only, until "
        f"{certificate.ends}; the key that made it\nis destroyed. Whoever installs it should do so "
        "on their own phone, by their own wish, and compare:"
    )
    print(f"  SHA-256 {certificate.fingerprint}")
    print(
        f"To take it off a phone again, remove “Only for {certificate.name}”. iPhone: Settings, "
        "General, VPN & Device\nManagement. Android: Settings, search for “trusted credentials”, "
        "User."
    )


def say_address(words: str, address: str) -> None:
    """Print an address, with its QR code where somebody could point a phone at it."""
    print(words, address)
    if sys.stdout.isatty():
        segno.make(address).terminal(compact=True)
