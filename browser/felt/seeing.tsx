// Being followed by camera: the offer, “can I be seen?”, and that the camera is on.
//
// A camera is opened by a tap and by nothing else. No picture of anybody is ever on this page: in the
// framing step stands a frame with lines where shoulders and arms are, and after the yes that goes, too.

import { useEffect } from "preact/hooks";
import "./seeing.css";
import { place } from "./pose-points";
import type { Body, Point } from "./pose-points";
import type { Camera, CameraState, View } from "./pose";
import { Press } from "../page/press";
import { text } from "../page/text";

/** What keeps a camera from seeing, in words; the rest are its ways to seeing. */
export function whyNot(state: CameraState): string {
  const { why } = text.camera;
  return state in why ? why[state as keyof typeof why] : "";
}

/** The camera instead of a phone in the hand, for whoever would rather. */
export function ByCamera({ camera, yes }: { readonly camera: Camera | null; readonly yes: () => void }) {
  const words = text.camera;
  if (camera === null) return <p class="soft small">{words.notHere}</p>;
  const state = camera.state.value;
  const why = whyNot(state);
  return (
    <section aria-labelledby="by-camera">
      <h3 id="by-camera">{words.heading}</h3>
      <ul>
        <li>{words.what}</li>
        <li>{words.where}</li>
        <li>{words.fetches}</li>
      </ul>
      {(state === "off" || why !== "") && (
        <Press quiet onPress={() => void camera.open()}>
          {words.open}
        </Press>
      )}
      <p role="status">{state === "asking" ? words.asking : why}</p>
      {(state === "fetching" || state === "seeing") && <Framing camera={camera} yes={yes} />}
    </section>
  );
}

/** Where somebody is in the picture, drawn, until they have said yes or turned the camera off. */
function Framing({ camera, yes }: { readonly camera: Camera; readonly yes: () => void }) {
  const words = text.camera;
  const { value: view } = camera.view;
  useEffect(() => {
    camera.frame(true);
    return () => camera.frame(false);
  }, []);
  return (
    <div class="framing">
      {camera.state.value === "fetching" ? (
        <label>
          {words.fetching}
          <progress value={camera.fetched.value} max={1} />
        </label>
      ) : (
        <Frame view={view} />
      )}
      <p role="status">{says(view, camera)}</p>
      <div class="row">
        {camera.state.value === "seeing" && <Press onPress={yes}>{words.yes}</Press>}
        <Press quiet onPress={() => camera.close()}>
          {camera.lens.isShared ? words.offBesideCall : words.off}
        </Press>
      </div>
    </div>
  );
}

function says(view: View | null, camera: Camera): string {
  const words = text.camera;
  const whom = camera.people === 2 ? "two" : "one";
  if (view === null) return "";
  if (view.crowded) return words.crowded;
  if (!view.framed) return words.unframed[whom];
  return camera.slow.value ? words.slow[whom] : words.framed[whom];
}

/** In the middle: that it is on, in words, for as long as its light is. */
export function CameraIsOn({ camera }: { readonly camera: Camera | null }) {
  const state = camera?.state.value;
  if (state !== "fetching" && state !== "seeing") return null;
  return <p class="camera-on soft small">{camera?.lens.isShared ? text.camera.isOnBesideCall : text.camera.isOn}</p>;
}

const JOINTS = { leftWrist: 0, rightWrist: 1, leftElbow: 2, rightElbow: 3, leftShoulder: 4, rightShoulder: 5, nose: 6 };
const LIMBS: readonly (readonly [number, number])[] = [
  [JOINTS.leftShoulder, JOINTS.rightShoulder],
  [JOINTS.leftShoulder, JOINTS.leftElbow],
  [JOINTS.leftElbow, JOINTS.leftWrist],
  [JOINTS.rightShoulder, JOINTS.rightElbow],
  [JOINTS.rightElbow, JOINTS.rightWrist],
];

/** A frame as wide as the picture, mirrored as in a mirror, with lines for whoever would be followed. */
function Frame({ view }: { readonly view: View | null }) {
  const shape = view?.shape ?? 4 / 3;
  return (
    <svg viewBox={`0 0 ${shape} 1`} class="frame" data-framed={view?.framed ?? false} aria-hidden="true" focusable="false">
      <rect class="edge" x="0.01" y="0.01" width={shape - 0.02} height="0.98" rx="0.04" />
      <g transform={`translate(${shape} 0) scale(-1 1)`}>
        {view?.bodies.map((body) => body && <Figure body={body} />)}
      </g>
    </svg>
  );
}

function Figure({ body }: { readonly body: Body }) {
  const at = (number: number) => body[number]!;
  const seen = (point: Point) => point.sure > 0;
  const nose = at(JOINTS.nose);
  const width = place(body)?.width ?? 0.2;
  return (
    <>
      {LIMBS.map(([from, to]) => {
        const [a, b] = [at(from), at(to)];
        return seen(a) && seen(b) ? <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} /> : null;
      })}
      {seen(nose) && <circle cx={nose.x} cy={nose.y} r={width * 0.3} />}
    </>
  );
}
