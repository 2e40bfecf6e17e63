/**
 * The seam between troupe and a runtime: how a worker comes to life, what is heard of it, and how it is stopped.
 *
 * A backend holds no policy. It starts what it is told to start, reports every end of a worker exactly once, and says
 * in its capabilities what its runtime cannot do; counting, waiting, replacing and giving up are decided above.
 *
 * Applications provide one as a layer: `NodeBackend.layer`, `DenoBackend.layer`, `BunBackend.layer`, or the one that
 * `troupe/runtime` picks.
 */
import * as Context from "effect/Context"
import type { Port } from "../wire/Port.ts"

/** What a runtime, or a worker profile on it, can and cannot do. */
export interface Capabilities {
  /** Stopping a worker stops its thread, whatever it runs. Deno 2.9 lets a busy thread run on. */
  readonly hardStop: boolean
  /** Memory limits of a worker are honoured. Bun 1.4 ignores them. */
  readonly resourceLimits: boolean
  /** A worker may have environment variables of its own. */
  readonly environment: boolean
  /** What a worker prints can be told apart from what others print. */
  readonly console: boolean
  /** A worker that crashes, exits or spins leaves the main side unharmed. */
  readonly isolated: boolean
  /** Workers may be made by the actor's own factory. */
  readonly givenWorkers: boolean
  /** A failed post leaves the values that it should have moved with the sender. Deno 2.9 takes them away. */
  readonly failedPostKeepsMoved: boolean
}

/** Limits of a worker's memory, as Node names them. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number
  readonly maxYoungGenerationSizeMb?: number
  readonly codeRangeSizeMb?: number
  readonly stackSizeMb?: number
}

/**
 * A worker that somebody else has made: a `Worker` of `node:worker_threads` or of the web or, for an actor made by
 * `Actor.fromComlink`, also a `MessagePort`.
 */
export interface GivenWorker {
  postMessage(message: unknown): void
}

/** What a backend must know to start a worker. */
export interface SpawnOptions {
  /** Shown by the runtime's own tools, where it can. */
  readonly name: string
  readonly incarnation: number
  /** Address of the module that will hold the adapter, so that loading can begin at once. */
  readonly adapter: string
  /** Variables of the worker's own environment, added to the main side's; `undefined` shares that as it is. */
  readonly env: Readonly<Record<string, string>> | undefined
  readonly resourceLimits: ResourceLimits | undefined
  /** Whether the worker's console is to be captured. */
  readonly console: boolean
  /** Makes the worker, where that is not the backend's business. */
  readonly make: (() => GivenWorker) | undefined
  /** Loads the adapter's module, for a worker that is no thread of its own. */
  readonly module: (() => Promise<unknown>) | undefined
}

/** How a worker ended. */
export type WorkerExit =
  /** Its thread is gone. `error` is the uncaught error that ended it, if the runtime reported one. */
  | { readonly _tag: "Exited"; readonly code: number | undefined; readonly error: unknown }
  /** It was told to stop, and its thread may still run. Memory that it shares must never be used again. */
  | { readonly _tag: "Lost" }

/** What is heard of a worker. Every function may be called from the moment of `spawn` on. */
export interface WorkerEvents {
  /**
   * Called when the worker has ended, however it did; `stop` leads here as well. Called once, or twice when a worker
   * that was first reported lost has ended after all.
   */
  readonly onExit: (exit: WorkerExit) => void
  /** A message of the worker could not be read. */
  readonly onUnreadable: (error: unknown) => void
}

/** A worker that was started. */
export interface Worker {
  /** The main side's end of the control channel. */
  readonly control: Port
  /**
   * Ends the worker. `acknowledged` tells that it has answered to its closing, so its thread is known to listen.
   * May be called again; the outcome is reported by `onExit`.
   */
  readonly stop: (acknowledged: boolean) => void
  /** While `true`, the worker keeps the process alive. A new worker does. */
  readonly keepAlive: (alive: boolean) => void
}

/** What one runtime contributes. */
export interface WorkerBackendShape {
  /** Name of the runtime, or of the profile where that decides. */
  readonly runtime: string
  readonly capabilities: Capabilities
  /** Cores that this process may use: affinity and, where the runtime honours them, quotas count. */
  readonly parallelism: number
  /** Starts a worker whose calls will come over `channel`. Throws when the runtime makes none. */
  readonly spawn: (options: SpawnOptions, channel: Channel, events: WorkerEvents) => Worker
  /** A pair of ports for the calls to one worker. */
  readonly makeChannel: () => Channel
}

/** The way of the calls to one worker. It does not keep the process alive: the worker does. */
export interface Channel {
  /** The main side's end. */
  readonly port: Port
  /** The worker's end, to be moved; `undefined` where the worker has it without being sent it. */
  readonly remote: Port | undefined
  /** Calls `listener` when the channel is closed, by either end. */
  readonly onClose: (listener: () => void) => void
  /** Messages that have arrived but were not yet delivered; taken when a worker has ended. */
  readonly drain: () => ReadonlyArray<unknown>
  readonly close: () => void
}

/** Identifier of the backend in a context. */
export interface WorkerBackend {
  readonly _: unique symbol
}

/** The backend that starts an actor's workers. */
export const WorkerBackend: Context.Service<WorkerBackend, WorkerBackendShape> =
  Context.Service("troupe/core/WorkerBackend")
