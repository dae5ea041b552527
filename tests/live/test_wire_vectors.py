"""The messages of tests/vectors/wire.json, which browser/sitting/wire.ts is compared with too."""

import json
import struct
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from relational_space.live import wire

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "wire.json").read_text())
MOTION = json.loads((Path(__file__).parents[1] / "vectors" / "motion.json").read_text())
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


@pytest.mark.parametrize("case", MOTION, ids=lambda case: case["what"])
def test_a_reading_comes_as_it_was_felt_or_stands_at_the_edge(case):
    read = wire.read_frame(bytes.fromhex(case["bytes"]))
    assert read.sequence == case["sequence"]
    steps = (wire.ACCELERATION_STEP,) * 3 + (wire.TURNING_STEP_DEG,) * 3
    for given, came in zip(case["samples"], struct.iter_unpack("<6h", read.values), strict=True):
        for felt, each, step in zip(given[1:], came, steps, strict=True):
            edge = 32767 * step
            if felt is None:
                assert each == wire.NO_READING
            else:
                assert abs(each * step - min(max(felt, -edge), edge)) <= 0.51 * step


def test_every_message_has_a_vector():
    tags = {"from_device": wire.FromDevice, "to_device": wire.ToDevice}
    for direction, kinds in tags.items():
        known = {kind.__struct_config__.tag for kind in get_args(kinds)}
        assert {message["t"] for message in VECTORS[direction]} == known
