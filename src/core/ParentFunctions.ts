/**
 * Functions of the main side that a worker may call as long as it lives: what `context.parent` is in an adapter.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { InvalidOption } from "./ActorError.ts"
import type { Reply, Run } from "./Callback.ts"

/** What the option `parent` has to be for an adapter that declares `P` as its parent. */
export type ParentFunctions<P> = {
  readonly [K in keyof P]: P[K] extends (...args: infer Args) => infer R ? (...args: Args) => Reply<Awaited<R>> : never
}

/** Functions by index, and the services that they run with. */
export interface Parent {
  readonly names: ReadonlyArray<string>
  readonly functions: ReadonlyArray<Run>
  readonly context: Context.Context<never>
}

/** Checks the option `parent` of an actor. The functions run with the services that are here. */
export const resolve = (actor: string, parent: object | undefined): Effect.Effect<Parent, InvalidOption> =>
  Effect.contextWith((context: Context.Context<never>) => {
    const entries: Array<[string, unknown]> = Object.entries(parent ?? {})
    const wrong = entries.find(([, value]) => typeof value !== "function")
    if (wrong !== undefined) {
      const [name, received] = wrong
      return Effect.fail(new InvalidOption({ actor, option: `parent.${name}`, expected: "a function", received }))
    }
    return Effect.succeed({
      names: entries.map(([name]) => name),
      // has just been looked at; arguments were typed where the adapter calls it
      functions: entries.map(([, value]) => (value as Run).bind(parent)),
      context
    })
  })
