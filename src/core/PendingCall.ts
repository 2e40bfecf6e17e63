/**
 * One call on its way: from its submission until both its caller has an answer and its worker has given up the slot.
 */
import type * as Exit from "effect/Exit"
import type { MethodInfo } from "../wire/Control.ts"
import type { InOrder } from "../wire/InOrder.ts"
import * as Moved from "../wire/Moved.ts"
import type { LiveArguments } from "./LiveArguments.ts"
import type { Routing } from "./Routing.ts"
import type { WorkerLink } from "./WorkerLink.ts"

/** A method of an actor, as the pool knows it. */
export interface Method extends MethodInfo {
  /** Its index in the worker's table. */
  readonly code: number
}

/** Takes the items of a stream. */
export interface StreamSink {
  readonly item: (item: unknown) => void
}

export class PendingCall {
  readonly method: Method
  args: ReadonlyArray<unknown>
  readonly weight: number
  readonly timeout: number | undefined
  readonly terminates: boolean
  /** The call on whose behalf this one was made, if one is known. */
  readonly parent: PendingCall | undefined
  readonly stream: StreamSink | undefined
  private readonly resume: (exit: Exit.Exit<unknown, unknown>) => void

  /** Arguments that stay on the main side, if any. */
  live: LiveArguments | undefined
  /** Calls of a higher priority are served first. */
  priority = 0
  /** Calls of one key go to one worker, while that lives. */
  key: string | undefined
  /** How its worker is chosen; `undefined` for the pool's way. */
  routing: Routing | undefined
  /** Index of the only worker that may run it; `undefined` when any may. */
  position: number | undefined
  /** The caller has its answer, or has gone. */
  settled = false
  /** Position in the order of submission; a call that moves to another worker keeps it. */
  order = 0
  /** When the caller gives up, in milliseconds of `performance.now()`. */
  deadline: number | undefined
  timer: ReturnType<typeof setTimeout> | undefined
  /** The link whose worker has, or is about to have, this call. */
  link: WorkerLink | undefined
  /** What comes of a stream, in its order: items, then its end. */
  received: InOrder<() => void> | undefined
  /** Names the message on its link. */
  id = -1
  /** Values were handed over when the call was sent, so that it cannot be sent again. */
  moved = false
  /** Calls made on behalf of this one that wait in the mailbox of this one's own pool. */
  waitingFor = 0

  // positional, because an object of options would cost a tiny call one more allocation
  constructor(
    method: Method,
    args: ReadonlyArray<unknown>,
    weight: number,
    timeout: number | undefined,
    terminates: boolean,
    parent: PendingCall | undefined,
    stream: StreamSink | undefined,
    resume: (exit: Exit.Exit<unknown, unknown>) => void
  ) {
    this.method = method
    this.args = args
    this.weight = weight
    this.timeout = timeout
    this.terminates = terminates
    this.parent = parent
    this.stream = stream
    this.resume = resume
  }

  /**
   * The call is about to be answered, or its caller has gone. Only the first one to say so may go on; for everybody
   * else it returns `false`.
   */
  claim(): boolean {
    if (this.settled) return false
    this.settled = true
    // a call that was never sent takes its moves with it: a mark that stays would have every later message searched
    if (this.id === -1 && Moved.anyMarked()) Moved.take(this.args)
    if (this.timer !== undefined) {
      clearTimeout(this.timer)
      this.timer = undefined
    }
    this.live?.close()
    return true
  }

  /** Answers the caller, once {@link claim} has returned `true`. */
  answer(exit: Exit.Exit<unknown, unknown>): void {
    this.resume(exit)
  }
}
