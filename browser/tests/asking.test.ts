// What comes of asking for the sensor, on a platform that asks, that refuses, that is silent, or that has none.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ask } from "../felt/motion";

type Answer = "granted" | "denied" | Error;

const page = new EventTarget();
const changed = new Map<string, PropertyDescriptor | undefined>();

function have(name: string, value: unknown): void {
  if (!changed.has(name)) changed.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** A page by https of a platform that says this when it is asked; undefined is one that needs no asking. */
function platform(motion?: Answer, tilt: Answer | undefined = motion): string[] {
  const asked: string[] = [];
  const kind = (name: string, answer: Answer | undefined) =>
    answer === undefined
      ? {}
      : {
          requestPermission: async () => {
            asked.push(name);
            if (answer instanceof Error) throw answer;
            return answer;
          },
        };
  have("DeviceMotionEvent", kind("motion", motion));
  have("DeviceOrientationEvent", kind("tilt", tilt));
  return asked;
}

function felt(x: number | null): void {
  page.dispatchEvent(Object.assign(new Event("devicemotion"), { accelerationIncludingGravity: { x, y: x, z: x } }));
}

const soon = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  have("window", globalThis);
  have("isSecureContext", true);
  have("addEventListener", page.addEventListener.bind(page));
  have("removeEventListener", page.removeEventListener.bind(page));
  platform();
});

afterEach(() => {
  mock.timers.reset();
  for (const [name, before] of changed) {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  }
  changed.clear();
});

test("a platform that wants to be asked in a tap is asked before anything is awaited", async () => {
  const asked = platform("granted");
  const found = ask();
  // Whatever is asked later is no longer of the tap.
  assert.deepEqual(asked, ["motion", "tilt"]);
  await soon();
  felt(1);
  assert.equal(await found, "feels");
});

test("tilt that is refused takes no breath away", async () => {
  platform("granted", new Error("NotAllowedError"));
  const found = ask();
  await soon();
  felt(1);
  assert.equal(await found, "feels");
});

test("whoever told the browser no is told so, and so is a page that asked without a tap", async () => {
  platform("denied");
  assert.equal(await ask(), "refused");
  platform(new Error("NotAllowedError"));
  assert.equal(await ask(), "untapped");
});

test("one event of nulls is a device without a sensor", async () => {
  const found = ask();
  await soon();
  felt(null);
  assert.equal(await found, "none");
});

test("a sensor that says nothing within two seconds is silent", async () => {
  const found = ask();
  await soon();
  mock.timers.tick(2000);
  assert.equal(await found, "silent");
});

test("by plain http, or where no browser knows of motion, nothing is asked", async () => {
  const asked = platform("granted");
  have("isSecureContext", false);
  assert.equal(await ask(), "plain");
  have("isSecureContext", true);
  Reflect.deleteProperty(globalThis, "DeviceMotionEvent");
  assert.equal(await ask(), "none");
  assert.deepEqual(asked, []);
});
