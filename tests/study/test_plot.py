"""The pictures: what stands in them can be read, in grey, and says no more than what was found."""

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from relational_space.sensing.synchrony import couple
from relational_space.sensing.trace import Breath, Movement, Stretch
from relational_space.study import plot, simulate
from relational_space.study.simulate import Body

REASONS = ("moving", "too faint", "too short", "not a breath", "missing", "without gravity")


def breath(seconds=300.0, unread=(), start_s=0.0):
    at = np.arange(0, seconds, 0.1)
    wave, trust = np.sin(2 * np.pi * at / 5), np.full(len(at), 0.9)
    for part in unread:
        gone = (at >= part.start_s - start_s) & (at < part.end_s - start_s)
        wave[gone], trust[gone] = np.nan, 0.0
    inhales = start_s + np.arange(1.25, seconds, 5)
    return Breath(
        10.0, start_s, wave, trust, inhales, inhales + 2.5, np.diff(inhales),
        12.0, (11.9, 12.1), 1.0, tuple(unread), "unknown", "made up", "0",
    )  # fmt: skip


def movement(seconds=120.0, unread=()):
    at = np.arange(0, seconds, 0.04)
    velocity = np.sin(at**1.2)
    for part in unread:
        velocity[(at >= part.start_s) & (at < part.end_s)] = np.nan
    found = np.isfinite(velocity)
    return Movement(
        25.0, 0.0, velocity, found.astype(float), np.zeros(len(at)), 1.0, tuple(unread),
        "m/s", "made up", "0",
    )  # fmt: skip


def reasons_of(drawn):
    """Give each panel's words about what was not read, as from where to where they reach in seconds."""
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    for axes in drawn.axes:
        for text in axes.texts:
            if text.get_text() in REASONS:
                box = axes.transData.inverted().transform(text.get_window_extent(canvas.renderer))
                yield axes, text.get_text(), box


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("seconds", [3.0, 8.0, 14.0, 25.0, 60.0])
def test_why_something_was_not_read_stands_within_it_also_at_the_edges(reason, seconds):
    unread = [
        Stretch(0.0, seconds, reason),
        Stretch(130.0, 130.0 + seconds, reason),
        Stretch(300.0 - seconds, 300.0, reason),
    ]
    found = list(reasons_of(plot.picture_of_breath(breath(unread=unread), "ada")))
    assert len(found) == (3 if seconds > 3.5 else 0)
    for (axes, _, box), stretch in zip(found, unread, strict=False):
        low, high = axes.get_ylim()
        assert stretch.start_s <= box[0, 0] < box[1, 0] <= stretch.end_s
        assert low < box[0, 1] < box[1, 1] <= high


def test_what_was_not_seen_of_a_movement_says_so_too():
    gap = Stretch(40.0, 60.0, "missing")
    a, b = movement(unread=[gap]), movement()
    drawn = plot.picture_of_two(a, b, couple(a, b), ("ada", "ben"))
    assert [reason for _, reason, _ in reasons_of(drawn)] == ["missing"]
    assert [axes.get_xlabel()[:7] for axes in drawn.axes[:2]] == ["seconds", "seconds"]


@pytest.mark.parametrize(("minutes", "rows"), [(0.1, 1), (9.9, 1), (10, 1), (25, 3), (600, 36)])
def test_a_long_recording_is_drawn_in_rows_and_whole(minutes, rows):
    drawn = plot.picture_of_breath(breath(60.0 * minutes), "ada")
    spans = [axes.get_xlim() for axes in drawn.axes]
    assert len(spans) == rows
    assert spans[0][0] == 0
    assert spans[-1][1] >= 60 * minutes - 0.11
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    shown = sum(len(axes.lines[0].get_xdata()) for axes in drawn.axes)
    # The moment at which two rows meet may stand in both.
    assert len(breath(60.0 * minutes).wave) <= shown < len(breath(60.0 * minutes).wave) + rows


def two(seconds=300, **more):
    made = simulate.breathing(
        Body(answers=0.2), Body(answers=0.2), seconds=seconds, rng=np.random.default_rng(1)
    )
    found = couple(made.a, made.b, hz=made.hz, sense="breath", draws=99, **more)
    one, other = (breath(seconds) for _ in "ab")
    return plot.picture_of_two(one, other, found, ("ada", "ben")), found


def test_a_figure_stands_beside_its_chance_and_not_at_all_where_nothing_could_be_told():
    drawn, found = two()
    last = drawn.axes[-1]
    assert last.get_title() == found.verdict == "more than chance"
    words = [text.get_text() for text in last.get_legend().get_texts()]
    assert words == [f"by chance: {found.chance.null}", "observed"]
    assert "likelihood ratio" in last.get_xlabel()
    assert last.lines[0].get_xdata()[0] == found.chance.observed
    drawn, found = two(shared_pacer=True)
    last = drawn.axes[-1]
    assert (last.get_title(), last.texts[0].get_text()) == ("could not tell", "a shared pacer")
    assert len(last.lines) == len(last.patches) == 0


def test_two_who_were_never_read_at_once_are_told_so():
    a = breath(200, unread=[Stretch(0.0, 100.0, "missing")])
    b = breath(200, unread=[Stretch(100.0, 200.0, "missing")])
    drawn = plot.picture_of_two(a, b, couple(a, b), ("ada", "ben"))
    assert drawn.axes[2].texts[0].get_text() == "no moment at which both were read"


@pytest.mark.parametrize("nothing", [0.0, 0.1, 3.0])
def test_next_to_nothing_is_drawn_as_it_is(nothing):
    a = breath(nothing, unread=[Stretch(0.0, nothing, "too short")])
    found = couple(a, a)
    for drawn in (
        plot.picture_of_breath(a, "ada"),
        plot.picture_of_two(a, a, found, ("ada", "ben")),
        plot.picture_of_two(movement(nothing), movement(nothing), found, ("ada", "ben")),
    ):
        assert plot.to_bytes(drawn, "svg").startswith(b"<?xml")


def test_every_picture_is_grey_and_the_same_for_the_same_recording():
    gap = Stretch(40.0, 60.0, "missing")
    a, b = movement(unread=[gap]), movement()
    for draw in (
        lambda: plot.picture_of_breath(breath(1500, [Stretch(90.0, 99.0, "moving")]), "ada"),
        lambda: two()[0],
        lambda: plot.picture_of_two(a, b, couple(a, b), ("ada", "ben")),
    ):
        svg = plot.to_bytes(draw(), "svg")
        colours = set(re.findall(rb"#([0-9a-f]{6})\b", svg))
        assert colours
        assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours)
        assert svg == plot.to_bytes(draw(), "svg")
