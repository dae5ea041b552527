"""Pictures of what happened, readable in greyscale; drawn without a screen, written nowhere.

They show signals and what chance gives beside them. No mark, no ranking, no better or worse.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from relational_space.sensing.trace import Breath, Movement
from relational_space.study.report import is_date, moment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

    from relational_space.sensing.coupling import Coupling
    from relational_space.study.pairs import Study

INK, PALE = "0.1", "0.8"
MARKS = {
    "more than chance": ("o", INK),
    "no more than chance": ("o", "white"),
    "could not tell": ("s", PALE),
}
"""A mark for each verdict, all of one size."""
MOST_ROWS = 200
"""More pairs than this are not drawn one by one."""


def figure(height: float) -> Figure:
    """Make an empty figure that needs no display."""
    from matplotlib.figure import Figure as Drawn

    return Drawn(figsize=(10, height), layout="constrained")


def draw_breath(axes: Axes, read: Breath, name: str) -> None:
    """Draw one person's wave with onsets, its trust below and what was not read in grey."""
    times = read.start_s + np.arange(len(read.wave)) / read.hz
    reach = float(np.nanmax(np.abs(read.wave))) if np.isfinite(read.wave).any() else 1.0
    axes.plot(times, read.wave / reach, color=INK, linewidth=0.9)
    axes.fill_between(times, -1.25, -1.25 + 0.2 * read.trust, color="0.45", linewidth=0)
    for stretch in read.unread:
        axes.axvspan(stretch.start_s, stretch.end_s, color="0.92", linewidth=0)
        if stretch.end_s - stretch.start_s > 0.04 * max(len(times), 1) / read.hz:
            middle = (stretch.start_s + stretch.end_s) / 2
            axes.text(middle, 1.12, stretch.reason, ha="center", fontsize=7, color="0.3")
    heights = np.interp(read.inhale_onsets_s, times, np.nan_to_num(read.wave / reach))
    axes.plot(read.inhale_onsets_s, heights, "^", color=INK, markersize=4, markerfacecolor="white")
    axes.set(ylim=(-1.3, 1.3), yticks=[], title=name, ylabel="breath")
    axes.margins(x=0)
    _say_when(axes, times, " (trust: the band at the foot)")


def _say_when(axes: Axes, times: NDArray[float64], more: str = "") -> None:
    """Name the time axis: seconds, or the time of day where stamps are dates."""
    if len(times) and is_date(times[0]):
        axes.xaxis.set_major_formatter(lambda at, _: moment(at)[11:])
        axes.set_xlabel("time of day, UTC" + more)
    else:
        axes.set_xlabel("seconds" + more)


def picture_of_breath(read: Breath, name: str) -> Figure:
    """Draw one recording's breath."""
    drawn = figure(3)
    draw_breath(drawn.subplots(), read, name)
    return drawn


def _draw_movement(axes: Axes, read: Movement, name: str) -> None:
    """Draw one person's velocity, its trust below and what was not read in grey."""
    times = read.start_s + np.arange(len(read.velocity)) / read.hz
    reach = float(np.nanmax(np.abs(read.velocity))) if np.isfinite(read.velocity).any() else 1.0
    axes.plot(times, read.velocity / (reach or 1.0), color=INK, linewidth=0.7)
    axes.fill_between(times, -1.25, -1.25 + 0.2 * read.trust, color="0.45", linewidth=0)
    for stretch in read.unread:
        axes.axvspan(stretch.start_s, stretch.end_s, color="0.92", linewidth=0)
    axes.set(ylim=(-1.3, 1.3), yticks=[], title=name, ylabel="velocity")
    axes.margins(x=0)


def _draw_difference(axes: Axes, a: Breath, b: Breath) -> None:
    """Draw how far `b` is ahead of `a` in its cycle, moment by moment."""
    from relational_space.study.pairs import turning

    when = a.start_s + np.arange(len(a.wave)) / a.hz
    x, y = turning(a), turning(b)
    ahead = np.interp(when, b.start_s + np.arange(len(y)) / b.hz, np.arange(len(y)), np.nan, np.nan)
    known = np.isfinite(ahead)
    difference = np.full(len(when), np.nan)
    difference[known] = np.angle(y[np.round(ahead[known]).astype(int)] * np.conj(x[known]))
    axes.plot(when, difference / np.pi, ".", color=INK, markersize=1.5)
    axes.set(ylim=(-1, 1), yticks=[-1, 0, 1], ylabel="b ahead of a (half turns)")
    axes.margins(x=0)
    _say_when(axes, when)


def _draw_chance(axes: Axes, found: Coupling) -> None:
    """Draw the figure that decided in the histogram of what chance gives."""
    draws = found.chance.draws[np.isfinite(found.chance.draws)]
    if len(draws) == 0:
        axes.text(0.5, 0.5, found.reason, ha="center", transform=axes.transAxes)
        axes.set(xticks=[], yticks=[], title=found.verdict)
        return
    axes.hist(draws, bins=40, color=PALE, edgecolor="0.5", linewidth=0.4, label="by chance")
    axes.axvline(found.chance.observed, color=INK, linestyle="--", label="observed")
    axes.legend(frameon=False)
    because = f" ({found.reason})" if found.reason else ""
    axes.set(yticks=[], title=found.verdict + because, xlabel=found.chance.null)


def picture_of_two(
    a: Breath | Movement, b: Breath | Movement, found: Coupling, names: tuple[str, str]
) -> Figure:
    """Draw two people, their phase difference where they breathe, and what chance gives."""
    drawn = figure(9)
    panels = drawn.subplots(4 if isinstance(a, Breath) else 3)
    for axes, read, name in zip(panels, (a, b), names, strict=False):
        if isinstance(read, Breath):
            draw_breath(axes, read, name)
        else:
            _draw_movement(axes, read, name)
    if isinstance(a, Breath) and isinstance(b, Breath):
        _draw_difference(panels[2], a, b)
    # One clock for both, also where one began later.
    begins = [axes.get_xlim()[0] for axes in panels[:2]]
    ends = [axes.get_xlim()[1] for axes in panels[:2]]
    for axes in panels[:-1]:
        axes.set_xlim(min(begins), max(ends))
    _draw_chance(panels[-1], found)
    return drawn


def picture_of_study(found: Study) -> Figure:
    """Draw all pseudo-pairs with the real pairs among them, the effect, and a row for each pair."""
    pairs = found.told["pairs"]
    rows = len(pairs) if len(pairs) <= MOST_ROWS else 0
    heights = [2.4, 1.0, 0.26 * rows + 0.8] if rows else [2.4, 1.0]
    drawn = figure(sum(heights) + 1)
    panels = drawn.subplots(len(heights), gridspec_kw={"height_ratios": heights})
    _draw_pseudo_pairs(panels[0], found)
    _draw_effect(panels[1], found.told)
    if rows:
        _draw_rows(panels[2], found)
        panels[2].set_xlim(panels[0].get_xlim())
    return drawn


def _mark(axes: Axes, x: ArrayLike, y: ArrayLike, verdict: str, **more: Any) -> None:
    form, fill = MARKS[verdict]
    ink: dict[str, Any] = {"color": INK, "markerfacecolor": fill, "markersize": 6, "zorder": 3}
    axes.plot(x, y, form, **ink, **more)


def _draw_pseudo_pairs(axes: Axes, found: Study) -> None:
    """Draw the histogram of everybody paired anew, and each real pair as a mark above its foot."""
    table = found.strengths
    pseudo = table[~np.eye(len(table), dtype=bool)]
    pseudo = pseudo[np.isfinite(pseudo)]
    top = 1.0
    if len(pseudo):
        counts, _, _ = axes.hist(
            pseudo, bins=40, color=PALE, edgecolor="0.5", linewidth=0.4, label="paired anew"
        )
        top = float(np.max(counts))
    # Three heights in turn, so that near ones do not hide each other.
    heights = top * (0.06 + 0.08 * (np.arange(len(table)) % 3))
    for verdict in MARKS:
        of = [each["verdict"] == verdict for each in found.told["pairs"]]
        _mark(axes, np.diag(table)[of], heights[of], verdict, label=verdict)
    axes.legend(frameon=False, fontsize=8)
    axes.set(yticks=[], title="Real pairs among the same people paired anew", xlabel="strength")


def _draw_effect(axes: Axes, told: dict[str, Any]) -> None:
    """Draw how far real pairs lie above their pseudo-pairs, in standard deviations, with 95 %."""
    axes.set(yticks=[], ylim=(-1, 1))
    axes.set_xlabel("effect size: a pair's excess over its pseudo-pairs, in spreads between pairs")
    if told["effect_size"] is None:
        axes.text(0.5, 0.5, "could not tell", ha="center", transform=axes.transAxes)
        axes.set(xticks=[])
        return
    axes.plot(told["effect_interval"], (0, 0), color=INK, linewidth=1.5)
    axes.plot(told["effect_size"], 0, "|", color=INK, markersize=14)
    axes.axvline(0, color="0.5", linestyle="--", linewidth=0.8)


def _draw_rows(axes: Axes, found: Study) -> None:
    """Draw a row for each pair in the order given: its pseudo-pairs, itself, and its verdict."""
    from relational_space.study.pairs import beside

    table, pairs = found.strengths, found.told["pairs"]
    for k, each in enumerate(pairs):
        others = beside(table, k)
        axes.plot(others, np.full(len(others), k), "|", color="0.6", markersize=6, linewidth=0)
        if np.isfinite(table[k, k]):
            _mark(axes, table[k, k], k, each["verdict"])
        because = f" ({each['reason']})" if each["reason"] else ""
        margin = axes.get_yaxis_transform()
        _mark(axes, 1.02, k, each["verdict"], transform=margin, clip_on=False)
        text = each["verdict"] + because
        axes.text(1.04, k, text, va="center", fontsize=8, transform=margin)
    axes.set(
        ylim=(len(pairs) - 0.4, -0.6), xlabel="strength (bars: the pair's two people with others)"
    )
    axes.set_yticks(range(len(pairs)), [each["pair"] for each in pairs], fontsize=8)


def to_bytes(drawn: Figure, form: str) -> bytes:
    """Give a figure's bytes, the same for the same figure."""
    target = io.BytesIO()
    about: dict[str, Any] = {}
    if form == "svg":
        about = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "relational-space"}):
        drawn.savefig(target, format=form, metadata=about, dpi=150)
    return target.getvalue()
