/**
 * Functions of the main side that the method of an actor may call.
 */
import type * as Effect from "effect/Effect"
import { hasProperty } from "effect/Predicate"

const TypeId = "~troupe/core/Callback"

/** What a function of the main side may answer with. */
export type Reply<A> = A | PromiseLike<A> | Effect.Effect<A, unknown>

/** A function of the main side: for the method it is one that returns a promise of what `F` returns. */
export interface Callback<out F extends (...args: never) => unknown> {
  readonly [TypeId]: F
}

type AnyFunction = (...args: never) => unknown

/** A function as a worker may call it. */
export type Run = (...args: Array<unknown>) => unknown

/**
 * Lets a method call `f`, as an argument of one call: to report progress, to look something up, to ask for a decision.
 *
 * `f` runs on the main side, with the services of the caller's fiber, and may return a value, a promise or an Effect.
 * The method gets a function that returns a promise; a failure of `f` rejects it. Calls of `f` begin in the order in
 * which they were made, at most 64 of one call at once. Arguments and answers are cloned, or moved with `Adapter.move`.
 *
 * **Interruption.** `f` belongs to the call. When that ends, however it does, what still runs of `f` is interrupted, and
 * the method's function rejects from then on.
 *
 * **Example** (Reporting progress)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 *
 * declare const encoder: {
 *   readonly encode: (file: string, onProgress: Actor.Callback<(percent: number) => void>) => Effect.Effect<number>
 * }
 *
 * export const encoded = encoder.encode(
 *   "film.mov",
 *   Actor.callback((percent) => Effect.log(`${percent} %`))
 * )
 * ```
 */
export const callback = <Args extends ReadonlyArray<unknown>, A>(
  f: (...args: Args) => Reply<A>
): Callback<(...args: Args) => A> => {
  if (typeof f !== "function") {
    throw new TypeError(`Cannot make a callback: expected a function, received ${f === null ? "null" : typeof f}`)
  }
  // its type tells what it answers with in the end; what it returns at first is read by those who call it
  return { [TypeId]: f as (...args: Args) => A }
}

/** Is `value` made by {@link callback}? */
export const isCallback = (value: unknown): value is Callback<AnyFunction> => hasProperty(value, TypeId)

/** The function of a callback. */
export const functionOf = (callback: Callback<AnyFunction>): Run =>
  // arguments come from a worker; their types were checked where the adapter calls it
  callback[TypeId] as Run
