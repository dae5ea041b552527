// The little of Node that these tests use; its own types would give timers a second meaning.
declare module "node:test" {
  export const mock: {
    readonly timers: {
      enable(options: { apis: readonly string[] }): void;
      tick(ms: number): void;
      reset(): void;
    };
  };
  export function test(name: string, run: () => void | Promise<void>): void;
  export function beforeEach(run: () => void): void;
  export function afterEach(run: () => void): void;
}
declare module "node:assert/strict" {
  type Kind = abstract new (...values: never[]) => Error;
  const assert: {
    (value: unknown, message?: string): void;
    equal(actual: unknown, expected: unknown): void;
    notEqual(actual: unknown, expected: unknown): void;
    deepEqual(actual: unknown, expected: unknown): void;
    throws(act: () => unknown, kind: Kind): void;
    rejects(promise: Promise<unknown>, kind: Kind, message?: string): Promise<void>;
  };
  export default assert;
}
declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
}
