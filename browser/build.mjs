// Builds the browser part: one esbuild call, an entry for each kind of page, code split, a hash of
// the bytes in every name. `manifest.json` tells Django which files an entry needs. Whatever was
// built before is taken away, so the folder holds this build and nothing else.
//
// Seeing movement by camera is left out where its packages couldn't be fetched; then no page offers it.

import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { poseModel, POSE_NOTICE, POSE_PROGRAM } from "./felt/pose-model.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const built = join(here, "..", "relational_space", "site", "built");

// The kinds of page: a name that templates use, and where its code begins.
const entries = {
  page: "page/page.ts",
  sitting: "sitting/sitting.tsx",
  door: "door/door.ts",
  alone: "sitting/alone.tsx",
  mine: "mine/mine.tsx",
  // What runs beside a page that seals, which is told its address by `built_worker`.
  slots: "words/slots-worker.ts",
};

const model = poseModel(modules);
if (model) entries.pose = "felt/pose-worker.ts";
else {
  console.error("Without movement by camera, whose packages could not be fetched. To have it, remove the");
  console.error("folder node_modules and start again with a network.");
}

// How much somebody waits for, once, who chooses a camera.
const poseBytes = model ? model.length + statSync(join(modules, POSE_PROGRAM)).size : 0;

// The model isn't on the disk before it is built: `pose.task` is what it is imported as.
const modelAsImported = {
  name: "pose.task",
  setup(build) {
    build.onResolve({ filter: /\/pose\.task$/ }, () => ({ path: "pose.task", namespace: "pose" }));
    build.onLoad({ filter: /./, namespace: "pose" }, () => ({ contents: model, loader: "file" }));
  },
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
  loader: { ".wasm": "file" },
  // Asked for only where it runs in Node, which is never.
  external: ["node:module"],
  define: { POSE_BYTES: `${poseBytes}` },
  plugins: [modelAsImported],
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
if (model) {
  writeFileSync(join(built, "pose.NOTICE.txt"), POSE_NOTICE);
  // Of the same licence, and the one of these packages that brings its text.
  copyFileSync(join(modules, "flatbuffers", "LICENSE"), join(built, "pose.LICENSE.txt"));
}

// Compressed once here, so that the server never compresses at run time.
for (const path of Object.keys(outputs)) {
  const file = join(here, path);
  const bytes = readFileSync(file);
  // Only https has a camera, and there every browser takes Brotli; at its best it would take a minute.
  if (/\.(wasm|task)$/.test(file)) writeFileSync(file + ".br", brotli(bytes, 5));
  if (!/\.(js|css|svg|json)$/.test(file) || bytes.length < 200) continue;
  writeFileSync(file + ".gz", gzipSync(bytes, { level: 9 }));
  writeFileSync(file + ".br", brotli(bytes, 11));
}

function brotli(bytes, quality) {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
}
