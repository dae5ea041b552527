// Sees where a body is in one picture after another, beside the page.
//
// It is told pictures and tells points. No picture is kept: each is closed as soon as it was looked at,
// and nothing but this place's own two files is ever fetched. It takes one picture at a time; whoever
// has the camera waits for the answer and lets what came meanwhile go.

import { PoseLandmarker } from "@mediapipe/tasks-vision";
import ModuleFactory from "@mediapipe/tasks-vision/vision_wasm_module_internal.js";
import program from "@mediapipe/tasks-vision/vision_wasm_module_internal.wasm";
import network from "./pose.task";
import { named } from "./pose-points";
import type { Body, PoseAnswer, PoseQuestion } from "./pose-points";

declare const POSE_BYTES: number;

/** Where its packages look for what was given to them beforehand. */
interface Given {
  ModuleFactory?: unknown;
  Module?: { readonly wasmBinary: Uint8Array; readonly print: () => void; readonly printErr: () => void };
  custom_dbg?: () => void;
}

/** What was asked, one after another: how many people to look for, and pictures. */
let turn: Promise<PoseLandmarker> | null = null;

addEventListener("message", ({ data }: MessageEvent<PoseQuestion>) => {
  const before = turn;
  if ("people" in data) {
    turn = before === null ? begin(data.people) : lookFor(before, data.people);
    if (before === null) turn.catch((error: unknown) => answer({ failed: `${error}` }));
  } else {
    void before?.then((landmarker) => look(landmarker, data.picture, data.atMs));
  }
});

async function lookFor(before: Promise<PoseLandmarker>, people: 1 | 2): Promise<PoseLandmarker> {
  const landmarker = await before;
  await landmarker.setOptions({ numPoses: people });
  return landmarker;
}

function answer(said: PoseAnswer): void {
  postMessage(said);
}

async function begin(people: 1 | 2): Promise<PoseLandmarker> {
  // Without it the pictures can't be read, and the package would wait for ever instead of saying so.
  if (typeof OffscreenCanvas === "undefined" || !new OffscreenCanvas(1, 1).getContext("webgl2")) {
    throw new Error("no WebGL 2 in a worker");
  }
  let come = 0;
  const arrived = (bytes: number) => answer({ come: (come += bytes), of: POSE_BYTES });
  const [wasmBinary, modelAssetBuffer] = await Promise.all([
    fetched(program, arrived),
    fetched(network, arrived),
  ]);
  const given = globalThis as Given;
  given.ModuleFactory = ModuleFactory;
  // It says much in the console, and nothing there that anybody could do something about.
  const say = () => {};
  given.Module = { wasmBinary, print: say, printErr: say };
  given.custom_dbg = say;
  const landmarker = await PoseLandmarker.createFromOptions(
    // Both are here already. A worker of modules couldn't be told where they are in any other way.
    { wasmLoaderPath: "", wasmBinaryPath: "" },
    {
      baseOptions: { modelAssetBuffer, delegate: "CPU" },
      runningMode: "VIDEO",
      numPoses: people,
    },
  );
  answer({ ready: true });
  return landmarker;
}

/** The bytes of one of this place's own files, told as they come. */
async function fetched(address: string, arrived: (bytes: number) => void): Promise<Uint8Array> {
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok || !response.body) throw new Error(`${response.status}`);
  const parts: Uint8Array[] = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    arrived(part.value.length);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function look(landmarker: PoseLandmarker, picture: ImageBitmap, atMs: number): void {
  const beganMs = performance.now();
  let bodies: readonly Body[] = [];
  try {
    // The reader wants a time that only grows; when the picture was taken is told beside it.
    const seen = landmarker.detectForVideo(picture, beganMs).landmarks;
    bodies = seen.map((body) => named(body, picture.width / picture.height));
  } catch {
    // In a picture that couldn't be read nobody was seen.
  }
  picture.close();
  answer({ atMs, bodies, tookMs: performance.now() - beganMs });
}
