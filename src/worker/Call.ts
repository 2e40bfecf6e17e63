/**
 * The call that a worker runs at this moment.
 *
 * The state lives under a registered symbol, so that the host and an adapter that loaded another copy of this module
 * agree about it.
 */
import * as Claims from "../memory/Claims.ts"
import type { Atomic } from "../memory/Atomic.ts"

/** What a method may know about the call that it serves. */
export interface Call {
  /** Names the call among all calls of the program, for logs and for `Actor.onBehalfOf`. */
  readonly id: string
  /** Fires when the call is cancelled. Made on first use. */
  readonly signal: AbortSignal
  /** When the caller gives up, in milliseconds of this worker's `performance.now()`; `undefined` when it does not. */
  readonly deadline: number | undefined
  /**
   * Is the call asked to stop? Reads one word of shared memory, so it is true at once, even inside a synchronous loop
   * that lets no message in.
   */
  readonly cancelled: () => boolean
}

/** Where the current call is kept. */
export interface Ambient {
  /** The call whose code runs now. */
  readonly current: () => RunningCall | undefined
  /** Runs one synchronous entry of a call's code. */
  readonly run: (
    call: RunningCall,
    entry: (...args: Array<unknown>) => unknown,
    self: unknown,
    args: Array<unknown>
  ) => unknown
  /** Keeps `call` current between its synchronous entries, when no other call can run here. */
  readonly hold: (call: RunningCall | undefined) => void
}

const key = Symbol.for("troupe/worker/Call")

interface Registry {
  ambient: Ambient | undefined
}

// the registry of a symbol of ours
const symbols = globalThis as unknown as { [key]?: Registry }
const registry: Registry = (symbols[key] ??= { ambient: undefined })

/**
 * One slot per thread: what a worker uses, where the only asynchronous code is that of its own calls.
 */
export const perThread = (): Ambient => {
  let held: RunningCall | undefined
  let current: RunningCall | undefined
  return {
    current: () => current ?? held,
    run: (call, entry, self, args) => {
      const outer = current
      current = call
      try {
        return entry.apply(self, args)
      } finally {
        current = outer
      }
    },
    hold: (call) => {
      held = call
    }
  }
}

/** Makes `ambient` the place that {@link current} reads, in this thread. */
export const install = (ambient: Ambient): void => {
  registry.ambient = ambient
}

/** The call whose code runs now, if any. */
export const current = (): RunningCall | undefined => registry.ambient?.current()

/** A call as the host sees it. */
export class RunningCall implements Call {
  readonly claims: Atomic
  readonly message: number
  readonly incarnation: number
  readonly deadline: number | undefined
  private controller: AbortController | undefined
  private aborted = false

  constructor(claims: Atomic, message: number, incarnation: number, deadline: number | undefined) {
    this.claims = claims
    this.message = message
    this.incarnation = incarnation
    this.deadline = deadline
  }

  get id(): string {
    return `${this.incarnation}:${this.message}`
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      if (this.aborted || this.cancelled()) this.controller.abort()
    }
    return this.controller.signal
  }

  cancelled(): boolean {
    return Claims.isCancelled(this.claims, this.message)
  }

  /** The message of cancellation has arrived: fires the signal. */
  abort(): void {
    this.aborted = true
    this.controller?.abort()
  }
}
