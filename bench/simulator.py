"""How like real recordings the made-up bodies are. Prints simulated beside real quantiles.

    python -m bench.simulator

Real are 26 people's impedance breath with an annotator's marks, and 15 people's phones on their own
chests (no marks, so only their spectra). The simulated marks are where the true phase begins a turn; nothing
here goes through the engine.
"""

import argparse
from itertools import pairwise

import numpy as np

from relational_space.study import simulate
from tests.sensing import recordings

HZ = 10.0
SECONDS = 470.0


def of_cycles(marks):
    """Spread, likeness of neighbours, slow course and long cycles of one recording."""
    lengths = np.diff(marks)
    # A mark left out by its annotator, or two for one breath, is no length of a cycle.
    lengths = lengths[(lengths > 0.8) & (lengths < 12)]
    turn = np.linspace(-1, 1, len(lengths))
    course = np.polyval(np.polyfit(turn, lengths, 3), turn)
    rest = lengths - course
    return {
        "cycle, s": lengths.mean(),
        "spread of cycles": rest.std() / lengths.mean(),
        "likeness of neighbours": np.corrcoef(rest[1:], rest[:-1])[0, 1],
        "slow course": course.std() / lengths.mean(),
        "cycles over 1.5 times the usual": np.mean(lengths > 1.5 * np.median(lengths)),
    }


def of_shape(wave, marks):
    """How large a breath is from one to the next, and what form it has on average."""
    at = np.arange(len(wave)) / HZ
    shapes = []
    for begin, end in pairwise(marks):
        if 0.8 < end - begin < 12 and begin > 0 and end < at[-1]:
            shapes.append(np.interp(begin + (end - begin) * np.arange(32) / 32, at, wave))
    turns = np.fft.rfft(shapes, axis=1)
    size, mean = np.abs(turns[:, 1]), np.abs(turns.mean(axis=0))
    form = np.mean(shapes, axis=0)
    logs = np.log(np.maximum(size, 1e-9 * size.max()))
    return {
        "unevenness of size (log)": 1.4826 * np.median(np.abs(logs - np.median(logs))),
        "likeness of sizes": np.corrcoef(logs[1:], logs[:-1])[0, 1],
        "second harmonic": mean[2] / mean[1],
        "third harmonic": mean[3] / mean[1],
        "share of a breath that rises": (np.argmax(form) - np.argmin(form)) % 32 / 32,
    }


def of_spectrum(wave):
    """Where the power lies, as shares of all of it between a fiftieth and 5 Hz."""
    long = round(60 * HZ)
    pieces = np.lib.stride_tricks.sliding_window_view(wave, long)[:: long // 2]
    pieces = (pieces - pieces.mean(axis=1, keepdims=True)) * np.hanning(long)
    power = np.mean(np.abs(np.fft.rfft(pieces)) ** 2, axis=0)
    hz = np.fft.rfftfreq(long, 1 / HZ)
    power[hz < 0.02] = 0
    breath = (hz > 0.08) & (hz < 0.7)
    top = hz[breath][np.argmax(power[breath])]
    total = power.sum()

    def share(low, high):
        return power[(hz >= low) & (hz < high)].sum() / total

    half = power > power[breath].max() / 2
    return {
        "power: slower than half": share(0, top / 2),
        "power: at the breath": share(0.75 * top, 1.25 * top),
        "power: at its second": share(1.75 * top, 2.25 * top),
        "power: above 1 Hz": share(1, 5.1),
        "width of the peak": half[breath].sum() * (hz[1] - hz[0]) / top,
    }


def at_ten(times, x):
    """The same at ten a second, what is faster taken out before."""
    hz = (len(times) - 1) / (times[-1] - times[0])
    width = max(1, round(hz / HZ))
    smooth = np.convolve(x, np.ones(width) / width, "same")
    return np.interp(np.arange(times[0], times[-1], 1 / HZ), times, smooth)


def annotated():
    for _, times, wave, marks in recordings.annotated():
        slow = at_ten(times, wave)
        yield of_cycles(marks[0]) | of_shape(slow, marks[0]) | of_spectrum(slow)


def phones():
    """The direction in which each lying phone moves most, handling left out."""
    for _, times, readings in recordings.chests():
        steps = np.diff(times, prepend=times[0] - 1)
        kept = (times > times[0] + 10) & (steps > 0)
        if np.ptp(times[kept]) < 60:
            continue
        axes = np.column_stack([at_ten(times[kept], x) for x in readings[kept].T])
        axes = axes - axes.mean(axis=0)
        slow = np.column_stack([np.convolve(x, np.ones(10) / 10, "same") for x in axes.T])
        yield of_spectrum(axes @ np.linalg.svd(slow, full_matrices=False)[2][0])


def simulated(draw, count, seed, **more):
    for k in range(count):
        rng = np.random.default_rng([seed, k])
        bodies = [draw(rng, 3.4 * np.exp(0.2 * rng.standard_normal())) for _ in "ab"]
        made = simulate.breathing(*bodies, seconds=SECONDS, rng=rng, hz=HZ, **more)
        turns = made.phase_a_rad / (2 * np.pi)
        # Where an inhale begins, half a turn from its top.
        whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1])) + 0.5
        marks = np.interp(whole, turns, np.arange(len(turns)) / HZ)
        yield of_cycles(marks) | of_shape(made.a, marks) | of_spectrum(made.a)


def as_it_comes(_rng, period_s):
    return simulate.Body(period_s=period_s)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bodies", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    columns = {
        "26 people": list(annotated()),
        "phones on chests": list(phones()),
        "a body as it comes": list(simulated(as_it_comes, asked.bodies, asked.seed)),
        "somebody": list(
            simulated(simulate.somebody, asked.bodies, asked.seed, noise=0.17, wander=0.05)
        ),
        "somebody's phone": list(
            simulated(simulate.somebody, asked.bodies, asked.seed, noise=0.4, wander=0.3)
        ),
    }
    print(f"{'10 %, median, 90 %':32s}" + "".join(f"{name:>22s}" for name in columns))
    for row in columns["26 people"][0]:
        line = f"{row:32s}"
        for found in columns.values():
            values = [one[row] for one in found if row in one]
            told = (
                " ".join(f"{q:6.2f}" for q in np.quantile(values, (0.1, 0.5, 0.9)))
                if values
                else "-"
            )
            line += f"{told:>22s}"
        print(line)


if __name__ == "__main__":
    main()
