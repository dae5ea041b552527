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
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

    from relational_space.sensing.coupling import Coupling
    from relational_space.sensing.trace import Stretch
    from relational_space.study.pairs import Study

    Span = tuple[float, float]

INK, PALE = "0.1", "0.8"
MARKS = {
    "more than chance": ("o", INK),
    "no more than chance": ("o", "white"),
    "could not tell": ("s", PALE),
}
"""A mark for each verdict, all of one size."""
LETTER = 0.0052
"""What a small letter takes of a panel's width, and a little more."""
LINE_S, MOST_LINES = 600.0, 36
"""So much of a recording is drawn in one row, and so many rows; then each holds more."""
TRUST = " (trust: the band at the foot)"
EVIDENCE = "what decides: evidence that they answer each other (logarithm of a likelihood ratio)"
LARGEST = "what decides: the largest correlation of velocities within the lags"
MOST_ROWS = 200
"""More pairs than this are not drawn one by one."""


def figure(height: float) -> Figure:
    """Make an empty figure that needs no display."""
    from matplotlib.figure import Figure as Drawn

    return Drawn(figsize=(10, height), layout="constrained")


def draw_breath(axes: Axes, read: Breath, name: str, span: Span) -> None:
    """Draw one person's wave with onsets, its trust below and what was not read in grey."""
    times = _times(read)
    reach = float(np.nanmax(np.abs(read.wave))) if np.isfinite(read.wave).any() else 1.0
    inside = (times >= span[0]) & (times <= span[1])
    _draw_line(axes, times[inside], (read.wave / reach)[inside], read.trust[inside], 0.9)
    _draw_unread(axes, read.unread, span)
    onsets = read.inhale_onsets_s
    onsets = onsets[(onsets >= span[0]) & (onsets <= span[1])]
    heights = np.interp(onsets, times, np.nan_to_num(read.wave / reach)) if len(onsets) else onsets
    axes.plot(onsets, heights, "^", color=INK, markersize=4, markerfacecolor="white")
    axes.set(title=name, ylabel="breath")


def _times(read: Breath | Movement) -> NDArray[float64]:
    values = read.wave if isinstance(read, Breath) else read.velocity
    return np.asarray(read.start_s + np.arange(len(values)) / read.hz)


def _span(read: Breath | Movement) -> Span:
    """Give from when to when there is something of a recording to draw."""
    times = _times(read)
    ends = [times[0], times[-1]] if len(times) else [read.start_s]
    ends += [at for part in read.unread for at in (part.start_s, part.end_s)]
    return min(ends), max(*ends, min(ends) + 1 / read.hz)


def _draw_line(
    axes: Axes,
    times: NDArray[float64],
    values: NDArray[float64],
    trust: NDArray[float64],
    width: float,
) -> None:
    axes.plot(times, values, color=INK, linewidth=width)
    axes.fill_between(times, -1.25, -1.25 + 0.2 * trust, color="0.45", linewidth=0)
    axes.set(ylim=(-1.3, 1.3), yticks=[])


def _draw_unread(axes: Axes, unread: Iterable[Stretch], span: Span) -> None:
    """Shade what was not read, with the reason in it: upright where it is short, none where it won't fit."""
    axes.set_xlim(*span)
    for stretch in unread:
        begin, end = max(stretch.start_s, span[0]), min(stretch.end_s, span[1])
        if begin >= end:
            continue
        axes.axvspan(begin, end, color="0.92", linewidth=0)
        share = (end - begin) / (span[1] - span[0])
        flat = share > LETTER * (len(stretch.reason) + 1)
        if flat or share > 2 * LETTER:
            upright: dict[str, Any] = {} if flat else {"rotation": 90}
            middle = (begin + end) / 2
            axes.text(
                middle,
                1.22,
                stretch.reason,
                ha="center",
                va="top",
                fontsize=7,
                color="0.3",
                **upright,
            )


def _say_when(axes: Axes, begin_s: float, more: str | None = "") -> None:
    """Name the time axis, if `more` is not None: seconds, or the time of day where stamps are dates."""
    if is_date(begin_s):
        axes.xaxis.set_major_formatter(lambda at, _: moment(at)[11:])
    if more is not None:
        axes.set_xlabel(("time of day, UTC" if is_date(begin_s) else "seconds") + more)


def picture_of_breath(read: Breath, name: str) -> Figure:
    """Draw one recording's breath, ten minutes a row; a very long one in rows that are longer."""
    begin, end = _span(read)
    rows = min(MOST_LINES, max(1, int(np.ceil((end - begin) / LINE_S - 1e-3))))
    drawn = figure(3 if rows == 1 else 1.6 * rows)
    longest = max(LINE_S, (end - begin) / rows) if rows > 1 else end - begin
    edges = [begin + longest * row for row in range(rows + 1)]
    for row, axes in enumerate(np.ravel(drawn.subplots(rows))):
        draw_breath(axes, read, name if row == 0 else "", (edges[row], edges[row + 1]))
        _say_when(axes, edges[row], TRUST if row == rows - 1 else None)
    return drawn


def _draw_movement(axes: Axes, read: Movement, name: str, span: Span) -> None:
    """Draw one person's velocity, its trust below and what was not read in grey."""
    reach = float(np.nanmax(np.abs(read.velocity))) if np.isfinite(read.velocity).any() else 1.0
    _draw_line(axes, _times(read), read.velocity / (reach or 1.0), read.trust, 0.7)
    _draw_unread(axes, read.unread, span)
    axes.set(title=name, ylabel="velocity")


def _draw_difference(axes: Axes, a: Breath, b: Breath) -> None:
    """Draw how far `b` is ahead of `a` in its cycle, moment by moment."""
    from relational_space.study.pairs import turning

    when = _times(a)
    x, y = turning(a), turning(b)
    ahead = np.full(len(when), np.nan)
    if len(y):
        ahead = np.interp(when, _times(b), np.arange(len(y)), np.nan, np.nan)
    known = np.isfinite(ahead)
    difference = np.full(len(when), np.nan)
    difference[known] = np.angle(y[np.round(ahead[known]).astype(int)] * np.conj(x[known]))
    axes.set(ylim=(-1, 1), yticks=[-1, 0, 1], ylabel="b ahead of a (half turns)")
    if not np.isfinite(difference).any():
        nothing = "no moment at which both were read"
        axes.text(0.5, 0.5, nothing, ha="center", va="center", transform=axes.transAxes)
        axes.set(yticks=[])
    axes.plot(when, difference / np.pi, ".", color=INK, markersize=1.5)


def _draw_chance(axes: Axes, found: Coupling, figure_name: str) -> None:
    """Draw what decided in the histogram of what chance gives; neither where nothing could be told."""
    draws = found.chance.draws[np.isfinite(found.chance.draws)]
    axes.set(yticks=[], title=found.verdict)
    if found.reason or len(draws) == 0:
        axes.text(0.5, 0.5, found.reason, ha="center", va="center", transform=axes.transAxes)
        axes.set(xticks=[])
        return
    by_chance = f"by chance: {found.chance.null}"
    axes.hist(draws, bins=40, color=PALE, edgecolor="0.5", linewidth=0.4, label=by_chance)
    axes.axvline(found.chance.observed, color=INK, linestyle="--", label="observed")
    axes.legend(frameon=False)
    axes.set_xlabel(figure_name)


def picture_of_two(
    a: Breath | Movement, b: Breath | Movement, found: Coupling, names: tuple[str, str]
) -> Figure:
    """Draw two people, their phase difference where they breathe, and what chance gives."""
    both = isinstance(a, Breath) and isinstance(b, Breath)
    drawn = figure(9)
    panels = drawn.subplots(4 if both else 3)
    # One clock for both, also where one began later.
    spans = _span(a), _span(b)
    span = min(begin for begin, _ in spans), max(end for _, end in spans)
    for axes, read, name in zip(panels, (a, b), names, strict=False):
        if isinstance(read, Breath):
            draw_breath(axes, read, name, span)
        else:
            _draw_movement(axes, read, name, span)
        _say_when(axes, span[0], TRUST)
    if isinstance(a, Breath) and isinstance(b, Breath):
        _draw_difference(panels[2], a, b)
        panels[2].set_xlim(*span)
        _say_when(panels[2], span[0])
    _draw_chance(panels[-1], found, EVIDENCE if both else LARGEST)
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
