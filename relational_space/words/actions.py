"""Every write of sealed words: one function an act, with its permission and its transaction.

Whoever acts has been looked up by `access`. What does not fit raises one of the errors below and has
changed nothing. Nothing is opened, and nothing is written over that its writer had not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Min, Sum

from relational_space.people.models import Person, today
from relational_space.people.wiping import wipe
from relational_space.words import access, sealing
from relational_space.words.access import Scope
from relational_space.words.durable import durable
from relational_space.words.models import Keyring, Kind, Record, Slot

MOST_SLOT_BYTES = 1024
MOST_HINT_LETTERS = 2048
MOST_KEYRING_BYTES = 256 * 1024
MOST_RECORD_BYTES = 32 * 1024
MOST_RECORDS = 5_000
"""In one scope, earlier revisions included."""
MOST_BYTES = 64 * 1024 * 1024
"""Of one person, over all scopes."""
MOST_PASSKEYS = 5
MOST_SHARED_A_DAY = 20
"""So much that is new one person lays into one space on a day: nobody is flooded."""


class Unsealed(Exception):
    """This is not sealed as it has to be, and is not kept."""


class Conflict(Exception):
    """Something else stands there by now; what was asked for has not been done."""


class Full(Exception):
    """There is no more room."""


class Plenty(Exception):
    """That is as much as one person shares on a day; another one comes."""


class Resting(Exception):
    """Nothing is written in a space that rests."""


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A way in that a browser has made."""

    kind: Kind
    sealed: bytes
    hint: str


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A revision that a browser has sealed, to stand after the one that it knows; 0 for none."""

    name: UUID
    after: int
    revision: int
    sealed: bytes
    keep_days: int | None


def begin(person: Person, slots: Sequence[NewSlot], keyring: bytes) -> None:
    """Somebody's first ways in, and their keyring. Two devices that begin at once do not mix."""
    if not _are_enough([slot.kind for slot in slots]):
        raise Unsealed
    for slot in slots:
        _check_slot(slot)
    _check_keyring(keyring)
    with durable():
        Person.objects.select_for_update().get(pk=person.pk)
        if access.keyring(person) or access.slots(person).exists():
            raise Conflict
        for slot in slots:
            _hang(person, slot)
        Keyring.objects.create(person=person, revision=1, sealed=keyring)


def keep_keyring(person: Person, *, after: int, revision: int, sealed: bytes) -> None:
    """The next keyring, by whoever knows the one before."""
    _check_keyring(sealed)
    if revision <= after:
        raise Unsealed
    with durable():
        theirs = Keyring.objects.filter(person=person)
        # Only one of two at once finds the revision that both know.
        if theirs.filter(revision=after).update(revision=revision, sealed=sealed):
            return
        if not theirs.filter(revision=revision, sealed=sealed).exists():
            raise Conflict


def add_slot(person: Person, slot: NewSlot, *, replaces: UUID | None) -> None:
    """One more way in, or another passphrase or code in place of the one that is named."""
    _check_slot(slot)
    with durable():
        Person.objects.select_for_update().get(pk=person.pk)
        theirs = access.slots(person)
        if access.keyring(person) is None:
            raise Conflict
        if slot.kind == Kind.PASSKEY:
            if theirs.filter(kind=Kind.PASSKEY).count() >= MOST_PASSKEYS:
                raise Full
        else:
            there = theirs.filter(kind=slot.kind)
            if [each.pk for each in there] != ([replaces] if replaces else []):
                raise Conflict
            there.delete()
        _hang(person, slot)
        wipe()


def remove_slot(person: Person, slot: UUID) -> None:
    """One way in less; two remain, one of them the code."""
    with durable():
        Person.objects.select_for_update().get(pk=person.pk)
        theirs = access.slots(person)
        left = [each.kind for each in theirs if each.pk != slot]
        if len(left) < 2 or Kind.CODE not in left:
            raise Conflict
        theirs.filter(pk=slot).delete()
        wipe()


def keep_record(where: Scope, new: NewRecord) -> None:
    """Keep a revision. The same one again changes nothing and is answered the same."""
    if len(new.sealed) > MOST_RECORD_BYTES or not sealing.is_for_a_key(new.sealed):
        raise Unsealed
    if new.revision <= new.after:
        raise Unsealed
    if access.keyring(where.person) is None:
        # The ways in come before the first word.
        raise Conflict
    with durable():
        Person.objects.select_for_update().get(pk=where.person.pk)
        mine = Record.objects.filter(author=where.person, name=new.name)
        if mine.filter(revision=new.revision, sealed=new.sealed, space=where.space).exists():
            return
        if where.is_resting:
            raise Resting
        newest = mine.filter(replaced=None).first()
        if (newest.revision if newest else 0) != new.after:
            raise Conflict
        if newest and newest.space != where.space:
            raise Conflict
        if newest is None and where.space is not None:
            _check_day(where)
        _check_room(where, len(new.sealed))
        if newest:
            _replace(newest)
        Record.objects.create(
            name=new.name,
            author=where.person,
            space=where.space,
            revision=new.revision,
            sealed=new.sealed,
            size=len(new.sealed),
            until=today() + timedelta(days=new.keep_days) if new.keep_days else None,
        )


def remove_record(where: Scope, name: UUID) -> None:
    """What this person wrote under this name goes, every revision of it."""
    with durable():
        access.records(where).filter(author=where.person, name=name).delete()
        wipe()


def erase(person: Person) -> None:
    """Everything that this person has sealed goes at once, the ways in with it."""
    with durable():
        Record.objects.filter(author=person).delete()
        Keyring.objects.filter(person=person).delete()
        Slot.objects.filter(person=person).delete()
        wipe()


def forget_space(space: UUID) -> None:
    """A space is no more, and what was sealed for it goes too."""
    Record.objects.filter(space=space).delete()


def _check_slot(slot: NewSlot) -> None:
    is_sealed = sealing.is_for_a_passkey if slot.kind == Kind.PASSKEY else sealing.is_for_a_secret
    if len(slot.sealed) > MOST_SLOT_BYTES or not is_sealed(slot.sealed):
        raise Unsealed
    if len(slot.hint) > MOST_HINT_LETTERS or bool(slot.hint) != (slot.kind == Kind.PASSKEY):
        raise Unsealed


def _check_keyring(sealed: bytes) -> None:
    if len(sealed) > MOST_KEYRING_BYTES or not sealing.is_for_a_key(sealed):
        raise Unsealed


def _are_enough(kinds: Sequence[str]) -> bool:
    """Two of different kinds, one of them the code: what a browser makes before the first word."""
    return len(kinds) == len(set(kinds)) == 2 and Kind.CODE in kinds


def _check_room(where: Scope, size: int) -> None:
    if access.records(where).count() >= MOST_RECORDS:
        raise Full
    taken = Record.objects.filter(author=where.person).aggregate(bytes=Sum("size"))["bytes"] or 0
    if taken + size > MOST_BYTES:
        raise Full


def _check_day(where: Scope) -> None:
    # By the day of the first revision that is still there: what is written anew isn't new.
    names = access.records(where).filter(author=where.person).values("name")
    if names.annotate(first=Min("day")).filter(first=today()).count() >= MOST_SHARED_A_DAY:
        raise Plenty


def _hang(person: Person, slot: NewSlot) -> None:
    Slot.objects.create(person=person, kind=slot.kind, sealed=slot.sealed, hint=slot.hint)


def _replace(newest: Record) -> None:
    """What two have seen stays beside its next revision for a while; what one has written does not."""
    if newest.space is None:
        newest.delete()
    else:
        newest.replaced = today()
        newest.save(update_fields=["replaced"])
