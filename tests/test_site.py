"""The front page, the headers and the cookies."""

import logging
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from relational_space.people.models import Person
from relational_space.site import headers
from relational_space.site.cookies import cookies_for_plain_http
from relational_space.site.logs import without_address

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.django_db
def test_the_front_page_needs_no_account():
    answer = Client().get("/")
    assert answer.status_code == 200
    assert "Relational Space" in answer.text
    # The first door is a form, and its token the only cookie: it says nothing of who came.
    assert list(answer.cookies) == ["c"]


@pytest.mark.django_db
def test_health_says_well():
    assert Client().get("/health/").text == "well\n"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nowhere/"])
def test_every_page_refuses_inline_scripts_other_origins_and_caches(path):
    answer = Client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "secure", "opener"),
    [
        ("localhost:8000", False, "same-origin"),
        ("192.168.1.7:8000", False, None),
        ("192.168.1.7:8443", True, "same-origin"),
    ],
)
def test_no_header_is_sent_that_a_browser_would_only_complain_of(settings, host, secure, opener):
    settings.ALLOWED_HOSTS = ["*"]
    answer = Client().get("/", secure=secure, headers={"Host": host})
    assert answer.headers.get("Cross-Origin-Opener-Policy") == opener


@pytest.mark.parametrize("sense", ["camera", "microphone", "accelerometer", "gyroscope"])
def test_only_a_sitting_may_sense(sense):
    assert f"{sense}=()" in headers.permissions_policy(sitting=False)
    assert f"{sense}=(self)" in headers.permissions_policy(sitting=True)


@pytest.mark.parametrize("sitting", [False, True])
def test_nobody_ever_records_the_screen_or_asks_where_one_is(sitting):
    policy = headers.permissions_policy(sitting=sitting)
    assert "display-capture=()" in policy
    assert "geolocation=()" in policy


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({}, 200),
    ],
)
def test_a_write_that_another_site_caused_is_refused(sent, status):
    guarded = headers.same_origin_writes(lambda request: HttpResponse("done"))
    assert guarded(RequestFactory().post("/", headers=sent)).status_code == status


def answer_with_cookie(*, secure, cookies=""):
    heard = {}

    def respond(request):
        heard.update(request.COOKIES)
        response = HttpResponse()
        response.set_cookie("__Host-s", "key", secure=True, httponly=True, samesite="Lax")
        return response

    request = RequestFactory().get("/", secure=secure, headers={"Cookie": cookies})
    return cookies_for_plain_http(respond)(request), heard


def test_https_gives_host_cookies():
    answer, _ = answer_with_cookie(secure=True)
    assert answer.cookies["__Host-s"]["secure"]
    assert list(answer.cookies) == ["__Host-s"]


def test_plain_http_gives_a_cookie_that_the_browser_keeps():
    answer, _ = answer_with_cookie(secure=False)
    assert list(answer.cookies) == ["s"]
    assert answer.cookies["s"].value == "key"
    assert not answer.cookies["s"]["secure"]
    assert not answer.cookies["s"]["max-age"]
    assert answer.cookies["s"]["httponly"]


def test_each_way_hears_its_own_cookie_only():
    _, plain = answer_with_cookie(secure=False, cookies="s=plain; __Host-s=planted")
    assert plain == {"__Host-s": "plain"}
    _, secure = answer_with_cookie(secure=True, cookies="s=planted; __Host-s=ours")
    assert secure["__Host-s"] == "ours"


@pytest.mark.django_db
def test_a_person_is_a_name_and_a_day_and_has_no_password():
    ada = Person.objects.create(name="Ada")
    assert {field.name for field in Person._meta.fields} == {
        "id",
        "name",
        "created",
        "is_host",
        "seed",
        "erase_at",
    }
    assert not ada.has_usable_password()
    assert not ada.check_password("")


def test_no_committed_file_names_a_registry():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tracked.returncode != 0:
        pytest.skip("this copy is no git repository")
    registry = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|yarnpkg|debian)[\w.-]*")
    found = [
        name
        for name in filter(None, tracked.stdout.split("\0"))
        if os.path.isfile(ROOT / name)
        and registry.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def test_a_page_about_a_database_that_fails_has_every_header(monkeypatch):
    def fail(*_args):
        raise OperationalError("database is locked")

    monkeypatch.setattr(SessionStore, "load", fail)
    browser = Client(raise_request_exception=False)
    browser.cookies[settings.SESSION_COOKIE_NAME.removeprefix("__Host-")] = "a" * 32
    answer = browser.get("/account/")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == headers.CONTENT_SECURITY_POLICY
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("message", "args", "written"),
    [
        ("Not Found: %s", ("/come/a-token",), "Not Found: an unknown address"),
        (
            "Forbidden (%s): %s",
            ("no token", "/come/a-token"),
            "Forbidden (no token): an unknown address",
        ),
        ("Invalid HTTP_HOST header: 'a%s'.", (), "Invalid HTTP_HOST header: 'a%s'."),
    ],
)
def test_a_log_names_no_address_and_every_line_can_be_written(message, args, written):
    record = logging.LogRecord("django", logging.ERROR, __file__, 1, message, args, None)
    record.request = RequestFactory().get("/come/a-token")
    assert without_address(record)
    assert record.getMessage() == written
