// Builds the browser part: one esbuild call, an entry for each kind of page, code split, a hash of
// the bytes in every name. `manifest.json` tells Django which files an entry needs. Whatever was
// built before is taken away, so the folder holds this build and nothing else.

import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "relational_space", "site", "built");

// The kinds of page: a name that templates use, and where its code begins.
const entries = {
  page: "page.ts",
  sitting: "sitting.tsx",
  door: "door.ts",
  alone: "alone.tsx",
  mine: "mine.tsx",
  // What runs beside a page that seals, which is told its address by `built_worker`.
  slots: "slots-worker.ts",
};

rmSync(built, { recursive: true, force: true });
mkdirSync(built, { recursive: true });

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: Object.entries(entries).map(([out, file]) => ({ in: file, out })),
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  outdir: built,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  metafile: true,
  target: ["es2022"],
  legalComments: "linked",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});

const outputs = result.metafile.outputs;

function name(path) {
  return relative(built, join(here, path)).replaceAll("\\", "/");
}

function importsOf(path, seen = new Set()) {
  for (const { path: imported, kind, external } of outputs[path].imports) {
    if (kind === "import-statement" && !external && !seen.has(imported)) {
      seen.add(imported);
      importsOf(imported, seen);
    }
  }
  return [...seen];
}

const manifest = {};
for (const [path, output] of Object.entries(outputs)) {
  const entry = Object.keys(entries).find((key) => entries[key] === output.entryPoint);
  if (entry === undefined || !path.endsWith(".js")) continue;
  manifest[entry] = {
    // An entry that only brings styles leaves an empty script, which nobody need fetch.
    scripts: output.bytes > 0 ? [name(path)] : [],
    imports: importsOf(path).map(name),
    styles: output.cssBundle ? [name(output.cssBundle)] : [],
  };
}
writeFileSync(join(built, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

copyFileSync(join(here, "icon.svg"), join(built, "icon.svg"));

// Compressed once here, so that the server never compresses at run time.
for (const path of Object.keys(outputs)) {
  const file = join(here, path);
  const bytes = readFileSync(file);
  if (!/\.(js|css|svg|json)$/.test(file) || bytes.length < 200) continue;
  writeFileSync(file + ".gz", gzipSync(bytes, { level: 9 }));
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(file + ".br", brotliCompressSync(bytes, { params: quality }));
}
