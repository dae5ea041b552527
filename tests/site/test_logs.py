"""A log says what went wrong, and at no address."""

import pytest
from django.conf import settings
from django.utils.log import configure_logging

pytestmark = pytest.mark.django_db


def test_a_fault_at_an_address_with_a_token_is_told_without_it(browser, capfd, monkeypatch):
    monkeypatch.setattr("relational_space.spaces.access.behind", lambda *_, **__: 1 / 0)
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    there = browser()
    there.raise_request_exception = False
    assert there.get("/come/a-token-that-nobody-may-read").status_code == 500
    said = "".join(capfd.readouterr())
    assert "ZeroDivisionError" in said
    assert "/come/<str:shown>" in said
    assert "a-token-that-nobody-may-read" not in said
