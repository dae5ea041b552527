"""Every message that a device may send or get, there and back."""

import msgspec
import pytest

from relational_space.live import wire
from relational_space.live.wire import WireError, plain, read, write

OWN = wire.Own(ready=True, chosen="near", longer=False, accepted=9, going_on=61.5)
SAID = [
    wire.Hello(v=1, ticket="t", epoch="e", number=3),
    wire.Ping(sent=1.5, shown=2),
    wire.Choose(id="1", rung="near", longer=True),
    wire.Unchoose(id="1"),
    wire.Ready(id="1"),
    wire.Accept(id="1", cue=4),
    wire.Smaller(id="1"),
    wire.Pause(id="1"),
    wire.GoOn(id="1"),
    wire.Pass(id="1", cue=4),
    wire.MoreTime(id="1", cue=4),
    wire.SongEnded(id="1", cue=4),
    wire.Stop(id="1"),
]


@pytest.mark.parametrize("message", SAID, ids=lambda message: type(message).__name__)
def test_what_a_device_says_is_read_and_one_field_more_is_not(message):
    values = msgspec.to_builtins(message)
    assert read(msgspec.json.encode(values)) == message
    with pytest.raises(WireError):
        read(msgspec.json.encode({**values, "seat": "other"}))


@pytest.mark.parametrize("message", SAID, ids=lambda message: type(message).__name__)
def test_a_field_that_is_missing_is_an_error(message):
    values = msgspec.to_builtins(message)
    for name, field in {f.name: f for f in msgspec.structs.fields(message)}.items():
        if field.required:
            with pytest.raises(WireError):
                read(msgspec.json.encode({k: v for k, v in values.items() if k != name}))


def test_a_message_has_at_most_4_kib():
    told = '{"t":"ready","id":"1"'
    assert read(told + " " * (wire.MOST_BYTES - len(told) - 1) + "}")
    with pytest.raises(WireError, match="4 KiB"):
        read(told + " " * (wire.MOST_BYTES - len(told)) + "}")


def test_a_device_gets_what_was_meant():
    heard = wire.Heard(id="1", own=OWN)
    assert msgspec.json.decode(write(heard)) == plain(heard)
    assert plain(heard)["t"] == "heard"
    assert plain(heard)["own"]["chosen"] == "near"
