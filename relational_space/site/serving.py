"""One process that serves the place, and the words it says to whoever started it.

The order matters: the port is taken first, so that a second start says so before it touches the
database; then the database is brought up to date; then the addresses are printed.
"""

import ipaddress
import os
import socket
import sys
from pathlib import Path

import segno

from relational_space.site.home import Unusable

# A live message is a few hundred bytes; whoever sends more is no browser of ours.
LARGEST_MESSAGE_BYTES = 4096
# How long open connections get to end by themselves after Ctrl-C.
LAST_WORDS_SECONDS = 3


def listen(port: int) -> socket.socket:
    """Take the port on every address of this machine."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        # Phones on the same network are the point: every address, not only this machine's own.
        listener.bind(("0.0.0.0", port))  # noqa: S104
        listener.listen(128)
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
    import ifaddr

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


def serve(home: Path, listener: socket.socket, *, pace: float) -> None:
    """Bring the database up to date, say where to go, and serve until Ctrl-C."""
    addresses = network_addresses()
    os.environ["DJANGO_SETTINGS_MODULE"] = "relational_space.site.settings"
    os.environ["RELATIONAL_SPACE_HOME"] = str(home)
    os.environ["RELATIONAL_SPACE_PACE"] = str(pace)
    os.environ["RELATIONAL_SPACE_HOSTS"] = ",".join(addresses)

    import django
    import uvicorn

    django.setup()
    bring_up_to_date()

    from relational_space.site.asgi import application

    say_where(listener.getsockname()[1], addresses, pace=pace)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
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
    )
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        # uvicorn has closed everything by now and hands the signal on.
        print("\nClosed. Everything is kept in", home)


def bring_up_to_date() -> None:
    """Apply what is missing from the database; refuse one that a newer version has used."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
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
        if not missing:
            return
        if applied:
            print("Bringing the database up to date.")
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise Unusable(
            f"The database cannot be brought up to date ({error}). What it holds was left as it "
            "was. Stop whatever else uses it, or choose another folder with --home."
        ) from error


def say_where(port: int, addresses: list[str], *, pace: float) -> None:
    """Print where to go, here and on a phone."""
    print(f"Relational Space is at http://localhost:{port}/ on this machine.")
    if addresses:
        address = f"http://{addresses[0]}:{port}/"
        print(f"Phones on the same network: {address}")
        print("(plain guide mode: no sensors, and nothing is kept on the phone)")
        if sys.stdout.isatty():
            segno.make(address).terminal(compact=True)
    else:
        print("This machine is on no home network, so phones cannot reach it now.")
    if pace != 1:
        print(f"Sittings run {pace:g} times as fast as they should: this is for rehearsing.")
    print("Ctrl-C ends it.")
    sys.stdout.flush()
