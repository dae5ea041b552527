"""Slow and obvious twins of the fast routines: their only use is to be right."""

import numpy as np


def correlation(x, y):
    """Pearson's r over the samples read in both; NaN when fewer than half are, or one is flat."""
    both = np.isfinite(x) & np.isfinite(y)
    if 2 * both.sum() < len(x):
        return np.nan
    x, y = x[both] - x[both].mean(), y[both] - y[both].mean()
    spread = np.sqrt(np.sum(x * x) * np.sum(y * y))
    return np.sum(x * y) / spread if spread > 1e-9 else np.nan


def windowed_lagged_correlation(a, b, window, step, max_lag):
    rows = []
    for start in range(max_lag, len(a) - window - max_lag + 1, step):
        x = a[start : start + window]
        rows.append(
            [
                correlation(x, b[start + lag : start + lag + window])
                for lag in range(-max_lag, max_lag + 1)
            ]
        )
    return np.array(rows)


def split_windowed_lagged_correlation(a, b, window, step, max_lag):
    rows = []
    for start in range(0, len(a) - window - max_lag + 1, step):
        row = []
        for lag in range(-max_lag, max_lag + 1):
            x = a[start + max(0, -lag) :][:window]
            y = b[start + max(0, lag) :][:window]
            row.append(correlation(x, y))
        rows.append(row)
    return np.array(rows)


def circular_shifts(a, b, window, step, max_lag):
    out = []
    for shift in range(len(a)):
        r = windowed_lagged_correlation(a, np.roll(b, -shift), window, step, max_lag)
        z = np.arctanh(np.clip(np.abs(r), 0, 1 - 1e-12))
        out.append(np.nanmean(z) if np.isfinite(z).any() else np.nan)
    return np.array(out)


def hann_mean(cells, at, half):
    """Weighted mean around a cell, one cell after the other."""
    total, weights = 0, 0
    for offset in range(-half, half + 1):
        weight = 1 + np.cos(np.pi * offset / (half + 1))
        total = total + weight * cells[at + offset]
        weights += weight
    return total / weights


def cell_means(times, values, cell_s):
    """Mean of the straight-line path over each cell, by a hundred thousand small steps."""
    cells = int((times[-1] - times[0]) / cell_s)
    fine = times[0] + (np.arange(cells * 20000) + 0.5) * cell_s / 20000
    return np.interp(fine, times, values).reshape(cells, -1).mean(1)


def half_periods(cells, begin, half, keep, stride, block=10):
    """What swings with a period of two halves and what breaks it, remembered block by block."""
    width = (half + 1) // 2
    carried = broken = weight = 0.0
    for end in range(begin + block, len(cells) + 1, block):
        if end - 3 * half - 2 * width < begin or ((end - begin) // block - 1) % stride:
            continue
        up = down = 0.0
        for at in (end, end - width):
            means = [cells[at - k * half - width : at - k * half].mean(0) for k in range(4)]
            up += np.sum((means[0] - 2 * means[1] + means[2]) ** 2)
            down += np.sum((means[0] - means[1] - means[2] + means[3]) ** 2)
        carried = carried * keep + up**0.25
        broken = broken * keep + down**0.25
        weight = weight * keep + 1
    return carried, broken, weight


def parabola_slope(values, half, hz):
    """Slope at the middle of a parabola fitted to 2 half + 1 values, one fit a value."""
    out = np.full(len(values), np.nan)
    for at in range(half, len(values) - half):
        steps = np.arange(-half, half + 1)
        out[at] = np.polyfit(steps, values[at - half : at + half + 1], 2)[1] * hz
    return out


def answers(a, b, step_s):
    """The sums of the score by a fine grid, with a straight line for the slow course of a minute or so."""
    begin, end = max(a[0], b[0]), min(a[-1], b[-1])
    sums = np.zeros(9)

    def at(marks, t):
        k = np.searchsorted(marks, t, side="right") - 1
        length = marks[k + 1] - marks[k]
        terms = max(2, round((marks[-1] - marks[0]) / 150) + 1)
        x = np.linspace(-1, 1, len(marks) - 1)
        course = np.polyval(np.polyfit(x, np.diff(marks), terms - 1), x)
        quick = 2 * np.pi * (1 / length - 1 / course[k])
        return 2 * np.pi * (k + (t - marks[k]) / length), quick

    for t in np.arange(begin + step_s / 2, end, step_s):
        (phase_a, quick_a), (phase_b, quick_b) = at(a, t), at(b, t)
        c, s = np.cos(phase_b - phase_a), np.sin(phase_b - phase_a)
        sums += [1, c, s, c * c, c * s, c * quick_a, s * quick_a, c * quick_b, s * quick_b]
    return sums * step_s
