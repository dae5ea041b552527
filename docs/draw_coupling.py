"""Draw what docs/measurement.md shows of the verdict: chance beside what was observed.

    python docs/draw_coupling.py

Made from simulated people by seed, so that the picture can be drawn again from the code.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from relational_space.sensing.synchrony import couple
from relational_space.study import simulate
from relational_space.study.simulate import Body

CASES = {
    "strangers": (Body(), Body(period_s=4.8), 0.0),
    "both answer a little": (Body(answers=0.06), Body(period_s=4.8, answers=0.06), 0.0),
    "one pacer, nobody named it": (simulate.paced(Body()), simulate.paced(Body()), 0.0),
    "one phone feels both": (Body(), Body(period_s=4.8), 0.6),
}


def main() -> None:
    """Draw four sittings."""
    figure, panels = plt.subplots(2, 2, figsize=(8, 5), constrained_layout=True)
    for axes, (name, (a, b, leaks)) in zip(panels.flat, CASES.items(), strict=True):
        pair = simulate.breathing(a, b, seconds=600, rng=np.random.default_rng(2), leaks=leaks)
        found = couple(pair.a, pair.b, hz=pair.hz, sense="breath")
        axes.hist(found.chance.draws, bins=30, color="0.8", edgecolor="0.5")
        axes.axvline(found.chance.observed, color="0", linestyle="--")
        axes.set_title(f"{name}: {found.verdict}", fontsize=9)
        axes.set_yticks([])
        axes.set_xlabel("evidence: log likelihood ratio", fontsize=8)
    figure.savefig(Path(__file__).parent / "pictures" / "coupling.svg", metadata={"Date": None})


if __name__ == "__main__":
    plt.rcParams["svg.hashsalt"] = "coupling"
    main()
