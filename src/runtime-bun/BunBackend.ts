/**
 * Bun: threads stop when they are told to; memory limits are not honoured.
 *
 * Its workers are web workers. A worker of `node:worker_threads` is one as well, which first makes streams for its
 * standard input and output, and so takes more than twice as long to start (Bun 1.4).
 */
import * as Layer from "effect/Layer"
import { type Capabilities, type SpawnOptions, WorkerBackend, type WorkerBackendShape } from "../core/WorkerBackend.ts"
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

/** What Bun's constructor takes; `shareEnv` is what its `node:worker_threads` makes of `SHARE_ENV`. */
type BunWorker = new (
  module: URL,
  options: {
    readonly name: string
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly shareEnv?: true
  }
) => object

// a URL inside a module is not rewritten when TypeScript becomes JavaScript
const bootstrap = new URL(import.meta.url.endsWith(".ts") ? "./BunBootstrap.ts" : "./BunBootstrap.js", import.meta.url)

const makeWorker = ({ env, name }: SpawnOptions): unknown => {
  // the global of this runtime
  const { Worker } = globalThis as unknown as { readonly Worker: BunWorker }
  return new Worker(bootstrap, env === undefined ? { name, shareEnv: true } : { name, env: { ...process.env, ...env } })
}

/** The backend of this runtime. */
export const make = (): WorkerBackendShape =>
  WorkerThreads.backend({ runtime: "bun", capabilities, make: makeWorker, webWorkersClose: true })

/** Provides the backend of this runtime. */
export const layer: Layer.Layer<WorkerBackend> = Layer.sync(WorkerBackend, make)
