/**
 * Node: threads stop when they are told to, and their memory can be limited.
 */
import * as Layer from "effect/Layer"
import { type Capabilities, WorkerBackend, type WorkerBackendShape } from "../core/WorkerBackend.ts"
import * as WorkerThreads from "../runtime/WorkerThreads.ts"

/** What worker threads can do on this runtime. */
export const capabilities: Capabilities = {
  hardStop: true,
  resourceLimits: true,
  environment: true,
  console: true,
  isolated: true,
  givenWorkers: true,
  failedPostKeepsMoved: true
}

/** The oldest Node that has what workers need; `engines` of package.json says the same. */
const oldest = "22.18"

/** Throws, in one sentence, on a Node that is too old. */
const requireNode = (version: string): void => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const [leastMajor = 0, leastMinor = 0] = oldest.split(".").map(Number)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return
  throw new Error(`troupe needs Node ${oldest} or later; this is Node ${version}`)
}

/** The backend of this runtime. Throws on a Node that is too old. */
export const make = (): WorkerBackendShape => {
  requireNode(process.versions.node)
  return WorkerThreads.backend({
    runtime: "node",
    capabilities,
    // a URL inside a module is not rewritten when TypeScript becomes JavaScript
    make: WorkerThreads.threads(
      new URL(import.meta.url.endsWith(".ts") ? "./NodeBootstrap.ts" : "./NodeBootstrap.js", import.meta.url)
    ),
    webWorkersClose: false
  })
}

/** Provides the backend of this runtime. */
export const layer: Layer.Layer<WorkerBackend> = Layer.sync(WorkerBackend, make)
