// What of MediaPipe the worker uses. It is said here, so that types are checked where the packages,
// which may be left out, are not installed.

declare module "@mediapipe/tasks-vision" {
  /** A point of the picture: 0 to 1 from its left and its top, and how surely it was seen. */
  interface PoseLandmark {
    readonly x: number;
    readonly y: number;
    readonly visibility: number;
  }

  export class PoseLandmarker {
    static createFromOptions(
      files: { readonly wasmLoaderPath: string; readonly wasmBinaryPath: string },
      options: {
        readonly baseOptions: { readonly modelAssetBuffer: Uint8Array; readonly delegate: "CPU" | "GPU" };
        readonly runningMode: "VIDEO";
        readonly numPoses: number;
      },
    ): Promise<PoseLandmarker>;
    detectForVideo(
      picture: ImageBitmap,
      atMs: number,
    ): { readonly landmarks: readonly (readonly PoseLandmark[])[] };
    setOptions(options: { readonly numPoses: number }): Promise<void>;
  }
}

declare module "@mediapipe/tasks-vision/vision_wasm_module_internal.js" {
  const ModuleFactory: unknown;
  export default ModuleFactory;
}

declare module "*.wasm" {
  const address: string;
  export default address;
}

declare module "*.task" {
  const address: string;
  export default address;
}
