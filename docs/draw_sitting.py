"""Draws the sitting machine from its table, into ARCHITECTURE.md.

`python -m docs.draw_sitting` writes the drawing; a test fails when it differs from the code.
"""

from pathlib import Path

from relational_space.practice.events import Event
from relational_space.practice.practice import Stage
from relational_space.practice.sitting import TRANSITIONS

PAGE = Path(__file__).resolve().parent.parent / "ARCHITECTURE.md"
BEGIN, END = "<!-- the sitting machine: begin -->\n", "<!-- the sitting machine: end -->\n"


def drawing() -> str:
    """Draw the machine as a Mermaid diagram: stages, and the events that lead from one to another."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> arriving: Opened"]
    for stage, ways in TRANSITIONS.items():
        by_target: dict[Stage, list[type[Event]]] = {}
        for kind, target in ways.items():
            by_target.setdefault(target, []).append(kind)
        for target, kinds in by_target.items():
            names = ", ".join(kind.__name__ for kind in kinds)
            lines.append(f"    {stage} --> {target}: {names}")
    return "\n".join([*lines, "    closed --> [*]", "```"]) + "\n"


def page_with_drawing(page: str) -> str:
    """Give the page with what stands between the two marks drawn anew."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + drawing() + END + after


if __name__ == "__main__":
    PAGE.write_text(page_with_drawing(PAGE.read_text()))
