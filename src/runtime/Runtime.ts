import type { Capabilities, SpawnOptions } from "../core/WorkerBackend.ts"

/** What a runtime adds to its backend. */
export interface Runtime {
  readonly runtime: string
  readonly capabilities: Capabilities
  /** Makes a worker, of `node:worker_threads` or of the web, that starts with the runtime's bootstrap. */
  readonly make: (options: SpawnOptions) => unknown
  /** A web worker that ends is followed by a `close` event, whatever has ended it. */
  readonly webWorkersClose: boolean
}
