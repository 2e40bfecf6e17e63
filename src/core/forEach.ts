/**
 * One call per item: ordered results, bounded memory.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { dual } from "effect/Function"
import type * as Result from "effect/Result"
import * as ResultModule from "effect/Result"
import { isActorCall, isTraced } from "./ActorCall.ts"
import { CallOptions } from "./CallOptions.ts"
import type { PendingCall } from "./PendingCall.ts"
import type { ActorPool } from "./ActorPool.ts"

/** How a bulk operation treats failures, and how far it reads ahead. */
export interface ForEachOptions<Mode extends "fail" | "result" = "fail"> {
  /** `"fail"` (the default): the first failure ends the whole. `"result"`: every item gets a `Result`. */
  readonly mode?: Mode
  /** Items that are under way at once; the rest of the input is not even read. Default: 1024. */
  readonly inFlight?: number
}

/** What {@link forEach} results in. */
export type Output<A, E, Mode extends "fail" | "result"> = Mode extends "result" ? Array<Result.Result<A, E>> : Array<A>

/**
 * Runs `f` for every item and collects the results in the order of the items.
 *
 * Items are read as calls settle, so an endless or lazy iterable costs no more than `inFlight` items of memory. When
 * `f` returns a plain call of an actor, it is submitted without a fiber of its own; the whole suspends its fiber once.
 *
 * **Interruption.** Calls that have not started never will; those that run are asked to stop. The same happens to the
 * rest when one fails and `mode` is `"fail"`.
 *
 * **Fairness.** Items are submitted in order and wait in the mailbox with everybody else's calls.
 */
export const forEach: {
  <Item, A, E, R, Mode extends "fail" | "result" = "fail">(
    f: (item: Item, index: number) => Effect.Effect<A, E, R>,
    options?: ForEachOptions<Mode>
  ): (items: Iterable<Item>) => Effect.Effect<Output<A, E, Mode>, Mode extends "result" ? never : E, R>
  <Item, A, E, R, Mode extends "fail" | "result" = "fail">(
    items: Iterable<Item>,
    f: (item: Item, index: number) => Effect.Effect<A, E, R>,
    options?: ForEachOptions<Mode>
  ): Effect.Effect<Output<A, E, Mode>, Mode extends "result" ? never : E, R>
} = dual(
  (args) => typeof args[0] !== "function",
  <Item, A, E, R>(
    items: Iterable<Item>,
    f: (item: Item, index: number) => Effect.Effect<A, E, R>,
    options?: ForEachOptions<"fail" | "result">
  ): Effect.Effect<Array<unknown>, E, R> =>
    Effect.withFiber<Array<unknown>, E, R>((fiber) => {
      const callOptions = fiber.getRef(CallOptions)
      // the caller's own context, which holds what f needs
      const fork = Effect.runForkWith(fiber.context as Context.Context<R>)
      // a span belongs to a fiber, so where somebody traces every call gets one
      const traced = isTraced(fiber)
      const asResults = options?.mode === "result"
      const inFlight = options?.inFlight ?? 1024
      if (!(inFlight >= 1)) {
        return Effect.die(new RangeError(`Cannot read ahead: expected an inFlight of at least 1, received ${inFlight}`))
      }

      return Effect.callback<Array<unknown>, E>((resume) => {
        const results: Array<unknown> = []
        const calls = new Map<number, { readonly call: PendingCall; readonly pool: ActorPool }>()
        const fibers = new Map<number, Fiber.Fiber<A, E>>()
        let iterator: Iterator<Item> | undefined
        let next = 0
        let running = 0
        let exhausted = false
        let over = false
        let reading = false

        const stop = (): void => {
          over = true
          if (!exhausted) iterator?.return?.()
          for (const { call, pool } of calls.values()) pool.interrupt(call)
          calls.clear()
        }
        const finish = (exit: Exit.Exit<Array<unknown>, E>): void => {
          if (over) return
          stop()
          resume(fibers.size === 0 ? exit : Effect.andThen(Fiber.interruptAll(fibers.values()), exit))
        }
        const settle = (index: number, exit: Exit.Exit<unknown, E>): void => {
          if (over) return
          running--
          calls.delete(index)
          fibers.delete(index)
          if (Exit.isSuccess(exit)) {
            results[index] = asResults ? ResultModule.succeed(exit.value) : exit.value
          } else {
            const error = asResults ? Cause.findErrorOption(exit.cause) : undefined
            // a defect is nobody's result
            if (error?._tag !== "Some") return finish(Exit.failCause(exit.cause))
            results[index] = ResultModule.fail(error.value)
          }
          read()
        }
        const run = (effect: Effect.Effect<A, E, R>, index: number): void => {
          if (!traced && isActorCall(effect)) {
            // an actor's calls fail with its errors only, which are in E by the type of f
            const call = effect.submit(callOptions, (exit) => settle(index, exit as Exit.Exit<unknown, E>))
            if (!call.settled) calls.set(index, { call, pool: effect.target.pool })
            return
          }
          const fiber = fork(effect)
          fibers.set(index, fiber)
          fiber.addObserver((exit) => settle(index, exit))
        }
        const read = (): void => {
          // a call may settle while it is submitted, which must not read ahead recursively
          if (reading) return
          reading = true
          try {
            iterator ??= items[Symbol.iterator]()
            while (!over && !exhausted && running < inFlight) {
              const step = iterator.next()
              if (step.done === true) {
                exhausted = true
                break
              }
              const index = next++
              results.push(undefined)
              running++
              run(f(step.value, index), index)
            }
          } catch (defect) {
            finish(Exit.die(defect))
          }
          reading = false
          if (exhausted && running === 0) finish(Exit.succeed(results))
        }

        read()
        return Effect.suspend(() => {
          stop()
          return Fiber.interruptAll(fibers.values())
        })
      })
    })
)
