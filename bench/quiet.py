"""How often what two breathers are told is that there was too little time between the guide's words.

Every practice that feels breath and may be compared, as it is written, at its shortest and at its longest,
with pairs of made-up strangers at four rates. Prints what `live/engine.py` says of each.
Usage, from the repository: python -m bench.quiet --pairs 40
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from relational_space import practices
from relational_space.live import engine
from relational_space.practice.practice import Practice, Role, Stage, in_language
from relational_space.practice.reflection import never_compared
from relational_space.study import simulate
from relational_space.study.simulate import Body

HZ = 10.0
RATES_PER_MIN = (15, 10, 8, 6)
SPREAD = 0.08
"""How much two people's rates differ, as the spread of their logarithm."""


class Heard(NamedTuple):
    """Which moments of the sensed part were felt, and in which nobody spoke."""

    felt: np.ndarray
    clear: np.ndarray


def heard(practice: Practice, *, longest: bool) -> Heard:
    at_s, spans, said = 0.0, [], []
    for cue in practice.cues:
        if cue.stage is Stage.LANDING:
            continue
        words = cue.say.to(Role.BOTH)
        if words:
            count = len(in_language(words, "en").split())
            said.append((at_s, at_s + 1.0 + count / engine.WORDS_PER_S))
        lasts_s = cue.lasts.longest_s if longest else cue.lasts.shortest_s
        if "breath" in cue.sense:
            spans.append((at_s, at_s + lasts_s))
        at_s += lasts_s
    at = np.arange(spans[0][0], spans[-1][1], 1 / HZ)
    felt = np.any([(at >= begin) & (at < end) for begin, end in spans], axis=0)
    spoken = np.any([(at >= begin) & (at <= end) for begin, end in said], axis=0)
    return Heard(felt, felt & ~spoken)


def told(when: Heard, per_min: float, pairs: int) -> Iterator[str]:
    for pair in range(pairs):
        rng = np.random.default_rng([pair, int(per_min)])
        periods = 60.0 / per_min * np.exp(SPREAD * rng.standard_normal(2))
        seconds = len(when.felt) / HZ
        made = simulate.breathing(
            *(Body(period_s=each) for each in periods), seconds=seconds + 1, hz=HZ, rng=rng
        )
        waves = [wave[: len(when.felt)] for wave in (made.a, made.b)]
        whole, quiet = ([np.where(mask, wave, np.nan) for wave in waves] for mask in when)
        two = engine._Two(HZ, 0.0, tuple(whole), tuple(quiet))
        verdict, reason = engine._verdict("breath", two, "")
        yield reason or verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=40)
    asked = parser.parse_args()
    for name, written in sorted(practices.gather(practices.HERE).practices.items()):
        practice = written.practice
        if "breath" not in practice.senses or never_compared(practice, song=False):
            continue
        for longest in (False, True):
            when = heard(practice, longest=longest)
            felt_s, clear_s = (mask.sum() / HZ for mask in when)
            print(
                f"{name}, {'longest' if longest else 'shortest'}: felt for {felt_s:.0f} s, "
                f"{clear_s:.0f} s of them clear of words"
            )
            for per_min in RATES_PER_MIN:
                counts = Counter(told(when, per_min, asked.pairs))
                print(f"  {per_min:2} a minute: {dict(counts)}", flush=True)


if __name__ == "__main__":
    main()
