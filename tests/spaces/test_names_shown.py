"""Names on the pages that show them: text, whatever somebody calls themselves."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from relational_space.people.models import Person
from relational_space.people.names import MOST_LETTERS, clean
from relational_space.spaces.models import Door, Knock, Member, Space, Way
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]

PLAIN = "Ben"


class Parts(HTMLParser):
    """What a page is made of: its elements with their attributes, its scripts, and the words."""

    def __init__(self, page: str, name: str) -> None:
        super().__init__()
        self.name, self.found, self.words = name, 0, []
        self.elements: list[object] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        plain = []
        for attribute, value in attrs:
            if attribute == "value" and value and len(value) > MOST_LETTERS:
                value = "a token"
            self.found += value == self.name
            plain.append((attribute, PLAIN if value == self.name else value))
        self.elements.append((tag, plain))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(tag)

    def handle_comment(self, data: str) -> None:
        self.elements.append(data)

    def handle_data(self, data: str) -> None:
        self.found += self.name in data
        self.words.append(data.replace(self.name, PLAIN))


def parts(browser: Client, path: str, name: str) -> Parts:
    answer = browser.get(path)
    assert answer.status_code == 200
    return Parts(answer.content.decode(), name)


def test_sixty_names_that_would_be_more_stay_text_on_every_page_that_shows_a_name(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    assert len(set(PAYLOADS)) == 60
    assert all(clean(name) == name and len(name) <= MOST_LETTERS for name in PAYLOADS)
    space = Space.objects.create()
    side = Member.objects.create(space=space, person=ada, other_name=PLAIN)
    there = browser(ada)
    there.post("/beside/")
    knock = Knock.objects.create(
        door=Door.objects.get(), visitor="a", name=PLAIN, way=Way.LINK, at=timezone.now()
    )
    pages = (
        "/door/",
        "/spaces/",
        f"/spaces/{space.pk}/",
        f"/spaces/{space.pk}/leave/",
        "/account/",
    )

    def shown_as(name: str) -> list[Parts]:
        knock.name = side.other_name = ada.name = name
        for row in (knock, side, ada):
            row.save()
        state = there.get("/door/state").json()
        assert [each["name"] for each in state["knocks"]] == [name]
        return [parts(there, page, name) for page in pages]

    plain = shown_as(PLAIN)
    for name in PAYLOADS:
        for page, was, now in zip(pages, plain, shown_as(name), strict=True):
            assert now.found, (page, name)
            assert now.elements == was.elements, (page, name)
            assert "".join(now.words) == "".join(was.words), (page, name)
