"""The messages of tests/vectors/wire.json, which browser/wire.ts is compared with too."""

import json
import struct
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from relational_space.live import wire

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "wire.json").read_text())
TO_DEVICE = msgspec.json.Decoder(wire.ToDevice)


@pytest.mark.parametrize("message", VECTORS["from_device"], ids=lambda message: message["t"])
def test_the_server_reads_what_a_device_says(message):
    read = wire.read(json.dumps(message))
    assert msgspec.to_builtins(read) == message


@pytest.mark.parametrize("message", VECTORS["to_device"], ids=lambda message: message["t"])
def test_the_server_writes_what_a_device_reads(message):
    written = wire.write(TO_DEVICE.decode(json.dumps(message)))
    assert json.loads(written) == message


@pytest.mark.parametrize("frame", VECTORS["frames"], ids=lambda frame: str(frame["kind"]))
def test_the_server_reads_the_frames_that_a_device_packs(frame):
    read = wire.read_frame(bytes.fromhex(frame["bytes"]))
    stamps = list(struct.unpack(f"<{read.count}H", read.stamps))
    told = (read.kind, read.sequence, read.at, stamps)
    assert told == (frame["kind"], frame["sequence"], frame["at"], frame["stamps"])
    assert read.until == frame["at"] + stamps[-1] / 10_000
    if read.kind is wire.Kind.MOTION:
        steps = [
            [None if step == wire.NO_READING else step for step in reading]
            for reading in struct.iter_unpack("<6h", read.values)
        ]
    else:
        points = list(struct.iter_unpack("<hhBx", read.values))
        steps = [
            [list(point) for point in points[first : first + wire.POINTS]]
            for first in range(0, len(points), wire.POINTS)
        ]
    assert steps == frame["steps"]


def test_every_message_has_a_vector():
    tags = {"from_device": wire.FromDevice, "to_device": wire.ToDevice}
    for direction, kinds in tags.items():
        known = {kind.__struct_config__.tag for kind in get_args(kinds)}
        assert {message["t"] for message in VECTORS[direction]} == known
