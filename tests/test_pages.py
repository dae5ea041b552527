"""The pages that anybody can read: they answer, hang together, and say little before they help."""

import gzip
import json
import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

import pytest
from django.conf import settings as place
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from relational_space import practices
from relational_space.practice.practice import Practice
from relational_space.site import views
from relational_space.site.helplines import Country, Line
from relational_space.spaces.forms import practice_choices
from tests.place import ROOT

SHELF = practices.gather(practices.HERE)
PAGES = (
    "/",
    "/alone/",
    "/whom/",
    "/ask/",
    "/asked/",
    "/practices/",
    *(f"/practices/{name}/" for name in SHELF.practices),
    "/help/",
    "/care/",
    "/seen/",
)

FEW_WORDS = 60
WORDS_TO_THE_FIRST_CUE = 180
FRONT_PAGE_BYTES = 60_000


@dataclass
class Page:
    """What of a page somebody meets: its words, where it leads, its headings and its ids."""

    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    headings: list[str] = field(default_factory=list)
    title: str = ""


class _Reading(HTMLParser):
    # Elements whose text nobody meets on the page, and those that have no end.
    UNSEEN = ("title", "script", "style", "noscript", "template")
    EMPTY = ("meta", "link", "br", "hr", "img", "input", "circle", "path")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and values.get("href"):
            self.page.links.append(values["href"] or "")
        if values.get("id"):
            self.page.ids.add(values["id"] or "")
        if tag in ("h1", "h2", "h3"):
            self.page.headings.append(tag)
        if tag not in self.EMPTY:
            unseen = tag in self.UNSEEN or "hidden" in values or values.get("class") == "hidden"
            self.open.append((tag, unseen))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag == "title" for tag, _ in self.open):
            self.page.title += data
        if not any(unseen for _, unseen in self.open):
            self.page.words += re.findall(r"[\w'-]+", data)


def read(path: str) -> Page:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    reading = _Reading()
    reading.feed(answer.text)
    return reading.page


def text_of(path: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", Client().get(path).text)).split())


def all_words(practice: Practice):
    yield from (practice.title, practice.promise, practice.touch, practice.limits)
    yield from practice.cautions
    yield from (adaptation.text for adaptation in practice.adaptations)
    yield from (evidence.text for evidence in practice.evidence)
    for cue in practice.cues:
        yield from (hint.text for hint in cue.hints)
        for saying in (cue.say, *cue.say_at.values()):
            for role, words in saying.by_role.items():
                if role != "both" or len(saying.by_role) == 1:
                    yield words


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_way_home_help_the_way_out_and_the_line(path):
    page = read(path)
    text = text_of(path)
    assert page.links[:3] == ["#main", "/", "/help/"]
    assert "data-exit" in Client().get(path).text
    assert text.endswith("Adults only · practice, not therapy · not for emergencies")
    assert page.headings.count("h1") == 1
    assert page.headings[0] == "h1"


@pytest.mark.parametrize("path", PAGES)
def test_a_tab_says_little(path):
    title = read(path).title
    assert title.endswith(" · Space")
    assert not re.search(r"relational|intima|close|danger|partner", title, re.IGNORECASE)


ROOMS = (ROOT / "browser" / "mine" / "rooms.tsx").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(path):
    page = read(path)
    for link in page.links:
        target, _, anchor = link.partition("#")
        if target.startswith("/"):
            assert Client().get(target, follow=True).status_code == 200, link
        elif target:
            assert target.startswith(("https://", "tel:")), link
        if target == "/mine/":
            # There it names a room, which a script opens once the words are open.
            assert f'name: "{anchor}"' in ROOMS, link
        elif anchor:
            assert anchor in (read(target) if target else page).ids, link


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_origin_for_anything_by_itself(path):
    html = Client().get(path).text
    assert not re.search(r"""(?:src|srcset|action)=["'](?:https?:)?//""", html)
    assert re.findall(r"""<link[^>]+href=["'](?:https?:)?//""", html) == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_makes_a_session(path):
    client = Client()
    client.get(path)
    assert set(client.cookies) <= {"c"}


def test_the_front_page_is_few_words_and_three_doors():
    page = read("/")
    assert len(page.words) <= FEW_WORDS
    html = Client().get("/").text
    assert html.count('class="door"') == 3
    assert '<form method="post" action="/beside/">' in html
    assert "csrfmiddlewaretoken" in html
    assert [link for link in page.links if link in ("/ask/", "/alone/", "/practices/")] == [
        "/ask/",
        "/alone/",
        "/practices/",
    ]


def test_the_way_to_a_first_cue_alone_is_short_in_words_and_taps():
    first = SHELF.practices["settle"].practice.cues[0].say.by_role["both"]["en"]
    page = text_of("/alone/")
    before = page[page.index("Just me") : page.index(first)]
    assert len(read("/").words) + len(before.split()) <= WORDS_TO_THE_FIRST_CUE


def test_the_minute_alone_is_spoken_where_the_place_has_a_voice():
    request = RequestFactory().get("/alone/")
    assert 'data-voice=""' in views.alone(request).content.decode()
    request.scope = {
        "state": {"spoken": lambda text, language: f"/voice/{len(text)}-{language}.mp3"}
    }
    first = SHELF.practices["settle"].practice.cues[0].say.by_role["both"]["en"]
    assert f'data-voice="/voice/{len(first)}-en.mp3"' in views.alone(request).content.decode()


def test_the_front_page_is_light():
    built = place.RELATIONAL_SPACE["built"]
    if not (built / "manifest.json").exists():
        pytest.skip("the browser part isn't built")
    entry = json.loads((built / "manifest.json").read_text())["page"]
    files = [*entry["styles"], *entry["scripts"], *entry["imports"], "icon.svg"]
    weight = len(gzip.compress(Client().get("/").content))
    weight += sum(len(gzip.compress((built / name).read_bytes())) for name in files)
    assert weight < FRONT_PAGE_BYTES


@pytest.mark.parametrize("name", SHELF.practices)
def test_a_practice_can_be_read_to_its_last_word_without_scripts(name):
    text = text_of(f"/practices/{name}/")
    for words in all_words(SHELF.practices[name].practice):
        assert " ".join(words["en"].split()) in text, words["en"]


def test_a_practice_is_read_with_the_minute_that_comes_before_it():
    settle = SHELF.practices["settle"].practice
    text = text_of("/practices/mirroring/")
    assert "First, settle" in text
    assert all(cue.say.by_role["both"]["en"] in text for cue in settle.cues)


def test_turns_are_written_once_with_how_often_they_come():
    text = text_of("/practices/what-i-see-in-you/")
    assert text.count("each of you 3 times") == 2
    assert text.count("Your turn. One thing") == 1
    assert text.count("60 to 120 seconds, or one song, each of you once") == 0
    assert "60 to 120 seconds, or one song, each of you once" in text_of("/practices/mirroring/")


def test_both_forms_of_a_moment_stand_beside_each_other():
    text = text_of("/practices/back-to-back-breathing/")
    assert "Touching, back to back: If it is still good, let your backs come together" in text
    assert "Near, without touching: Stay near like this." in text


def test_who_reads_how_to_mend_something_is_asked_first_whether_they_are_afraid():
    for practice in SHELF.to_sit():
        asks = practice.gate is not None
        text = text_of(f"/practices/{practice.name}/")
        assert ("First, each for yourself and not aloud" in text) is asks
        assert (f"/practices/{practice.name}/" in read("/practices/").links) is True
        if asks:
            assert text.index(practice.gate.ask["en"]) < text.index("The words")
            assert "/help/#alarm" in read(f"/practices/{practice.name}/").links


def test_a_practice_says_what_it_leads_to_and_when():
    assert "After about 3 days, if you both like: Looking again" in text_of("/practices/repair/")
    assert "After about a day, if you both like: Repair" in text_of("/practices/time-out/")
    assert "Some days later" not in text_of("/practices/mirroring/")


def test_a_practice_that_is_not_here_is_not_found():
    assert Client().get("/practices/nowhere/").status_code == 404


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500", "full"])
def test_when_something_goes_wrong_the_page_is_kind_and_has_the_way_out(code):
    html = render_to_string(f"{code}.html")
    assert "data-exit" in html
    assert 'href="/help/"' in html
    assert not re.search(r"error|illegal|forbidden|denied|invalid", html, re.IGNORECASE)


def test_nothing_here_is_told_in_our_own_words():
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    refused = Client(enforce_csrf_checks=True).post("/beside/")
    assert refused.status_code == 403
    assert "open for too long" in refused.text


def test_asking_can_be_read_and_copied_without_scripts():
    text = text_of("/ask/")
    for easy in ("A no is fine", "not now is fine", "no answer", "isn't a date, a test or therapy"):
        assert easy in text


@pytest.mark.parametrize(
    ("host", "goes_along"),
    [
        ("space.example", True),
        ("space.example:8443", True),
        ("localhost:8000", False),
        ("192.168.7.7", False),
        ("[::1]:8000", False),
        ("space.local:8443", False),
    ],
)
def test_a_link_goes_along_only_where_it_can_be_opened_by_somebody_elsewhere(
    settings, host, goes_along
):
    settings.ALLOWED_HOSTS = ["*"]
    message = re.search(
        r"<textarea.*?>(.*?)</textarea>",
        Client().get("/ask/", headers={"Host": host}).text,
        re.DOTALL,
    )[1]
    assert (f"http://{host}/asked/" in message) is goes_along
    assert ("This page says" in message) is goes_along


def test_who_was_asked_reads_how_long_what_it_is_not_and_that_silence_is_a_no():
    text = text_of("/asked/")
    for said in (
        "About ten minutes",
        "unanswered looks the same as a no",
        "Not a date, not a test, not therapy",
        "each of you chooses alone",
        "tells nobody that you opened it",
    ):
        assert said in text
    assert "csrf" not in Client().get("/asked/").text


def test_what_is_for_later_is_not_among_the_first_things_read():
    later = [p for p in SHELF.to_sit() if p.later]
    for practice in later:
        for page in ("/", "/asked/", "/ask/", "/alone/", "/whom/"):
            assert f"/practices/{practice.name}/" not in read(page).links
    text = text_of("/practices/")
    first, _, below = text.partition("For later")
    for practice in SHELF.to_sit():
        assert (practice.promise["en"] in below) is practice.later
        assert (practice.promise["en"] in first) is not practice.later


def test_what_is_for_later_has_a_heading_of_its_own_where_one_chooses():
    choices = dict(practice_choices())
    assert next(iter(choices)) == "back-to-back-breathing"
    assert [name for name, _ in choices["For later"]] == [
        practice.name for practice in SHELF.to_sit() if practice.later
    ]


def test_the_page_for_those_who_were_asked_is_the_same_for_everybody():
    one, other = Client(), Client(headers={"Accept-Language": "en", "User-Agent": "another"})
    assert one.get("/asked/").content == other.get("/asked/").content


def test_thinking_whom_to_begin_with_has_nothing_to_fill_in():
    html = Client().get("/whom/").text
    assert not re.search(r"<(form|input|select|textarea)", html)
    assert "Think of a friend first" in html
    assert html.count("<details>") == 5


def test_a_line_is_shown_as_unchecked_until_a_person_has_checked_it(monkeypatch):
    checked = Line(
        "crisis", "A line", "116 123", "https://example.org", "", "2026-01-01", "2999-01-01"
    )
    unchecked = Line("crisis", "Another", "116 124", "https://example.org")
    past = Line("crisis", "Old", "116 125", "https://example.org", "", "2020-01-01", "2021-01-01")

    def shown(line):
        monkeypatch.setattr(views, "_countries", lambda: (Country("XX", "X", (line,)),))
        return "check this number" in text_of("/help/")

    assert [shown(line) for line in (checked, unchecked, past)] == [False, True, True]


def test_a_country_is_opened_and_never_guessed():
    html = Client(headers={"Accept-Language": "de-DE"}).get("/help/").text
    assert html.count("<details>") >= 12
    assert "<details open" not in html
    assert 'href="tel:116123"' in html
