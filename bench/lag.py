"""How well a known lag between two movements is found, and a switch of roles. Prints a table.

python -m bench.lag --pairs 50
"""

import argparse

import numpy as np

from relational_space.sensing.synchrony import couple
from relational_space.study import simulate

HZ = 30.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=50)
    asked = parser.parse_args()
    print("lag  seconds  noise  median error  largest error  inside the interval  leader right")
    for seconds in (60, 240):
        for noise in (0.1, 0.5):
            for lag in (-0.6, -0.2, 0.1, 0.4, 1.0):
                errors, inside, right = [], 0, 0
                for pair in range(asked.pairs):
                    rng = np.random.default_rng([pair, seconds])
                    a, b = simulate.moving(seconds=seconds, rng=rng, lag_s=lag, noise=noise)
                    found = couple(a, b, hz=HZ, sense="movement")
                    errors.append(abs(found.lag_s - lag))
                    inside += found.lag_interval_s[0] < lag < found.lag_interval_s[1]
                    right += found.leader == ("a" if lag > 0 else "b")
                print(
                    f"{lag:+.1f} {seconds:6d} {noise:7.1f} {np.median(errors) * 1e3:10.1f} ms"
                    f" {max(errors) * 1e3:11.1f} ms {inside / asked.pairs:17.0%}"
                    f" {right / asked.pairs:15.0%}",
                    flush=True,
                )
    found = 0
    for pair in range(asked.pairs):
        rng = np.random.default_rng([pair, 7])
        a, b = simulate.moving(seconds=240, rng=rng, lag_s=0.25, switches=True)
        half = len(a) // 2
        leaders = [
            couple(a[part], b[part], hz=HZ, sense="movement").leader
            for part in (slice(0, half), slice(half, None))
        ]
        found += leaders == ["a", "b"]
    print(f"roles switched after two of four minutes: seen in {found} of {asked.pairs}")


if __name__ == "__main__":
    main()
