/**
 * A call as a value: the Effect, or the Stream, that an actor's method returns.
 *
 * Running it submits one call. Running it again submits another. A bulk operation recognises an {@link ActorCall} and
 * submits it without a fiber of its own.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { streamWindow } from "../wire/Frame.ts"
import * as AmbientCall from "../worker/Call.ts"
import type { ActorError } from "./ActorError.ts"
import { type ActorPool, findCall } from "./ActorPool.ts"
import { CallOptions } from "./CallOptions.ts"
import { type Method, PendingCall, type StreamSink } from "./PendingCall.ts"

/** What the calls of one actor have in common. */
export interface CallTarget {
  readonly pool: ActorPool
  /** Milliseconds; of calls whose method and caller say nothing. */
  readonly timeout: number | undefined
  readonly interruption: "cooperative" | "terminate"
}

type Resume = (exit: Exit.Exit<unknown, ActorError>) => void

const pending = (
  target: CallTarget,
  method: Method,
  args: ReadonlyArray<unknown>,
  options: CallOptions,
  resume: Resume,
  stream?: StreamSink
): PendingCall =>
  new PendingCall({
    method,
    args,
    weight: options.weight ?? method.weight ?? 1,
    timeout: options.timeout ?? method.timeout ?? (stream === undefined ? target.timeout : undefined),
    terminates: (options.interruption ?? method.interruption ?? target.interruption) === "terminate",
    parent: parentOf(options),
    stream,
    resume
  })

/** The call that this one is made on behalf of: named by the caller, or running in this very thread. */
const parentOf = (options: CallOptions): PendingCall | undefined => {
  const id = options.onBehalfOf ?? AmbientCall.current()?.id
  return id === undefined ? undefined : findCall(id)
}

/** An Effect that makes one call. */
export class ActorCall {
  readonly target: CallTarget
  readonly method: Method
  readonly args: ReadonlyArray<unknown>

  constructor(target: CallTarget, method: Method, args: ReadonlyArray<unknown>) {
    this.target = target
    this.method = method
    this.args = args
  }

  /** Submits the call; `resume` gets its outcome, once, and never before this returns to its caller's caller. */
  submit(options: CallOptions, resume: Resume): PendingCall {
    const call = pending(this.target, this.method, this.args, options, resume)
    this.target.pool.submit(call)
    return call
  }
}

/** Does somebody trace what this fiber does? */
export const isTraced = (fiber: Fiber.Fiber<unknown, unknown>): boolean =>
  fiber.cache.tracer !== undefined || fiber.cache.span !== undefined

const spanOptions = { kind: "client" } as const

const prototype = Effectable.Prototype<Effect.Effect<unknown, ActorError> & ActorCall>({
  label: "ActorCall",
  evaluate(fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<unknown, ActorError> {
    const options = fiber.getRef(CallOptions)
    const run = Effect.callback<unknown, ActorError>((resume) => {
      const call = this.submit(options, resume)
      return Effect.sync(() => this.target.pool.interrupt(call))
    })
    // a span only where somebody traces: its cost is that of a call
    return !isTraced(fiber) ? run : Effect.withSpan(run, `${this.target.pool.actor}.${this.method.name}`, spanOptions)
  }
})

// makes every ActorCall an Effect, as Effectable's own mixin does
Object.defineProperties(ActorCall.prototype, Object.getOwnPropertyDescriptors(prototype))

/** The Effect of one call. */
export const effect = (
  target: CallTarget,
  method: Method,
  args: ReadonlyArray<unknown>
): Effect.Effect<unknown, ActorError> =>
  // its prototype is that of an Effect, see above
  new ActorCall(target, method, args) as unknown as Effect.Effect<unknown, ActorError>

/** Is this Effect nothing but one call? */
export const isActorCall = (value: unknown): value is ActorCall => value instanceof ActorCall

/** The Stream of one call: each run is a call of its own, and holds a slot until the method's `finally` has run. */
export const stream = (
  target: CallTarget,
  method: Method,
  args: ReadonlyArray<unknown>
): Stream.Stream<unknown, ActorError> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.withFiber((fiber) =>
          Effect.sync(() => new Subscription(target, method, args, fiber.getRef(CallOptions)))
        ),
        (subscription) => Effect.sync(() => subscription.close())
      ),
      (subscription) => Stream.fromPull(Effect.succeed(subscription.pull))
    )
  )

/** Items between a worker and one consumer. */
class Subscription {
  private readonly pool: ActorPool
  private readonly call: PendingCall
  private buffer: Array<unknown> = []
  private consumed = 0
  private outcome: Exit.Exit<unknown, ActorError> | undefined
  private waiting: (() => void) | undefined

  constructor(target: CallTarget, method: Method, args: ReadonlyArray<unknown>, options: CallOptions) {
    this.pool = target.pool
    const sink: StreamSink = {
      items: (items) => {
        for (const item of items) this.buffer.push(item)
        this.wake()
      }
    }
    this.call = pending(
      target,
      method,
      args,
      options,
      (exit) => {
        this.outcome = exit
        this.wake()
      },
      sink
    )
    this.pool.submit(this.call)
  }

  private wake(): void {
    const { waiting } = this
    this.waiting = undefined
    waiting?.()
  }

  readonly pull: Effect.Effect<readonly [unknown, ...Array<unknown>], ActorError | Cause.Done> = Effect.suspend(() => {
    const [first, ...rest] = this.buffer
    if (this.buffer.length > 0) {
      this.buffer = []
      this.acknowledge(rest.length + 1)
      return Effect.succeed([first, ...rest] as const)
    }
    if (this.outcome === undefined) {
      return Effect.flatMap(
        Effect.callback<void>((resume) => {
          this.waiting = () => resume(Effect.void)
        }),
        () => this.pull
      )
    }
    return Exit.isSuccess(this.outcome) ? Cause.done() : Effect.failCause(this.outcome.cause)
  })

  /** Credit goes back in halves of the window, so that it costs few messages and never runs dry. */
  private acknowledge(items: number): void {
    this.consumed += items
    if (this.consumed < streamWindow / 2 || this.call.link === undefined) return
    this.call.link.credit(this.call, this.consumed)
    this.consumed = 0
  }

  close(): void {
    this.pool.interrupt(this.call)
  }
}
