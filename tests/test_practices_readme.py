"""The page for authors is true: its examples run, its mistakes answer so, and no word is missing."""

import inspect
import re

import pytest

from relational_space import practices
from relational_space.practice import reading
from relational_space.practice.errors import PracticeError
from relational_space.practice.reading import read

README = (practices.HERE / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
WHOLE, *PARTS = EXAMPLES
LANDING = '[[cue]]\nname = "back to myself"'
MISTAKES = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (.+?) \|$", README, re.MULTILINE)


def test_the_whole_example_is_a_practice(tmp_path):
    file = tmp_path / "by-the-window.toml"
    file.write_text(WHOLE, encoding="utf-8")
    practice = practices.open_file(file).practice
    assert [cue.name for cue in practice.cues] == ["how long", "light", "back to myself"]
    shelf = practices.gather(practices.HERE, tmp_path)
    shortest_s, longest_s = shelf.whole_s(practice)
    assert practice.promise["en"].startswith(
        f"{round(shortest_s / 60)} to {round(longest_s / 60)} minutes."
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_part_fits_into_the_whole_example(part):
    before, landing = WHOLE.split(LANDING)
    read(before + part + LANDING + landing, name="by-the-window")


@pytest.mark.parametrize(("right", "wrong", "answer"), MISTAKES)
def test_a_mistake_is_answered_as_the_page_says(tmp_path, right, wrong, answer):
    assert right in WHOLE
    file = tmp_path / "by-the-window.toml"
    file.write_text(WHOLE.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PracticeError) as caught:
        practices.open_file(file)
    assert str(caught.value).startswith(f"by-the-window.toml: {answer}")


def test_the_page_has_examples_and_mistakes():
    assert len(PARTS) >= 6
    assert len(MISTAKES) >= 6


def test_every_word_of_the_format_is_on_the_page():
    source = inspect.getsource(reading)
    words = set(
        re.findall(r"\.(?:take|maybe|text|yes|one_of|tables?|maybe_table)\(\s*\"(\w+)\"", source)
    )
    words |= set(re.findall(r"(?:_seconds|lasts|_senses)\(\w+, \"(\w+)\"", source))
    assert {"lasts", "more", "sense", "offered", "apart", "up_to", "check_in"} <= words
    code = " ".join(re.findall(r"```toml\n.*?```|`[^`\n]+`", README, re.DOTALL))
    assert {word for word in words if not re.search(rf"\b{word}\b", code)} == set()


@pytest.mark.parametrize("limit", ["MOST_LETTERS", "MOST_CUES"])
def test_the_limits_on_the_page_are_the_limits(limit):
    assert re.search(rf"\b{getattr(reading, limit)}\b", README)
    assert f"{reading.MOST_BYTES // 1024} KiB" in README
    assert f"{reading.MOST_SECONDS // 60} minutes" in README
