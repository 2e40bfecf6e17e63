/**
 * One call per item: ordered results, bounded memory.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { dual } from "effect/Function"
import * as Result from "effect/Result"
import { Runs } from "./Runs.ts"
import * as Scheduling from "./Scheduling.ts"
import * as Weight from "./Weight.ts"

/** How a bulk operation treats failures, how far it reads ahead, and what it starts with. */
export interface ForEachOptions<Mode extends "fail" | "result" = "fail", Item = never> {
  /**
   * What an item costs next to others, a finite positive number, which becomes the weight of its calls. With it all
   * items are read at once, and started in the order of `order`; the results stay in the order of the items.
   */
  readonly weight?: (item: Item, index: number) => number
  /**
   * Which items are started first, where a `weight` is given. Default: `"heaviestFirst"`, which keeps the time until the
   * last one has ended within 4/3 of the shortest possible (Graham, 1969). Equals stay in the order of the items.
   */
  readonly order?: "heaviestFirst" | "lightestFirst" | "fifo"
  /** `"fail"` (the default): the first failure ends the whole. `"result"`: every item gets a `Result`. */
  readonly mode?: Mode
  /**
   * Whether calls are spread over the workers of their actor, or stay in one of them. Default: decided by the actor's
   * workload, where it has one and the number of items is known: few quick calls stay together.
   */
  readonly parallelize?: boolean
  /** Items that are under way at once; the rest of the input is not even read. Default: 1024. */
  readonly inFlight?: number
}

/** How many items there are, if they tell. */
const sizeOf = (items: object): number | undefined =>
  Array.isArray(items) ? items.length : items instanceof Set || items instanceof Map ? items.size : undefined

interface Entry<Item> {
  readonly item: Item
  readonly index: number
  readonly weight: number | undefined
}

/** The items in the order in which they are started. */
const entries = <Item>(
  items: Iterable<Item>,
  options: ForEachOptions<"fail" | "result", Item> | undefined
): Iterable<Entry<Item>> => {
  const weightOf = options?.weight
  if (weightOf === undefined) return inOrder(items)
  const weighed = Array.from(items, (item, index) => ({
    item,
    index,
    weight: Weight.check(weightOf(item, index), index)
  }))
  const { order = "heaviestFirst" } = options ?? {}
  return order === "fifo"
    ? weighed
    : Scheduling.orderByWeight(weighed, ({ weight }) => weight, { descending: order === "heaviestFirst" })
}

const inOrder = function* <Item>(items: Iterable<Item>): Generator<Entry<Item>, void> {
  let index = 0
  for (const item of items) yield { item, index: index++, weight: undefined }
}

/** An outcome as a value. A defect or an interruption is nobody's result, and stays what it is. */
export const asResult = <A, E>(exit: Exit.Exit<A, E>): Exit.Exit<Result.Result<A, E>, E> => {
  if (Exit.isSuccess(exit)) return Exit.succeed(Result.succeed(exit.value))
  const error = Cause.findErrorOption(exit.cause)
  return error._tag === "Some" ? Exit.succeed(Result.fail(error.value)) : Exit.failCause(exit.cause)
}

/** What {@link forEach} results in. */
export type Output<A, E, Mode extends "fail" | "result"> = Mode extends "result" ? Array<Result.Result<A, E>> : Array<A>

/**
 * Runs `f` for every item and collects the results in the order of the items.
 *
 * Items are read as calls settle, so an endless or lazy iterable costs no more than `inFlight` items of memory. When
 * `f` returns a plain call of an actor, it is submitted without a fiber of its own; the whole suspends its fiber once.
 * With a `weight`, all items are read, and the heaviest are started first.
 *
 * **Interruption.** Calls that have not started never will; those that run are asked to stop. The same happens to the
 * rest when one fails and `mode` is `"fail"`.
 *
 * **Fairness.** Items are submitted in order and wait in the mailbox with everybody else's calls.
 */
export const forEach: {
  <Item, A, E, R, Mode extends "fail" | "result" = "fail">(
    f: (item: Item, index: number) => Effect.Effect<A, E, R>,
    options?: ForEachOptions<Mode, Item>
  ): (items: Iterable<Item>) => Effect.Effect<Output<A, E, Mode>, Mode extends "result" ? never : E, R>
  <Item, A, E, R, Mode extends "fail" | "result" = "fail">(
    items: Iterable<Item>,
    f: (item: Item, index: number) => Effect.Effect<A, E, R>,
    options?: ForEachOptions<Mode, Item>
  ): Effect.Effect<Output<A, E, Mode>, Mode extends "result" ? never : E, R>
} = dual(
  (args) => typeof args[0] !== "function",
  <Item, A, E, R>(
    items: Iterable<Item>,
    f: (item: Item, index: number) => Effect.Effect<A, E, R>,
    options?: ForEachOptions<"fail" | "result", Item>
  ): Effect.Effect<Array<unknown>, E, R> =>
    Effect.withFiber<Array<unknown>, E, R>((fiber) => {
      const asResults = options?.mode === "result"
      const inFlight = options?.inFlight ?? 1024
      if (!(inFlight >= 1)) {
        return Effect.die(new RangeError(`Cannot read ahead: expected an inFlight of at least 1, received ${inFlight}`))
      }

      return Effect.callback<Array<unknown>, E>((resume) => {
        const runs = new Runs<A, E, R>(fiber, options?.parallelize ?? sizeOf(items))
        const results: Array<unknown> = []
        let iterator: Iterator<Entry<Item>> | undefined
        let running = 0
        let exhausted = false
        let over = false
        let reading = false

        const stop = (): Effect.Effect<void> => {
          over = true
          if (!exhausted) iterator?.return?.()
          return runs.stop()
        }
        const finish = (exit: Exit.Exit<Array<unknown>, E>): void => {
          if (!over) resume(Effect.andThen(stop(), exit))
        }
        const settle = (index: number, exit: Exit.Exit<A, E>): void => {
          if (over) return
          running--
          const result: Exit.Exit<unknown, E> = asResults ? asResult(exit) : exit
          if (Exit.isFailure(result)) return finish(Exit.failCause(result.cause))
          results[index] = result.value
          read()
        }
        const read = (): void => {
          // a call may settle while it is submitted, which must not read ahead recursively
          if (reading) return
          reading = true
          try {
            iterator ??= entries(items, options)[Symbol.iterator]()
            while (!over && !exhausted && running < inFlight) {
              const step = iterator.next()
              if (step.done === true) {
                exhausted = true
                break
              }
              const { index, item, weight } = step.value
              running++
              runs.start(f(item, index), (exit) => settle(index, exit), weight)
            }
          } catch (defect) {
            finish(Exit.die(defect))
          }
          reading = false
          if (exhausted && running === 0) finish(Exit.succeed(results))
        }

        read()
        return Effect.suspend(stop)
      })
    })
)
