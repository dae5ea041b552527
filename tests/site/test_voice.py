"""The guide's voice: which recording is heard, when it is made, and how it is served."""

import asyncio
import re
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from relational_space import practices
from relational_space.practice.reading import read
from relational_space.site import voice
from relational_space.site.voice import engine, recording, script
from relational_space.site.voice.guide import Guide

BEEPS = "tests.site.beeps.Beeps"
HIBARI = "relational_space.site.voice.engine.Hibari"

ROWING = """
format = 1
languages = ["en"]
title.en = "Rowing"
promise.en = "Two people row."
touch.en = "None."
limits.en = "Nobody has tested this."
caution = [{{ en = "Skip this on a day without water." }}]

[[ladder]]
name = "near"
en = "Near"
offered = true
say.en = "A little more room now."

[[cue]]
name = "Pull, and rest"
turn = "each"
rounds = 2
lasts = "{lasts}"
say.en = "One of you rows."
say.leading.en = "{words}"
say.following.en = "Let it carry you."
at.near.en = "Row from where you are."
again.en = "One of you rows again."
again.leading.en = "Pull once more."
again.following.en = "Let it carry you."
switched.en = "Change over now."

[[cue]]
name = "ashore"
stage = "land"
lasts = "20 s"
say.en = "You are ashore. There is time."
"""


def rowing(*, words="Pull.", lasts="20 s"):
    text = ROWING.format(words=words, lasts=lasts)
    return read(text, name="rowing")


class Place:
    """A guide, and what it has published."""

    def __init__(self, home, engine=BEEPS):
        self.published = {}
        self.guide = Guide(home / "voice", engine, self.publish)

    def publish(self, address, file):
        self.published[address] = file

    def __enter__(self):
        self.guide.start()
        return self

    def __exit__(self, *_):
        self.guide.stop()

    def heard(self, text, language="en", *, within_s=20):
        until = time.monotonic() + within_s
        while not (address := self.guide(text, language)) and time.monotonic() < until:
            time.sleep(0.01)
        return address


def test_a_script_names_each_line_for_whoever_records_it():
    assert [(line.name, line.text) for line in script.script(rowing())] == [
        ("pull-and-rest", "One of you rows."),
        ("pull-and-rest-leading", "Pull."),
        ("pull-and-rest-following", "Let it carry you."),
        ("pull-and-rest-at-near", "Row from where you are."),
        ("pull-and-rest-2", "Change over now."),
        ("pull-and-rest-3", "One of you rows again."),
        ("pull-and-rest-leading-2", "Pull once more."),
        ("ashore", "You are ashore. There is time."),
        ("ladder-near", "A little more room now."),
    ]


def test_everything_a_built_in_practice_says_is_in_its_script():
    shelf = practices.gather(practices.HERE)
    for written in shelf.practices.values():
        table = tomllib.loads(written.text)
        said = {line.text for line in script.script(written.practice)}
        for cue in table["cue"]:
            for part in (cue["say"], cue.get("again", {}), cue.get("switched", {})):
                for words in [part, *(p for p in part.values() if isinstance(p, dict))]:
                    assert not words.get("en") or words["en"].strip() in said


def test_an_author_is_told_when_the_words_take_longer_than_their_cue():
    many = "Now pull, as slowly as the river lets you, and then a little more slowly than that."
    assert voice.too_long(rowing(words=many, lasts="20 s")) == []
    assert voice.too_long(rowing(words=many, lasts="4 s")) == [
        "rowing.toml: cue “Pull, and rest”, leading, en: the words take about 7 s to say and the "
        "cue lasts 4 s; say less, or let it last longer"
    ]


def test_a_recording_is_measured_and_not_guessed(tmp_path):
    own = tmp_path / "rowing" / "en"
    own.mkdir(parents=True)
    soundfile.write(own / "ashore.mp3", np.zeros(21 * 16_000), 16_000, format="MP3")
    (problem,) = voice.too_long(rowing(), tmp_path)
    assert "the words take 21 s to say and the cue lasts 20 s" in problem


def test_every_built_in_practice_leaves_time_for_its_words():
    for written in practices.gather(practices.HERE).practices.values():
        assert voice.too_long(written.practice) == []


def test_words_are_rendered_once_and_found_again_after_a_restart(tmp_path):
    with Place(tmp_path) as place:
        place.guide.learn(rowing())
        address = place.heard("Pull.")
        assert place.heard("You are ashore. There is time.")
    assert re.fullmatch(r"/voice/[0-9a-f]{32}\.mp3", address)
    again = Place(tmp_path)
    again.guide.learn(rowing())
    assert again.guide("Pull.", "en") == address
    assert address in again.published


def test_other_words_and_another_voice_are_other_recordings(tmp_path):
    with Place(tmp_path) as place:
        first = place.heard("Pull.")
        assert place.heard("Pull!") not in ("", first)
    with Place(tmp_path, "tests.site.beeps.OtherBeeps") as place:
        assert place.guide("Pull.", "en") == ""
        assert place.heard("Pull.") not in ("", first)


def test_an_own_recording_wins_and_a_later_folder_before_an_earlier_one(tmp_path):
    with Place(tmp_path) as place:
        place.heard("Pull.")
    for folder, seconds in (("ours", 1), ("theirs", 2)):
        own = tmp_path / folder / "rowing" / "en" / "pull-and-rest-leading.mp3"
        own.parent.mkdir(parents=True)
        soundfile.write(own, np.zeros(seconds * 16_000), 16_000, format="MP3")
    again = Place(tmp_path)
    again.guide.learn(rowing(), tmp_path / "ours", tmp_path / "theirs")
    assert again.published[again.guide("Pull.", "en")] == str(own)


def test_an_own_recording_needs_no_engine_and_its_address_changes_with_it(tmp_path):
    own = tmp_path / "rowing" / "en" / "ashore.mp3"
    own.parent.mkdir(parents=True)
    addresses = set()
    for seconds in (1, 2):
        soundfile.write(own, np.zeros(seconds * 16_000), 16_000, format="MP3")
        place = Place(tmp_path, "none")
        place.guide.learn(rowing(), tmp_path)
        addresses.add(place.guide("You are ashore. There is time.", "en"))
        assert place.guide("Pull.", "en") == ""
    assert "" not in addresses
    assert len(addresses) == 2


def test_what_a_sitting_needs_now_is_made_before_what_can_wait(tmp_path):
    place = Place(tmp_path)
    place.guide.learn(rowing())
    place.guide.learn(rowing(words="Pull, both of you."), soon=True)
    place.guide("Asked for just now.", "en")
    with place:
        place.heard("A little more room now.")
        place.heard("Pull.")
    made = list(place.published.values())
    soon = [line.text for line in script.script(rowing(words="Pull, both of you."))]
    expected = [*soon, "Asked for just now.", "Pull."]
    assert made == [str(place.guide._files[text]) for text in expected]


def test_a_practice_without_the_listeners_language_is_said_in_its_own(tmp_path):
    with Place(tmp_path) as place:
        place.guide.learn(rowing())
        assert place.heard("Pull.", "de")
        assert place.guide("Worte, die niemand kennt.", "de") == ""


def test_one_text_that_cannot_be_said_keeps_no_other_from_being_said(tmp_path, caplog):
    with Place(tmp_path) as place:
        place.guide("This is unspeakable.", "en")
        assert place.heard("Pull.")
        assert place.guide._addresses.get("This is unspeakable.") is None
    assert "captions stay" in caplog.text


def test_an_engine_that_never_works_is_given_up_and_nothing_else_is_harmed(tmp_path, caplog):
    with Place(tmp_path) as place:
        for number in range(6):
            place.guide(f"This is unspeakable {number}.", "en")
        place.guide._thread.join(20)
        assert not place.guide._thread.is_alive()
        assert place.guide("This is unspeakable 0.", "en") == ""
    assert caplog.text.count("captions stay") == 3


def test_a_folder_that_cannot_be_written_leaves_captions(tmp_path):
    (tmp_path / "voice").write_text("in the way")
    with Place(tmp_path) as place:
        place.guide("Pull.", "en")
        place.guide.learn(rowing())
        place.guide._thread.join(20)
        assert place.guide("Pull.", "en") == ""


def test_no_engine_means_no_address_and_no_process(tmp_path):
    with Place(tmp_path, "none") as place:
        place.guide.learn(rowing())
        assert place.guide("Pull.", "en") == ""
        assert place.guide._renderer is None


def test_stopping_in_the_middle_of_a_sentence_takes_no_time_and_leaves_no_half_file(tmp_path):
    place = Place(tmp_path, HIBARI)
    place.guide.learn(rowing())
    with place:
        while place.guide._renderer is None:
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert list(tmp_path.glob("voice/*.mp3")) == [Path(file) for file in place.published.values()]


def test_a_recording_has_silence_between_sentences_one_level_and_no_clipping(tmp_path):
    two = "One two three four five six seven eight nine ten. One two three four five."
    with Place(tmp_path) as place:
        sound, rate_hz = soundfile.read(place.published[place.heard(two)])
    assert np.abs(sound).max() < 0.95
    expected_s = recording.BEFORE_S + 1 + script.BETWEEN_SENTENCES_S + 0.5 + recording.AFTER_S
    assert len(sound) / rate_hz == pytest.approx(expected_s, abs=0.2)
    assert longest_silence_s(sound, rate_hz) == pytest.approx(script.BETWEEN_SENTENCES_S, abs=0.1)
    first, second = sound[: int(rate_hz * 1.1)], sound[-int(rate_hz * 0.9) :]
    levels = [np.sqrt(np.mean(part[np.abs(part) > 0.01] ** 2)) for part in (first, second)]
    assert levels[0] == pytest.approx(levels[1], rel=0.1)


def longest_silence_s(sound, rate_hz):
    """The longest stretch, between the first and the last sound, that nobody hears."""
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return np.diff(loud).max() / rate_hz


def test_sentences_are_told_apart_and_keep_their_marks():
    text = "Is it good? Then stay. “Small is good.” Nothing yet … is a turn too.\nRest."
    assert script.sentences(text) == (
        "Is it good?",
        "Then stay.",
        "“Small is good.”",
        "Nothing yet …",
        "is a turn too.",
        "Rest.",
    )


def get(application, path, **headers):
    """Status, headers and body of what an ASGI application answers."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    asyncio.run(application(scope, receive, send))
    told = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(m.get("body", b"") for m in sent[1:])


def test_a_recording_is_served_with_its_length_in_parts_and_for_ever(tmp_path):
    from relational_space.site import asgi

    with Place(tmp_path) as place:
        address = place.heard("Pull.")
    file = place.published[address]
    asgi._http.add_file_to_dictionary(address, file)
    whole = Path(file).read_bytes()
    status, told, body = get(asgi.application, address)
    assert (status, body) == (200, whole)
    assert told["content-type"] == "audio/mpeg"
    assert told["content-length"] == str(len(whole))
    assert told["cache-control"].endswith("immutable")
    assert told["x-content-type-options"] == "nosniff"
    status, told, body = get(asgi.application, address, range="bytes=10-19")
    assert (status, body) == (206, whole[10:20])
    assert told["content-range"] == f"bytes 10-19/{len(whole)}"
    assert get(asgi.application, address, range=f"bytes={len(whole)}-")[0] == 416


def test_hibari_is_only_asked_for_the_voice_inside_its_package():
    from hibari.voices import VOICES

    assert VOICES["heart"]["bundled"]
    assert "heart" in engine.Hibari().sounds_like
    assert engine.Hibari().speaks("en-GB")
    assert not engine.Hibari().speaks("de")


@pytest.mark.long
def test_hibari_says_every_built_in_practice_in_time(tmp_path):
    lines = []
    with Place(tmp_path, HIBARI) as place:
        for written in practices.gather(practices.HERE).practices.values():
            place.guide.learn(written.practice)
            lines += [(written.practice, line) for line in script.script(written.practice)]
        for practice, line in lines:
            file = place.published[place.heard(line.text, within_s=120)]
            sound, rate_hz = soundfile.read(file)
            spoken_s = len(sound) / rate_hz
            words = len(line.text.split())
            print(f"{practice.name} {line.name}: {spoken_s:.1f} s, {words / spoken_s:.1f} words/s")
            assert 0.05 < np.abs(sound).max() < 0.95
            # Neither racing nor dragging, silence between sentences included.
            assert 1.0 < words / spoken_s < 3.5
            if len(script.sentences(line.text)) > 1:
                assert longest_silence_s(sound, rate_hz) >= script.BETWEEN_SENTENCES_S - 0.1
            assert line.lasts_s is None or spoken_s <= line.lasts_s
