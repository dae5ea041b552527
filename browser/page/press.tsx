// A control that counts a press only once it has been on the screen for a while.
//
// A screen can change under a finger that is already coming down; the press then belonged to what
// was there before. Pointer, key and switch all arrive as a click, so one rule serves them alike.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export const SETTLED_MS = 600;

interface Props {
  readonly onPress: () => void;
  readonly children: ComponentChildren;
  readonly quiet?: boolean;
  readonly class?: string;
  readonly pressed?: boolean | undefined;
  readonly label?: string;
  readonly describedBy?: string;
}

export function Press({ onPress, children, quiet, pressed, label, describedBy, ...rest }: Props) {
  const since = useRef(Infinity);
  // With the button itself: an effect that comes after it would come late on a busy phone.
  useLayoutEffect(() => {
    const seen = () => {
      since.current = document.hidden ? Infinity : performance.now();
    };
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
  const press = () => {
    if (performance.now() - since.current >= SETTLED_MS) onPress();
  };
  return (
    <button
      type="button"
      class={[quiet ? "quiet" : "", rest.class ?? ""].join(" ").trim()}
      aria-pressed={pressed}
      aria-label={label}
      aria-describedby={describedBy}
      onClick={press}
    >
      {children}
    </button>
  );
}
