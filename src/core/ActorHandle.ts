/**
 * What the program holds of an actor: an object with a function per method, and the pool behind it.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as ActorCall from "./ActorCall.ts"
import type { BuildError } from "./ActorError.ts"
import { type ActorOptions, resolve } from "./ActorOptions.ts"
import { type ErrorSchema, reader } from "./ErrorSchema.ts"
import * as LivePool from "./LivePool.ts"
import * as ParentFunctions from "./ParentFunctions.ts"
import { WorkerBackend } from "./WorkerBackend.ts"

/** What an actor is started with, whatever its adapter. */
export interface StartOptions extends ActorOptions {
  readonly options?: unknown
  readonly parent?: object | undefined
  readonly errors?: ErrorSchema<unknown>
}

/** Pools by the handles that the program holds. */
const pools = new WeakMap<object, LivePool.LivePool>()

/** Starts an actor, which ends with the scope, and returns its handle. `choices` it makes itself are none of a layer's. */
export const start = (
  name: string,
  options: StartOptions,
  choices?: LivePool.Choices
): Effect.Effect<object, BuildError, Scope.Scope | WorkerBackend> =>
  Effect.gen(function* () {
    const backend = yield* WorkerBackend
    const resolved = yield* resolve(name, options)
    const parent = yield* ParentFunctions.resolve(name, options.parent)
    const pool = yield* LivePool.make(backend, resolved, options.options, parent, reader(options.errors), choices)
    const methods: Record<string, (...args: Array<unknown>) => unknown> = Object.create(null)
    for (const method of pool.methods) {
      methods[method.name] =
        method.kind === "stream"
          ? (...args) => ActorCall.stream(pool.target, method, args)
          : (...args) => ActorCall.effect(pool.target, method, args)
    }
    pools.set(methods, pool)
    return Object.freeze(methods)
  })

/** The pool behind a handle. Throws a `TypeError`, which says `what` was wanted, when `actor` is none. */
export const poolOf = (actor: object, what: string): LivePool.LivePool => {
  const pool = pools.get(actor)
  if (pool === undefined) throw new TypeError(`Cannot ${what} something that is not an actor`)
  return pool
}
