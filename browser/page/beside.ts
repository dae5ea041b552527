// What runs beside a page: where its script is, and leave to start it.
//
// A page names each such script in a `<meta>` that `built_worker` writes. Nothing else ever becomes a
// worker here.

interface UrlPolicy {
  createScriptURL(address: string): string;
}

declare const trustedTypes:
  | { createPolicy(name: string, rules: UrlPolicy): UrlPolicy }
  | undefined;

let policy: UrlPolicy | null = null;

/** Where this page was told to find a worker; empty where there is none. */
export function workerAddress(name: "slots" | "pose"): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}-worker"]`)?.content ?? "";
}

/** An address that may become a worker: one of this place's own scripts, and nothing else. */
export function scriptUrl(address: string): string {
  const whole = new URL(address, location.href);
  if (whole.origin !== location.origin || !whole.pathname.startsWith("/static/")) {
    throw new Error("This is no script of this place.");
  }
  if (typeof trustedTypes === "undefined") return whole.href;
  policy ??= trustedTypes.createPolicy("rs-urls", { createScriptURL: (checked) => checked });
  return policy.createScriptURL(whole.href);
}
