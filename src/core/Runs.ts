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
import { isActorCall, isTraced } from "./ActorCall.ts"
import type { ActorPool } from "./ActorPool.ts"
import { CallOptions } from "./CallOptions.ts"
import type { PendingCall } from "./PendingCall.ts"

export class Runs<A, E, R> {
  private readonly options: CallOptions
  private readonly traced: boolean
  private readonly fork: (effect: Effect.Effect<A, E, R>) => Fiber.Fiber<A, E>
  private readonly calls = new Map<PendingCall, ActorPool>()
  private readonly fibers = new Set<Fiber.Fiber<A, E>>()

  /** Runs happen with the services and call options of `caller`. */
  constructor(caller: Fiber.Fiber<unknown, unknown>) {
    this.options = caller.getRef(CallOptions)
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
    const options = weight === undefined ? this.options : { ...this.options, weight }
    if (this.traced || !isActorCall(effect)) {
      const fiber = this.fork(weight === undefined ? effect : Effect.provideService(effect, CallOptions, options))
      this.fibers.add(fiber)
      fiber.addObserver((exit) => {
        this.fibers.delete(fiber)
        settle(exit)
      })
      return
    }
    let call: PendingCall | undefined
    const submitted = effect.submit(options, (exit) => {
      if (call !== undefined) this.calls.delete(call)
      // the call is all there is to `effect`, so its outcome is of the same type
      settle(exit as Exit.Exit<A, E>)
    })
    if (submitted.settled) return
    call = submitted
    this.calls.set(call, effect.target.pool)
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
