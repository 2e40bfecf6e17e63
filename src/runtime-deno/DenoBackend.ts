/**
 * Deno: a busy thread runs on after it was stopped, so it is quarantined.
 */
import * as Layer from "effect/Layer"
import { type Capabilities, WorkerBackend, type WorkerBackendShape } from "../core/WorkerBackend.ts"
import * as WorkerThreads from "../runtime/WorkerThreads.ts"

/** What worker threads can do on this runtime. */
export const capabilities: Capabilities = {
  // terminate() resolves at once while a busy thread runs on (denoland/deno#35657)
  hardStop: false,
  resourceLimits: true,
  environment: true,
  console: true,
  isolated: true,
  givenWorkers: true,
  // a DataCloneError still detaches the transfer list
  failedPostKeepsMoved: false
}

/** The backend of this runtime. */
export const make = (): WorkerBackendShape =>
  WorkerThreads.backend({
    runtime: "deno",
    capabilities,
    // a URL inside a module is not rewritten when TypeScript becomes JavaScript
    make: WorkerThreads.threads(
      new URL(import.meta.url.endsWith(".ts") ? "./DenoBootstrap.ts" : "./DenoBootstrap.js", import.meta.url)
    ),
    webWorkersClose: false
  })

/** Provides the backend of this runtime. */
export const layer: Layer.Layer<WorkerBackend> = Layer.sync(WorkerBackend, make)
