"""The text of a practice file → Practice, or a PracticeError in words for its author.

Every error names the file, the place, what stands there and what would be right. Nothing is
guessed: a word that isn't known is an error and not ignored, since a misspelt `up_to` would
otherwise let a practice begin closer than its author meant.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from relational_space.practice.errors import PracticeError
from relational_space.practice.practice import (
    NO_WORDS,
    Adaptation,
    Cue,
    Evidence,
    Hint,
    Lasts,
    Link,
    Mark,
    Option,
    Picture,
    Practice,
    Question,
    Role,
    Rung,
    Saying,
    Stage,
    Turn,
    View,
    Words,
)

FORMAT = 1
MOST_BYTES = 64 * 1024
MOST_DEPTH = 8
MOST_CUES = 80
MOST_RUNGS = 6
MOST_QUESTIONS = 16
MOST_LETTERS = 600
MOST_SECONDS = 90 * 60
MOST_DAYS = 60

SENSES = ("breath", "movement")
SHOWS = ("other-breath", "pace")
QUESTION_KINDS = ("choice", "circles", "line", "slider", "words")
QUESTION_TIMES = ("before", "after", "before and after")
LEADS_TO = ("aftercare", "safety")

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LENGTH = re.compile(r"(\d{1,4}(?:\.\d)?) ?(s|min)")
CHOSEN = re.compile(rf"{LENGTH.pattern} to {LENGTH.pattern}, chosen")
A_LENGTH = (
    "a length such as “40 s”, “2 min”, “60 s to 120 s, chosen”, “one song”, "
    "or “60 s to 120 s, chosen, or one song”"
)

_E = TypeVar("_E", bound=StrEnum)


def read(text: str, *, name: str) -> Practice:
    """The practice that this file describes; `name` is the file's name without its ending.

    Raises PracticeError for anything that is missing, misspelt, too large or not allowed.
    """
    source = f"{name}.toml"
    if not NAME.fullmatch(name):
        raise PracticeError(source, "", "a file's name is small letters, digits and hyphens")
    top = _Table(_parse(text, source), source, "")
    if top.take("format", int, "the number 1") != FORMAT:
        raise PracticeError(source, "format", f"this program reads format = {FORMAT}")
    languages = tuple(top.take("languages", list, 'a list such as ["en"]'))
    for tag in languages:
        if not isinstance(tag, str) or not LANGUAGE.fullmatch(tag):
            raise PracticeError(source, "languages", f"“{tag}” isn't a language tag such as “en”")
    if not languages:
        raise PracticeError(source, "languages", 'name at least one, such as ["en"]')
    reader = _Reader(source, languages)
    default_stage = Stage.SETTLING if name == "settle" else Stage.SITTING
    ladder = tuple(reader.rung(table) for table in top.tables("ladder", MOST_RUNGS))
    names = [rung.name for rung in ladder]
    cues = tuple(
        cue
        for table in top.tables("cue", MOST_CUES)
        for cue in reader.cues(table, names, default_stage)
    )
    practice = Practice(
        name=name,
        languages=languages,
        title=reader.words(top.table("title")),
        promise=reader.words(top.table("promise")),
        touch=reader.words(top.table("touch")),
        ladder=ladder,
        cues=cues,
        questions=tuple(
            question
            for table in top.tables("question", MOST_QUESTIONS)
            for question in reader.questions(table)
        ),
        adaptations=tuple(reader.adaptation(table) for table in top.tables("adapt", 30)),
        cautions=tuple(reader.words(table) for table in top.tables("caution", 20)),
        evidence=tuple(reader.evidence(table) for table in top.tables("evidence", 20)),
        limits=reader.words(top.table("limits")),
        begins_with=top.maybe("begins_with", str, "the name of a practice file", None),
        later=top.yes("later"),
        link=reader.link(top.maybe_table("link")),
    )
    top.nothing_else()
    _whole(practice, source)
    return practice


def _whole(practice: Practice, source: str) -> None:
    """What can only be seen of a practice as a whole."""
    if not practice.cues:
        raise PracticeError(source, "", "there is no cue; write at least one [[cue]]")
    if len(practice.cues) > MOST_CUES:
        raise PracticeError(source, "", f"{len(practice.cues)} cues; {MOST_CUES} at the most")
    if practice.longest_s > MOST_SECONDS:
        minutes = round(practice.longest_s / 60)
        raise PracticeError(source, "", f"it could last {minutes} min; 90 at the most")
    stages = [cue.stage for cue in practice.cues]
    if stages != sorted(stages, key=list(Stage).index):
        raise PracticeError(source, "stage", "cues to land with stand after those to sit with")
    rungs = [rung.name for rung in practice.ladder]
    if len(set(rungs)) < len(rungs):
        raise PracticeError(source, "ladder", "two rungs have the same name")
    if practice.name == "settle":
        if practice.ladder or set(stages) != {Stage.SETTLING}:
            raise PracticeError(source, "", "settle has no ladder and only cues to settle with")
        if practice.gate:
            raise PracticeError(source, "question", "ask what leads to safety in a practice itself")
        return
    if sum(question.is_gate for question in practice.questions) > 1:
        raise PracticeError(source, "question", "only one question before may lead to safety")
    if practice.begins_with not in (None, "settle"):
        raise PracticeError(source, "begins_with", "write “settle”, or leave it out")
    if not any(rung.offered for rung in practice.ladder):
        raise PracticeError(source, "ladder", "no rung is offered; write offered = true at one")
    for offered in (
        [rung for rung in practice.ladder if rung.offered],
        [rung for rung in practice.ladder if rung.apart],
    ):
        if offered and all(rung.eyes for rung in offered):
            raise PracticeError(
                source, "ladder", "offer a rung without eyes beside those with them"
            )
    apart = [number for number, rung in enumerate(practice.ladder, 1) if rung.apart]
    seen = [rung.view is not View.NONE for rung in practice.ladder[: max(apart, default=0)]]
    if seen != sorted(seen):
        raise PracticeError(
            source,
            "ladder",
            "a smaller rung has a view and a larger one none; nobody is seen more for wanting less",
        )
    if Stage.LANDING not in stages:
        where = f"cue “{practice.cues[-1].name}”"
        raise PracticeError(source, where, 'no cue to land with; write one with stage = "land"')
    if not practice.cautions:
        raise PracticeError(source, "caution", "say who should adapt or skip this")
    if not practice.limits:
        raise PracticeError(source, "limits", "say what nobody knows about this practice")


def _parse(text: str, source: str) -> dict[str, Any]:
    if len(text.encode()) > MOST_BYTES:
        raise PracticeError(source, "", f"the file is larger than {MOST_BYTES // 1024} KiB")
    if "\0" in text:
        raise PracticeError(source, "", "the file isn't text")
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PracticeError(source, "", f"it isn't written as TOML: {error}") from None
    except RecursionError:
        raise PracticeError(source, "", f"tables deeper than {MOST_DEPTH}") from None
    if _deeper(parsed, MOST_DEPTH):
        raise PracticeError(source, "", f"tables deeper than {MOST_DEPTH}")
    return parsed


def _deeper(value: object, depth: int) -> bool:
    inside: Iterator[object]
    if isinstance(value, dict):
        inside = iter(value.values())
    elif isinstance(value, list):
        inside = iter(value)
    else:
        return False
    return depth == 0 or any(_deeper(each, depth - 1) for each in inside)


class _Table:
    """A table of the file that knows where it stands and which of its keys have been read."""

    def __init__(self, values: Mapping[str, Any], source: str, where: str) -> None:
        self.values, self.source, self.where = values, source, where
        self.read: set[str] = set()

    def error(self, key: str, problem: str) -> PracticeError:
        where = ", ".join(part for part in (self.where, key) if part)
        return PracticeError(self.source, where, problem)

    def maybe(self, key: str, kind: type, right: str, otherwise: Any) -> Any:
        self.read.add(key)
        if key not in self.values:
            return otherwise
        value = self.values[key]
        # TOML's true is also Python's 1: a number is wanted as a number.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, f"{_shown(value)} can't stand here; write {right}")
        return value

    def take(self, key: str, kind: type, right: str) -> Any:
        value = self.maybe(key, kind, right, None)
        if value is None:
            raise self.error(key, f"it is missing; write {right}")
        return value

    def text(self, key: str) -> str:
        value: str = self.take(key, str, "a text").strip()
        if not value or len(value) > MOST_LETTERS:
            raise self.error(key, f"a text has 1 to {MOST_LETTERS} letters")
        return value

    def yes(self, key: str) -> bool:
        return bool(self.maybe(key, bool, "true or false", False))

    def one_of(self, key: str, kind: type[_E], otherwise: _E) -> _E:
        value = self.maybe(key, str, _or([each.value for each in kind]), otherwise.value)
        if value not in {each.value for each in kind}:
            choices = _or([each.value for each in kind])
            raise self.error(key, f"“{value}” isn't known here; write {choices}")
        return kind(value)

    def table(self, key: str) -> "_Table":
        return self._table(self.take(key, dict, f"a table [{key}]"), key)

    def maybe_table(self, key: str) -> "_Table | None":
        values = self.maybe(key, dict, f"a table [{key}]", None)
        return None if values is None else self._table(values, key)

    def _table(self, values: Mapping[str, Any], key: str) -> "_Table":
        return _Table(values, self.source, ", ".join(p for p in (self.where, key) if p))

    def tables(self, key: str, most: int) -> list["_Table"]:
        values = self.maybe(key, list, f"tables [[{key}]]", [])
        if len(values) > most:
            raise self.error(key, f"{len(values)} of them; {most} at the most")
        if not all(isinstance(value, dict) for value in values):
            raise self.error(key, f"write each as a table [[{key}]]")
        tables = []
        for number, value in enumerate(values, 1):
            name = value.get("name")
            named = f"{key} “{name}”" if isinstance(name, str) else f"{key} {number}"
            tables.append(self._table(value, named))
        return tables

    def nothing_else(self) -> None:
        for key in self.values:
            if key not in self.read:
                near = get_close_matches(key, sorted(self.read), n=1)
                meant = f"; is it “{near[0]}”?" if near else ""
                raise self.error(key, f"this word isn't known here{meant}")


class _Reader:
    """Reads the parts of one file, in the languages that it has said it speaks."""

    def __init__(self, source: str, languages: tuple[str, ...]) -> None:
        self.source, self.languages = source, languages

    def words(self, table: _Table, *, more: bool = False) -> Words:
        """The same text in each of the file's languages; `more` when other keys may stand beside."""
        words = {language: table.text(language) for language in self.languages}
        if not more:
            table.nothing_else()
        return MappingProxyType(words)

    def maybe_words(self, table: _Table | None) -> Words:
        return NO_WORDS if table is None else self.words(table)

    def rung(self, table: _Table) -> Rung:
        name = table.text("name")
        if not NAME.fullmatch(name):
            raise table.error("name", f"“{name}”: small letters, digits and hyphens")
        rung = Rung(
            name=name,
            label=self.words(table, more=True),
            say=self.maybe_words(table.maybe_table("say")),
            offered=table.yes("offered"),
            touch=table.yes("touch"),
            eyes=table.yes("eyes"),
            apart=self.maybe_words(table.maybe_table("apart")),
            view=table.one_of("view", View, View.NONE),
        )
        table.nothing_else()
        if rung.touch and rung.apart:
            raise table.error("apart", "two people in two places can't touch; take one of them out")
        if rung.view is not View.NONE and not rung.apart:
            raise table.error("view", "a view is for two places; write [ladder.apart] too")
        return rung

    def cues(self, table: _Table, rungs: list[str], default_stage: Stage) -> Iterator[Cue]:
        """What one [[cue]] stands for: one cue, or one for each turn, with what stands round it."""
        name = table.text("name")
        stage = self._stage(table, default_stage)
        turns = self._turns(table)
        first = Cue(
            name=name,
            stage=stage,
            turn=Turn.BOTH,
            lasts=self.lasts(table, "lasts"),
            say=self.saying(table.table("say")),
            say_at=self._say_at(table, rungs),
            up_to=self._up_to(table, rungs),
            more_s=self._seconds(table, "more") if "more" in table.values else 0.0,
            may_pass=table.yes("pass"),
            mark=table.one_of("mark", Mark, Mark.NONE),
            picture=table.one_of("picture", Picture, Picture.STILL),
            sense=self._senses(table, "sense", SENSES, "a sense"),
            show=self._senses(table, "show", SHOWS, "a thing to show"),
            hints=tuple(self.hint(hint) for hint in table.tables("hint", 12)),
            hides=table.yes("hides"),
        )
        table.read.add("more")
        after = self._after(table, first)
        again = table.maybe_table("again")
        say_again = self.saying(again) if again else first.say
        offer = self._offer(table, first)
        switched = self._switched(table)
        table.nothing_else()
        if (Role.LEADING in first.say.by_role) != (Turn.BOTH not in turns):
            raise table.error(
                "say",
                "a cue with turns, and no other, has [cue.say.leading] and [cue.say.following]",
            )
        if offer and (len(turns) > 1 or after):
            raise table.error("offer", "only a cue that is one moment for both can be offered")
        if offer:
            yield offer
        for number, turn in enumerate(turns):
            cue = replace(
                first,
                turn=turn,
                needs_yes=bool(offer),
                say=first.say if number < 2 else say_again,
                mark=first.mark if number == 0 or first.mark is Mark.NONE else Mark.SWITCH,
            )
            if number == 1 and switched:
                cue = replace(cue, say=Saying({**cue.say.by_role, Role.BOTH: switched}))
            yield cue
            if after:
                yield replace(after, turn=turn, needs_yes=bool(offer))

    def _stage(self, table: _Table, default: Stage) -> Stage:
        stages = {"settle": Stage.SETTLING, "sit": Stage.SITTING, "land": Stage.LANDING}
        written = table.maybe("stage", str, _or(stages), None)
        if written is None:
            return default
        if written not in stages:
            raise table.error("stage", f"“{written}” isn't known here; write {_or(stages)}")
        return stages[written]

    def _turns(self, table: _Table) -> tuple[Turn, ...]:
        written = table.maybe("turn", str, _or(("both", "each", "one", "other")), "both")
        rounds: int = table.maybe("rounds", int, "a whole number", 1)
        if not 1 <= rounds <= 12:
            raise table.error("rounds", f"{rounds}; from 1 to 12")
        turns = {
            "both": (Turn.BOTH,),
            "one": (Turn.FIRST,),
            "other": (Turn.SECOND,),
            "each": (Turn.FIRST, Turn.SECOND),
        }
        if written not in turns:
            raise table.error("turn", f"“{written}” isn't known here; write {_or(turns)}")
        return turns[written] * rounds

    def _after(self, table: _Table, cue: Cue) -> Cue | None:
        after = table.maybe_table("after")
        if after is None:
            return None
        made = replace(
            cue,
            name=f"{cue.name}, after",
            lasts=self.lasts(after, "lasts"),
            say=self.saying(after.table("say")),
            say_at=MappingProxyType({}),
            more_s=0.0,
            may_pass=False,
            mark=Mark.NONE,
            hints=(),
            arrives=True,
        )
        after.nothing_else()
        return made

    def _offer(self, table: _Table, cue: Cue) -> Cue | None:
        offer = table.maybe_table("offer")
        if offer is None:
            return None
        lasts = self.lasts(offer, "lasts")
        asked = self.words(offer, more=True)
        offer.nothing_else()
        return Cue(
            name=f"{cue.name}, offered",
            stage=cue.stage,
            turn=Turn.BOTH,
            lasts=lasts,
            say=Saying(MappingProxyType({Role.BOTH: asked})),
            offer=asked,
        )

    def _switched(self, table: _Table) -> Words:
        """What a shared device says when the turn changes for the first time."""
        return self.maybe_words(table.maybe_table("switched"))

    def saying(self, table: _Table) -> Saying:
        by_role = {Role.BOTH: self.words(table, more=True)}
        for role in (Role.LEADING, Role.FOLLOWING):
            words = table.maybe_table(role.value)
            if words is not None:
                by_role[role] = self.words(words)
        table.nothing_else()
        if len(by_role) == 2:
            raise table.error("", "words for leading and following come together")
        return Saying(MappingProxyType(by_role))

    def _say_at(self, table: _Table, rungs: list[str]) -> Mapping[str, Saying]:
        at = table.maybe_table("at")
        if at is None:
            return MappingProxyType({})
        sayings = {}
        for name in at.values:
            if name not in rungs:
                raise at.error(name, f"no rung has this name; the ladder has {_or(rungs)}")
            sayings[name] = self.saying(at.table(name))
        return MappingProxyType(sayings)

    def _up_to(self, table: _Table, rungs: list[str]) -> str | None:
        name: str | None = table.maybe("up_to", str, _or(rungs), None)
        if name is not None and name not in rungs:
            raise table.error("up_to", f"“{name}” isn't a rung; the ladder has {_or(rungs)}")
        return name

    def _senses(self, table: _Table, key: str, known: tuple[str, ...], what: str) -> frozenset[str]:
        named = table.maybe(key, list, f'a list such as ["{known[0]}"]', [])
        for each in named:
            if each not in known:
                raise table.error(key, f"{_shown(each)} isn't {what}; write {_or(known)}")
        return frozenset(named)

    def lasts(self, table: _Table, key: str) -> Lasts:
        written: str = table.take(key, str, A_LENGTH).strip()
        lengths, song = written, False
        if written == "one song":
            return Lasts(180.0, 180.0, song=True)
        if written.endswith(", or one song"):
            lengths, song = written.removesuffix(", or one song"), True
        if fixed := LENGTH.fullmatch(lengths):
            length_s = _seconds(fixed[1], fixed[2])
            lasts = Lasts(length_s, length_s, song)
        elif chosen := CHOSEN.fullmatch(lengths):
            lasts = Lasts(_seconds(chosen[1], chosen[2]), _seconds(chosen[3], chosen[4]), song)
        else:
            raise table.error(key, f"“{written}” can't be read; write {A_LENGTH}")
        if not 1 <= lasts.shortest_s <= lasts.longest_s:
            raise table.error(key, f"“{written}”: from 1 s up, the shorter length first")
        return lasts

    def _seconds(self, table: _Table, key: str) -> float:
        written = table.take(key, str, "a length such as “30 s”")
        length = LENGTH.fullmatch(written.strip())
        if length is None or not 1 <= _seconds(length[1], length[2]) <= 300:
            raise table.error(key, f"“{written}” can't be read; write a length such as “30 s”")
        return _seconds(length[1], length[2])

    def hint(self, table: _Table) -> Hint:
        hint = Hint(self.words(table.table("label")), self.words(table, more=True))
        table.nothing_else()
        return hint

    def questions(self, table: _Table) -> Iterator[Question]:
        """What one [[question]] stands for: one question, or the same one before and after."""
        kind = table.text("kind")
        if kind not in QUESTION_KINDS:
            raise table.error("kind", f"“{kind}” isn't known here; write {_or(QUESTION_KINDS)}")
        when = table.text("when")
        if when not in QUESTION_TIMES:
            raise table.error("when", f"“{when}” isn't known here; write {_or(QUESTION_TIMES)}")
        options = tuple(self.option(option) for option in table.tables("option", 20))
        if kind == "slider":
            if len(options) != 2:
                raise table.error("option", "a slider has two options, the words at its two ends")
        elif (kind in ("choice", "words")) != bool(options):
            some = "" if kind in ("choice", "words") else "no "
            raise table.error("option", f"a question of the kind “{kind}” has {some}options")
        question = Question(
            name=table.text("name"),
            when=when,
            kind=kind,
            ask=self.words(table.table("ask")),
            options=options,
            check_in=table.yes("check_in"),
        )
        table.nothing_else()
        for each in when.split(" and "):
            asked = replace(question, when=each)
            if asked.is_gate and (asked.check_in or all(o.leads_to for o in asked.options)):
                raise table.error(
                    "leads_to",
                    "what leads to safety before a sitting is asked of everybody, without check_in, "
                    "and has an answer that leads nowhere",
                )
            yield asked

    def option(self, table: _Table) -> Option:
        leads_to = table.maybe("leads_to", str, _or(LEADS_TO), "")
        if leads_to and leads_to not in LEADS_TO:
            raise table.error("leads_to", f"“{leads_to}” isn't known here; write {_or(LEADS_TO)}")
        option = Option(table.text("name"), self.words(table, more=True), leads_to)
        table.nothing_else()
        return option

    def adaptation(self, table: _Table) -> Adaptation:
        adaptation = Adaptation(table.text("need"), self.words(table, more=True))
        table.nothing_else()
        return adaptation

    def evidence(self, table: _Table) -> Evidence:
        evidence = Evidence(self.words(table, more=True), table.text("source"))
        table.nothing_else()
        return evidence

    def link(self, table: _Table | None) -> Link | None:
        if table is None:
            return None
        link = Link(table.text("practice"), table.take("after_days", int, "a number of days"))
        table.nothing_else()
        if not 1 <= link.after_days <= MOST_DAYS:
            raise table.error("after_days", f"{link.after_days}; from 1 to {MOST_DAYS}")
        return link


def _seconds(number: str, unit: str) -> float:
    return float(number) * (60.0 if unit == "min" else 1.0)


def _shown(value: object) -> str:
    return f"“{str(value)[:40]}”"


def _or(choices: Any) -> str:
    names = [f"“{choice}”" for choice in choices]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
