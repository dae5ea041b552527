"""How often one body's heart in both phones' raw recordings is seen, and in strangers'. Prints a table.

    python -m bench.hearts --data ../shared/data

Real phones on real chests, of people who never met; what one phone recorded is added, by a share, to what
the other one did. Every ordered pair of recordings of a minute and more.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np

from relational_space.sensing.leakage import shared_heart

SHARES = (0.1, 0.2, 0.3, 0.5, 1.0)
HANDLING_S = 10.0


def phones(folder):
    """Give times and acceleration of each phone, its first ten seconds of handling left out."""
    for path in sorted((folder / "phone_chest_mscardio").glob("*.csv.gz")):
        with gzip.open(path, "rt") as text:
            rows = np.loadtxt(text, delimiter=",", skiprows=1)
        times = rows[:, 1] - rows[0, 1]
        kept = times > HANDLING_S
        if times[-1] > 60:
            yield times[kept], rows[kept, 2:5]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    asked = parser.parse_args()
    people = list(phones(asked.data))
    if not people:
        print(f"skipped, no phone_chest_mscardio in {asked.data}")
        return
    print("share of the other's phone felt   pairs   seen   median correlation")
    for share in (0.0, *SHARES):
        found = []
        for i, (times_a, a) in enumerate(people):
            for j, (times_b, b) in enumerate(people):
                if i == j or (share == 0 and j < i):
                    continue
                felt = np.stack([np.interp(times_b, times_a, x - x.mean()) for x in a.T], axis=1)
                found.append(shared_heart(times_a, a, times_b, b + share * felt))
        looked = [one for one in found if one is not None]
        seen = np.mean([one.suspected for one in looked])
        strength = np.median([one.strength for one in looked])
        print(f"{share:32.0%} {len(looked):7d} {seen:6.0%} {strength:20.2f}", flush=True)


if __name__ == "__main__":
    main()
