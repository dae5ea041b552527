"""The file of helplines: facts in one form, none shown as checked that nobody has checked."""

import json
import re
from datetime import date

import pytest

from relational_space.site import helplines
from relational_space.site.helplines import KINDS, Line, Unreadable, gather, read

COUNTRIES = gather(helplines.HERE)
LINES = [(country.name, line) for country in COUNTRIES for line in country.lines]

GOOD = {"kind": "crisis", "name": "A line", "dial": "116 123", "source": "https://example.org"}


def file_of(**changes):
    line = {**GOOD, **changes}
    return json.dumps({"countries": [{"code": "XX", "name": "X", "lines": [line]}]})


def test_at_least_twelve_countries_have_all_three_kinds():
    whole = [c.name for c in COUNTRIES if {line.kind for line in c.lines} == set(KINDS)]
    assert len(whole) >= 12
    assert all(country.lines[0].kind == "emergency" for country in COUNTRIES)


def test_countries_stand_in_the_order_of_their_names_once_each():
    names = [country.name for country in COUNTRIES]
    assert names == sorted(set(names))
    assert len({country.code for country in COUNTRIES}) == len(names)


@pytest.mark.parametrize(("country", "line"), LINES)
def test_a_line_is_dialled_as_it_is_published_where_it_is(country, line):
    assert re.fullmatch(r"[0-9#][0-9# -]+", line.dial), "a number inside the country, no +44"
    assert re.fullmatch(r"https://[\w.-]+(/[\w./-]*)?", line.source)


@pytest.mark.parametrize(("country", "line"), LINES)
def test_nothing_is_called_checked_before_a_person_has_checked_it(country, line):
    assert line.verified_at == ""
    assert not line.is_checked(date(2026, 12, 1))


def test_checked_holds_until_its_last_day():
    line = Line(**GOOD, verified_at="2026-05-01", expires_at="2027-05-01")
    assert line.is_checked(date(2027, 5, 1))
    assert not line.is_checked(date(2027, 5, 2))


def test_a_phone_gets_digits_and_signs_alone():
    assert Line(**{**GOOD, "dial": "0800 111 0 111"}).tel == "tel:08001110111"
    assert Line(**{**GOOD, "dial": "#8008"}).tel == "tel:%238008"


def test_a_host_adds_lines_of_its_own(tmp_path):
    added = tmp_path / "helplines.json"
    line = {**GOOD, "kind": "emergency", "name": "House"}
    countries = [
        {"code": "IE", "name": "Eire", "lines": [line]},
        {"code": "XX", "name": "Xanadu", "lines": [line]},
    ]
    added.write_text(json.dumps({"countries": countries}))
    found = {country.code: country for country in gather(helplines.HERE, added)}
    assert found["IE"].name == "Ireland"
    assert [line.name for line in found["IE"].lines][:2] == ["Emergency", "House"]
    assert found["XX"].lines[0].name == "House"
    assert len(gather(helplines.HERE, tmp_path / "none.json")) == len(COUNTRIES)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "here.json can't be read"),
        ("[]", "here.json can't be read"),
        (file_of(kind="advice"), "“advice” is no kind"),
        (file_of(dial="call us"), "“call us” is no number"),
        (file_of(dial=116123), "should be a text"),
        (file_of(source="http://example.org"), "with https://"),
        (file_of(verified="2026"), "“verified” isn't known"),
        (file_of(expires_at="soon"), "soon"),
    ],
)
def test_a_mistake_in_a_host_s_file_is_told(text, sentence):
    with pytest.raises(Unreadable, match=re.escape(sentence)):
        read(text, "here.json")
