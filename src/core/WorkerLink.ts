/**
 * The main side's end of one worker: calls out, settlements in.
 *
 * A link knows what its worker has and in which state, and nothing about other workers. It never decides: the pool
 * gives it calls while it has room, and is told of every settlement.
 */
import type * as Atomic from "../memory/Atomic.ts"
import type { LinkKind } from "../wire/Control.ts"
import type { EncodedError } from "../wire/EncodedError.ts"
import type { PendingCall } from "./PendingCall.ts"
import type { Capabilities, Channel } from "./WorkerBackend.ts"

/** Why a call has no value, as its worker or its link tells. */
export type Failure =
  | { readonly _tag: "Failed"; readonly error: EncodedError }
  | {
      readonly _tag: "Unserializable"
      readonly direction: "argument" | "result"
      readonly path: string
      readonly description: string
    }
  /** It ended because it was asked to. */
  | { readonly _tag: "Ended" }

/** What a link tells its pool. */
export interface LinkEvents {
  /** The method of `call` has returned, and its slot is free. */
  readonly onSucceeded: (call: PendingCall, value: unknown) => void
  /** `call` has ended otherwise, and its slot is free. */
  readonly onFailed: (link: WorkerLink, call: PendingCall, failure: Failure) => void
  /** What has arrived is worked through: slots may be free. */
  readonly onReady: (link: WorkerLink) => void
  /** Something of a call, nobody knows which, was lost on its way: the worker must end, so that all calls do. */
  readonly onUnreadable: (error: unknown) => void
  readonly onLog: (link: WorkerLink, level: string, text: string) => void
  /**
   * The worker calls the function `index` of its parent, within the call `id` if that is not 0. `false` when there is no
   * such function, or when it asks for more than it may.
   */
  readonly onAsk: (ask: number, id: number, index: number, args: Array<unknown>) => boolean
}

export interface WorkerLink {
  /** The worker's name. */
  readonly worker: string
  readonly index: number
  readonly incarnation: number
  /** Calls that the worker may run at once. */
  readonly capacity: number
  /** Calls that the worker holds, abandoned ones included. */
  readonly outstanding: number
  /** Milliseconds that the worker takes per call, as measured; 0 while nothing was. */
  readonly service: number
  /** The worker turns out to run no more than so many calls at once. */
  readonly limit: (capacity: number) => void
  /** Sum of their weights. */
  readonly load: number
  /** Calls that may be sent at this moment: the free part of capacity and prefetch. */
  readonly room: () => number
  /** Messages of the worker that were refused as malformed, foreign or stale. */
  readonly refused: number
  /** The call that the message `id` of this worker carries, if it is still held. */
  readonly find: (id: number) => PendingCall | undefined
  /** Adds the call to the outgoing frame; it leaves at the end of the turn, or with `flush`. */
  readonly send: (call: PendingCall) => void
  readonly flush: () => void
  /**
   * Takes `call` back if it has not started (`"revoked"`: it never runs, its slot is free), or asks it to stop
   * (`"asked"`: the slot is free when the worker says so).
   */
  readonly cancel: (call: PendingCall) => "revoked" | "asked"
  /** Takes back up to `count` calls that have not started, the last ones first; they are returned in their order. */
  readonly takeBack: (count: number) => Array<PendingCall>
  /** The calls that the worker holds, in the order of their submission. */
  readonly held: () => Array<PendingCall>
  /** The consumer of a stream has room for `count` more items. */
  readonly credit: (call: PendingCall, count: number) => void
  /**
   * Sends a message about the call `id` that is no call, or with id 0 one about none. `false` when a value cannot be
   * cloned; then nothing was sent.
   */
  readonly tell: (id: number, code: number, values: ReadonlyArray<unknown>) => boolean
  /**
   * The worker is gone. Delivers what had arrived, then lets go of all calls: those that certainly never started can
   * be sent elsewhere.
   */
  readonly end: () => { readonly unstarted: Array<PendingCall>; readonly started: Array<PendingCall> }
}

/** What every link is made of. */
export interface LinkOptions {
  readonly worker: string
  readonly index: number
  readonly incarnation: number
  readonly capacity: number
  readonly channel: Channel
  /** While `true`, the worker keeps the process alive. */
  readonly keepAlive: (alive: boolean) => void
  readonly memory: Atomic.Atomic
  readonly capabilities: Capabilities
  readonly events: LinkEvents
}

/** A way for calls to travel. */
export interface LinkProtocolShape {
  /** `"adopted"`: the worker is not troupe's, and offers its methods over plain Comlink. */
  readonly kind: LinkKind | "adopted"
  readonly make: (options: LinkOptions) => WorkerLink
}
