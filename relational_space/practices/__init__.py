"""The practice files that come with the program, and those that a host puts beside them.

It reads folders and writes nothing. A file with a mistake in it is left out and its mistake is kept
for its author: one bad file never takes the others with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from relational_space.practice.errors import PracticeError
from relational_space.practice.practice import Practice
from relational_space.practice.reading import MOST_BYTES, read

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Written:
    """A practice and the text of its file, which a sitting takes with it."""

    practice: Practice
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every practice that can be read, by name, and the mistakes of those that can't."""

    practices: Mapping[str, Written]
    mistakes: tuple[PracticeError, ...]

    def to_sit(self) -> tuple[Practice, ...]:
        """What two people can choose from: everything that isn't said before something else.

        What is for later stands after the rest, and a practice after the one that leads to it.
        """
        before = {written.practice.begins_with for written in self.practices.values()}
        practices = [w.practice for name, w in sorted(self.practices.items()) if name not in before]
        return tuple(sorted(practices, key=lambda each: (each.later, self._led_to(each.name))))

    def _led_to(self, name: str) -> int:
        """How many practices come before this one on the longest way that leads to it."""
        ways, length = {name}, 0
        # Round in a circle nothing is first, and a way is never longer than all there is.
        while length < len(self.practices) and (
            ways := {
                each
                for each, written in self.practices.items()
                if written.practice.link and written.practice.link.practice in ways
            }
        ):
            length += 1
        return length

    def whole_s(self, practice: Practice) -> tuple[float, float]:
        """The shortest and the longest time it takes, what it begins with included."""
        begins_with = self.practices.get(practice.begins_with or "")
        before_s = begins_with.practice.shortest_s if begins_with else 0.0
        return practice.shortest_s + before_s, practice.longest_s + before_s


def gather(*folders: Path) -> Shelf:
    """All practices of these folders; a file in a later folder stands in for one of its name."""
    practices: dict[str, Written] = {}
    mistakes: list[PracticeError] = []
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            try:
                practices[file.stem] = open_file(file)
            except PracticeError as mistake:
                mistakes.append(mistake)
    for name, written in list(practices.items()):
        link = written.practice.link
        if link and link.practice not in practices:
            del practices[name]
            problem = f"there is no practice “{link.practice}” here"
            mistakes.append(PracticeError(f"{name}.toml", "link, practice", problem))
    return Shelf(practices, tuple(mistakes))


def open_file(file: Path) -> Written:
    """What stands in this file; PracticeError when it can't be opened or read."""
    if file.suffix != ".toml":
        raise PracticeError(file.name, "", "a practice file's name ends in .toml")
    try:
        # One byte more than may be: enough to be refused, and never a whole disk.
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1).decode()
    except FileNotFoundError:
        raise PracticeError(file.name, "", f"there is no such file in {file.parent}") from None
    except OSError as error:
        raise PracticeError(file.name, "", f"it can't be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PracticeError(file.name, "", "save it as plain text (UTF-8)") from None
    return Written(read(text, name=file.stem), text)
