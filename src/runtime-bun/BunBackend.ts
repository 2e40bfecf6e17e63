/**
 * Bun: threads stop when they are told to; memory limits are not honoured.
 */
import * as Layer from "effect/Layer"
import { type Capabilities, WorkerBackend, type WorkerBackendShape } from "../core/WorkerBackend.ts"
import * as WorkerThreads from "../runtime/WorkerThreads.ts"

/** What worker threads can do on this runtime. */
export const capabilities: Capabilities = {
  hardStop: true,
  // accepted, and ignored
  resourceLimits: false,
  environment: true,
  console: true,
  isolated: true,
  givenWorkers: true,
  failedPostKeepsMoved: true
}

/** The backend of this runtime. */
export const make = (): WorkerBackendShape =>
  WorkerThreads.backend({
    runtime: "bun",
    // a URL inside a module is not rewritten when TypeScript becomes JavaScript
    bootstrap: new URL(import.meta.url.endsWith(".ts") ? "./BunBootstrap.ts" : "./BunBootstrap.js", import.meta.url),
    capabilities
  })

/** Provides the backend of this runtime. */
export const layer: Layer.Layer<WorkerBackend> = Layer.sync(WorkerBackend, make)
