/**
 * Actors of objects that are here already.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Shape } from "../core/Actor.ts"
import type { BuildError } from "../core/ActorError.ts"
import * as ActorHandle from "../core/ActorHandle.ts"
import type { ActorOptions } from "../core/ActorOptions.ts"
import type { ErrorSchema } from "../core/ErrorSchema.ts"
import type { WorkerBackend } from "../core/WorkerBackend.ts"
import * as Adapter from "../worker/Adapter.ts"
import { inline } from "./WorkerProfile.ts"

/** Options of an actor that is made of an object. */
export interface FromObjectOptions<E> extends Omit<
  ActorOptions,
  "adapter" | "module" | "export" | "size" | "state" | "env" | "resourceLimits" | "console" | "requireHardStop"
> {
  /** A Schema of errors that methods throw, as for every actor. */
  readonly errors?: ErrorSchema<E>
}

/**
 * Puts a live object behind a mailbox: its methods are called one after another, first come first served, so code that
 * was never meant to be used by several callers at once can be. With a `concurrency` above 1 so many run at once.
 *
 * It lives in this thread, whatever the worker profile, and it stays its owner's: closing the scope waits for calls that
 * run and disposes of nothing. Arguments and results are cloned as they are for every actor, so nobody else gets hold of
 * its state, and it can become an adapter in a worker some day without any change to its callers. Generator methods are
 * Streams. `this` is the object.
 *
 * **Example** (A counter that loses no update)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 * import * as Runtime from "troupe/runtime"
 *
 * class Account {
 *   #balance = 0
 *   async deposit(amount: number) {
 *     const before = this.#balance
 *     await new Promise((resolve) => setTimeout(resolve, 1))
 *     return (this.#balance = before + amount)
 *   }
 * }
 *
 * const program = Effect.gen(function* () {
 *   const account = yield* Actor.fromObject("Account", new Account())
 *   yield* Effect.all([account.deposit(1), account.deposit(2), account.deposit(3)], { concurrency: "unbounded" })
 *   return yield* account.deposit(0)
 * }).pipe(Effect.scoped, Effect.provide(Runtime.layer))
 *
 * Effect.runPromise(program).then(console.log) // => 6
 * ```
 */
export const fromObject = <O extends object, E = never>(
  name: string,
  object: O,
  options: FromObjectOptions<E> = {}
): Effect.Effect<Shape<Adapter.Adapter<O>, E>, BuildError, Scope.Scope | WorkerBackend> => {
  const adapter = Adapter.fromModule(object, { threadSafe: true })
  const started = ActorHandle.start(
    name,
    {
      concurrency: 1,
      ...options,
      adapter: "troupe:object",
      size: 1,
      module: () => Promise.resolve({ default: adapter })
    },
    { profile: inline }
  )
  // its methods are those of the manifest, which are the object's
  return started as Effect.Effect<Shape<Adapter.Adapter<O>, E>, BuildError, Scope.Scope | WorkerBackend>
}
