"""A practice file is read whole or refused in its author's words."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relational_space.practice.errors import PracticeError
from relational_space.practice.practice import Mark, Role, Stage, Turn, in_language
from relational_space.practice.reading import MOST_BYTES, read
from tests.practice.people import SETTLE, practice_text

TEXT = practice_text(rounds=2, lasts="60 s to 120 s, chosen, or one song", after=True, offer=True)


def mistake(text: str, name: str = "mirroring") -> str:
    with pytest.raises(PracticeError) as caught:
        read(text, name=name)
    return str(caught.value)


def test_a_practice_is_read_whole() -> None:
    practice = read(TEXT, name="mirroring")
    assert in_language(practice.title, "en") == "A practice"
    assert [rung.name for rung in practice.ladder] == ["apart", "near", "touching", "facing"]
    assert practice.begins_with == "settle"
    assert practice.can_use_songs and practice.takes_turns
    assert practice.cues[-1].stage is Stage.LANDING


def test_each_becomes_a_turn_for_one_and_a_turn_for_the_other_in_every_round() -> None:
    turns = [cue for cue in read(TEXT, name="mirroring").cues if cue.name == "turns"]
    assert [cue.turn for cue in turns] == [Turn.FIRST, Turn.SECOND] * 2
    assert [cue.mark for cue in turns] == [Mark.BEGIN, Mark.SWITCH, Mark.SWITCH, Mark.SWITCH]


def test_a_moment_after_each_turn_stands_between_the_turns() -> None:
    names = [cue.name for cue in read(TEXT, name="mirroring").cues]
    assert names[1:5] == ["turns", "turns, after", "turns", "turns, after"]


def test_a_shared_device_hears_when_the_turn_changes() -> None:
    turns = [cue for cue in read(TEXT, name="mirroring").cues if cue.name == "turns"]
    assert turns[1].say.to(Role.BOTH)["en"] == "change over"
    assert turns[1].say.to(Role.LEADING)["en"] == "you lead"


def test_the_length_that_is_told_leaves_out_what_is_only_offered() -> None:
    practice = read(practice_text(lasts="60 s to 120 s, chosen"), name="mirroring")
    assert practice.shortest_s == 60 + 2 * 60 + 15 + 45
    assert practice.longest_s == 60 + 2 * 120 + 15 + 45 + 45


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("format = 1", "format = 2", "this program reads format = 1"),
        ("format = 1", "", "format: it is missing; write the number 1"),
        ('languages = ["en"]', "languages = []", "languages: name at least one"),
        ('languages = ["en"]', 'languages = ["en", "de"]', "ladder “apart”, de: it is missing"),
        ('lasts = "60 s"\nup_to', 'lasts = "60 secs"\nup_to', "“60 secs” can't be read; write a"),
        ('lasts = "60 s"\nup_to', 'lasts = "0 s"\nup_to', "“0 s”: from 1 s up"),
        ('up_to = "near"', 'up_to = "nearly"', "“nearly” isn't a rung; the ladder has “apart”"),
        ('up_to = "near"', 'upto = "near"', "cue “near each other”, upto: this word isn't known"),
        ('up_to = "near"', 'upto = "near"', "is it “up_to”?"),
        ('turn = "each"', 'turn = "everybody"', "“everybody” isn't known here; write “both”"),
        ("rounds = 2", "rounds = 90", "rounds: 90; from 1 to 12"),
        ("rounds = 2", "rounds = true", "“True” can't stand here; write a whole number"),
        ('sense = ["movement"]', 'sense = ["heart"]', "“heart” isn't a sense; write “breath” or"),
        ('sense = ["movement"]', 'show = ["heart"]', "“heart” isn't a thing to show; write"),
        ('mark = "begin"', 'mark = "gong"', "“gong” isn't known here; write “none”, “begin”"),
        ('more = "30 s"', 'more = "30"', "“30” can't be read; write a length such as “30 s”"),
        ("[cue.at.near]", "[cue.at.nearer]", "no rung has this name"),
        ('[cue.say.leading]\nen = "you lead"', "", "leading and following come together"),
        ('stage = "land"', 'stage = "sit"', "no cue to land with"),
        ('stage = "land"', 'stage = "landing"', "“landing” isn't known here; write “settle”"),
        ("offered = true", "offered = false", "no rung is offered"),
        ('name = "facing"', 'name = "near"', "two rungs have the same name"),
        ('name = "facing"', 'name = "Fac ing"', "small letters, digits and hyphens"),
        ('[[caution]]\nen = "Anyone may skip this."', "", "say who should adapt or skip this"),
        ('en = "What it is."', 'en = ""', "promise, en: a text has 1 to 600 letters"),
        ('en = "What it is."', "en = 7", "“7” can't stand here; write a text"),
        ('en = "What it is."', f'en = "{"a" * 601}"', "a text has 1 to 600 letters"),
        ('lasts = "45 s"', 'lasts = "99 min"', "it could last"),
        ("[title]", "[title", "it isn't written as TOML"),
    ],
)
def test_a_mistake_is_answered_in_a_sentence(written: str, instead: str, said: str) -> None:
    assert written in TEXT.replace('lasts = "60 s to 120 s, chosen, or one song"', "")
    message = mistake(TEXT.replace(written, instead))
    assert message.startswith("mirroring.toml: ")
    assert said in message


def test_a_cue_without_turns_has_no_words_for_leading() -> None:
    text = TEXT.replace(
        '[cue.at.near]\nen = "said at near"',
        '[cue.at.near]\nen = "said at near"\n[cue.say.leading]\nen = "a"\n[cue.say.following]\nen = "b"',
    )
    assert "a cue with turns, and no other, has [cue.say.leading]" in mistake(text)


def test_a_file_name_is_small_letters_digits_and_hyphens() -> None:
    assert "small letters, digits and hyphens" in mistake(TEXT, name="My Practice")


def test_settle_has_no_ladder_and_nothing_but_settling() -> None:
    assert {cue.stage for cue in read(SETTLE, name="settle").cues} == {Stage.SETTLING}
    assert "only cues to settle with" in mistake(TEXT, name="settle")


@pytest.mark.parametrize(
    "bomb",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "a = " + "{b = " * 500 + "1" + "}" * 500,
        "a." * 20 + "b = 1",
        "# " + "x" * MOST_BYTES,
        "\0",
        "",
    ],
    ids=["deep list", "deep tables", "dotted", "large", "binary", "empty"],
)
def test_a_bomb_is_refused_in_a_sentence(bomb: str) -> None:
    assert len(mistake(bomb)) < 300


@given(st.text(max_size=400))
def test_any_text_is_a_practice_or_a_sentence_for_its_author(text: str) -> None:
    try:
        read(text, name="any")
    except PracticeError as error:
        assert str(error).startswith("any.toml")


_lines = TEXT.splitlines()


@given(st.integers(0, len(_lines) - 1), st.sampled_from(["", "x = 1", 'en = "again"', "[cue]"]))
def test_any_changed_line_is_read_or_answered_in_a_sentence(line: int, instead: str) -> None:
    text = "\n".join([*_lines[:line], instead, *_lines[line + 1 :]])
    try:
        read(text, name="any")
    except PracticeError as error:
        assert str(error).startswith("any.toml: ")


def test_the_words_come_in_the_readers_language_or_the_nearest() -> None:
    words = {"en": "hello", "pt": "olá"}
    assert in_language(words, "pt-BR") == "olá"
    assert in_language(words, "fi") == "hello"
    assert in_language({"de": "hallo"}, "fi") == "hallo"
    assert in_language({}, "en") == ""


def test_the_text_for_these_tests_is_toml() -> None:
    assert tomllib.loads(TEXT)["format"] == 1
