// How often the slow view's band holds what lies behind the marks: `node bench/slow_band.mjs`.
//
// What lies behind is made up, and not by the band's own rules: it stays, drifts, swings slowly, comes
// back after a dip, or jumps. Marks are at uneven days, scatter, and are rounded to the steps of a slider
// and held to its ends. The band is meant to hold nine in ten of all moments from the first mark to the
// last; a jump is what no slow line can follow, and is told apart.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const RUNS = Number(process.argv[2] ?? 200);
const DAY_MS = 24 * 60 * 60_000;

async function loaded() {
  const folder = mkdtempSync(join(tmpdir(), "slow-"));
  const outfile = join(folder, "slow.mjs");
  const entry = join(here, "..", "browser", "mine", "slow.ts");
  try {
    await esbuild.build({ entryPoints: [entry], bundle: true, format: "esm", platform: "node", outfile });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let state = 20261130;
function random() {
  // mulberry32, so that a figure here can be had again.
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const held = (mark) => Math.min(Math.max(mark, 0), 10);

/** What lies behind, by the share of the time that has passed. */
const BEHIND = {
  "stays": () => { const at = 1 + 8 * random(); return () => at; },
  "drifts": () => { const [from, to] = [1 + 8 * random(), 1 + 8 * random()]; return (u) => from + (to - from) * u; },
  "swings": () => { const [at, by, phase] = [3 + 4 * random(), 0.5 + 1.5 * random(), random()]; return (u) => at + by * Math.sin(2 * Math.PI * (u + phase)); },
  "dips": () => { const [at, when] = [5 + 3 * random(), 0.2 + 0.6 * random()]; return (u) => at - 3 * Math.exp(-(((u - when) / 0.15) ** 2)); },
  "jumps": () => { const [from, to, when] = [1 + 8 * random(), 1 + 8 * random(), 0.2 + 0.6 * random()]; return (u) => (u < when ? from : to); },
};

const { middleOf } = await loaded();
console.log(`${RUNS} made-up histories a row; share of all moments that the band of nine in ten holds`);
console.log(`${"behind".padEnd(8)} ${"marks".padStart(5)} ${"months".padStart(6)} ${"scatter".padStart(7)} ${"held".padStart(6)} ${"half width".padStart(10)}`);
for (const [name, make] of Object.entries(BEHIND)) {
  for (const marks of [5, 8, 15, 25]) {
    for (const scatter of [0.7, 1.5]) {
      let [within, all, width] = [0, 0, 0];
      const months = marks <= 8 ? 4 : marks === 15 ? 8 : 12;
      for (let run = 0; run < RUNS; run++) {
        const behind = make();
        const days = Array.from({ length: marks }, () => Math.floor(random() * 30 * months)).sort((a, b) => a - b);
        if (new Set(days).size < 5) continue;
        const [first, last] = [days[0], days.at(-1)];
        const share = (day) => (day - first) / (last - first);
        const dots = days.map((day) => ({
          since: new Date((20000 + day) * DAY_MS),
          mark: held(Math.round(behind(share(day)) + scatter * normal())),
        }));
        for (const { since, low, high } of middleOf(dots)) {
          const truth = held(behind(share(since.getTime() / DAY_MS - 20000)));
          within += low <= truth && truth <= high ? 1 : 0;
          width += (high - low) / 2;
          all += 1;
        }
      }
      console.log(`${name.padEnd(8)} ${String(marks).padStart(5)} ${String(months).padStart(6)} ${scatter.toFixed(1).padStart(7)} ${(within / all).toFixed(3).padStart(6)} ${(width / all).toFixed(2).padStart(10)}`);
    }
  }
}
