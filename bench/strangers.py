"""Strangers made by other means than the product's own simulator, for `bench/chance.py` and a small test.

No oscillator is in here: breaths are intervals, drawn one after the other, and a wave is laid along them
whose breaths have their own share of inhaling, letting go and resting. Each person's traits are drawn anew,
and nothing in here is set by what the verdict says of it. Nothing of one may ever depend on the other.
"""

import csv
import gzip

import numpy as np

HZ = 10.0


def pink(n, slope, rng):
    """Noise whose power falls as one over frequency to `slope`, of unit spread."""
    frequency = np.fft.rfftfreq(4 * n)
    frequency[0] = frequency[1]
    kick = rng.standard_normal(len(frequency)) + 1j * rng.standard_normal(len(frequency))
    slow = np.fft.irfft(kick * frequency ** (-slope / 2))[:n]
    return (slow - slow.mean()) / slow.std()


def period(rng):
    return 4.6 * np.exp(0.2 * rng.standard_normal())


def remembering(seconds, rng):
    """Intervals with a short memory and a long one: skewed kicks through ARMA(1, 1), beside 1/f noise."""
    mean = period(rng)
    n = int(seconds / mean * 1.6) + 40
    shape = rng.uniform(3, 20)
    kick = (rng.gamma(shape, size=n + 50) - shape) / np.sqrt(shape)
    keeps, makes_up = rng.uniform(-0.2, 0.6), rng.uniform(-0.6, 0.2)
    short = np.zeros(n + 50)
    for k in range(1, n + 50):
        short[k] = keeps * short[k - 1] + kick[k] + makes_up * kick[k - 1]
    short = short[50:] / short[50:].std()
    long = rng.uniform(0.2, 0.6)
    course = np.sqrt(1 - long) * short + np.sqrt(long) * pink(n, rng.uniform(0.6, 1.1), rng)
    spread = np.clip(0.12 * np.exp(0.4 * rng.standard_normal()), 0.04, 0.25)
    return mean * np.exp(spread * course), np.zeros(n, dtype=bool)


def sighing(seconds, rng):
    """A point process: filling up with drift and noise to a level, with sighs and the pauses after them."""
    mean = period(rng)
    n = int(seconds / mean * 1.6) + 40
    spread = np.clip(0.14 * np.exp(0.4 * rng.standard_normal()), 0.05, 0.3)
    least = 0.3 * mean
    lengths = least + rng.wald(0.7 * mean, (0.7 * mean) ** 3 / (spread * mean) ** 2, size=n)
    sighs = rng.random(n) < mean / rng.uniform(90, 300)
    lengths[sighs] *= rng.uniform(1.2, 1.8, sighs.sum())
    after = np.flatnonzero(sighs[:-1]) + 1
    lengths[after] *= rng.uniform(1.1, 2.0, len(after))
    return lengths, sighs


def in_other_order(own, seconds, rng):
    """A recorded person's own intervals, in runs of about ten, each from anywhere in the recording.

    Politis and Romano, The stationary bootstrap, JASA 1994;89:1303. A course longer than ten breaths is lost.
    """
    n = int(seconds / own.mean() * 1.6) + 40
    at = np.empty(n, dtype=int)
    for k in range(n):
        anew = k == 0 or rng.random() < 0.1
        at[k] = rng.integers(len(own)) if anew else (at[k - 1] + 1) % len(own)
    return own[at], np.zeros(n, dtype=bool)


def wave(lengths, sighs, seconds, rng):
    """Lay a breath along each interval: a rise, a slower letting go, a rest; sighs are large."""
    at = np.cumsum(lengths) - lengths[0] - rng.uniform(10, 25)
    n = len(at)
    size = np.exp(rng.uniform(0.05, 0.35) * pink(n, 0.5, rng)) * np.where(sighs, 2.5, 1.0)
    inhale, rest = rng.uniform(0.3, 0.5), rng.uniform(0.0, 0.25)
    t = np.arange(0, seconds, 1 / HZ)
    k = np.clip(np.searchsorted(at, t, side="right") - 1, 0, n - 2)
    part = (t - at[k]) / (at[k + 1] - at[k])
    out = 1 - rest - inhale
    rise = 0.5 - 0.5 * np.cos(np.pi * np.minimum(part / inhale, 1.0))
    fall = 0.5 + 0.5 * np.cos(np.pi * np.clip((part - inhale) / out, 0.0, 1.0))
    drift = rng.uniform(0.0, 0.3) * pink(len(t), 1.5, rng)
    noise = rng.uniform(0.01, 0.08) * rng.standard_normal(len(t))
    return size[k] * np.minimum(rise, fall) + drift + noise


def made(draw):
    def make(rng, seconds):
        return *(wave(*draw(seconds, rng), seconds, rng) for _ in "ab"), HZ

    return make


def reordered(folder):
    """Two of 26 recorded people's marked breaths, each in another order, under made-up waves."""
    own = []
    for name in sorted((folder / "bidmc_resp").glob("*Breaths.csv")):
        with name.open() as text:
            first = [row[0].strip() for row in csv.reader(text)]
        marks = [float(mark) for mark in first if mark.isdigit()]
        lengths = np.diff(np.asarray(marks)) / 125
        # A mark left out by its annotator, or two for one breath, is no length of a breath.
        own.append(lengths[(lengths > 0.8) & (lengths < 12)])

    def make(rng, seconds):
        people = rng.choice(len(own), 2, replace=False)
        both = (wave(*in_other_order(own[k], seconds, rng), seconds, rng) for k in people)
        return *both, HZ, *people.tolist()

    return make


def phones(folder):
    """Two of the phones that lay for a minute and more on chests of people who never met, as read."""
    from relational_space.sensing.breath import breath

    handling_s, read = 10.0, []
    for name in sorted((folder / "phone_chest_mscardio").glob("*.csv.gz")):
        with gzip.open(name, "rt") as text:
            rows = np.loadtxt(text, delimiter=",", skiprows=1)
        times = rows[:, 1] - rows[0, 1]
        kept = times > handling_s
        if times[-1] > 60 + handling_s:
            found = breath(times[kept], rows[kept, 2:5])
            read.append((np.where(found.trust > 0, found.wave, np.nan), found.hz))

    def make(rng, seconds):
        people = rng.choice(len(read), 2, replace=False)
        out = []
        for wave_read, hz in (read[k] for k in people):
            n = min(int(seconds * hz), len(wave_read))
            begin = rng.integers(0, len(wave_read) - n + 1)
            out.append(wave_read[begin : begin + n])
        return *out, read[0][1], *people.tolist()

    return make


MADE = {
    "remembering, ARMA and 1/f": made(remembering),
    "a point process that sighs": made(sighing),
}


def recorded(folder):
    """The rows that need recordings, as far as these are there."""
    rows = {}
    if (folder / "bidmc_resp").is_dir():
        rows["real intervals, reordered"] = reordered(folder)
    if (folder / "phone_chest_mscardio").is_dir():
        rows["real phones, unrelated"] = phones(folder)
    return rows
