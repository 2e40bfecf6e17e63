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
import { type ActorPool, findCall } from "./ActorPool.ts"
import { CallOptions, none } from "./CallOptions.ts"
import * as LiveArguments from "./LiveArguments.ts"
import { type Method, PendingCall, type StreamSink } from "./PendingCall.ts"

/** What the calls of one actor have in common. */
export interface CallTarget {
  readonly pool: ActorPool
  /** Milliseconds; of calls whose method and caller say nothing. */
  readonly timeout: number | undefined
  readonly interruption: "cooperative" | "terminate"
  /** Are so many calls of one bulk operation worth spreading over the workers? */
  readonly parallelize: (tasks: number) => boolean
}

type Resume = (exit: Exit.Exit<unknown, unknown>) => void
type AnyFiber = Fiber.Fiber<unknown, unknown>

const pending = (
  target: CallTarget,
  method: Method,
  args: ReadonlyArray<unknown>,
  options: CallOptions,
  caller: AnyFiber,
  resume: Resume,
  stream?: StreamSink
): PendingCall => {
  const call = new PendingCall(
    method,
    args,
    options.weight ?? method.weight ?? 1,
    options.timeout ?? method.timeout ?? (stream === undefined ? target.timeout : undefined),
    (options.interruption ?? method.interruption ?? target.interruption) === "terminate",
    parentOf(options),
    stream,
    resume
  )
  if (options !== none) {
    call.priority = options.priority ?? 0
    call.key = options.affinity
    call.routing = options.routing
  }
  if (LiveArguments.someOf(args)) {
    call.live = new LiveArguments.LiveArguments(args, caller.context, call)
    call.args = call.live.sent
  }
  return call
}

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
  /** Index of the only worker that may run it. */
  readonly position: number | undefined

  constructor(target: CallTarget, method: Method, args: ReadonlyArray<unknown>, position?: number) {
    this.target = target
    this.method = method
    this.args = args
    this.position = position
  }

  /**
   * Submits the call of the fiber `caller`; `resume` gets its outcome, once, and never before this returns to its
   * caller's caller.
   */
  submit(options: CallOptions, caller: AnyFiber, resume: Resume): PendingCall {
    const call = pending(this.target, this.method, this.args, options, caller, resume)
    call.position = this.position
    this.target.pool.submit(call)
    return call
  }
}

/** Does somebody trace what this fiber does? */
export const isTraced = (fiber: Fiber.Fiber<unknown, unknown>): boolean =>
  fiber.cache.tracer !== undefined || fiber.cache.span !== undefined

const spanOptions = { kind: "client" } as const

type AnyEffect = Effect.Effect<unknown, unknown>

/** What makes an object an Effect, as Effectable's own mixin does: `evaluate` says what the Effect goes on with. */
const prototypeOf = <Self extends object>(
  label: string,
  evaluate: (self: Self, fiber: AnyFiber) => AnyEffect
): PropertyDescriptorMap =>
  Object.getOwnPropertyDescriptors(
    Effectable.Prototype<AnyEffect>({
      label,
      evaluate(fiber) {
        // becomes a method of Self's own prototype
        return evaluate(this as unknown as Self, fiber)
      }
    })
  )

/** An Effect: the caller of a call no longer waits. */
class Interruption {
  readonly pool: ActorPool
  readonly call: PendingCall

  constructor(pool: ActorPool, call: PendingCall) {
    this.pool = pool
    this.call = call
  }
}

Object.defineProperties(
  Interruption.prototype,
  prototypeOf<Interruption>("Interruption", ({ call, pool }) => {
    pool.interrupt(call)
    return Effect.void
  })
)

/** Submits `call`, and returns how its caller's interruption is told. */
const start = (call: ActorCall, options: CallOptions, caller: AnyFiber, resume: Resume): Effect.Effect<void> =>
  // its prototype is that of an Effect, see above
  new Interruption(call.target.pool, call.submit(options, caller, resume)) as unknown as Effect.Effect<void>

/** What {@link suspend} starts, and for whom; set right before it is evaluated. */
let starting: ActorCall | undefined
let startingFor: AnyFiber | undefined
let startingWith: CallOptions = none

/** Waits for the call that is `starting`. */
const suspend = Effect.callback<unknown, unknown>((resume) => {
  const call = starting
  const caller = startingFor
  starting = undefined
  startingFor = undefined
  return call === undefined || caller === undefined ? undefined : start(call, startingWith, caller, resume)
})

/**
 * Evaluates {@link suspend} in a fiber. Effects keep their evaluation under a key that an Effectable's prototype tells;
 * should none be found some day, calls are slower and otherwise the same.
 */
const evaluateSuspend = ((): ((fiber: AnyFiber) => AnyEffect) | undefined => {
  const evaluate = (): AnyEffect => suspend
  const entries = Object.entries(Effectable.Prototype<AnyEffect>({ label: "", evaluate }))
  const key = entries.find(([, value]) => value === evaluate)?.[0] ?? ""
  // read as what may be missing
  const found = (suspend as unknown as Record<string, typeof evaluateSuspend>)[key]
  return found === undefined ? undefined : (fiber) => found.call(suspend, fiber)
})()

/**
 * Submits the call and suspends the fiber until it is settled.
 *
 * `Effect.callback` reads the `length` of the function that it is given. JavaScriptCore makes that property on first
 * use, for each new function: on Bun this costs more than a third of the calls per second, and on Node a new function
 * for each call a seventh. So one such Effect serves all calls; it is evaluated here and now, so that no other fiber
 * can come between.
 */
const evaluate = (call: ActorCall, fiber: AnyFiber): AnyEffect => {
  const options = fiber.getRef(CallOptions)
  // a span only where somebody traces: its cost is that of a call
  if (!isTraced(fiber) && evaluateSuspend !== undefined) {
    starting = call
    startingFor = fiber
    startingWith = options
    return evaluateSuspend(fiber)
  }
  const run = Effect.callback<unknown, unknown>((resume) => start(call, options, fiber, resume))
  const { method, target } = call
  return isTraced(fiber) ? Effect.withSpan(run, `${target.pool.actor}.${method.name}`, spanOptions) : run
}

Object.defineProperties(ActorCall.prototype, prototypeOf<ActorCall>("ActorCall", evaluate))

/** The Effect of one call. */
export const effect = (
  target: CallTarget,
  method: Method,
  args: ReadonlyArray<unknown>,
  position?: number
): Effect.Effect<unknown, unknown> =>
  // its prototype is that of an Effect, see above
  new ActorCall(target, method, args, position) as unknown as Effect.Effect<unknown, unknown>

/** Is this Effect nothing but one call? */
export const isActorCall = (value: unknown): value is ActorCall => value instanceof ActorCall

/** The Stream of one call: each run is a call of its own, and holds a slot until the method's `finally` has run. */
export const stream = (
  target: CallTarget,
  method: Method,
  args: ReadonlyArray<unknown>
): Stream.Stream<unknown, unknown> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.withFiber((fiber) => Effect.sync(() => new Subscription(target, method, args, fiber))),
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
  private outcome: Exit.Exit<unknown, unknown> | undefined
  private waiting: (() => void) | undefined

  constructor(target: CallTarget, method: Method, args: ReadonlyArray<unknown>, caller: AnyFiber) {
    this.pool = target.pool
    const sink: StreamSink = {
      item: (item) => {
        this.buffer.push(item)
        this.wake()
      }
    }
    this.call = pending(
      target,
      method,
      args,
      caller.getRef(CallOptions),
      caller,
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

  readonly pull: Effect.Effect<readonly [unknown, ...Array<unknown>], unknown> = Effect.suspend(() => {
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
