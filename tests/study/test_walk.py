"""docs/study.md: its files are made, its commands are run, and they print what stands there."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relational_space.__main__ import app

PAGE = (Path(__file__).parents[2] / "docs" / "study.md").read_text("utf-8")
NUMBER = re.compile(r"-?\d+\.?\d*")


def said(*words):
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A folder with the page's made-up files."""
    where = tmp_path_factory.mktemp("walk")
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(where)
        exec(compile(program, "docs/study.md", "exec"), {})
        yield where


def test_every_command_of_the_walk_prints_what_stands_there(walked):
    run = 0
    for block in re.findall(r"```\n(\$ .*?)```", PAGE, re.DOTALL):
        for part in re.split(r"^\$ relational-space ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            told = said(*command.split())
            # Words to the letter; figures may move a little with a better estimator.
            assert NUMBER.sub("#", told) == NUMBER.sub("#", printed)
            for now, then in zip(NUMBER.findall(told), NUMBER.findall(printed), strict=True):
                assert float(now) == pytest.approx(float(then), rel=0.2, abs=0.1)
            run += 1
    assert run == 5
    assert "<svg" in (walked / "study.html").read_text()


def test_every_key_that_is_printed_is_told_with_its_unit(walked):
    a, b = "night0_a.csv", "night0_b.csv"
    for words in (("breath", a), ("couple", a, b), ("study", ".")):
        found = json.loads(said(*words, "--json"))
        [told] = re.findall(rf"\| `{words[0]}` \| \|\n(.*?)\n\n", PAGE, re.DOTALL)
        keys = set(found)
        for inner in ("chance", "a", "b"):
            keys |= set(found.get(inner, ()))
        keys |= set(found["pairs"][0]) if "pairs" in found else set()
        assert keys - {"rate_per_min"} <= set(re.findall(r"`(\w+)`", told))
