// A browser's storage, for tests without a browser.

export class Memory {
  readonly kept = new Map<string, string>();

  get length(): number {
    return this.kept.size;
  }

  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null;
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}
