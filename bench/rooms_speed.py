"""How long a thousand entries take on a slow phone: to open, to list, to search and to open one.

    DJANGO_SETTINGS_MODULE=tests.settings python -m bench.rooms_speed

A place is served by the real command, with a thousand notes sealed in it; a real browser opens them, its
processor slowed down fourfold. The first time it has to open each by itself; from then on it has packed
them. What is measured lies between the last of the records having come and the list standing there, so
neither the passphrase nor the network is in it.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.ada import Ada
from tests.browser.kept import two_who_keep
from tests.place import served

NOTES = 1000
SLOWER = 4
TIMES = 5

WATCHES = """
new MutationObserver(() => {
  if (window.__listed === undefined && document.querySelector(".entry")) window.__listed = performance.now();
}).observe(document, { subtree: true, childList: true });
"""

OPENED_MS = """
() => window.__listed - Math.max(...performance.getEntriesByType("resource")
  .filter((each) => each.name.includes("/sealed/records/")).map((each) => each.responseEnd))
"""

SEARCHES_MS = """
async (word) => {
  const field = document.querySelector("input[type=search]");
  const began = performance.now();
  field.value = word;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - began;
}
"""

OPENS_ONE_MS = """
async () => {
  const began = performance.now();
  document.querySelector(".entry").click();
  while (!document.querySelector(".shown")) await new Promise((done) => setTimeout(done));
  return performance.now() - began;
}
"""


def opens(ada: Ada) -> tuple[Page, float]:
    page = ada.context.new_page()
    page.add_init_script(WATCHES)
    session = ada.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    ada.opens("reading", page)
    page.locator(".entry").first.wait_for()
    return page, page.evaluate(OPENED_MS)


def main() -> None:
    home = Path(tempfile.mkdtemp())
    with served(home) as place, sync_playwright() as playwright:
        path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        ada = Ada(browser, place.address, home, two_who_keep(home))
        ada.context.set_default_timeout(180_000)
        notes = ({"what": f"note {n}", "story": "words that I wrote " * 16} for n in range(NOTES))
        ada.wrote("note", *notes, days_ago=lambda number: number % 700)
        print(f"{NOTES} notes, a processor {SLOWER} times slower")
        page, first_ms = opens(ada)
        print(f"opened and listed, each by itself    {first_ms:6.0f} ms")
        # It packs them once they stand there.
        time.sleep(5)
        page.close()
        again = []
        for _ in range(TIMES):
            page, opened_ms = opens(ada)
            again.append(opened_ms)
            searched_ms = [page.evaluate(SEARCHES_MS, word) for word in ("n", "no", "note 77", "")]
            one_ms = page.evaluate(OPENS_ONE_MS)
            page.close()
        print(f"opened and listed, from the pack     {statistics.median(again):6.0f} ms")
        print(f"searched, at the slowest letter      {max(searched_ms):6.0f} ms")
        print(f"one of them opened                   {one_ms:6.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
