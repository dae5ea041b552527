"""Pictures of what happened, readable in greyscale; drawn without a screen, written nowhere.

They show signals and what chance gives beside them. No mark, no ranking, no better or worse.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from relational_space.sensing.trace import Breath

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


def to_bytes(drawn: Figure, form: str) -> bytes:
    """Give a figure's bytes, the same for the same figure."""
    target = io.BytesIO()
    about: dict[str, Any] = {}
    if form == "svg":
        about = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    drawn.savefig(target, format=form, metadata=about, dpi=150)
    return target.getvalue()
