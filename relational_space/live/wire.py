"""Every message that a device may send or get; bytes ↔ values.

JSON in text frames. A field that isn't known, a number that isn't finite or a text that is too long
is a WireError: dropped and counted by the caller. Commands carry an `id` made by the device, so that
one sent twice is heard once.
"""

from typing import Annotated, Any, TypeAlias

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
    """The heartbeat, once a second from the page's own script; `shown` is the last show on the screen."""

    sent: Millis
    shown: Count


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


class Stop(_In, tag="stop"):
    id: Id


Act: TypeAlias = (
    Choose | Unchoose | Ready | Accept | Smaller | Pause | GoOn | Pass | MoreTime | SongEnded | Stop
)
FromDevice: TypeAlias = Hello | Ping | Act


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


class Own(msgspec.Struct, frozen=True):
    """What was said at this device in private; the fields are those of `practice.screen.Own`."""

    ready: bool
    chosen: str
    longer: bool
    accepted: int | None
    going_on: float | None


class Welcome(_Out, tag="welcome"):
    """The answer to Hello. `recovered` says whether what the device missed now follows in order.

    If it is false, the newest show alone follows, and the device forgets what it held. `number` is
    the newest show's. With another epoch than before the server has started anew: what a device has
    not yet been told was heard may or may not have been, and `own` says what is to be asked again.
    `at` is sitting time, in seconds; it runs `pace` times as fast as the clock on the wall.
    """

    v: int
    epoch: str
    number: int
    recovered: bool
    at: float
    pace: float
    own: Own


class Show(_Out, tag="show"):
    """From `screens[0].begins_at` on these screens, in place of whatever the device held from then on."""

    epoch: str
    number: int
    screens: tuple[Shown, ...]


class Pong(_Out, tag="pong"):
    """`sent` is the ping's own, `at` the sitting time at which it was answered."""

    sent: float
    at: float


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


ToDevice: TypeAlias = Welcome | Show | Pong | Heard | Refused | Dots

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


def write(message: ToDevice) -> bytes:
    return _encoder.encode(message)


def plain(message: ToDevice) -> dict[str, Any]:
    """The same message as JSON values, for tests and vectors."""
    value: dict[str, Any] = msgspec.to_builtins(message)
    return value
