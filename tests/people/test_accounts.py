"""Ways in without passwords: a passkey, a mailed code, and the host's link. Nobody is told who has one."""

import ast
import html
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format

from relational_space.people import actions, adapter, due, floor, sessions
from relational_space.people.models import Person

pytestmark = pytest.mark.django_db

NewBrowser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "FLOOR_S", 0.05)


@pytest.fixture
def ada_has_an_address(ada: Person) -> str:
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True, primary=True)
    return "ada@example.org"


def mailed() -> list[mail.EmailMessage]:
    """What has been sent, once the post has gone."""
    adapter._post.submit(lambda: None).result()
    return list(mail.outbox)


def code_in(message: mail.EmailMessage) -> str:
    [code] = re.findall(r"^([A-Z0-9-]{6,})$", str(message.body), re.MULTILINE)
    return str(code)


def invited(browser: NewBrowser) -> Client:
    """Somebody who may make an account."""
    host = Person.objects.create(name="Gus", is_host=True)
    there = browser()
    there.post(reverse("welcome", args=[actions.invite(host)]))
    return there


def signed_in(there: Client) -> bool:
    return there.get("/account/").status_code == 200


def test_a_mailed_code_signs_in(browser: NewBrowser, ada_has_an_address: str) -> None:
    there = browser()
    there.post("/account/login/code/", {"email": ada_has_an_address})
    [message] = mailed()
    assert message.subject == "Relational Space"
    there.post("/account/login/code/confirm/", {"code": code_in(message)})
    assert signed_in(there)


def test_a_wrong_code_can_be_tried_three_times(
    browser: NewBrowser, ada_has_an_address: str
) -> None:
    there = browser()
    there.post("/account/login/code/", {"email": ada_has_an_address})
    for _ in range(3):
        there.post("/account/login/code/confirm/", {"code": "WRONG1"})
    there.post("/account/login/code/confirm/", {"code": code_in(mailed()[0])})
    assert not signed_in(there)


def test_known_and_unknown_addresses_get_the_same_answer_and_no_mail_goes_to_a_stranger(
    browser: NewBrowser, ada_has_an_address: str
) -> None:
    pages = []
    for address in (ada_has_an_address, "nobody@example.org"):
        there = browser()
        answer = there.post("/account/login/code/", {"email": address})
        page = there.get(answer.headers["Location"])
        shown = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode())
        pages.append((answer.status_code, answer.headers["Location"], shown))
    assert pages[0] == pages[1]
    assert [message.to for message in mailed()] == [[ada_has_an_address]]


@pytest.mark.parametrize(
    ("requests", "floor_s"), [(24, 0.08), pytest.param(200, floor.FLOOR_S, marks=pytest.mark.long)]
)
def test_known_and_unknown_addresses_take_the_same_time(
    browser: NewBrowser, ada: Person, monkeypatch: pytest.MonkeyPatch, requests: int, floor_s: float
) -> None:
    """Although a mail to a known address is slow to be made."""
    monkeypatch.setattr(floor, "FLOOR_S", floor_s)
    send_mail = adapter.AccountAdapter.send_mail

    def slowly(*args: Any) -> None:
        time.sleep(0.02)
        send_mail(*args)

    monkeypatch.setattr(adapter.AccountAdapter, "send_mail", slowly)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(requests):
        known = number % 2 == 0
        address = f"{number}@example.org"
        if known:
            EmailAddress.objects.create(user=ada, email=address, verified=True)
        there, begun = browser(), time.perf_counter()
        there.post("/account/login/code/", {"email": address})
        took[known].append(time.perf_counter() - begun)
    assert len(mailed()) == requests / 2
    assert min(took[True] + took[False]) >= floor_s
    assert abs(statistics.median(took[True]) - statistics.median(took[False])) < 0.005


def test_a_code_is_asked_for_five_times_an_hour_at_most(
    browser: NewBrowser, ada_has_an_address: str
) -> None:
    for _ in range(8):
        browser().post("/account/login/code/", {"email": ada_has_an_address})
    assert len(mailed()) == 5


def test_asking_for_a_passkey_again_and_again_fills_no_disk(browser: NewBrowser) -> None:
    asks = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
    there = browser()
    answers = []
    for _ in range(40):
        there.cookies.clear()
        answers.append(there.get("/account/passkeys/login/", **asks).status_code)
    assert answers == [200] * 30 + [429] * 10
    assert Session.objects.count() == 30
    tomorrow = timezone.now() + timedelta(days=1)
    assert not Session.objects.filter(expire_date__gt=tomorrow).exists()


def test_whoever_could_not_come_back_is_told_so_beside_signing_out(
    browser: NewBrowser, ada: Person
) -> None:
    told = "you can't come back to this account"
    here = browser(ada)
    EmailAddress.objects.filter(user=ada).delete()
    assert told in html.unescape(here.get("/account/").content.decode())
    EmailAddress.objects.create(user=ada, email="ada@example.org", verified=True)
    assert told not in html.unescape(here.get("/account/").content.decode())


def test_nobody_makes_an_account_uninvited(browser: NewBrowser) -> None:
    there = browser()
    assert there.post("/account/begin/", {"name": "Cy"}).status_code == 403
    assert "An account comes later" in there.get("/account/signup/").content.decode()
    there.post("/account/signup/", {"name": "Cy", "email": "cy@example.org"})
    assert not Person.objects.exists()
    assert mailed() == []


@pytest.mark.parametrize(
    ("host", "secure", "work"),
    [
        ("localhost", False, True),
        ("testserver", True, True),
        ("testserver", False, False),
        ("127.0.0.1", True, False),
        ("192.168.7.7", False, False),
    ],
)
def test_a_passkey_is_offered_where_a_browser_makes_one(
    client: Client, host: str, secure: bool, work: bool
) -> None:
    page = client.get("/account/login/", secure=secure, headers={"Host": host}).content.decode()
    assert ("With a passkey" in page) is work
    assert "With a code by mail" in page


def test_the_hosts_invitation_makes_one_account_possible(browser: NewBrowser, gus: Person) -> None:
    page = browser(gus).post("/account/invite/").content.decode()
    [link] = re.findall(r'value="https://testserver(/account/welcome/[^"]+)"', page)
    there, second = browser(), browser()
    for _ in range(3):
        assert there.get(link).status_code == 200
    assert there.post(link).headers["Location"] == "/account/begin/"
    assert second.post(link).status_code == 404
    answer = there.post("/account/begin/", {"name": "Ada"})
    assert answer.headers["Location"] == "/account/passkeys/add/"
    assert signed_in(there)
    assert Person.objects.get(is_host=False).name == "Ada"


def test_an_account_can_be_made_with_an_address(browser: NewBrowser) -> None:
    there = invited(browser)
    there.post("/account/signup/", {"name": "Ada", "email": "ada@example.org"})
    [message] = mailed()
    assert message.subject == "Relational Space"
    assert not signed_in(there)
    there.post("/account/address/confirm/", {"code": code_in(message)})
    assert signed_in(there)
    assert Person.objects.get(is_host=False).name == "Ada"


def test_signing_up_with_a_known_address_looks_like_any_other(
    browser: NewBrowser, ada_has_an_address: str
) -> None:
    answers = []
    for address in (ada_has_an_address, "new@example.org"):
        there = invited(browser)
        answer = there.post("/account/signup/", {"name": "Cy", "email": address})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    assert Person.objects.filter(name="Cy").count() == 1


def test_the_hosts_link_works_once_and_looking_spends_nothing(browser: NewBrowser) -> None:
    link = reverse("host", args=[actions.new_host_link()])
    there, second = browser(), browser()
    for _ in range(3):
        assert there.get(link).status_code == 200
    assert not signed_in(there)
    assert there.post(link).headers["Location"] == "/account/"
    assert signed_in(there)
    assert Person.objects.get().is_host
    assert second.get(link).status_code == 404
    assert second.post(link).status_code == 404
    assert not signed_in(second)


def test_the_same_host_comes_back_by_the_next_link(browser: NewBrowser) -> None:
    for _ in range(2):
        browser().post(reverse("host", args=[actions.new_host_link()]))
    assert Person.objects.filter(is_host=True).count() == 1


def test_a_guessed_host_link_opens_nothing(browser: NewBrowser) -> None:
    actions.new_host_link()
    guesser = browser()
    answers = [guesser.post(f"/account/host/{n}").status_code for n in range(30)]
    assert set(answers) == {404, 429}
    assert not Person.objects.exists()


def test_no_address_of_this_place_asks_for_a_password() -> None:
    for name in ("account_change_password", "account_set_password", "account_reset_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_signing_out_everywhere_else_leaves_only_this_device(
    browser: NewBrowser, ada: Person
) -> None:
    here, there = browser(ada), browser(ada)
    assert here.post("/account/sessions/").status_code == 302
    assert signed_in(here)
    assert not signed_in(there)


PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A) Chrome/131.0.6778.39 Mobile"


def test_where_somebody_is_signed_in_is_a_kind_of_device_and_a_day(
    browser: NewBrowser, ada_has_an_address: str
) -> None:
    there = browser()
    there.defaults["HTTP_USER_AGENT"] = PHONE
    by_code(there, ada_has_an_address)
    here = browser()
    by_code(here, ada_has_an_address)
    page = here.get("/account/").content.decode()
    shown = re.findall(r"<li><p>(.*?)</p>", page)
    today = format(timezone.now(), "j F")
    assert shown == [f"A device, since {today} (this one)", f"Android, since {today}"]
    assert all(fine not in page for fine in ("Pixel", "131", "Chrome", "192.0.2"))


def test_one_device_is_signed_out_and_no_other(
    browser: NewBrowser, ada: Person, ben: Person
) -> None:
    here, there, bens = browser(ada), browser(ada), browser(ben)
    devices = (here, there, bens)
    listed = here.get("/account/").context["signed_in"]
    [other] = [each.id for each in listed if not each.is_here]
    assert there.cookies["__Host-s"].value not in str(listed)
    bens.post("/account/sessions/one/", {"id": other})
    here.post("/account/sessions/one/", {"id": "never given"})
    assert [signed_in(device) for device in devices] == [True, True, True]
    here.post("/account/sessions/one/", {"id": other})
    assert [signed_in(device) for device in devices] == [True, False, True]


@pytest.mark.parametrize("way", ["a passkey removed", "a first address", "another address"])
def test_other_devices_are_signed_out_when_a_way_in_changes(
    browser: NewBrowser, ada: Person, ada_has_an_address: str, way: str
) -> None:
    here = browser(ada)
    if way == "a first address":
        EmailAddress.objects.all().delete()
    if way != "a passkey removed":
        here.post("/account/address/", {"email": "new@example.org", "action_add": ""})
        code = code_in(mailed()[-1])
    there = browser(ada)
    match way:
        case "a passkey removed":
            key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Passkey"})
            here.post(f"/account/passkeys/{key.pk}/remove/")
            assert not Authenticator.objects.exists()
        case _:
            here.post("/account/address/confirm/", {"code": code})
            assert EmailAddress.objects.get().email == "new@example.org"
    assert signed_in(here)
    assert not signed_in(there)


def by_code(there: Client, address: str, **fields: str) -> str:
    """Sign in by a mailed code; where it leads."""
    before = len(mailed())
    asked = there.post("/account/login/code/", {"email": address, **fields})
    code = code_in(mailed()[before])
    return str(there.post(asked.headers["Location"], {"code": code, **fields}).headers["Location"])


def test_an_account_is_erased_a_day_after_somebody_who_has_just_signed_in_asked_for_it(
    browser: NewBrowser,
    ada: Person,
    ada_has_an_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = browser(), browser(ada)
    by_code(here, ada_has_an_address)
    asked = timezone.now()
    assert "It will be erased" in here.post("/account/erase/").content.decode()
    assert not signed_in(here)
    assert not signed_in(there)
    assert not due.due(asked + timedelta(hours=23))
    assert Person.objects.filter(pk=ada.pk).exists()
    assert due.due(timezone.now() + timedelta(hours=24))
    assert not Person.objects.exists()


def test_whoever_finds_a_device_signed_in_can_not_erase_the_account(
    browser: NewBrowser, ada: Person, ada_has_an_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = browser(ada)
    monkeypatch.setattr(sessions, "FRESH_S", -1)
    assert "sign in once more first" in here.get("/account/erase/").content.decode()
    again = here.post("/account/erase/").headers["Location"]
    assert again == "/account/login/?next=%2Faccount%2Ferase%2F"
    ada.refresh_from_db()
    assert ada.erase_at is None
    monkeypatch.undo()
    assert by_code(here, ada_has_an_address, next="/account/erase/") == "/account/erase/"
    assert "Erase it all" in here.get("/account/erase/").content.decode()


def test_whoever_signs_in_meanwhile_is_offered_to_keep_the_account(
    browser: NewBrowser, ada: Person, ada_has_an_address: str
) -> None:
    browser(ada).post("/account/erase/")
    there = browser()
    assert by_code(there, ada_has_an_address, next="/spaces/") == "/account/"
    assert "Keep my account" in there.get("/account/").content.decode()
    assert there.post("/account/keep/").headers["Location"] == "/account/"
    assert "Your passkeys" in there.get("/account/").content.decode()
    assert not due.due(timezone.now() + timedelta(days=2))
    assert Person.objects.filter(pk=ada.pk).exists()


def test_the_host_shows_who_they_are_by_the_link_and_keeps_the_account_by_the_next(
    browser: NewBrowser,
) -> None:
    here, there = browser(), browser()
    here.post(reverse("host", args=[actions.new_host_link()]))
    assert "It will be erased" in here.post("/account/erase/").content.decode()
    there.post(reverse("host", args=[actions.new_host_link()]))
    assert "Keep my account" in there.get("/account/").content.decode()


def test_a_new_key_is_given_to_the_session_at_sign_in(
    browser: NewBrowser, ada_has_an_address: str
) -> None:
    there = browser()
    there.post("/account/login/code/", {"email": ada_has_an_address})
    before = there.cookies[settings.SESSION_COOKIE_NAME].value
    there.post("/account/login/code/confirm/", {"code": code_in(mailed()[0])})
    assert there.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_elsewhere(browser: NewBrowser, ada: Person, elsewhere: str) -> None:
    there = browser(ada)
    assert there.get("/account/login/", {"next": elsewhere}).headers["Location"] == "/account/"
    assert there.get("/account/begin/", {"next": elsewhere}).headers["Location"] == "/account/"


@pytest.mark.parametrize(
    "body",
    [
        '{"clientExtensionResults": {"prf": {"results": {"first": "x"}}}}',
        "credential=%7B%22prf%22%3A%7B%7D%7D",
        r'{"credential": "{\"prf\":{}}"}',
    ],
)
def test_a_body_that_holds_what_a_passkey_derives_is_refused(
    browser: NewBrowser, body: str
) -> None:
    for path in ("/account/passkeys/login/", "/live/ticket", "/words/"):
        answer = browser().post(path, body, content_type="application/json")
        assert answer.status_code == 400
        assert "stays in the browser" in answer.content.decode()


def test_three_letters_in_a_key_are_no_such_thing(browser: NewBrowser) -> None:
    answer = browser().post("/words/", {"name": "Aprfx", "words": "prf prf"})
    assert answer.status_code == 404


def test_an_account_that_nobody_can_come_back_to_is_forgotten(
    ada: Person, ben: Person, gus: Person, ada_has_an_address: str
) -> None:
    key = Person.objects.create(name="Key")
    Authenticator.objects.create(user=key, type="webauthn", data={})
    unconfirmed = Person.objects.create(name="Unconfirmed")
    EmailAddress.objects.create(user=unconfirmed, email="u@example.org", verified=False)
    assert not due.due(timezone.now())
    assert due.due(timezone.now() + timedelta(days=3))
    assert set(Person.objects.values_list("name", flat=True)) == {"Ada", "Gus", "Key"}


def test_signing_out_makes_the_browser_forget(browser: NewBrowser, ada: Person) -> None:
    there = browser(ada)
    assert there.get("/account/logout/").status_code == 200
    assert signed_in(there)
    answer = there.post("/account/logout/")
    assert answer.headers["Location"] == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not signed_in(there)


@pytest.mark.parametrize(
    ("named", "sent"),
    [
        ("", ("console", "localhost", 25, False, False, "")),
        ("smtps://ada%40b:p%2Fw@mail.example", ("smtp", "mail.example", 465, True, False, "p/w")),
        ("smtp://mail.example:2525", ("smtp", "mail.example", 2525, False, True, "")),
    ],
)
def test_codes_go_to_the_mail_server_that_is_named_else_to_the_terminal(
    named: str, sent: tuple[object, ...]
) -> None:
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; from django.conf import settings as s; django.setup(); "
            "print((s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_HOST, s.EMAIL_PORT, "
            "s.EMAIL_USE_SSL, s.EMAIL_USE_TLS, s.EMAIL_HOST_PASSWORD))",
        ],
        env=os.environ
        | {
            "RELATIONAL_SPACE_SMTP": named,
            "DJANGO_SETTINGS_MODULE": "relational_space.site.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert ast.literal_eval(asked.stdout) == sent


def test_of_a_passkey_the_day_is_kept_and_not_when_somebody_last_came(ada: Person) -> None:
    key = Authenticator.objects.create(user=ada, type="webauthn", data={})
    key.record_usage()
    key.refresh_from_db()
    assert key.last_used_at is None
    assert (key.created_at.hour, key.created_at.minute, key.created_at.second) == (0, 0, 0)
    assert timezone.now() - key.created_at < timedelta(days=1, minutes=1)
    assert not any("last" in field.name for field in Person._meta.fields)


def test_the_name_can_be_changed(browser: NewBrowser, ada: Person) -> None:
    browser(ada).post("/account/name/", {"name": " Ada\u202e L. "})
    ada.refresh_from_db()
    assert ada.name == "Ada L."
    assert browser(ada).post("/account/name/", {"name": ""}).status_code == 400
