/**
 * What the main side and one worker say to each other beside calls.
 *
 * It begins with one message each way, {@link Start} and {@link StartReply}. They are plain messages because every start
 * waits for them, and with it for all code that they need. What follows are the functions of {@link Control}. They are
 * the only thing that Comlink carries, and the only ones it can reach (see `GuardedEndpoint`).
 */
import { type EncodedError, isEncodedError } from "./EncodedError.ts"
import type { Port } from "./Port.ts"

/** The first message to a worker: asks it to load the adapter and to set it up. */
export interface Start {
  readonly _tag: "Start"
  readonly request: StartRequest
  /** The port for calls and for what the worker prints, `undefined` where the worker has it already. */
  readonly calls: Port | undefined
}

/** Answers {@link Start}: calls may follow, or why not. */
export type StartReply =
  | { readonly _tag: "Ready"; readonly incarnation: number; readonly manifest: Manifest }
  | {
      readonly _tag: "Failed"
      readonly incarnation: number
      readonly phase: "load" | "setup"
      readonly error: EncodedError
    }

/** The functions that a worker answers to, from its start on. */
export interface Control {
  /** Answers as soon as the worker's event loop turns. */
  readonly ping: () => Pong
  /** Disposes the adapter. Never rejects. */
  readonly close: () => Promise<CloseReply>
}

/** The names that pass the guard. */
export const names: ReadonlySet<string> = new Set<keyof Control>(["ping", "close"])

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
  /** Memory of the claims and of the bell, shared with the main side. */
  readonly memory: SharedArrayBuffer | ArrayBuffer
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

export type CloseReply = { readonly _tag: "Closed" } | { readonly _tag: "Failed"; readonly error: EncodedError }

export interface Pong {
  /** Messages that the worker refused. */
  readonly refused: number
  /** Calls that run now. */
  readonly running: number
}

/** What a web worker says of the error that ends it, because its runtime passes on a text at most. */
export interface LastWords {
  readonly _tag: "LastWords"
  readonly error: EncodedError
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

/** Is `message` the start of a worker? Looks as far as its reply needs. */
export const isStart = (message: unknown): message is Start =>
  isRecord(message) &&
  message["_tag"] === "Start" &&
  isRecord(message["request"]) &&
  isRecord(message["request"]["worker"]) &&
  Number.isSafeInteger(message["request"]["worker"]["incarnation"])

const isManifest = (value: unknown): boolean =>
  isRecord(value) && Array.isArray(value["methods"]) && typeof value["threadSafe"] === "boolean"

/** Is `message` the reply of the worker's life `incarnation`? */
export const isStartReply = (message: unknown, incarnation: number): message is StartReply =>
  isRecord(message) &&
  message["incarnation"] === incarnation &&
  (message["_tag"] === "Ready"
    ? isManifest(message["manifest"])
    : message["_tag"] === "Failed" &&
      (message["phase"] === "load" || message["phase"] === "setup") &&
      isEncodedError(message["error"]))

/** Has `message` come from a worker that is about to end? */
export const isLastWords = (message: unknown): message is LastWords =>
  isRecord(message) && message["_tag"] === "LastWords" && isEncodedError(message["error"])
