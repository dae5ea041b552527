"""By which servers two browsers of a call may find each other: none, unless the host has named some.

Two homes mostly need a STUN server to learn their own addresses, and some need a TURN server that
passes everything on. Either learns the addresses of both homes, so neither is anybody's but who was
named. What lets a browser use a TURN server is made for each call, in the way of coturn's
`use-auth-secret`: it names nobody, and holds for some hours. This place itself connects to none of them.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from relational_space.live.ports import Server, Ways
from relational_space.site.home import Unusable

HOLDS_S = 4 * 3600
"""Longer than any sitting lasts, with what comes before it."""

SCHEMES = {"stun": ("stun:", "stuns:"), "turn": ("turn:", "turns:")}


@dataclass(frozen=True, slots=True)
class Named:
    """What the host has said in the environment."""

    stun: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()
    secret: str = ""
    relayed: bool = False

    def __call__(self) -> Ways:
        """The ways as they are now: `live.ports.FindWays`."""
        servers = [Server(self.stun)] if self.stun and not self.relayed else []
        if self.turn:
            servers.append(Server(self.turn, *credentials(self.secret, time.time())))
        return Ways(tuple(servers), self.relayed)


def named(environment: Mapping[str, str]) -> Named:
    """What stands in these variables; Unusable in a sentence for the host when it can't work."""
    stun = _urls(environment, "RELATIONAL_SPACE_STUN", SCHEMES["stun"])
    turn = _urls(environment, "RELATIONAL_SPACE_TURN", SCHEMES["turn"])
    secret = environment.get("RELATIONAL_SPACE_TURN_SECRET", "")
    relayed = environment.get("RELATIONAL_SPACE_RELAY_ONLY", "") not in ("", "0", "no")
    if turn and not secret:
        raise Unusable(
            "RELATIONAL_SPACE_TURN names a server, and RELATIONAL_SPACE_TURN_SECRET is missing: "
            "it is what stands as static-auth-secret in coturn's file."
        )
    if relayed and not turn:
        raise Unusable(
            "RELATIONAL_SPACE_RELAY_ONLY needs a server to relay: name one in RELATIONAL_SPACE_TURN."
        )
    return Named(stun, turn, secret, relayed)


def credentials(secret: str, now_s: float) -> tuple[str, str]:
    """A name and a password that coturn believes until some hours from now."""
    username = f"{int(now_s) + HOLDS_S}:{secrets.token_hex(4)}"
    # SHA-1 is what the TURN servers compute, keyed, over a name that is no secret.
    digest = hmac.digest(secret.encode(), username.encode(), hashlib.sha1)
    return username, base64.b64encode(digest).decode()


def _urls(
    environment: Mapping[str, str], variable: str, schemes: tuple[str, ...]
) -> tuple[str, ...]:
    urls = tuple(filter(None, (url.strip() for url in environment.get(variable, "").split(","))))
    for url in urls:
        if not url.startswith(schemes):
            raise Unusable(f"{variable}: “{url}” begins with none of {', '.join(schemes)}.")
    return urls
