// Puts together the model that sees where a body is, from what `npm ci` has installed.
//
// The two networks come as they are; what is added to each is what its reader asks for: that its input is
// a picture, and what range of numbers it was trained on. The one that follows a body would also cut it out
// of the picture, which nobody here asks for: those steps are not gone through, and the others are what
// they were. The result is the same bytes every time, and other bytes than these are never built: a model
// that has changed would see differently.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { Builder, ByteBuffer } from "flatbuffers";

const SHA256 = "0b6959fb06347cd2fcc0438c9e636ca86bc17c9e93a3b2f3c7e4081287016b7b";

/** What goes with the model and its reader wherever they go, as their licence asks. */
export const POSE_NOTICE = `Movement by camera is seen by MediaPipe Tasks Vision 0.10.35 and the networks of MediaPipe Pose
0.5.1675469404. Copyright The MediaPipe Authors. Licensed under the Apache License, Version 2.0; its
text is in pose.LICENSE.txt.

Changed here: the two networks say in metadata of their own what pictures they take, and lie together
in one file; the steps of the second that would cut a body out of its picture are left out of its list.
Their numbers are as they were published.
`;

/** The program that runs the model, as the worker imports it. */
export const POSE_PROGRAM = "@mediapipe/tasks-vision/wasm/vision_wasm_module_internal.wasm";

// The fields of a TFLite file and of its metadata, by their place in the published schemas.
const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6 };
const STEPS = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 };
const STEP = { inputs: 1, outputs: 2 };
/** Which of what the second network gives is the body cut out of its picture. */
const MASK = 2;
const PICTURE = 2;
const RGB = 1;
const NORMALIZATION = 1;
const ALIGNED = 16;

/** The bytes of the model, or null where the packages it comes from are not installed. */
export function poseModel(modules) {
  const parts = join(modules, "@mediapipe", "pose");
  if (!existsSync(parts) || !existsSync(join(modules, POSE_PROGRAM))) return null;
  const read = (name) => new Uint8Array(readFileSync(join(parts, name)));
  const model = zipSync(
    {
      // The whole of this “asset pack” is one network, which finds a body.
      "pose_detector.tflite": ofPictures(read("pose_solution_packed_assets.data"), 127.5, 127.5),
      "pose_landmarks_detector.tflite": ofPictures(read("pose_landmark_lite.tflite"), 0, 255, MASK),
    },
    // Its reader maps what is inside as it lies there.
    { level: 0, mtime: new Date(1980, 0, 1) },
  );
  const made = createHash("sha256").update(model).digest("hex");
  if (made !== SHA256) {
    throw new Error(`The model of movement came out as ${made}, which nobody has looked at.`);
  }
  return model;
}

/**
 * The same network, said to take pictures whose colours are scaled by this mean and deviation; without the
 * steps that only what is `unasked` of its results would need.
 */
function ofPictures(network, mean, deviation, unasked) {
  const old = new ByteBuffer(network);
  const root = old.readInt32(0);
  const builder = new Builder(network.length + 4096);
  // Everything in such a file points forward. So the old file stays whole at the end of the new one,
  // and a new root before it points to the old parts.
  builder.prep(ALIGNED, network.length);
  const begin = builder.createByteVector(network) - 4;
  const part = (position) => begin - position;
  const vector = (field) => root + old.__offset(root, 4 + 2 * field);
  const elements = (field) => {
    const first = old.__vector(vector(field));
    const count = old.__vector_len(vector(field));
    return Array.from({ length: count }, (_, i) => part(old.__indirect(first + 4 * i)));
  };

  const bytes = metadata(mean, deviation);
  builder.startVector(1, bytes.length, ALIGNED);
  for (const byte of bytes.toReversed()) builder.addInt8(byte);
  const data = builder.endVector();
  builder.startObject(1);
  builder.addFieldOffset(0, data, 0);
  const buffers = [...elements(MODEL.buffers), builder.endObject()];

  const name = builder.createString("TFLITE_METADATA");
  builder.startObject(2);
  builder.addFieldOffset(0, name, 0);
  builder.addFieldInt32(1, buffers.length - 1, 0);
  const entries = [...elements(MODEL.metadata), builder.endObject()];

  const steps =
    unasked === undefined
      ? part(old.__indirect(vector(MODEL.subgraphs)))
      : offsets(builder, [withoutSteps(builder, old, old.__indirect(old.__vector(vector(MODEL.subgraphs))), part, unasked)]);
  const newBuffers = offsets(builder, buffers);
  const newEntries = offsets(builder, entries);
  builder.startObject(8);
  builder.addFieldInt32(MODEL.version, old.readInt32(vector(MODEL.version)), 0);
  for (const field of [MODEL.operatorCodes, MODEL.description]) {
    builder.addFieldOffset(field, part(old.__indirect(vector(field))), 0);
  }
  builder.addFieldOffset(MODEL.subgraphs, steps, 0);
  builder.addFieldOffset(MODEL.buffers, newBuffers, 0);
  builder.addFieldOffset(MODEL.metadata, newEntries, 0);
  builder.finish(builder.endObject(), "TFL3");
  return builder.asUint8Array();
}

/** Its steps but for those whose results nobody would look at. */
function withoutSteps(builder, old, graph, part, unasked) {
  const field = (table, number) => table + old.__offset(table, 4 + 2 * number);
  const list = (table, number, read) => {
    const first = old.__vector(field(table, number));
    const count = old.__vector_len(field(table, number));
    return Array.from({ length: count }, (_, i) => read(first + 4 * i));
  };
  const numbers = (table, number) => list(table, number, (at) => old.readInt32(at));
  const all = list(graph, STEPS.operators, (at) => old.__indirect(at));
  const results = numbers(graph, STEPS.outputs);
  const wanted = new Set(results.filter((_, i) => i !== unasked));
  // They stand in the order in which they are gone through, so backwards each is met after all who need it.
  const kept = all.toReversed().filter((step) => {
    if (!numbers(step, STEP.outputs).some((tensor) => wanted.has(tensor))) return false;
    for (const tensor of numbers(step, STEP.inputs)) wanted.add(tensor);
    return true;
  });
  kept.reverse();
  // Its reader counts the results, so something small and known takes the place of what isn't made.
  const [inPlace] = numbers(kept.at(-1), STEP.inputs);
  const outputs = results.map((tensor, i) => (i === unasked ? inPlace : tensor));

  const operators = offsets(builder, kept.map(part));
  builder.startVector(4, outputs.length, 4);
  for (const tensor of outputs.toReversed()) builder.addInt32(tensor);
  const newOutputs = builder.endVector();
  builder.startObject(5);
  for (const same of [STEPS.tensors, STEPS.inputs, STEPS.name]) {
    builder.addFieldOffset(same, part(old.__indirect(field(graph, same))), 0);
  }
  builder.addFieldOffset(STEPS.outputs, newOutputs, 0);
  builder.addFieldOffset(STEPS.operators, operators, 0);
  return builder.endObject();
}

function metadata(mean, deviation) {
  const builder = new Builder(1024);
  const floats = (value) => {
    builder.startVector(4, 1, 4);
    builder.addFloat32(value);
    return builder.endVector();
  };
  const table = (fields, fill) => {
    builder.startObject(fields);
    fill();
    return builder.endObject();
  };
  const name = builder.createString("image");
  const means = floats(mean);
  const deviations = floats(deviation);
  const options = table(2, () => {
    builder.addFieldOffset(0, means, 0);
    builder.addFieldOffset(1, deviations, 0);
  });
  const unit = table(2, () => {
    builder.addFieldInt8(0, NORMALIZATION, 0);
    builder.addFieldOffset(1, options, 0);
  });
  const units = offsets(builder, [unit]);
  const colours = table(2, () => builder.addFieldInt8(0, RGB, 0));
  const content = table(3, () => {
    builder.addFieldInt8(0, PICTURE, 0);
    builder.addFieldOffset(1, colours, 0);
  });
  const input = table(7, () => {
    builder.addFieldOffset(0, name, 0);
    builder.addFieldOffset(3, content, 0);
    builder.addFieldOffset(4, units, 0);
  });
  const inputs = offsets(builder, [input]);
  const graph = table(4, () => builder.addFieldOffset(2, inputs, 0));
  const graphs = offsets(builder, [graph]);
  const least = builder.createString("1.0.0");
  const whole = table(8, () => {
    builder.addFieldOffset(3, graphs, 0);
    builder.addFieldOffset(7, least, 0);
  });
  builder.finish(whole, "M001");
  return builder.asUint8Array();
}

function offsets(builder, all) {
  builder.startVector(4, all.length, 4);
  for (const offset of all.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}
