"""Pictures of what happened, readable in greyscale; drawn without a screen, written nowhere.

They show signals and what chance gives beside them. No mark, no ranking, no better or worse.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from relational_space.sensing.trace import Breath, Movement

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from relational_space.sensing.coupling import Coupling

INK, PALE = "0.1", "0.8"


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
    axes.set_xlabel("seconds (trust: the band at the foot)")


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
    axes.set_xlabel("seconds")


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
    _draw_chance(panels[-1], found)
    return drawn


def to_bytes(drawn: Figure, form: str) -> bytes:
    """Give a figure's bytes, the same for the same figure."""
    target = io.BytesIO()
    about: dict[str, Any] = {}
    if form == "svg":
        about = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    drawn.savefig(target, format=form, metadata=about, dpi=150)
    return target.getvalue()
