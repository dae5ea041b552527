"""Ada at her phone, whose words were begun before: what she does, and what then lies at the server."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Locator, Page

from relational_space.site.home import database_path
from tests.browser.kept import PASSPHRASE, Kept, bodies, opens_at_once, sealed_for_the_key
from tests.browser.looking import PHONE, Look

PATIENCE_MS = 30_000
"""Scrypt takes seconds, and several times as long on a machine with much else to do."""


class Ada:
    """Ada at her phone: her words were begun before, and lie locked."""

    def __init__(self, chromium: Browser, address: str, home: Path, kept: Kept) -> None:
        self.home, self.me, self.look = home, kept.ids["Ada"], Look()
        self.context = chromium.new_context(
            viewport=PHONE, base_url=address, has_touch=True, locale="en-GB"
        )
        cookie = {"name": "s", "value": kept.ada, "domain": "localhost", "path": "/"}
        self.context.add_cookies([cookie])
        opens_at_once(self.context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.sent: list[str] = []
        self.context.on(
            "request", lambda asked: self.sent.append(f"{asked.url} {asked.post_data or ''}")
        )
        self.page = self.context.new_page()

    def opens(self, room: str, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(f"/mine/#{room}")
        page.get_by_label("Your passphrase").fill(PASSPHRASE)
        page.get_by_role("button", name="Open", exact=True).click()
        page.get_by_role("button", name="Everything here").wait_for()
        return page

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def keeps(self) -> None:
        self.button("Keep").click()
        self.page.get_by_role("status").get_by_text("Kept.", exact=True).wait_for()

    def kept(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of this kind as they lie at the server, opened with her key."""
        return [each["body"] for each in bodies(self.home, self.me) if each["kind"] == kind]

    def wrote(self, kind: str, *entries: dict[str, Any], days_ago: Callable[[int], int]) -> None:
        """What she wrote before, laid into the place's database as her browser would have sealed it."""
        database = sqlite3.connect(database_path(self.home), timeout=30)
        with database:
            for number, body in enumerate(entries):
                at = datetime.now(UTC) - timedelta(days=days_ago(number))
                name = str(uuid4())
                held = {
                    "v": 1,
                    "kind": kind,
                    "scope": "private",
                    "id": name,
                    "epoch": "",
                    "revision": 1,
                }
                held |= {"author": self.me, "at": at.isoformat(), "body": {"format": 1} | body}
                sealed = sealed_for_the_key(held)
                day = at.date().isoformat()
                database.execute(
                    "INSERT INTO words_record (name, author_id, revision, sealed, size, day)"
                    " VALUES (?, ?, 1, ?, ?, ?)",
                    [name.replace("-", ""), self.me.replace("-", ""), sealed, len(sealed), day],
                )
        database.close()
