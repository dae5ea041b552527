// A cover over what is private: it comes down when the page is out of sight, and stays until a tap.
//
// What is typed stays as it was beneath it. It keeps nobody out who has the device; that is the lock.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mine } from "../mine/text-mine";

export function Covered({ children }: { readonly children: ComponentChildren }) {
  const [covered, setCovered] = useState(document.hidden);
  useEffect(() => {
    const hidden = () => document.hidden && setCovered(true);
    document.addEventListener("visibilitychange", hidden);
    return () => document.removeEventListener("visibilitychange", hidden);
  }, []);
  return (
    <>
      {covered && (
        <div class="page">
          <h1>{mine.covered}</h1>
          <p>{mine.coveredWhy}</p>
          <button type="button" onClick={() => setCovered(false)}>
            {mine.uncover}
          </button>
        </div>
      )}
      <div hidden={covered}>{children}</div>
    </>
  );
}
