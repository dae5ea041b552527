"""The practice files that come with the program, and the folder that a host's own are read from."""

import re
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from relational_space import practices
from relational_space.__main__ import app
from relational_space.practice.errors import PracticeError
from relational_space.practice.events import Opened
from relational_space.practice.practice import (
    BOTH_SEATS,
    Mark,
    Picture,
    Seat,
    Stage,
    plan,
    questions,
)
from relational_space.practice.reading import read
from relational_space.practice.screen import screen
from relational_space.practice.sitting import Accept, Choose, Join, Ready, due, fold, step

SHELF = practices.gather(practices.HERE)
FIRST = ("back-to-back-breathing", "mirroring", "what-i-see-in-you")
MENDING = ("small-repair", "time-out", "repair", "looking-again")
FELT = ("breathing-with-a-shared-pace", "feeling-breath-from-afar")
NAMES = (*FIRST, FELT[0], "eye-gazing", FELT[1], *MENDING)
TO_SIT = [SHELF.practices[name].practice for name in NAMES]
SETTLE = SHELF.practices["settle"].practice
ALL = [SETTLE, *TO_SIT]
BACK_TO_BACK, MIRRORING, WHAT_I_SEE, PACED, EYES, AFAR, *TO_MEND = TO_SIT

# How slowly the guide speaks, and the silence that it leaves after a sentence.
WORDS_A_SECOND = 1.8
AFTER_A_SENTENCE_S = 0.5

NUMBERS = dict(
    zip("five six seven eight nine ten eleven twelve thirteen".split(), range(5, 14), strict=True)
)


def by_name(practice):
    return practice.name


def sayings(practice):
    """Every text that is spoken, with the cue it belongs to."""
    for cue in practice.cues:
        for saying in (cue.say, *cue.say_at.values()):
            for words in saying.by_role.values():
                yield cue, words["en"]


def screens(practice, rung, *, longer=False, accepting=False, seated=frozenset({Seat.ONE})):
    """What one person is shown from the first cue to the end, when both choose this rung."""
    written = SHELF.practices[practice.name]
    sitting = fold(
        [
            Opened(
                at=0.0,
                practice_name=practice.name,
                practice_text=written.text,
                settle_text=SHELF.practices["settle"].text,
                first=Seat.ONE,
                song=False,
                begins_low=False,
                pace=1.0,
            )
        ]
    )
    for command in (Join(BOTH_SEATS), Choose(BOTH_SEATS, rung, longer), Ready(BOTH_SEATS)):
        sitting, _ = step(sitting, command, 0.0)
    shown = [screen(sitting, seated)]
    while (when := due(sitting)) is not None:
        if accepting and "accept" in shown[-1].may:
            sitting, _ = step(sitting, Accept(BOTH_SEATS, sitting.cue), when - 1.0)
        sitting, _ = step(sitting, None, when)
        shown.append(screen(sitting, seated))
    assert shown[-1].stage is Stage.CLOSED
    return shown[:-1]


def rungs():
    return [(p, r.name) for p in TO_SIT for r in p.ladder if r.offered or r.apart]


def test_every_file_that_comes_with_the_program_can_be_read():
    assert SHELF.mistakes == ()
    assert set(SHELF.practices) == {*NAMES, "settle"}


def test_settling_is_not_a_practice_to_choose():
    assert SHELF.to_sit() == tuple(TO_SIT)


def test_the_three_to_begin_with_come_before_what_is_for_later():
    assert [practice.name for practice in TO_SIT if not practice.later] == list(FIRST)
    assert [practice.later for practice in SHELF.to_sit()] == sorted(p.later for p in TO_SIT)


def test_a_practice_stands_after_the_one_that_leads_to_it(tmp_path):
    def leading(to):
        return GOOD.replace("[title]", f'[link]\npractice = "{to}"\nafter_days = 3\n[title]', 1)

    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(leading("a"))
    (tmp_path / "c.toml").write_text(leading("b"))
    (tmp_path / "d.toml").write_text(leading("e"))
    (tmp_path / "e.toml").write_text(leading("d"))
    order = [practice.name for practice in practices.gather(tmp_path).to_sit()]
    assert order == ["c", "b", "a", "d", "e"]


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_a_whole_sitting_stays_under_a_quarter_of_an_hour(practice):
    shortest_s, longest_s = SHELF.whole_s(practice)
    assert 5 * 60 < shortest_s < longest_s < 15 * 60


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_the_length_is_said_first_and_is_true(practice):
    promised = re.match(r"(\d+) to (\d+) minutes[.,]", practice.promise["en"])
    assert promised, practice.promise["en"]
    assert [int(m) for m in promised.groups()] == [round(s / 60) for s in SHELF.whole_s(practice)]
    # Somebody nervous reads them just before choosing.
    assert len(f"{practice.promise['en']} {practice.touch['en']}".split()) <= 25
    first = practice.cues[0].say.by_role["both"]["en"]
    said = [NUMBERS[word] for word in re.findall(r"\w+", first) if word in NUMBERS]
    assert said == [round(practice.shortest_s / 60), round(practice.longest_s / 60)]


@pytest.mark.parametrize("practice", ALL, ids=by_name)
def test_no_words_speak_of_a_choice_that_may_not_have_been_offered(practice):
    """Guests are offered no length, nor are two people in a space's first three sittings."""
    assert not [words for _, words in sayings(practice) if "chose" in words]


def test_settling_takes_between_one_minute_and_five_quarters():
    assert 60 <= SETTLE.shortest_s == SETTLE.longest_s <= 75
    assert "about a minute" in SETTLE.cues[0].say.by_role["both"]["en"]


@pytest.mark.parametrize("practice", ALL, ids=by_name)
def test_all_words_fit_their_time_when_spoken_slowly(practice):
    too_long = {
        cue.name: text
        for cue, text in sayings(practice)
        if len(text.split()) / WORDS_A_SECOND
        + len(re.findall(r"[.?!:;]", text)) * AFTER_A_SENTENCE_S
        > cue.lasts.shortest_s
    }
    assert too_long == {}


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_touch_and_no_touch_are_both_offered_and_none_where_something_is_mended(practice):
    touch = {False} if practice in (AFAR, *TO_MEND) else {True, False}
    assert {rung.touch for rung in practice.ladder if rung.offered} == touch
    assert "touch" in practice.touch["en"]
    assert any(rung.apart for rung in practice.ladder)


@pytest.mark.parametrize(("practice", "rung"), rungs(), ids=str)
@pytest.mark.parametrize("longer", [False, True])
def test_every_choice_is_carried_from_settling_to_its_end(practice, rung, longer):
    shown = screens(practice, rung, longer=longer)
    assert all(each.say for each in shown)
    assert [each.stage for each in shown] == sorted(
        (each.stage for each in shown), key=list(Stage).index
    )
    assert {each.stage for each in shown} == {Stage.SETTLING, Stage.SITTING, Stage.LANDING}


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_the_smaller_form_is_also_words_of_its_own(practice):
    """A rung that can be come down to says what has changed, for both, without a reason."""
    for rung in practice.ladder[:-1]:
        assert rung.say["en"]


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_nobody_touches_where_touch_was_not_chosen(practice):
    for rung in practice.ladder:
        if rung.touch or not (rung.offered or rung.apart):
            continue
        for each in screens(practice, rung.name):
            assert not re.search(r"\b(touch|palms|come together|just meet)\b", each.say) or (
                "without touching" in each.say
            ), each.say


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_landing_separates_the_two(practice):
    landing = " ".join(text for cue, text in sayings(practice) if cue.stage is Stage.LANDING)
    assert "Back to myself" in landing
    assert "not yours to carry" in landing
    assert next(c.mark for c in practice.cues if c.stage is Stage.LANDING) is Mark.END


@pytest.mark.parametrize("practice", ALL, ids=by_name)
def test_breath_is_never_the_only_place_to_rest(practice):
    own = [text for _, text in sayings(practice) if re.search(r"\b(your|own) breath\b", text)]
    for text in own:
        assert re.search(r"\b(sounds?|hands?|feet|face|always there)\b", text), text


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_everybody_in_the_matrix_finds_words(practice):
    needs = {adaptation.need for adaptation in practice.adaptations}
    assert needs == {
        "floor",
        "wheelchair",
        "no touch",
        "sight",
        "hearing",
        "deafblind",
        "autistic or ADHD",
        "pregnant",
        "pain",
        "two places",
        "weak signal",
    }
    assert len(practice.cautions) >= 5


@pytest.mark.parametrize("practice", ALL, ids=by_name)
def test_what_is_known_has_a_source_and_what_is_not_is_said(practice):
    assert practice.evidence
    assert all(re.search(r"\d{4}|our own search", e.source) for e in practice.evidence)
    assert "Nobody has tested this exact" in practice.limits["en"]
    assert "stop" in practice.limits["en"]


@pytest.mark.parametrize("practice", TO_SIT, ids=by_name)
def test_the_private_questions_can_lead_to_aftercare_and_to_somebody_else(practice):
    asked = questions(SETTLE, practice)
    after = {q.name: q for q in asked if q.when == "after"}
    assert [o.leads_to for o in after["more-than-wanted"].options] == ["", "aftercare", "aftercare"]
    assert {"bridge", "good-detail", "closeness", "myself"} <= set(after)
    assert next(iter(after)) == "more-than-wanted"
    assert list(after)[-2:] == ["bridge", "good-detail"]
    before = [q for q in asked if q.when == "before" and not q.is_gate]
    assert all(q.check_in for q in before)
    assert {"pleasure", "arousal", "safe", "ground", "body"} == {q.name for q in before}


# What phones may feel -----------------------------------------------------------------------------


def test_only_the_two_that_are_made_for_it_show_anything_of_a_rhythm():
    shows = {practice.name: practice.shows for practice in ALL if practice.shows}
    assert shows == {PACED.name: {"pace"}, AFAR.name: {"other-breath"}}
    for practice in (PACED, AFAR):
        for cue in practice.cues:
            assert not cue.show or cue.stage is Stage.SITTING


def test_what_phones_may_feel_is_felt_only_while_they_sit_and_are_where_they_meant_to_be():
    senses = {practice.name: practice.senses for practice in ALL if practice.senses}
    assert senses == {
        BACK_TO_BACK.name: {"breath"},
        MIRRORING.name: {"movement"},
        PACED.name: {"breath"},
        AFAR.name: {"breath"},
    }
    for practice in ALL:
        for cue in practice.cues:
            assert not cue.sense or (cue.stage is Stage.SITTING and cue.up_to is None)


def test_the_others_breath_comes_only_after_a_minute_of_ones_own_and_is_never_all_there_is():
    felt = [cue for cue in AFAR.cues if cue.sense]
    assert not felt[0].show
    assert felt[0].lasts.shortest_s >= 60
    for cue in felt[1:]:
        assert re.search(r"\bnothing\b", cue.say.by_role["both"]["en"])


def test_a_pace_has_no_stop_and_can_be_let_pass():
    said = " ".join(text for _, text in sayings(PACED))
    assert "no stop between" in said
    assert "let it pass" in said
    assert PACED.cues[[c.name for c in PACED.cues].index("without it")].show == frozenset()


# Back-to-back breathing ---------------------------------------------------------------------------


@pytest.mark.parametrize("rung", ["near", "touching", "apart"])
def test_nothing_pulses_in_back_to_back_breathing(rung):
    shown = [s for s in screens(BACK_TO_BACK, rung) if s.stage is not Stage.SETTLING]
    assert {each.picture for each in shown} == {Picture.STILL}
    marks = [(each.stage, each.mark) for each in shown if each.mark != "none"]
    assert marks == [(Stage.SITTING, "begin"), (Stage.LANDING, "end")]
    gaps = [round(b.begins_at - a.begins_at, 3) for a, b in pairwise(shown)]
    assert not any(a == b == c for a, b, c in zip(gaps, gaps[1:], gaps[2:], strict=False))


def test_nobody_is_told_when_to_breathe():
    for _, text in sayings(BACK_TO_BACK):
        assert not re.search(r"breathe (in|out)|inhale|exhale|hold your breath|deep|count", text)


def test_two_who_chose_touching_are_near_each_other_for_a_minute_first():
    shown = screens(BACK_TO_BACK, "touching")
    sitting = [each for each in shown if each.stage is Stage.SITTING]
    together = next(each for each in sitting if "come together" in each.say)
    near = next(each for each in sitting if "without touching" in each.say)
    assert together.begins_at - near.begins_at >= 60
    assert together.begins_at - sitting[0].begins_at >= 90


def test_coming_down_while_touching_says_how_it_is_now():
    ladder = [rung.name for rung in BACK_TO_BACK.ladder]
    assert ladder == ["apart", "near", "lightly", "touching"]


# Mirroring ----------------------------------------------------------------------------------------


def test_each_leads_for_the_same_time_and_a_switch_is_marked():
    shown = [s for s in screens(MIRRORING, "near") if s.stage is Stage.SITTING]
    turns = [s for s in shown if s.turn != "both" and s.mark == "switch"]
    assert [s.turn for s in turns] == ["yours", "theirs"]
    lengths = [s.ends_at - s.begins_at for s in turns]
    assert lengths == [60, 60]
    assert MIRRORING.can_use_songs


def test_a_third_round_without_a_leader_is_offered_and_can_be_left():
    def ledby(accepting):
        return [s.say for s in screens(MIRRORING, "near", accepting=accepting)]

    assert any("Nobody leads now" in say for say in ledby(True))
    assert not any("Nobody leads now" in say for say in ledby(False))


def test_seeds_are_for_those_who_ask():
    hints = {hint.label["en"] for cue in MIRRORING.cues for hint in cue.hints}
    assert {"Water", "Slow hands"} <= hints
    spoken = " ".join(text for _, text in sayings(MIRRORING))
    assert "water" not in spoken


# What I see in you --------------------------------------------------------------------------------


def test_each_names_one_thing_and_is_followed_by_a_moment_to_receive():
    cues = [cue for cue in plan(None, WHAT_I_SEE, first=Seat.ONE) if cue.turn != "both"]
    assert [cue.turn.value for cue in cues] == ["one", "one", "other", "other"] * 3
    for turn, received in zip(cues[::2], cues[1::2], strict=True):
        assert turn.may_pass and turn.more_s
        assert received.lasts.longest_s <= 15
        assert "thank-you" in received.say.by_role["following"]["en"]


def test_the_four_kinds_are_hints_and_not_stages():
    turn = next(cue for cue in WHAT_I_SEE.cues if cue.hints)
    labels = " ".join(hint.label["en"] for hint in turn.hints).lower()
    for kind in ("strength", "quality", "characteristic", "quirk", "trait", "when did you see it?"):
        assert kind in labels
    assert "nothing yet" in turn.say.by_role["leading"]["en"].lower()


# Eye-gazing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rung", ["eyes", "hands"])
@pytest.mark.parametrize("longer", [False, True])
def test_every_step_with_eyes_is_short_and_invites_to_look_away(rung, longer):
    shown = [s for s in screens(EYES, rung, longer=longer, accepting=True) if s.cue is not None]
    steps = [s for s in shown if re.search(r"\b[Ee]yes? (may|can|when|if)\b|one eye", s.say)]
    steps = [s for s in steps if s.mark == "switch"]
    assert len(steps) == 4
    for each in steps:
        assert each.ends_at - each.begins_at <= 120
        assert re.search(r"\b[Ll]ook away\b", each.say), each.say
        after = shown[shown.index(each) + 1]
        assert after.offer or re.search(r"\b(away|closed)\b", after.say, re.I), after.say
    assert steps[0].ends_at - steps[0].begins_at <= 15


@pytest.mark.parametrize("rung", ["voices", "light"])
def test_the_same_steps_come_without_eyes_that_meet(rung):
    plain = screens(EYES, rung, accepting=True)
    assert len(plain) == len(screens(EYES, "hands", accepting=True))
    assert not re.search(r"[Ee]yes (may meet|when they like)", " ".join(s.say for s in plain))


def test_without_sight_no_sentence_of_voices_asks_for_it():
    for each in screens(EYES, "voices"):
        assert not re.search(r"\blook(ing)?\b(?! .*(feel|sound))", each.say), each.say


def test_two_in_their_first_sittings_are_not_asked_for_eyes():
    offered = [rung for rung in EYES.ladder if rung.offered]
    assert [rung.name for rung in offered if not rung.eyes] == ["voices", "light"]
    assert [rung.name for rung in EYES.ladder if rung.apart] == ["voices", "light", "eyes"]


# To mend something --------------------------------------------------------------------------------


def test_whoever_would_mend_something_is_asked_first_whether_they_are_afraid():
    """A yes, or not being sure, leads to safety; and it is the same question each time."""
    [gate, *others] = [practice.gate for practice in TO_MEND]
    assert others == [gate] * len(others)
    assert {option.name: option.leads_to for option in gate.options} == {
        "no": "",
        "unsure": "safety",
        "yes": "safety",
    }
    assert not gate.check_in
    assert all(practice.gate is None for practice in TO_SIT if practice not in TO_MEND)


@pytest.mark.parametrize("practice", TO_MEND, ids=by_name)
@pytest.mark.parametrize("longer", [False, True])
def test_each_speaks_for_as_long_as_the_other(practice, longer):
    cues = plan(None, practice, first=Seat.ONE)
    turns = {
        seat: [c.lasts.longest_s if longer else c.lasts.shortest_s for c in cues if c.turn == seat]
        for seat in ("one", "other")
    }
    assert turns["one"] == turns["other"] != []
    assert all(c.may_pass and c.more_s for c in cues if c.turn != "both" and c.mark != "none")


def test_a_repair_goes_from_each_alone_to_one_offer():
    names = [cue.name for cue in plan(None, SHELF.practices["repair"].practice, first=Seat.ONE)]
    order = ["what happened", "what it did", "tell", "tell, after", "a part of mine", "one offer"]
    assert [name for name in dict.fromkeys(names) if name in order] == order


def test_a_repair_takes_days():
    links = {p.name: (p.link.practice, p.link.after_days) for p in TO_MEND if p.link}
    assert links == {"time-out": ("repair", 1), "repair": ("looking-again", 3)}


# The folder and the command -----------------------------------------------------------------------

GOOD = """
format = 1
languages = ["en"]
[title]
en = "Sitting by the window"
[promise]
en = "2 to 3 minutes."
[touch]
en = "No touch."
[limits]
en = "Nobody has tested this."
[[caution]]
en = "Leave it out when you are tired."
[[ladder]]
name = "near"
offered = true
en = "Near"
[[cue]]
name = "light"
lasts = "2 min to 3 min, chosen"
[cue.say]
en = "If you like, notice the light, or the air."
[[cue]]
name = "back"
stage = "land"
lasts = "10 s"
[cue.say]
en = "Back to myself."
"""


def told(tmp_path, text, name="window.toml"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(app, ["check-practices", str(file)])


def test_the_command_says_that_a_file_is_good_and_how_long_it_lasts(tmp_path):
    answer = told(tmp_path, GOOD)
    assert (answer.exit_code, answer.stdout) == (0, "window.toml: good; it lasts 2.2 to 3.2 min.\n")


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (("2 min to 3 min, chosen", "two minutes"), "cue “light”, lasts: “two minutes”"),
        (("2 min to 3 min, chosen", "3 min to 2 min, chosen"), "the shorter length first"),
        (("lasts", "last"), "cue “light”, lasts: it is missing"),
        (('stage = "land"', 'stage = "landing"'), "write “settle”, “sit” or “land”"),
        (('stage = "land"', ""), 'write one with stage = "land"'),
        (("offered = true", "offered = yes"), "it isn't written as TOML"),
        (("offered = true", "ofered = true"), "is it “offered”?"),
        (("offered = true", 'offered = "true"'), "write true or false"),
        (("format = 1", "format = 2"), "this program reads format = 1"),
        (("format = 1", 'format = "1"'), "write the number 1"),
        (('en = "Back to myself."', 'de = "Zurück zu mir."'), "cue “back”, say, en: it is missing"),
        (('languages = ["en"]', 'languages = "en"'), 'write a list such as ["en"]'),
        (('en = "Back to myself."', 'en = ""'), "a text has 1 to 600 letters"),
        (("[limits]", "[limit]"), "limits: it is missing; write a table [limits]"),
        (("[cue.say]", "[say]"), "say: it is missing; write a table [say]"),
        (("[[caution]]", "[[cautions]]"), "is it “caution”?"),
        (('"No touch."', "“No touch.”"), "it isn't written as TOML"),
        (
            ('languages = ["en"]', 'languages = ["en"]\nbegins_with = "setle"'),
            "write “settle”, or leave it out",
        ),
        (
            ('en = "Near"', 'touch = true\nen = "Near"\n[ladder.apart]\nen = "Yes"'),
            "can't touch",
        ),
    ],
)
def test_a_mistake_is_answered_in_one_sentence_for_its_author(tmp_path, mistake, sentence):
    answer = told(tmp_path, GOOD.replace(*mistake, 1))
    assert answer.exit_code == 1
    assert answer.stderr.startswith("window.toml: ")
    assert answer.stderr.count("\n") == 1
    assert sentence in answer.stderr


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        (b"\xff\xfe\x00", "window.toml", "save it as plain text"),
        (b"#" * 70_000, "window.toml", "larger than 64 KiB"),
        (GOOD, "Window.toml", "small letters, digits and hyphens"),
        (GOOD, "window.txt", "ends in .toml"),
        ("", "window.toml", "format: it is missing"),
    ],
)
def test_a_file_that_is_no_practice_at_all_is_told_what_it_should_be(
    tmp_path, text, name, sentence
):
    answer = told(tmp_path, text, name)
    assert answer.exit_code == 1
    assert sentence in answer.stderr


def test_a_missing_file_and_a_folder_are_told_apart_from_bad_ones(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    for name, sentence in (("gone.toml", "no such file"), ("folder.toml", "can't be opened")):
        answer = CliRunner().invoke(app, ["check-practices", str(tmp_path / name)])
        assert answer.exit_code == 1
        assert sentence in answer.stderr


def test_one_bad_file_in_a_folder_leaves_the_others_served(tmp_path):
    (tmp_path / "window.toml").write_text(GOOD)
    (tmp_path / "broken.toml").write_text("format = ")
    (tmp_path / "orphan.toml").write_text(GOOD.replace("[title]", 'begins_with = "x"\n[title]', 1))
    shelf = practices.gather(practices.HERE, tmp_path)
    assert {*NAMES, "settle", "window"} == set(shelf.practices)
    assert sorted(str(mistake).split(":")[0] for mistake in shelf.mistakes) == [
        "broken.toml",
        "orphan.toml",
    ]


def test_a_host_can_put_other_words_in_the_place_of_ours(tmp_path):
    (tmp_path / "mirroring.toml").write_text(GOOD)
    shelf = practices.gather(practices.HERE, tmp_path)
    assert shelf.practices["mirroring"].practice.title["en"] == "Sitting by the window"


GATE = """
[[question]]
name = "afraid"
when = "before"
kind = "choice"
[question.ask]
en = "Are you afraid of them?"
[[question.option]]
name = "no"
en = "No"
[[question.option]]
name = "yes"
en = "Yes"
leads_to = "safety"
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GATE.replace('kind = "choice"', 'kind = "choice"\ncheck_in = true'), "without check_in"),
        (GATE.replace('en = "No"', 'en = "No"\nleads_to = "safety"'), "leads nowhere"),
        (GATE + GATE, "only one question"),
        ('[link]\npractice = "x"\nafter_days = 0\n', "from 1 to 60"),
    ],
)
def test_what_would_let_somebody_who_is_afraid_slip_through_is_refused(text, sentence):
    assert read(GOOD + GATE, name="window").gate
    with pytest.raises(PracticeError, match=sentence):
        read(GOOD + text, name="window")


def test_settle_asks_nothing_that_leads_to_safety():
    with pytest.raises(PracticeError, match="in a practice itself"):
        read(SHELF.practices["settle"].text + GATE, name="settle")


def test_a_practice_that_leads_nowhere_is_left_out(tmp_path):
    (tmp_path / "window.toml").write_text(GOOD + '[link]\npractice = "x"\nafter_days = 3\n')
    shelf = practices.gather(tmp_path)
    assert not shelf.practices
    assert "there is no practice “x” here" in str(shelf.mistakes[0])


def test_eyes_are_never_all_that_is_offered():
    with pytest.raises(PracticeError, match="offer a rung without eyes"):
        read(GOOD.replace("offered = true", "offered = true\neyes = true", 1), name="window")


# What the format allows and refuses ---------------------------------------------------------------


def test_a_rung_for_two_places_is_offered_there_under_its_own_words():
    ladder = {rung.name: rung for rung in BACK_TO_BACK.ladder}
    assert ladder["apart"].offered_as(apart=True)["en"] == "Yes, each where we are"
    assert not ladder["apart"].offered_as(apart=False)
    assert not ladder["touching"].offered_as(apart=True)
    assert ladder["touching"].offered_as(apart=False)["en"] == "Touching, back to back"


def test_a_question_for_before_and_after_becomes_two():
    safe = [q.when for q in SETTLE.questions if q.name == "safe"]
    assert safe == ["before", "after"]


def test_a_slider_names_its_two_ends():
    one_end = (
        '[[question]]\nname = "x"\nwhen = "after"\nkind = "slider"\n[question.ask]\nen = "?"\n'
    )
    with pytest.raises(PracticeError, match="words at its two ends"):
        read(GOOD + one_end, name="window")


def test_turns_cannot_be_offered_since_a_no_would_leave_one_of_them_out():
    turns = """
[[cue]]
name = "more"
turn = "each"
lasts = "20 s"
[cue.offer]
en = "More?"
lasts = "10 s"
[cue.say]
en = "One of you."
[cue.say.leading]
en = "You."
[cue.say.following]
en = "They."
"""
    with pytest.raises(PracticeError, match="one moment for both"):
        read(
            GOOD.replace('[[cue]]\nname = "back"', turns + '[[cue]]\nname = "back"'), name="window"
        )
