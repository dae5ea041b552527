"""By which servers a call may go: none of ourselves, and only such as can work."""

import base64
import hashlib
import hmac

import pytest

from relational_space.live.ports import Server, Ways
from relational_space.site import turn
from relational_space.site.home import Unusable

TURN = {
    "RELATIONAL_SPACE_TURN": "turn:turn.example.org:3478, turns:turn.example.org:5349",
    "RELATIONAL_SPACE_TURN_SECRET": "between the two of them",
}


def test_nobody_is_asked_unless_the_host_has_named_somebody():
    assert turn.named({})() == Ways((), relayed=False)


def test_what_lets_a_browser_use_a_relay_is_what_coturn_computes_and_holds_some_hours(monkeypatch):
    monkeypatch.setattr(turn.time, "time", lambda: 1_800_000_000.5)
    [relay] = turn.named(TURN)().servers
    assert relay.urls == ("turn:turn.example.org:3478", "turns:turn.example.org:5349")
    until, _, rest = relay.username.partition(":")
    assert int(until) == 1_800_000_000 + 4 * 3600
    key = TURN["RELATIONAL_SPACE_TURN_SECRET"].encode()
    digest = hmac.new(key, relay.username.encode(), hashlib.sha1).digest()
    assert relay.credential == base64.b64encode(digest).decode()
    # Two who come at the same moment can't be known by their names.
    assert turn.named(TURN)().servers[0].username != relay.username
    assert rest


def test_where_addresses_are_hidden_no_stun_server_is_told():
    stun = {"RELATIONAL_SPACE_STUN": "stun:stun.example.org"}
    assert turn.named(TURN | stun)().servers[0] == Server(("stun:stun.example.org",))
    hidden = turn.named(TURN | stun | {"RELATIONAL_SPACE_RELAY_ONLY": "1"})()
    assert hidden.relayed
    assert [server.username != "" for server in hidden.servers] == [True]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"RELATIONAL_SPACE_TURN": "turn:a"}, "RELATIONAL_SPACE_TURN_SECRET is missing"),
        ({"RELATIONAL_SPACE_RELAY_ONLY": "1"}, "name one in RELATIONAL_SPACE_TURN"),
        ({"RELATIONAL_SPACE_STUN": "stun.example.org"}, "begins with none of stun:, stuns:"),
        (TURN | {"RELATIONAL_SPACE_TURN": "https://a"}, "begins with none of turn:, turns:"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(environment, said):
    with pytest.raises(Unusable, match=said):
        turn.named(environment)
