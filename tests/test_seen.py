"""The page of what the host can tell, against the models: whatever is stored stands on it."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.test import Client

OURS = ("people", "spaces", "words")

NOT_TOLD = "keys and numbers that tell of nobody, or are random"
NUMBERS = NOT_TOLD

# Every field that is stored, and the words of the page that say so. A new field has no line here: then
# the page is to be read again, and PRIVACY.md with it.
TOLD = {
    "people.Person": {
        "id": NUMBERS,
        "name": "The name that you gave yourself",
        "created": "the day you came",
        "is_host": "whether you are the host",
        "seed": NOT_TOLD,
        "erase_at": "When you are to be erased",
    },
    "words.Slot": {
        "id": NUMBERS,
        "person": "That you have begun",
        "kind": "which ways in you have (passphrase, code, passkeys)",
        "sealed": "Your passphrase, your recovery code, and the keys behind them",
        "hint": "which ways in you have",
        "day": "and since which day",
    },
    "words.Keyring": {
        "id": NUMBERS,
        "person": "That you have begun",
        "revision": "how often anything was kept or let go at all",
        "sealed": "the keys behind them",
    },
    "words.Record": {
        "id": NUMBERS,
        "name": NUMBERS,
        "author": "What you write here for yourself",
        "space": "Whether it is for you alone or for a space, and for which",
        "revision": "How often an entry was changed",
        "sealed": "What you write here for yourself, and what the two of you write for a space",
        "size": "about how long each is",
        "day": "on which day it was last written",
        "until": "On which day an entry goes, if you chose one",
        "replaced": "in a space it stays for 30 days",
    },
    "words.Round": {
        "id": NUMBERS,
        "day": NOT_TOLD,
        "due_by": NOT_TOLD,
        "waits_until": NOT_TOLD,
    },
    "spaces.Space": {
        "id": NUMBERS,
        "since": "since which day",
        "sittings": "How many of its first three sittings",
    },
    "spaces.Member": {
        "id": NUMBERS,
        "space": "With whom you share one",
        "person": "With whom you share one",
        "kind": "What you call the bond",
        "other_name": "the name under which you know the other",
        "resting": "whether you let it rest",
        "check_in": "whether you are asked how it is before and after",
    },
    "spaces.Day": {"id": NUMBERS, "member": NUMBERS, "day": "the days that you both said"},
    "spaces.Door": {
        "id": NUMBERS,
        "visitor": "in which browser or account it was opened",
        "person": "in which browser or account it was opened",
        "space": "for which space",
        "salt": NOT_TOLD,
        "opened_at": "and when",
    },
    "spaces.Token": {
        "id": NUMBERS,
        "door": NUMBERS,
        "way": "until when each way through it lasts",
        "digest": NOT_TOLD,
        "expires_at": "until when each way through it lasts",
    },
    "spaces.Knock": {
        "id": NUMBERS,
        "door": NUMBERS,
        "visitor": "who has knocked",
        "person": "who has knocked",
        "name": "under which name",
        "way": "by which way",
        "at": "and when",
    },
    "spaces.Sitting": {
        "id": NUMBERS,
        "space": "in which browsers or accounts",
        "seating": "where you both are",
        "opened_at": "when it began",
        "pace": NOT_TOLD,
        "beat_at": "from when to when it was",
        "closed_at": "from when to when it was",
        "sat": "whether it came to the practice",
    },
    "spaces.Place": {
        "id": NUMBERS,
        "sitting": NUMBERS,
        "seat": NOT_TOLD,
        "visitor": "in which browsers or accounts",
        "person": "in which browsers or accounts",
        "name": "under which name",
        "keeps": "who would like to keep a space",
        "kind": "What you call the bond",
    },
    "spaces.Event": {
        "id": NUMBERS,
        "sitting": NUMBERS,
        "number": NUMBERS,
        "plain": "what came of it, never whose it was",
    },
}


def stored() -> dict[str, set[str]]:
    return {
        model._meta.label: {field.name for field in model._meta.local_fields}
        for label in OURS
        for model in apps.get_app_config(label).get_models()
    }


def test_every_field_that_is_stored_is_told() -> None:
    assert stored() == {model: set(fields) for model, fields in TOLD.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("model", TOLD)
def test_the_page_says_it(model: str) -> None:
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", Client().get("/seen/").text)).split())
    for field, words in TOLD[model].items():
        assert words is NOT_TOLD or words in page, (model, field)


def test_a_field_that_nobody_told_of_would_be_seen() -> None:
    more = {**stored(), "words.Record": stored()["words.Record"] | {"read_at"}}
    assert more != {model: set(fields) for model, fields in TOLD.items()}
