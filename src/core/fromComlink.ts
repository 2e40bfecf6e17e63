/**
 * Actors of workers that offer their functions by plain Comlink.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Manifest } from "../wire/Control.ts"
import type { AnyFunction } from "../worker/Adapter.ts"
import type { ActorError, BuildError } from "./ActorError.ts"
import * as ActorHandle from "./ActorHandle.ts"
import type { ActorOptions } from "./ActorOptions.ts"
import { adopted } from "./ComlinkLink.ts"
import type { GivenWorker, WorkerBackend } from "./WorkerBackend.ts"
import { thread } from "./WorkerProfile.ts"

/** Names of the functions that an object has. */
type FunctionNames<Api> = {
  [K in keyof Api]: K extends string ? (Api[K] extends AnyFunction ? K : never) : never
}[keyof Api]

/** A function of a Comlink worker as its callers see it. */
type ComlinkMethod<F> = F extends (...args: infer Args) => infer R
  ? (...args: Args) => Effect.Effect<Awaited<R>, ActorError>
  : never

/** An actor with the functions `Names` of a Comlink worker. */
export type ComlinkActor<Api, Names extends ReadonlyArray<keyof Api>> = {
  readonly [K in Names[number]]: ComlinkMethod<Api[K]>
}

/** Options of an actor that is made of Comlink workers. */
export interface FromComlinkOptions<Names extends ReadonlyArray<string>> extends Omit<
  ActorOptions,
  "adapter" | "module" | "export" | "env" | "resourceLimits" | "console"
> {
  /** Makes one worker, or a port behind which Comlink exposes the functions. Called again for each that is replaced. */
  readonly worker: () => GivenWorker
  /** The functions to offer. A Comlink worker does not tell what it has. */
  readonly methods: Names
}

/**
 * Makes an actor of workers that were written for Comlink: `Comlink.expose(api)` in the worker stays as it is. The first
 * pair of brackets takes the type of what is exposed, the second one a name and the options.
 *
 * Calls get what every call of an actor gets: a bounded mailbox, timeouts, one settlement whatever happens to the
 * worker, replacement of workers that die. What plain Comlink has no way for is missing: streams, callbacks, progress of
 * a call that is asked to stop (it goes on, unless its `interruption` is `"terminate"`), and taking a call back once it
 * was sent. Properties, classes and proxies are not offered; a function that returns a proxy fails its call.
 *
 * The factory decides how workers exist: with the layer of the `inline` profile they are what it makes as well. On Deno a
 * web `Worker` that closes itself is not noticed; one of `node:worker_threads` is.
 *
 * **Example** (Adopting a Comlink worker)
 *
 * ```ts
 * import { Worker } from "node:worker_threads"
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 *
 * interface Images {
 *   readonly resize: (bytes: Uint8Array, width: number) => Promise<Uint8Array>
 * }
 *
 * export const program = Effect.gen(function* () {
 *   const images = yield* Actor.fromComlink<Images>()("Images", {
 *     worker: () => new Worker(new URL("./images.worker.js", import.meta.url)),
 *     methods: ["resize"],
 *     size: 2,
 *     timeout: "10 seconds"
 *   })
 *   return yield* images.resize(new Uint8Array(4), 100)
 * })
 * ```
 */
export const fromComlink =
  <Api extends object>(): (<const Names extends ReadonlyArray<FunctionNames<Api>>>(
    name: string,
    options: FromComlinkOptions<Names>
  ) => Effect.Effect<ComlinkActor<Api, Names>, BuildError, Scope.Scope | WorkerBackend>) =>
  <const Names extends ReadonlyArray<FunctionNames<Api>>>(name: string, options: FromComlinkOptions<Names>) => {
    const { methods, worker, ...rest } = options
    const manifest: Manifest = {
      // whether it runs several calls at once is its own business
      threadSafe: true,
      methods: methods.map((name) => ({
        name,
        kind: "effect",
        description: undefined,
        idempotent: false,
        interruption: undefined,
        timeout: undefined,
        weight: undefined
      }))
    }
    const started = ActorHandle.start(
      name,
      { ...rest, adapter: worker, console: "inherit" },
      { profile: thread, protocol: adopted, manifest }
    )
    // its methods are those of the manifest
    return started as unknown as Effect.Effect<ComlinkActor<Api, Names>, BuildError, Scope.Scope | WorkerBackend>
  }
