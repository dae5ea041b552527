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


def medians_around(x, reach):
    return [np.median(x[max(0, k - reach) : k + reach + 1]) for k in range(len(x))]


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


def window_moments(x, length):
    """Mean of every window, and 1 / sqrt(sum of squares about it)."""
    parts = [x[k : k + length] for k in range(len(x) - length + 1)]
    return (
        np.array([part.mean() for part in parts]),
        np.array([1 / np.sqrt(np.sum((part - part.mean()) ** 2)) for part in parts]),
    )


def analytic(x, hz, band_hz):
    """Twice each turning sine within the band, one frequency after the other."""
    n, out = len(x), np.zeros(len(x), complex)
    k = np.arange(n)
    for turns in range(1, n // 2 + 1):
        if band_hz[0] <= turns * hz / n <= band_hz[1]:
            wave = np.exp(2j * np.pi * turns * k / n)
            out += 2 / n * np.sum((x - x.mean()) * np.conj(wave)) * wave
    return out


def morlet(x, hz, scale_s):
    """Morlet's wavelet laid over every sample in turn."""
    at = np.arange(len(x)) / hz
    out = np.empty(len(x), complex)
    for k in range(len(x)):
        t = (at[k] - at) / scale_s
        out[k] = np.sum((x - x.mean()) * np.exp(6j * t - t**2 / 2)) / np.sqrt(scale_s)
    return out


def wavelet_coherence(a, b, hz, scales_s, rows):
    """Products and powers of every sample, smoothed as wide as the wavelet, then over `rows` scales."""
    at = np.arange(len(a)) / hz
    parts = []
    for scale in scales_s:
        x, y = morlet(a, hz, scale), morlet(b, hz, scale)
        near = np.exp(-(((at[:, None] - at) / scale) ** 2) / 2) / scale**2
        parts.append([near @ part for part in (y * np.conj(x), np.abs(x) ** 2, np.abs(y) ** 2)])
    coherence, phase = [], []
    for k in range(len(scales_s)):
        low = max(0, k - rows // 2)
        cross, power_a, power_b = np.sum(parts[low : k + rows // 2 + 1], axis=0)
        coherence.append(np.abs(cross) ** 2 / (power_a * power_b).real)
        phase.append(np.angle(cross))
    return np.array(coherence), np.array(phase)


def independent_shifts(curve):
    """Shifts over the sum of their likeness to their neighbours, up to where it first is negative."""
    x = curve - curve.mean()
    total = 0.0
    for shift in range(len(x) // 2):
        same = np.sum(x * np.roll(x, shift)) / np.sum(x * x)
        if same < 0:
            break
        total += same
    return max(1.0, len(x) / (2 * total - 1))


def hann_around(x, half):
    """Sum of the neighbours on both sides under a Hann window that ends at the edges."""
    out = np.zeros(len(x))
    for k in range(len(x)):
        for offset in range(-half, half + 1):
            if 0 <= k + offset < len(x):
                out[k] += 0.5 * (1 + np.cos(np.pi * offset / (half + 1))) * x[k + offset]
    return out


def lively(x, half):
    """What is read, less the mean around it, over the spread around it."""
    read = np.isfinite(x).astype(float)
    filled = np.where(read > 0, x - x[read > 0].mean(), 0.0)
    weight = hann_around(read, half)
    centred = (filled - hann_around(filled, half) / weight) * read
    spread = np.sqrt(hann_around(centred**2, half) / weight)
    return centred / np.maximum(spread, 0.2 * np.sqrt(np.mean(centred**2))), read


def correlations_at_every_displacement(x, read_x, y, read_y):
    """Entry d pairs x[t] with y[t + d], round the end, where both were read."""
    out = []
    for d in range(len(x)):
        later, read_later = np.roll(y, -d), np.roll(read_y, -d)
        scale = np.sqrt(np.sum(x**2 * read_later) * np.sum(later**2 * read_x))
        out.append(np.sum(x * later) / scale)
    return np.array(out)


def largest_about(r, reach):
    """Largest size within `reach` of every displacement, round the end."""
    n = len(r)
    return np.array([max(abs(r[(k + d) % n]) for d in range(-reach, reach + 1)) for k in range(n)])
