"""Every message that a device may send or get, there and back."""

import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relational_space.live import wire
from relational_space.live.wire import WireError, plain, read, read_frame, write

OWN = wire.Own(
    ready=True, chosen="near", longer=False, accepted=9, going_on=61.5, feels=True, call="sound"
)
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
    wire.Feel(id="1"),
    wire.Unfeel(id="1"),
    wire.AskReflection(id="1"),
    wire.AskKeep(id="1"),
    wire.HearMe(id="1"),
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


def frame(
    *, version=1, kind=1, count=3, sequence=7, at=61.5, stamps=(0, 100, 200), values=bytes(36)
) -> bytes:
    head = struct.pack("<BBHId", version, kind, count, sequence, at)
    return head + struct.pack(f"<{len(stamps)}H", *stamps) + values


def test_a_frame_is_read_as_far_as_a_room_needs_it():
    read = read_frame(frame(values=bytes(range(36))))
    assert (read.kind, read.sequence, read.at, read.count) == (wire.Kind.MOTION, 7, 61.5, 3)
    assert math.isclose(read.until, 61.52)
    assert read.values == bytes(range(36))
    points = read_frame(frame(kind=2, count=1, stamps=(0,), values=bytes(42)))
    assert points.kind is wire.Kind.LANDMARKS


def test_the_largest_frames_fit_into_4_kib():
    for kind, each in ((1, 12), (2, 42), (3, 42)):
        data = frame(kind=kind, count=60, stamps=range(60), values=bytes(60 * each))
        assert len(data) <= wire.MOST_BYTES
        assert read_frame(data).count == 60


NO_FRAMES = {
    "nothing": b"",
    "a head alone": frame()[:16],
    "a byte too few": frame()[:-1],
    "a byte too many": frame() + b"0",
    "another version": frame(version=2),
    "another kind": frame(kind=4),
    "no readings": frame(count=0, stamps=(), values=b""),
    "61 readings": frame(count=61, stamps=range(61), values=bytes(61 * 12)),
    "a stamp that is no number": frame(at=math.nan),
    "a stamp without end": frame(at=-math.inf),
    "a first reading after its own stamp": frame(stamps=(1, 2, 3)),
    "time that goes back": frame(stamps=(0, 200, 100)),
    "more than 4 KiB": bytes(wire.MOST_BYTES + 1),
    "JSON": b'{"t":"ready","id":"1"}',
}


@pytest.mark.parametrize("data", NO_FRAMES.values(), ids=NO_FRAMES.keys())
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(WireError):
        read_frame(data)


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda more: frame() + more)))
def test_any_bytes_are_a_frame_or_an_error(data):
    try:
        read = read_frame(data)
    except WireError:
        return
    assert 1 <= read.count <= wire.MOST_READINGS
    assert len(data) == 16 + len(read.stamps) + len(read.values)
