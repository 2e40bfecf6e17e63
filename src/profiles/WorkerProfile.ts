/**
 * The worker profiles, as layers. Provide one around a program or a layer; the program does not change.
 *
 * **Example** (The same program without threads)
 *
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { type Actor, WorkerProfile } from "troupe"
 *
 * declare const program: Effect.Effect<void>
 *
 * const inPlace = program.pipe(Effect.provide(WorkerProfile.layerInline))
 * ```
 */
import * as Layer from "effect/Layer"
import { thread, WorkerProfile, type WorkerProfileShape } from "../core/WorkerProfile.ts"
import * as InlineBackend from "./InlineBackend.ts"

export { thread, WorkerProfile, type WorkerProfileShape } from "../core/WorkerProfile.ts"

/** One worker, in the thread of its callers. */
export const inline: WorkerProfileShape = {
  name: "inline",
  maxWorkers: 1,
  backend: InlineBackend.make
}

/** Workers in threads of their own: the default. */
export const layerThread: Layer.Layer<never> = Layer.succeed(WorkerProfile, thread)

/** One worker in the thread of its callers. */
export const layerInline: Layer.Layer<never> = Layer.succeed(WorkerProfile, inline)
