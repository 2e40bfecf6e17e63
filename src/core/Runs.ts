/**
 * Many Effects, run for one caller.
 *
 * A plain call of an actor is submitted without a fiber of its own; everything else, and everything while somebody
 * traces, gets one. Whoever starts runs says when to give up those that are left.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { type CallTarget, isActorCall, isTraced } from "./ActorCall.ts"
import type { ActorPool } from "./ActorPool.ts"
import { CallOptions } from "./CallOptions.ts"
import type { PendingCall } from "./PendingCall.ts"

let bulks = 0

export class Runs<A, E, R> {
  private readonly caller: Fiber.Fiber<unknown, unknown>
  private readonly options: CallOptions
  private readonly traced: boolean
  private readonly spread: boolean | number | undefined
  /** The options of calls to an actor whose calls stay together; made when the first one is. */
  private readonly together = new Map<ActorPool, CallOptions>()
  private readonly fork: (effect: Effect.Effect<A, E, R>) => Fiber.Fiber<A, E>
  private readonly calls = new Map<PendingCall, ActorPool>()
  private readonly fibers = new Set<Fiber.Fiber<A, E>>()

  /**
   * Runs happen with the services and call options of `caller`. `spread` tells whether calls are spread over the
   * workers of an actor, or how many there are for it to decide; otherwise they are.
   */
  constructor(caller: Fiber.Fiber<unknown, unknown>, spread?: boolean | number) {
    this.caller = caller
    this.options = caller.getRef(CallOptions)
    this.spread = spread
    // a span belongs to a fiber, so where somebody traces every call gets one
    this.traced = isTraced(caller)
    // the caller's type says that it has what its Effects need
    this.fork = Effect.runForkWith(caller.context as Context.Context<R>)
  }

  /**
   * Starts `effect`. `settle` is told of its end once, perhaps before this returns. With a `weight`, its calls weigh so
   * much.
   */
  start(effect: Effect.Effect<A, E, R>, settle: (exit: Exit.Exit<A, E>) => void, weight?: number): void {
    const own = isActorCall(effect) ? this.optionsFor(effect.target) : this.options
    const options = weight === undefined ? own : { ...own, weight }
    if (this.traced || !isActorCall(effect)) {
      const fiber = this.fork(options === this.options ? effect : Effect.provideService(effect, CallOptions, options))
      this.fibers.add(fiber)
      fiber.addObserver((exit) => {
        this.fibers.delete(fiber)
        settle(exit)
      })
      return
    }
    let call: PendingCall | undefined
    const submitted = effect.submit(options, this.caller, (exit) => {
      if (call !== undefined) this.calls.delete(call)
      // the call is all there is to `effect`, so its outcome is of the same type
      settle(exit as Exit.Exit<A, E>)
    })
    if (submitted.settled) return
    call = submitted
    this.calls.set(call, effect.target.pool)
  }

  private optionsFor({ parallelize, pool }: CallTarget): CallOptions {
    const { options, spread, together } = this
    if (spread === undefined || spread === true || options.affinity !== undefined) return options
    let decided = together.get(pool)
    if (decided === undefined) {
      const apart = spread !== false && parallelize(spread)
      decided = apart ? options : { ...options, affinity: `troupe/core/Runs#${++bulks}` }
      together.set(pool, decided)
    }
    return decided
  }

  /**
   * Gives up what has not settled. Calls are interrupted at once and settle no more; completes when the fibers have
   * ended as well.
   */
  stop(): Effect.Effect<void> {
    for (const [call, pool] of this.calls) pool.interrupt(call)
    this.calls.clear()
    return this.fibers.size === 0 ? Effect.void : Fiber.interruptAll(this.fibers)
  }
}
