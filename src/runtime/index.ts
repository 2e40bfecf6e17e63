/**
 * The backend of the runtime that the program runs on.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { WorkerBackend } from "../core/WorkerBackend.ts"
import { detect } from "./detect.ts"

export { detect }

const load = async (): Promise<Layer.Layer<WorkerBackend>> => {
  switch (detect()) {
    case "deno":
      return (await import("../runtime-deno/index.ts")).layer
    case "bun":
      return (await import("../runtime-bun/index.ts")).layer
    case "node":
      return (await import("../runtime-node/index.ts")).layer
  }
}

/** Provides the backend of the runtime that the program runs on. */
export const layer: Layer.Layer<WorkerBackend> = Layer.unwrap(Effect.promise(load))
