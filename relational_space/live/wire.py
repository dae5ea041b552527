"""Every message that a device may send or get; bytes ↔ values.

JSON in text frames. A field that isn't known, a number that isn't finite or a text that is too long
is a WireError: dropped and counted by the caller. Commands carry an `id` made by the device, so that
one sent twice is heard once. What a phone feels comes in binary frames, in numbers of fixed width, and
is not made into values one by one: `read_frame` looks whether it is whole, and leaves it as bytes.
"""

import math
import struct
from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

VERSION = 1
MOST_BYTES = 4096

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
Millis = Annotated[float, msgspec.Meta(ge=0, le=1e13)]


class WireError(Exception):
    """The device sent something that it never may."""


class _In(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="t"):
    pass


class _Out(msgspec.Struct, frozen=True, tag_field="t"):
    pass


# What a device says.


class Hello(_In, tag="hello"):
    """The first message, within 5 s. `epoch` and `number` name the last show that the device has."""

    v: int
    ticket: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
    epoch: Annotated[str, msgspec.Meta(max_length=32)] = ""
    number: Count = 0


class Ping(_In, tag="ping"):
    """The heartbeat, every 650 ms from the page's own script; `shown` is the last show on the screen.

    `off` is how far the page's stamps may be from sitting time, in real seconds; None where it isn't said.
    """

    sent: Millis
    shown: Count
    off: Annotated[float, msgspec.Meta(ge=0, le=3600)] | None = None


class Choose(_In, tag="choose"):
    id: Id
    rung: Name
    longer: bool = False


class Unchoose(_In, tag="unchoose"):
    id: Id


class Ready(_In, tag="ready"):
    id: Id


class Accept(_In, tag="accept"):
    id: Id
    cue: Count


class Smaller(_In, tag="smaller"):
    id: Id


class Pause(_In, tag="pause"):
    id: Id


class GoOn(_In, tag="go_on"):
    id: Id


class Pass(_In, tag="pass"):
    id: Id
    cue: Count


class MoreTime(_In, tag="more_time"):
    id: Id
    cue: Count


class SongEnded(_In, tag="song_ended"):
    id: Id
    cue: Count


class WishCall(_In, tag="wish_call"):
    """The most of a call that is welcome here, in this sitting."""

    id: Id
    call: Literal["nothing", "sound", "picture"]


class Stop(_In, tag="stop"):
    id: Id


class Feel(_In, tag="feel"):
    """This phone may feel its person, in this sitting only; or its camera see both who share it."""

    id: Id
    seen: bool = False


class Unfeel(_In, tag="unfeel"):
    id: Id


class AskReflection(_In, tag="ask_reflection"):
    id: Id


class AskKeep(_In, tag="ask_keep"):
    id: Id


class HearMe(_In, tag="hear_me"):
    """For 20 s from now, listen whether this phone feels its person's breath, and say so to it alone."""

    id: Id


Part = Annotated[int, msgspec.Meta(ge=0, lt=16)]


class Signal(_In, tag="signal"):
    """A piece of what one page says to the other about their call, of this meeting; nobody here reads it.

    The first piece has the part 0. It goes to the other as it is, or is lost.
    """

    meeting: Count
    part: Part
    of: Annotated[int, msgspec.Meta(ge=1, le=16)]
    data: Annotated[str, msgspec.Meta(max_length=1500)]


Act: TypeAlias = (
    Choose
    | Unchoose
    | Ready
    | Accept
    | Smaller
    | Pause
    | GoOn
    | Pass
    | MoreTime
    | SongEnded
    | WishCall
    | Stop
    | Feel
    | Unfeel
    | AskReflection
    | AskKeep
    | HearMe
)
FromDevice: TypeAlias = Hello | Ping | Signal | Act


# What a device gets.


class Shown(msgspec.Struct, frozen=True):
    """One screen; the fields are those of `practice.screen.Screen`. `voice` is a recording's address."""

    key: str
    stage: str
    begins_at: float
    ends_at: float | None
    cue: int | None
    say: str
    voice: str
    turn: str
    mark: str
    picture: str
    still: bool
    held: bool
    offer: str
    may: tuple[str, ...]
    hints: tuple[tuple[str, str], ...]
    sense: tuple[str, ...]
    show: tuple[str, ...]
    view: str


class Own(msgspec.Struct, frozen=True):
    """What was said at this device in private; the fields are those of `practice.screen.Own`."""

    ready: bool
    chosen: str
    longer: bool
    accepted: int | None
    going_on: float | None
    feels: bool
    call: str


class Welcome(_Out, tag="welcome"):
    """The answer to Hello. `recovered` says whether what the device missed now follows in order.

    If it is false, the newest show alone follows, and the device forgets what it held. `number` is
    the newest show's. With another epoch than before the server has started anew: what a device has
    not yet been told was heard may or may not have been, and `own` says what is to be asked again.
    `at` is sitting time, in seconds; it runs `pace` times as fast as the clock on the wall. `taken` is
    as in Pong; a hello without an epoch is a page that has just been loaded, and begins again at 0.
    """

    v: int
    epoch: str
    number: int
    recovered: bool
    at: float
    pace: float
    own: Own
    taken: int | None


class Show(_Out, tag="show"):
    """From `screens[0].begins_at` on these screens, in place of whatever the device held from then on."""

    epoch: str
    number: int
    screens: tuple[Shown, ...]


class Pong(_Out, tag="pong", gc=False):
    """`sent` is the ping's own, `at` the sitting time at which it was answered.

    `taken` is the sequence of the last frame that came, None before the first. Whether anything was
    made of it hangs on the other too, and is never told.
    """

    sent: float
    at: float
    taken: int | None


class Heard(_Out, tag="heard"):
    """The command with this id has been kept; `own` is what this device has now said in private."""

    id: str
    own: Own


class Refused(_Out, tag="refused"):
    """The command with this id did not fit the moment; nothing has happened."""

    id: str
    why: str


class Dots(_Out, tag="dots"):
    """The connection is thin just now, or is no longer. It names nobody."""

    on: bool


class Hears(_Out, tag="hears"):
    """What came of `hear_me`: "yes", "too faint", "moving" or "nothing"."""

    answer: str


class Swell(_Out, tag="swell", gc=False):
    """The other's breath at a moment of sitting time, from -1 to 1, and how far to trust it.

    Only where a cue shows it and both have said yes. Which end is the inhale isn't known.
    """

    at: float
    level: float
    trust: float


class Rhythm(msgspec.Struct, frozen=True):
    """One person's own: sitting time and level, None where it could not be read."""

    rate_per_min: float | None
    line: tuple[tuple[float, float | None], ...]
    read: str


class Led(msgspec.Struct, frozen=True, rename={"from_s": "from", "to_s": "to"}):
    """Who moved first from one moment to another: "you", "other" or "neither"."""

    from_s: float
    to_s: float
    who: str


class Reflection(_Out, tag="reflection"):
    """What was felt, once both have asked; the same for both, but for who is "you".

    `kind` is "breath" or "movement"; `verdict` "more than chance", "no more than chance" or "could
    not tell". Moments are sitting time.
    """

    kind: str
    verdict: str
    reason: str
    sentence: str
    chance: str
    seconds: tuple[float, float]
    you: Rhythm
    other: Rhythm
    alike: tuple[tuple[float, float], ...]
    apart: tuple[tuple[float, float], ...]
    led: tuple[Led, ...]


class BothKeep(_Out, tag="both_keep"):
    """Both have asked to keep what they look at: each device may seal it now, for the two of them."""


class IceServer(msgspec.Struct, frozen=True):
    """A server by which browsers find each other; the fields are those of `ports.Server`."""

    urls: tuple[str, ...]
    username: str
    credential: str


class Call(_Out, tag="call"):
    """What both would have of a call, and that both devices are here; in place of what was told before.

    With another `meeting` they begin to find each other anew, unless they still have. When both speak
    at once, the `polite` one gives way. `relayed`: only through one of these servers.
    """

    call: str
    meeting: int
    polite: bool
    servers: tuple[IceServer, ...]
    relayed: bool


ToDevice: TypeAlias = (
    Welcome
    | Show
    | Pong
    | Heard
    | Refused
    | Dots
    | Hears
    | Swell
    | Reflection
    | BothKeep
    | Call
    | Signal
)

# What a phone feels.


class Kind(IntEnum):
    MOTION = 1
    LANDMARKS = 2
    BESIDE = 3
    """Landmarks too: of the second of two who share a camera, to the right of whoever faces them."""


MOTION, LANDMARKS, BESIDE = Kind
"""By names of their own: until Python 3.12 a member that is asked for by its class is looked up by Python
code, which at every frame costs more than all that is done with the answer."""

FRAME_VERSION = 1
MOST_READINGS = 60
STAMP_S = 1e-4
"""The step in which a reading's stamp is given after the first one's."""

AXES = 6
NO_READING = -32768
ACCELERATION_STEP = 1 / 500
"""In m/s²; gravity is part of it."""
TURNING_STEP_DEG = 1 / 50
"""In degrees a second."""

POINTS = 7
"""Wrists, elbows and shoulders, left before right, and the nose."""
PLACE_STEP = 1 / 10_000
"""Of the picture, or of the width of the shoulders."""

_HEAD = struct.Struct("<BBHId")
HEAD_BYTES = _HEAD.size
_STAMPS = tuple(struct.Struct(f"<{count}H") for count in range(MOST_READINGS + 1))
READING_BYTES: Mapping[Kind, int] = MappingProxyType(
    {Kind.MOTION: 2 * AXES, Kind.LANDMARKS: 6 * POINTS, Kind.BESIDE: 6 * POINTS}
)
_KINDS = MappingProxyType(
    {(FRAME_VERSION, kind.value): (kind, 2 + each) for kind, each in READING_BYTES.items()}
)
"""By version and kind, as a frame names them: what it is, and how many bytes a reading and its stamp have."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """Some readings of one device. `data` is left as it came, to be read with many others at once.

    After the head there are, `count` times, first u16: sitting time after `at`, in steps of `STAMP_S`; then
    for each reading six i16 (acceleration, turning), or seven points: i16 x, i16 y, u8 confidence, u8 0.
    """

    kind: Kind
    sequence: int
    at: float
    until: float
    """The sitting time of the last reading."""
    count: int
    data: bytes

    @property
    def stamps(self) -> bytes:
        return self.data[HEAD_BYTES : HEAD_BYTES + 2 * self.count]

    @property
    def values(self) -> bytes:
        return self.data[HEAD_BYTES + 2 * self.count :]


def read_frame(data: bytes) -> Frame:
    """The frame in these bytes; WireError when they are not whole, or go back in time."""
    if not HEAD_BYTES <= len(data) <= MOST_BYTES:
        raise WireError("a frame has 16 bytes to 4 KiB")
    version, number, count, sequence, at = _HEAD.unpack_from(data)
    known = _KINDS.get((version, number))
    if known is None:
        raise WireError("no frame of this version and kind is known")
    kind, each = known
    if not 1 <= count <= MOST_READINGS or len(data) != HEAD_BYTES + count * each:
        raise WireError("a frame has 1 to 60 readings and is as long as they are")
    if not math.isfinite(at):
        raise WireError("a stamp is a finite number")
    after = _STAMPS[count].unpack_from(data, HEAD_BYTES)
    if after[0] != 0 or list(after) != sorted(after):
        raise WireError("readings come in the order of their stamps")
    return Frame(kind, sequence, at, at + after[-1] * STAMP_S, count, data)


_decoder: msgspec.json.Decoder[FromDevice] = msgspec.json.Decoder(FromDevice)
_encoder = msgspec.json.Encoder()


def read(data: bytes | str) -> FromDevice:
    """The message in these bytes; WireError when there is none."""
    if len(data) > MOST_BYTES:
        raise WireError("a message has at most 4 KiB")
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WireError(str(error)) from None


write: Callable[[ToDevice], bytes] = _encoder.encode


def plain(message: ToDevice) -> dict[str, Any]:
    """The same message as JSON values, for tests and vectors."""
    value: dict[str, Any] = msgspec.to_builtins(message)
    return value
