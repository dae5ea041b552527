"""How often two people who have nothing in common are called more than chance. Prints a table.

    python -m bench.chance --pairs 1000 --seconds 60 120 300 600 --out chance.jsonl
    python -m bench.chance --rows steady "one pacer, 1" --data ../shared/data

Each row is another way of making strangers, most of them by other means than the product's own
simulator (`bench/strangers.py` shares nothing with it); the last are real people who never met, cut at
random from recordings. Their interval comes from resampling the people, all others are Wilson's. With
`--out` a run can be stopped and gone on with: a pair depends on its seed alone. Such a file belongs to
one state of the code.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

import numpy as np

from bench import strangers
from relational_space.sensing.synchrony import couple
from relational_space.study import simulate
from relational_space.study.simulate import Body

HZ = 10.0
MORE, UNKNOWN = "more than chance", "could not tell"

FAR_FROM_CALLED = 0.3
"""A p-value above this in 99 redrawings is as good as never at most 0.05 in 499 (under one pair in 10^13),
so most strangers need no more of them."""


def interval(hits, of):
    """Wilson's 95 % interval."""
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), middle + half


def bodies(same=False, **traits):
    """Two of the product's own simulated bodies."""

    def make(rng, seconds):
        first = 5 * np.exp(0.12 * rng.standard_normal())
        second = first if same else 5 * np.exp(0.12 * rng.standard_normal())
        pair = simulate.breathing(
            Body(period_s=first, **traits),
            Body(period_s=second, **traits),
            seconds=seconds,
            rng=rng,
        )
        return pair.a, pair.b, HZ

    return make


def leaking(share):
    def make(rng, seconds):
        first, second = 5 * np.exp(0.12 * rng.standard_normal(2))
        pair = simulate.breathing(
            Body(period_s=first), Body(period_s=second), seconds=seconds, rng=rng, leaks=share
        )
        return pair.a, pair.b, HZ

    return make


def mixed(share):
    """The other's phone feels so much of one body, and so much less of its own."""

    def make(rng, seconds):
        a, b, hz = bodies()(rng, seconds)
        return a, (1 - share) * b + share * a + 0.05 * rng.standard_normal(len(a)), hz

    return make


def cycles(lengths):
    """Strangers made cycle by cycle: no oscillator, and a wave of another shape."""

    def make(rng, seconds):
        return *(wave(onsets(lengths, rng, seconds), rng, seconds) for _ in "ab"), HZ

    return make


def onsets(lengths, rng, seconds):
    n = int(seconds / 1.5) + 60
    made = np.maximum(lengths(n, 5 * np.exp(0.12 * rng.standard_normal()), rng), 0.8)
    return np.cumsum(made) - rng.uniform(10, 20)


def wave(at, rng, seconds):
    t = np.arange(0, seconds, 1 / HZ)
    turns = np.interp(t, at, np.arange(len(at)))
    size = np.exp(0.15 * np.interp(turns, np.arange(len(at)), rng.standard_normal(len(at))))
    return -size * np.cos(2 * np.pi * turns) + 0.05 * rng.standard_normal(len(t))


def normal(share):
    return lambda n, mean, rng: mean * (1 + share * rng.standard_normal(n))


def lognormal(n, mean, rng):
    return mean * np.exp(0.2 * rng.standard_normal(n))


def alike(rho):
    def make(n, mean, rng):
        kick = rng.standard_normal(n)
        like = np.empty(n)
        like[0] = kick[0]
        for k in range(1, n):
            like[k] = rho * like[k - 1] + np.sqrt(1 - rho * rho) * kick[k]
        return mean * (1 + 0.12 * like)

    return make


def pink(n, mean, rng):
    frequency = np.fft.rfftfreq(2 * n)
    frequency[0] = frequency[1]
    kick = rng.standard_normal(n + 1) + 1j * rng.standard_normal(n + 1)
    slow = np.fft.irfft(kick / np.sqrt(frequency))[:n]
    return mean * (1 + 0.12 * slow / slow.std())


def settling(n, mean, rng):
    t = np.arange(n) * mean
    falls = rng.uniform(0.2, 0.4) * np.exp(-t / rng.uniform(60, 250))
    return mean * (1 + 0.07 * rng.standard_normal(n)) * (1 - falls)


def swaying(n, mean, rng):
    t = np.arange(n) * mean
    slow = np.sin(2 * np.pi * t / rng.uniform(100, 300) + rng.uniform(0, 6.28))
    return mean * (1 + 0.07 * rng.standard_normal(n)) * (1 + 0.15 * slow)


def sighing(n, mean, rng):
    made = mean * (1 + 0.08 * rng.standard_normal(n))
    made[rng.random(n) < 0.04] *= rng.uniform(1.5, 2.5)
    return made


def metronome(spread_s):
    """Two who follow one click, each coming a little early or late."""

    def make(rng, seconds):
        out = []
        for _ in "ab":
            n = int(seconds / 5) + 8
            at = 5.0 * np.arange(-3, n - 3) + spread_s * rng.standard_normal(n)
            out.append(wave(at + rng.uniform(-0.4, 0.4), rng, seconds))
        return *out, HZ

    return make


def following(strength):
    """Two whose breath is pulled to one pacer."""

    def make(rng, seconds):
        made = [
            Body(
                period_s=5 * np.exp(0.03 * rng.standard_normal()),
                jitter=0.08,
                follows_pacer=strength,
            )
            for _ in "ab"
        ]
        pair = simulate.breathing(*made, seconds=seconds, rng=rng)
        return pair.a, pair.b, HZ

    return make


def moving(rng, seconds):
    return *simulate.moving(seconds=seconds, rng=rng), 30.0


def smooth_noise(rng, seconds):
    window = np.hanning(25) / np.hanning(25).sum()
    return *(
        np.convolve(rng.standard_normal(int(25 * seconds)), window, "same") for _ in "ab"
    ), 25.0


def unrelated(folder):
    """Pieces of two of 26 recordings of people who never met."""
    records = []
    for name in sorted((folder / "bidmc_resp").glob("*RESP.csv.gz")):
        with gzip.open(name, "rt") as text:
            records.append(np.loadtxt(text, delimiter=",", skiprows=1)[::12, 1])
    hz = 125 / 12

    def make(rng, seconds):
        people = rng.choice(len(records), 2, replace=False)
        a, b = (records[k] for k in people)
        n = min(int(seconds * hz), len(a), len(b))
        one, other = rng.integers(0, len(a) - n + 1), rng.integers(0, len(b) - n + 1)
        return a[one : one + n], b[other : other + n], hz, *people.tolist()

    return make


STRANGERS = {
    "steady": bodies(),
    "one rate": bodies(same=True),
    "jittered": bodies(jitter=0.2),
    "both settling": bodies(settles=0.3, jitter=0.07),
    "like their neighbours": bodies(likeness=0.6),
    "sighs": bodies(sighs=0.04),
    "cycles, normal 10 %": cycles(normal(0.10)),
    "cycles, normal 3 %": cycles(normal(0.03)),
    "cycles, lognormal 20 %": cycles(lognormal),
    "cycles, alike 0.8": cycles(alike(0.8)),
    "cycles, unlike -0.4": cycles(alike(-0.4)),
    "cycles, pink": cycles(pink),
    "cycles, settling": cycles(settling),
    "cycles, swaying": cycles(swaying),
    "cycles, sighing": cycles(sighing),
    "movement": moving,
    "smooth noise as movement": smooth_noise,
}
SHARED_CAUSE = {
    "one click, 0.1 s": metronome(0.1),
    "one click, 0.3 s": metronome(0.3),
    "one pacer, 0.2": following(0.2),
    "one pacer, 1": following(1.0),
    "both feel 10 %": leaking(0.1),
    "both feel 30 %": leaking(0.3),
    "both feel 60 %": leaking(0.6),
    "both feel 100 %": leaking(1.0),
    "one feels 10 %": mixed(0.1),
    "one feels 30 %": mixed(0.3),
    "one feels 50 %": mixed(0.5),
    "one feels 100 %": mixed(1.0),
}


def people_interval(found, draws=2000):
    """Resample the people, not the pairs: pairs that share somebody are not independent."""
    people = sorted({who for one in found for who in one["people"]})
    column = {who: k for k, who in enumerate(people)}
    first, second = np.array([[column[who] for who in one["people"]] for one in found]).T
    hits = np.array([one["verdict"] == MORE for one in found], dtype=float)
    rng = np.random.default_rng(0)
    times = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), size=draws)
    weight = times[:, first] * times[:, second]
    weight = weight[weight.sum(axis=1) > 0]
    return np.quantile(weight @ hits / weight.sum(axis=1), [0.025, 0.975])


def found_before(out):
    """What an earlier run, stopped or finished, has left in its file."""
    if out is None or not out.exists():
        return {}
    lines = [json.loads(line) for line in out.read_text().splitlines() if line.endswith("}")]
    return {(one["row"], one["seconds"], one["seed"], one["pair"]): one for one in lines}


def judged(make, row, seconds, seed, pair):
    """One pair of strangers, made by its seed alone, and what is said of it."""
    rng = np.random.default_rng([seed, sum(map(ord, row)), int(seconds), pair])
    a, b, hz, *people = make(rng, seconds)
    begun = time.perf_counter()
    sense = "movement" if "movement" in row else "breath"
    said = couple(a, b, hz=hz, sense=sense, seed=pair, draws=99)
    if sense == "breath" and not said.chance.p_value > FAR_FROM_CALLED:
        said = couple(a, b, hz=hz, sense=sense, seed=pair)
    return {
        "row": row, "seconds": seconds, "seed": seed, "pair": pair, "people": people,
        "verdict": said.verdict, "reason": said.reason, "p": said.chance.p_value,
        "took_ms": round((time.perf_counter() - begun) * 1e3, 2),
    }  # fmt: skip


def line(row, seconds, found):
    more = sum(one["verdict"] == MORE for one in found)
    decided = sum(one["verdict"] != UNKNOWN for one in found)
    low, high = people_interval(found) if found[0]["people"] else interval(more, len(found))
    return (
        f"{row:26s} {seconds:7.0f}  {len(found):5d}  {more / len(found):6.1%}"
        f" ({low:.1%} to {high:.1%}){decided / len(found):10.0%}"
        f"  {np.median([one['took_ms'] for one in found]):.0f} ms"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seconds", type=float, nargs="+", default=[300.0])
    parser.add_argument("--rows", nargs="*", default=None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=None, help="keep each pair, and go on from it")
    asked = parser.parse_args()
    rows = STRANGERS | strangers.MADE | SHARED_CAUSE | strangers.recorded(asked.data)
    if (asked.data / "bidmc_resp").is_dir():
        rows |= {"real, unrelated": unrelated(asked.data)}
    else:
        print(f"real people: skipped, no bidmc_resp in {asked.data}")
    before = found_before(asked.out)
    print(f"{'strangers':26s} seconds  pairs  more than chance (95 %)   decided  a pair")
    for row in asked.rows or rows:
        for seconds in asked.seconds:
            found = []
            for pair in range(asked.pairs):
                one = before.get((row, seconds, asked.seed, pair))
                if one is None:
                    one = judged(rows[row], row, seconds, asked.seed, pair)
                    if asked.out is not None:
                        with asked.out.open("a") as kept:
                            kept.write(json.dumps(one) + "\n")
                found.append(one)
            print(line(row, seconds, found), flush=True)


if __name__ == "__main__":
    main()
