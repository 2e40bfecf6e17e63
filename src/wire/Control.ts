/**
 * The control conversation between the main side and one worker. It is the only thing that Comlink carries, and these
 * three functions are the only ones it can reach (see `GuardedEndpoint`).
 */
import type { EncodedError } from "./EncodedError.ts"
import type { Port } from "./Port.ts"

/** The functions that a worker answers to. */
export interface Control {
  /**
   * Loads the adapter and sets it up; calls may follow its reply. `calls` is the port for them and for what the worker
   * prints, `undefined` where the worker has it already. Never rejects: a failure is data.
   */
  readonly start: (request: StartRequest, calls: Port | undefined) => Promise<StartReply>
  /** Answers as soon as the worker's event loop turns. */
  readonly ping: () => Pong
  /** Disposes the adapter. Never rejects. */
  readonly close: () => Promise<CloseReply>
}

/** The names that pass the guard. */
export const names: ReadonlySet<string> = new Set<keyof Control>(["start", "ping", "close"])

/** How calls travel: in frames, or as one plain Comlink call each. */
export type LinkKind = "frames" | "comlink"

/** What a worker must know before it loads anything. */
export interface StartRequest {
  /** Absolute URL of the module that holds the adapter. */
  readonly adapter: string
  /** Name of the export, when it is neither the default nor the only adapter of the module. */
  readonly export: string | undefined
  /** The options of the actor, for the adapter's set-up. */
  readonly options: unknown
  /** Names of the functions of the main side that the adapter may call. */
  readonly parent: ReadonlyArray<string>
  readonly worker: WorkerInfo
  readonly link: LinkKind
  /** Whether what the worker prints is to be sent to the main side. */
  readonly console: boolean
  /** Calls that the main side wants to have running here at once. */
  readonly concurrency: number
  /** Memory of the claims, shared with the main side. */
  readonly claims: SharedArrayBuffer | ArrayBuffer
}

/** Which worker this is. */
export interface WorkerInfo {
  /** The worker's name: the actor's name and the worker's index. */
  readonly name: string
  /** Position among the actor's workers, from 0; stays when the worker is replaced. */
  readonly index: number
  /** Which life of which worker this is; never used twice in one process. */
  readonly incarnation: number
}

/** One method of an adapter, as the main side knows it. */
export interface MethodInfo {
  readonly name: string
  readonly kind: "effect" | "stream"
  readonly description: string | undefined
  readonly idempotent: boolean
  readonly interruption: "cooperative" | "terminate" | undefined
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly weight: number | undefined
}

/** What an adapter offers. */
export interface Manifest {
  readonly threadSafe: boolean
  /** In the order of their codes. */
  readonly methods: ReadonlyArray<MethodInfo>
}

export type StartReply =
  | { readonly _tag: "Ready"; readonly manifest: Manifest }
  | { readonly _tag: "Failed"; readonly phase: "load" | "setup"; readonly error: EncodedError }

export type CloseReply = { readonly _tag: "Closed" } | { readonly _tag: "Failed"; readonly error: EncodedError }

export interface Pong {
  /** Messages that the worker refused. */
  readonly refused: number
  /** Calls that run now. */
  readonly running: number
}
