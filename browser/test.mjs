// Runs the tests of the browser's pure parts in Node: built by esbuild, then `node --test`.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = mkdtempSync(join(tmpdir(), "browser-tests-"));
const tests = readdirSync(join(here, "tests")).filter((file) => file.endsWith(".test.ts"));

try {
  await esbuild.build({
    absWorkingDir: join(here, "tests"),
    entryPoints: tests,
    outdir: built,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  const files = readdirSync(built).map((file) => join(built, file));
  const run = spawnSync(process.execPath, ["--test", ...files], {
    cwd: join(here, ".."),
    stdio: "inherit",
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(built, { recursive: true, force: true });
}
