"""What opening somebody's words takes in a browser, at its own speed and slowed to a quarter.

`words.ts` as it is, in the page itself rather than beside it, because Chromium slows no worker. Prints a
table: the best of several rounds, the middle one and the processor's least, beside what is promised, and the
load of the machine. On a busy one only the processor's column says something. Needs a Chromium
(RELATIONAL_SPACE_CHROMIUM). Usage, from the repository: python -m bench.words_in_browser
"""

import argparse
import os
import subprocess

from playwright.sync_api import sync_playwright

from tests.browser.conftest import QUIET
from tests.place import ROOT
from tests.words.vectors import VECTORS

RECORDS = 1000
PAGE = "http://localhost:9/"

# What is measured, the most it may take at full speed and at a quarter of it, in milliseconds.
PROMISED_MS = {
    "unlock: the slot and the keyring": (1000, 4000),
    "open 1,000 records from the pack": (None, 1000),
    "open 1,000 records, each by itself": (None, None),
}

PREPARE = """
async ([vectors, many]) => {
  const { Words, PRIVATE } = sealing;
  const body = { line: "One good detail", text: "x".repeat(300) };
  const words = await Words.unlock(vectors.wordKey, vectors.me, vectors.keyring, 0);
  const records = [];
  for (let number = 0; number < many; number++) {
    records.push((await words.seal({ kind: "note", scope: PRIVATE, body })).record);
  }
  const pack = await words.sealPack(await words.openAll(records));
  globalThis.made = { vectors, words, records, pack };
}
"""

ROUND = """
async (wanted) => {
  const { Words, openSlot } = sealing;
  const { vectors, words, records, pack } = made;
  const took = {};
  const timed = async (what, act) => {
    if (wanted !== what) return [];
    const began = performance.now();
    const done = await act();
    took[what] = performance.now() - began;
    return done;
  };
  await timed("unlock: the slot and the keyring", async () => {
    const key = await openSlot(vectors.slots[0], vectors.passphrase);
    return Words.unlock(key, vectors.me, vectors.keyring, 0);
  });
  const packed = await timed("open 1,000 records from the pack", async () =>
    words.openAll(records, await words.openPack(pack)),
  );
  const alone = await timed("open 1,000 records, each by itself", () => words.openAll(records));
  for (const opened of [packed, alone]) {
    if (!opened.every((one) => one.state === "open")) throw new Error("not all of them opened");
  }
  return took;
}
"""


def bundle() -> str:
    """The module as one script, under a name of its own."""
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    words = ROOT / "browser" / "words" / "words.ts"
    command = [esbuild, words, "--bundle", "--minify", "--format=iife", "--global-name=sealing"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def rounds(slower: int, many: int) -> dict[str, list[tuple[float, float]]]:
    """How long each took every time, and the processor's part of it, in a page that is slowed."""
    path = os.environ.get("RELATIONAL_SPACE_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET])
        page = browser.new_page()
        # A page of this machine: only there may a browser seal.
        page.route(PAGE, lambda route: route.fulfill(body="<!doctype html>"))
        page.goto(PAGE)
        page.add_script_tag(content=bundle())
        page.evaluate(PREPARE, [VECTORS, RECORDS])
        devtools = page.context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        devtools.send("Performance.enable")

        def processor_ms() -> float:
            metrics = devtools.send("Performance.getMetrics")["metrics"]
            return 1000 * next(each["value"] for each in metrics if each["name"] == "ThreadTime")

        took: dict[str, list[tuple[float, float]]] = {what: [] for what in PROMISED_MS}
        for _ in range(many):
            for what, times in took.items():
                began_ms = processor_ms()
                wall_ms = page.evaluate(ROUND, what)[what]
                times.append((wall_ms, processor_ms() - began_ms))
        browser.close()
    return took


def main() -> None:
    """Both speeds, one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(f"{'':36} {'speed':>6} {'best':>8} {'median':>8} {'processor':>9} {'at most':>8}")
    missed = False
    for column, slower in enumerate((1, 4)):
        for what, times in rounds(slower, asked.rounds).items():
            most = PROMISED_MS[what][column]
            walls = sorted(wall_ms for wall_ms, _ in times)
            worked = min(processor_ms for _, processor_ms in times)
            missed |= most is not None and walls[0] > most
            print(
                f"{what:36} {'full' if slower == 1 else f'1/{slower}':>6} {walls[0]:5.0f} ms"
                f" {walls[len(walls) // 2]:5.0f} ms {worked:6.0f} ms {f'{most} ms' if most else '':>8}",
                flush=True,
            )
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {asked.rounds} rounds")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
