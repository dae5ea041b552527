"""The page of somebody's own words, and what a browser asks for them: a request → an act or a look → JSON.

Nothing is written here. What isn't somebody's is answered by the same 404 as what never was. Only JSON
of the expected shape is read, and no field beyond it.
"""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from relational_space.people import limits
from relational_space.people.models import Person
from relational_space.people.spoken import word_list
from relational_space.people.visitors import marked, reachable, visitor
from relational_space.words import access, actions
from relational_space.words.access import Scope
from relational_space.words.models import Kind, Record

WRITES_A_MINUTE = 60

# A browser counts exactly up to 2⁵³.
Revision = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
Known = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]

Body = TypeVar("Body", bound="_Body")


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is posted: these fields, and no other."""


class SlotBody(_Body):
    """A way in; `replaces` names the one in whose place it comes."""

    kind: Literal["passphrase", "code", "passkey"]
    sealed: bytes
    hint: str = ""
    replaces: UUID | None = None

    def new(self) -> actions.NewSlot:
        """The same for an act."""
        return actions.NewSlot(Kind(self.kind), self.sealed, self.hint)


class BeginBody(_Body):
    """The first ways in and the keyring."""

    slots: list[SlotBody]
    keyring: bytes


class KeyringBody(_Body):
    """A keyring to stand after the one that this browser knows."""

    after: Known
    revision: Revision
    sealed: bytes


class RecordBody(_Body):
    """A record to stand after the revision that this browser knows."""

    id: UUID
    after: Known
    revision: Revision
    sealed: bytes
    keep_days: Literal[30, 90] | None = None

    def new(self) -> actions.NewRecord:
        """The same for an act."""
        return actions.NewRecord(self.id, self.after, self.revision, self.sealed, self.keep_days)


class Unread(Exception):
    """What was posted cannot be used; the status says why."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status, self.sentence = status, sentence
        super().__init__(sentence)


View = Callable[..., HttpResponse]


def _answered(view: View) -> View:
    """Turn what an act refuses into a status and a sentence."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except Unread as error:
            return _sorry(error.sentence, error.status)
        except actions.Unsealed:
            return _sorry("This isn't sealed as it has to be. Nothing was kept.", 400)
        except actions.Conflict:
            return _sorry("Something else stands there by now. Nothing was kept.", 409)
        except actions.Resting:
            return _sorry("This space rests. Nothing was kept.", 423)
        except actions.Plenty:
            return _sorry("That is as much as one shares on a day. Nothing was kept.", 422)
        except actions.Full:
            return _sorry("There is no more room. Nothing was kept.", 507)

    return answer


def _sorry(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def _me(request: HttpRequest) -> Person:
    person = visitor(request).person
    if person is None:
        raise Http404
    return person


def _read(request: HttpRequest, shape: type[Body], most_bytes: int) -> Body:
    if request.content_type != "application/json":
        raise Unread(415, "Send JSON.")
    # Base64 is a third longer than what it carries; the rest are names and numbers.
    if len(request.body) > most_bytes * 4 // 3 + 4096:
        raise Unread(413, "This is too large. Nothing was kept.")
    who = marked(request).mark
    # Each kind by itself: a keyring comes with every record.
    if limits.count(shape.__name__, who, within_s=60) > WRITES_A_MINUTE:
        raise Unread(429, "That was often. Nothing was kept; it can be sent again in a minute.")
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.DecodeError, RecursionError):
        raise Unread(400, "This can't be read. Nothing was kept.") from None


# The page


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Where somebody opens their own words. The page is the same whether or not they have begun."""
    spaces = [
        {"id": str(side.space), "name": side.name, "resting": side.is_resting}
        for side in access.sides(_me(request))
    ]
    data = {"address": reachable(request, reverse("mine")), "spaces": spaces}
    return render(request, "words/mine.html", {"data": data})


@require_safe
def offered(request: HttpRequest) -> HttpResponse:
    """The list from which a browser draws a passphrase to offer; the same for everybody."""
    return JsonResponse({"words": word_list()})


# One's own: the ways in and the keyring


@login_required
@require_GET
def sealed(request: HttpRequest) -> HttpResponse:
    """What a browser needs to open somebody's words: their ways in, and their keyring."""
    return _sealed(_me(request))


@login_required
@require_POST
@_answered
def begin(request: HttpRequest) -> HttpResponse:
    """The first ways in, and the keyring."""
    me = _me(request)
    body = _read(request, BeginBody, actions.MOST_KEYRING_BYTES)
    actions.begin(me, [slot.new() for slot in body.slots], body.keyring)
    return _sealed(me)


@login_required
@require_POST
@_answered
def keyring(request: HttpRequest) -> HttpResponse:
    """The next keyring; when another device was first, theirs is answered, to be taken in."""
    me = _me(request)
    body = _read(request, KeyringBody, actions.MOST_KEYRING_BYTES)
    try:
        actions.keep_keyring(me, after=body.after, revision=body.revision, sealed=body.sealed)
    except actions.Conflict:
        return JsonResponse(_keyring(me) or {}, status=409)
    return JsonResponse({"revision": body.revision})


@login_required
@require_http_methods(["POST", "DELETE"])
@_answered
def slots(request: HttpRequest) -> HttpResponse:
    """One way in more, another in place of one, or one less."""
    me = _me(request)
    if request.method == "DELETE":
        actions.remove_slot(me, _named(request))
    else:
        body = _read(request, SlotBody, actions.MOST_SLOT_BYTES)
        actions.add_slot(me, body.new(), replaces=body.replaces)
    return _sealed(me)


@login_required
@require_POST
@_answered
def erase(request: HttpRequest) -> HttpResponse:
    """Everything that I have sealed goes; my account and my spaces stay."""
    me = _me(request)
    if request.content_type != "application/json":
        raise Unread(415, "Send JSON.")
    actions.erase(me)
    return _sealed(me)


def _sealed(me: Person) -> JsonResponse:
    ways = [
        {
            "id": str(slot.pk),
            "kind": slot.kind,
            "sealed": _text(slot.sealed),
            "hint": slot.hint,
            "day": slot.day.isoformat(),
        }
        for slot in access.slots(me)
    ]
    return JsonResponse({"me": str(me.pk), "slots": ways, "keyring": _keyring(me)})


def _keyring(me: Person) -> dict[str, Any] | None:
    kept = access.keyring(me)
    return {"revision": kept.revision, "sealed": _text(kept.sealed)} if kept else None


# Records: one's own, and those of a space


@login_required
@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@_answered
def records(request: HttpRequest) -> HttpResponse:
    """What only I open."""
    return _records(request, Scope(_me(request)))


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@_answered
def space_records(request: HttpRequest, number: UUID) -> HttpResponse:
    """What the two of a space open."""
    where = access.scope(_me(request), number)
    if where is None:
        raise Http404
    return _records(request, where)


def _records(request: HttpRequest, where: Scope) -> HttpResponse:
    if request.method == "DELETE":
        actions.remove_record(where, _named(request))
        return JsonResponse({})
    if request.method == "POST":
        body = _read(request, RecordBody, actions.MOST_RECORD_BYTES)
        actions.keep_record(where, body.new())
        return JsonResponse({"revision": body.revision})
    shown, after = access.page(where, _uuid(request.GET.get("after", "")))
    listed = [_record(record) for record in shown]
    return JsonResponse({"records": listed, "after": str(after) if after else ""})


def _record(record: Record) -> dict[str, Any]:
    return {
        "id": str(record.name),
        "author": str(record.author_id),
        "revision": record.revision,
        "sealed": _text(record.sealed),
        "day": record.day.isoformat(),
        "until": record.until.isoformat() if record.until else None,
    }


def _named(request: HttpRequest) -> UUID:
    named = _uuid(request.GET.get("id", ""))
    if named is None:
        raise Unread(400, "Say which. Nothing was removed.")
    return named


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _text(sealed: bytes | memoryview) -> str:
    return base64.b64encode(sealed).decode()
