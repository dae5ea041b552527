"""Numbers to call, by country, and whether a person has checked them lately.

The facts are in helplines.json beside this file; a host adds others in a file of that name and form
in the data folder. Nothing here guesses where somebody is, and no number is shown as checked that
nobody has called or looked up within the time that its line says.
"""

import json
import re
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).with_suffix(".json")

KINDS = ("emergency", "crisis", "violence")


class Unreadable(ValueError):
    """A host's file of helplines has a mistake; the message says where."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number as it is published where it can be dialled, with the service's own page."""

    kind: str
    name: str
    dial: str
    source: str
    note: str = ""
    verified_at: str = ""
    expires_at: str = ""

    @property
    def tel(self) -> str:
        """The address that makes a phone dial it."""
        return "tel:" + re.sub(r"[^0-9+*#]", "", self.dial).replace("#", "%23")

    def is_checked(self, today: date) -> bool:
        """Whether a person has checked it and the time for which that holds isn't over."""
        if not (self.verified_at and self.expires_at):
            return False
        return date.fromisoformat(self.expires_at) >= today


@dataclass(frozen=True, slots=True)
class Country:
    """A country with its lines, emergencies first."""

    code: str
    name: str
    lines: tuple[Line, ...]


def gather(*files: Path) -> tuple[Country, ...]:
    """All countries of these files, by name; a later file adds lines to a country of an earlier."""
    found: dict[str, Country] = {}
    for file in files:
        if not file.exists():
            continue
        for country in read(file.read_text(encoding="utf-8"), file.name):
            known = found.get(country.code)
            lines = (known.lines if known else ()) + country.lines
            lines = tuple(sorted(lines, key=lambda line: KINDS.index(line.kind)))
            found[country.code] = Country(
                country.code, known.name if known else country.name, lines
            )
    return tuple(sorted(found.values(), key=lambda country: country.name))


def read(text: str, source: str) -> tuple[Country, ...]:
    """The countries that stand in a file; Unreadable when it isn't in the right form."""
    try:
        countries: list[dict[str, Any]] = json.loads(text)["countries"]
        return tuple(
            Country(
                _text(country["code"]), _text(country["name"]), tuple(map(_line, country["lines"]))
            )
            for country in countries
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{source} can't be read: {error}") from error


def _line(values: dict[str, Any]) -> Line:
    unknown = values.keys() - {field.name for field in fields(Line)}
    if unknown:
        raise ValueError(f"“{min(unknown)}” isn't known in a line")
    line = Line(**{name: _text(value) for name, value in values.items()})
    if line.kind not in KINDS:
        raise ValueError(f"“{line.kind}” is no kind; write one of {', '.join(KINDS)}")
    if not re.fullmatch(r"[0-9+*# -]{2,20}", line.dial):
        raise ValueError(f"“{line.dial}” is no number to dial")
    if not line.source.startswith("https://"):
        raise ValueError(f"the source of “{line.name}” is the service's own page, with https://")
    for day in (line.verified_at, line.expires_at):
        if day:
            date.fromisoformat(day)
    return line


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"“{value}” should be a text")
    return value
