"""The voice guide: every string that somebody reads or hears, against what this place never says.

The rules are in RULES, each with its reason and with a sentence that it must catch. What a rule
would refuse and may stay is in ALLOWED, with the reason. Nothing is skipped without standing there.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "relational_space"
LETTER = ROOT.parent / "shared" / "letter.txt"

SHINGLE = 6


@dataclass(frozen=True)
class Rule:
    """What is never said, why, and a sentence that shows it."""

    reason: str
    pattern: str
    planted: str
    spoken_only: bool = False

    def finds(self, text: str) -> list[str]:
        return [match.group() for match in re.finditer(self.pattern, text, re.IGNORECASE)]


RULES = (
    Rule(
        "invitations, never commands",
        r"\b(must|ought to|make sure|try to|be sure to|don't forget|you have to|you need to|obey)\b",
        "You must sit up straight.",
    ),
    Rule(
        "invitations, never commands, least of all while somebody sits",
        r"\b(should|relax|focus|concentrate|surrender|let go|calm down|go deeper)\b",
        "Now relax your shoulders.",
        spoken_only=True,
    ),
    Rule(
        "no guided breath and no hold",
        r"\b(breathe (in|out)|inhale|exhale|deep breaths?|breathe deep\w*|hold (your|the) breath)\b",
        "Now breathe in through the nose.",
    ),
    Rule(
        "nothing here heals or treats",
        r"\b(heal(s|ed|ing)?|cur(e|es|ed)|treat(s|ed|ing|ment|ments)?|trauma\w*|symptoms?|disorder)\b",
        "This helps you heal old wounds.",
    ),
    Rule(
        "nothing here detects, regulates or proves",
        r"\b(detect\w*|diagnos\w+|(co-?|dys)?regulat\w+|proven|proves?|clinical\w*|guarantee\w*"
        r"|evidence-based|scientific\w*)\b",
        "Co-regulation is clinically proven.",
    ),
    Rule(
        "no disputed mechanism",
        r"\b(vagus|vagal|polyvagal|nervous system|cortisol|oxytocin|rewir\w+|brain\w*|hormones?)\b",
        "It tones the vagus nerve.",
    ),
    Rule(
        "no label for a person",
        r"\b(attachment|avoidant|anxious(ly)?|narcissis\w+|toxic|codependen\w+|enmesh\w+|insecure"
        r"|broken)\b",
        "Are you avoidant?",
    ),
    Rule(
        "nothing is counted, ranked or aimed at",
        r"\b(streaks?|scor(e|es|ed|ing)|levels?|badges?|ranks?|ranking|goals?|targets?|progress"
        r"|achiev\w+|rewards?|percent|per cent|points)\b|\d ?%",
        "You are on a streak of five.",
    ),
    Rule(
        "no praise and no marks for how it went",
        r"\b(well done|good job|great job|congratulations|awesome|perfect\w*|excellent|keep it up"
        r"|success\w*|fail(ed|ure)?)\b",
        "Well done, both of you!",
    ),
    Rule(
        "nothing reports one person to the other",
        r"\b((your )?partner (has|have|is|was)|they('ve| have) (left|paused|stopped|declined|joined"
        r"|read|seen|chosen|finished|completed)|has (left|paused|stopped|declined|joined|completed"
        r"|finished|opened)|is (online|offline|typing|away)|last seen)\b",
        "Your partner has completed the practice.",
    ),
    Rule(
        "“partner” can mean three people: say “the person you're with”",
        r"\byour partners?\b",
        "Turn to your partner.",
    ),
    Rule(
        "no promise of safety",
        r"\b(safe space|(you are|you're|is|it's|completely|perfectly|totally) safe\b(?! (does|is)))",
        "This is a safe space.",
    ),
    Rule(
        "two bodies in step are no sign of anything",
        r"\b(sync\w*|in tune|attun\w+|harmon\w+|same wavelength|compatib\w+|chemistry|soul ?mates?)\b",
        "Your breaths are in sync.",
    ),
    Rule(
        "nobody has to stand, walk or see",
        r"\b(stand up|stand with|get up|rise to|walk(s|ed|ing)?)\b",
        "Walk slowly through a forest.",
    ),
    Rule(
        "nobody has to see: “notice” is for everybody",
        r"\b(see|watch|gaze|stare|picture|visuali[sz]e|imagine)\b",
        "See the light in front of you.",
        spoken_only=True,
    ),
    Rule(
        "words that make somebody small",
        r"\b(crazy|insane|lame|dumb|wheelchair-bound|confined to|suffers? from|normal people|the disabled"
        r"|special needs|handicap\w*)\b",
        "People who suffer from deafness can read along.",
    ),
    Rule(
        "anybody may sit with anybody",
        r"\b(he or she|his or her|husband|wife|boyfriend|girlfriend|ladies|guys|lovers?)\b",
        "Ask your wife or boyfriend.",
    ),
    Rule(
        "no shame, no hurry and no guilt",
        r"\b(you missed|hurry up|don't give up|last chance|only today|we miss you|come back soon"
        r"|your fault)\b",
        "You missed a week.",
    ),
)

# A phrase that a rule would refuse, and why it may stay.
ALLOWED = {
    "who treats you": "their doctor treats them; this place does not",
    "isn't your fault": "says the contrary",
    "it has no need to": "says the contrary",
    "nobody needs to": "says the contrary",
    "don't have to": "says the contrary",
    "fingerprint must": "a number has to be the same; nobody is told to do anything",
}


# Where strings come from ----------------------------------------------------------------------------


class _Visible(HTMLParser):
    """The text of a template, and of the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        read_out = ("aria-label", "alt", "title", "placeholder", "data-done", "content")
        self.texts += [value for name, value in attrs if name in read_out and value]


def template_strings(text: str) -> Iterator[str]:
    yield from re.findall(r"""{%-? *trans(?:late)? +"([^"]*)" """, text)
    yield from re.findall(r"""{%-? *trans(?:late)? +'([^']*)' """, text)
    text = re.sub(
        r"{#.*?#}|{% comment %}.*?{% endcomment %}|{%.*?%}|{{.*?}}", " ", text, flags=re.S
    )
    visible = _Visible()
    visible.feed(text)
    yield from (each for each in visible.texts if each.strip())


def practice_strings(values: object, *, spoken: bool = False) -> Iterator[tuple[str, bool]]:
    """Every text under a language, and whether it is said in a sitting."""
    if isinstance(values, dict):
        languages = {
            key for key, value in values.items() if isinstance(value, str) and len(key) == 2
        }
        for key, value in values.items():
            # A source is left out: it is a name that others gave.
            if key in languages:
                yield value, spoken
            else:
                said = spoken or key in ("say", "at", "again", "switched", "offer")
                yield from practice_strings(value, spoken=said)
    elif isinstance(values, list):
        for value in values:
            yield from practice_strings(value, spoken=spoken)


def script_strings(text: str) -> Iterator[str]:
    text = re.sub(r"^\s*//.*$|/\*[\s\S]*?\*/", "", text, flags=re.M)
    for match in re.finditer(
        r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|`((?:[^`\\]|\\.)*)`', text
    ):
        yield next(group for group in match.groups() if group is not None)


# Functions whose first words somebody reads.
SPEAKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "Refused", "ValidationError"}


def program_strings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in SPEAKS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


# Tables of words in a program.
TABLES = {"SENTENCES", "CHANCE", "WHY", "SHARES"}


def table_strings(text: str) -> Iterator[str]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in TABLES:
            table = node.value
            said = table.values if isinstance(table, ast.Dict) else [table]
            for part in (each for value in said for each in ast.walk(value)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def strings() -> Iterator[tuple[str, str, bool]]:
    """Every string that a person may meet: where it stands, what it says, whether it is spoken."""
    for file in sorted(PACKAGE.rglob("*.toml")):
        for text, spoken in practice_strings(tomllib.loads(file.read_text())):
            yield file.name, text, spoken
    for file in sorted(PACKAGE.rglob("templates/**/*")):
        if file.suffix in (".html", ".txt"):
            for text in template_strings(file.read_text()):
                yield file.name, text, False
    for file in sorted(PACKAGE.rglob("*.py")):
        for text in (*program_strings(file.read_text()), *table_strings(file.read_text())):
            yield file.name, text, False
    for file in sorted((ROOT / "browser").rglob("text*.ts")):
        for text in script_strings(file.read_text()):
            yield file.name, text, False


def plain(text: str) -> str:
    """One line, with one kind of apostrophe and without what may stay."""
    text = " ".join(text.replace("\u2019", "'").split())
    for phrase in ALLOWED:
        text = re.sub(rf"(?i)\b{re.escape(phrase)}\b", "…", text)
    return text


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower().replace("\u2019", "'"))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


# The tests ------------------------------------------------------------------------------------------

ALL = tuple(strings())
SPOKEN = tuple((where, text) for where, text, spoken in ALL if spoken)


def by_reason(rule: object) -> str:
    return rule.reason if isinstance(rule, Rule) else ""


@pytest.mark.parametrize("rule", RULES, ids=by_reason)
def test_nothing_that_anybody_reads_says(rule):
    said = [
        f"{where}: “{found}” in “{text}”"
        for where, text, spoken in ALL
        if spoken or not rule.spoken_only
        for found in rule.finds(plain(text))
    ]
    assert said == []


@pytest.mark.parametrize("rule", RULES, ids=by_reason)
def test_a_planted_sentence_is_caught(rule):
    assert rule.finds(plain(rule.planted))


@pytest.mark.parametrize("phrase", ALLOWED)
def test_what_is_allowed_is_only_the_phrase_itself(phrase):
    assert plain(f"Ask somebody {phrase} today.") == "Ask somebody … today."


def test_the_strings_are_found_where_they_are():
    texts = {(where, text) for where, text, _ in ALL}
    assert ("front.html", "Just me for now") in texts
    assert ("settle.toml", "Settle") in texts
    assert ("sitting.py", "This sitting has ended.") in texts
    assert ("mirroring.toml", "Your hands are in slow water.") in texts
    assert ("reflection.py", "nearly all of it") in texts
    assert len(SPOKEN) > 60
    assert ("settle.toml", "Settle") not in SPOKEN


def test_strings_are_found_in_every_kind_of_file():
    assert list(template_strings('<p title="A b">{% translate "C d" %} {{ e }} f</p>')) == [
        "C d",
        "A b",
        "    f",
    ]
    assert list(script_strings('const a = "b c"; // "d"\n// \'e\'\nconst f = `g`;')) == [
        "b c",
        "d",
        "g",
    ]
    assert list(program_strings('raise Refused("A b.")\nx = "c"\n_("d")')) == ["A b.", "d"]


def test_no_sentence_of_the_letter_is_here():
    if not LETTER.exists():
        pytest.skip("the letter isn't beside this copy")
    letter = shingles(LETTER.read_text())
    taken = {
        f"{where}: {' '.join(shingle)}"
        for where, text, _ in ALL
        for shingle in shingles(text) & letter
    }
    assert taken == set()


def test_a_sentence_of_the_letter_would_be_caught():
    letter = "One two three four five six seven, eight nine ten."
    assert shingles("So: two THREE four five six seven!") & shingles(letter)
    assert not shingles("Three four five six seven.") & shingles(letter)


@pytest.mark.parametrize(("where", "text"), SPOKEN)
def test_what_is_spoken_is_short_and_plain(where, text):
    for sentence in re.split(r"[.?!:;]+", text):
        assert len(words_of(sentence)) <= 20, sentence
    long_words = [word for word in words_of(text) if len(word) > 12]
    assert long_words == []
