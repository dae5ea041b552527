"""What was found, as one documented JSON object, as lines to read, and as a page on its own."""

from __future__ import annotations

import html
import json
import math
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relational_space.sensing.coupling import Coupling
    from relational_space.sensing.trace import Breath

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
overflow-wrap:anywhere}}
h1{{font-size:1.5rem}} svg{{max-width:100%;height:auto}} pre{{overflow:auto;background:#f4f4f4;padding:1rem}}
td,th{{text-align:left;padding:.1rem 1rem .1rem 0}}</style></head>
<body><h1>{title}</h1>
{lines}
{pictures}
{table}
<h2>All figures</h2><pre>{figures}</pre>
<p>A figure says how this recording looked to this method, and nothing about either person.</p>
</body></html>
"""


FIRST_DATE_S, LAST_DATE_S = 1e8, 1e11
"""Stamps between are seconds since 1970, from a file with dates: no recording lasts three years."""
MOST_TOLD = 5
SHORTEST_TOLD_S = 1.0
"""A shorter stretch that was not read is in the object, and not among the lines."""


def is_date(at_s: float) -> bool:
    """Say whether a stamp counts from 1970."""
    return FIRST_DATE_S < at_s < LAST_DATE_S


def moment(at_s: float) -> str:
    """Say a moment on a file's own clock: in seconds, or by date and time of day.

    Examples
    --------
    >>> moment(12.34)
    '12.3'
    >>> moment(1714557600.0)
    '2024-05-01 10:00:00'
    """
    if not is_date(at_s):
        return f"{at_s:.1f}"
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M:%S}"


def plain(value: Any) -> Any:
    """Turn a result into what JSON can hold: NaN becomes null, arrays become lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    return value


def of_breath(read: Breath, duration_s: float) -> dict[str, Any]:
    """Give the object that `breath --json` prints."""
    found: dict[str, Any] = plain(
        {
            "duration_s": duration_s,
            "coverage": read.coverage,
            "rate_per_min": read.rate_per_min,
            "rate_interval": read.rate_interval,
            "inhale_onsets_s": read.inhale_onsets_s,
            "exhale_onsets_s": read.exhale_onsets_s,
            "unread": read.unread,
            # Without it nobody knows whether the inhales are inhales.
            "method": f"{read.method}; which way is up is {read.sign}",
            "version": read.version,
        }
    )
    return found


def lines_of_breath(name: str, found: dict[str, Any]) -> list[str]:
    """Say the same in a few lines."""
    share = f"{100 * found['coverage']:.0f} % of {found['duration_s']:.0f} s read"
    if found["rate_per_min"] is None:
        lines = [f"{name}: could not tell; {share}."]
    else:
        low, high = found["rate_interval"]
        between = "" if low is None else f" (95 %: {low:.2f} to {high:.2f})"
        lines = [f"{name}: {found['rate_per_min']:.2f} breaths a minute{between}; {share}."]
    told = [p for p in found["unread"] if p["end_s"] - p["start_s"] >= SHORTEST_TOLD_S]
    longest = sorted(told, key=lambda part: part["start_s"] - part["end_s"])[:MOST_TOLD]
    for part in sorted(longest, key=lambda part: float(part["start_s"])):
        unit = "" if is_date(part["start_s"]) else " s"
        begin, end = moment(part["start_s"]), moment(part["end_s"])
        lines.append(f"  not read {begin} to {end}{unit}: {part['reason']}")
    if len(told) > MOST_TOLD:
        left = len(told) - MOST_TOLD
        more = "one shorter stretch" if left == 1 else f"{left} shorter stretches"
        lines.append(f"  and {more}; --json names all")
    return lines


def of_coupling(found: Coupling) -> dict[str, Any]:
    """Give the object that `couple --json` prints."""
    told: dict[str, Any] = plain(found)
    # What decides and its draws are for the picture; the p-value and the quantiles are told.
    del told["chance"]["draws"], told["chance"]["observed"]
    return told


def lines_of_coupling(a: str, b: str, told: dict[str, Any]) -> list[str]:
    """Say the same in a few lines."""
    because = f" ({told['reason']})" if told["reason"] else ""
    lines = [
        f"{a} and {b}: {told['verdict']}{because}; {100 * told['coverage']:.0f} % read in both."
    ]
    chance = told["chance"]
    # Where chance can't be told, no strength is said either: it would be read as one.
    if not told["reason"] and told["strength"] is not None and chance["p_value"] is not None:
        lines.append(
            f"  strength {told['strength']:.2f}; chance reaches what decided in "
            f"{100 * chance['p_value']:.1f} % ({chance['null']})."
        )
    if told["leader"] is not None:
        low, high = told["lag_interval_s"]
        lines.append(
            f"  {told['leader']} first, by {abs(told['lag_s']):.2f} s ({low:.2f} to {high:.2f})."
        )
    return lines


def _span(low: float | None, high: float | None) -> str:
    return "unknown" if low is None or high is None else f"{low:.2f} to {high:.2f}"


def rows_of_study(told: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Give a row for each pair in its order: name, verdict, strength, and what it has with others."""
    rows = []
    for each in told["pairs"]:
        because = f" ({each['reason']})" if each["reason"] else ""
        strength = "unknown" if each["strength"] is None else f"{each['strength']:.2f}"
        others = each["pseudo_quantiles"]
        span = _span(others.get("0.05"), others.get("0.95"))
        rows.append((each["pair"], each["verdict"] + because, strength, span))
    return rows


def lines_of_study(told: dict[str, Any]) -> list[str]:
    """Say what a study found in a few lines."""
    lines = [
        f"{pair}: {verdict}; strength {strength}, its two people with others {others}."
        for pair, verdict, strength, others in rows_of_study(told)
    ]
    return lines + group_of_study(told)


def group_of_study(told: dict[str, Any]) -> list[str]:
    """Say what all pairs together show beside the same people paired anew."""
    if told["p_value"] is None:
        return ["Too few pairs were read to compare them with the same people paired anew."]
    lines = [
        f"All pairs: strength {told['real_mean']:.3f}, the same people paired anew "
        f"{told['pseudo_mean']:.3f}; a new pairing of everybody gives as much in "
        f"{100 * told['p_value']:.1f} %."
    ]
    if told["effect_size"] is not None:
        lines.append(
            f"Excess {told['excess']:.3f} (95 %: {told['excess_interval'][0]:.3f} to "
            f"{told['excess_interval'][1]:.3f}); effect size {told['effect_size']:.2f} (95 %: "
            f"{_span(*told['effect_interval'])})."
        )
    return lines


def to_json(found: dict[str, Any]) -> str:
    """Write the object as one line's worth of JSON, without NaN."""
    return json.dumps(found, allow_nan=False, ensure_ascii=False, indent=1)


STUDY_HEADS = ("pair", "verdict", "strength", "its two people with others, 5 to 95 %")


def table_of(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write rows as a table for a page."""
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def page(
    title: str, lines: list[str], pictures: list[bytes], found: dict[str, Any], table: str = ""
) -> str:
    """Make a page that holds everything in itself."""
    drawings = [picture.decode("utf-8") for picture in pictures]
    return PAGE.format(
        title=html.escape(title),
        lines="".join(f"<p>{html.escape(line)}</p>" for line in lines),
        pictures="".join(drawing[drawing.index("<svg") :] for drawing in drawings),
        table=table,
        figures=html.escape(to_json(found)),
    )
