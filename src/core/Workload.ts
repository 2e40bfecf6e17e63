/**
 * What kind of work an actor does.
 *
 * - `render`: computes much and prints little: pages, images, checks. Wants a core each
 * - `compile`: computes, and soon competes for memory and caches: parsing, templates, bundles. Wants fewer workers
 * - `io`: waits for others: files, networks, databases. Wants many calls under way, not many workers
 *
 * A name of your own needs profiles of its own; see `WorkloadProfiles`.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

/** A kind of work, by its name. */
export type Workload = "render" | "compile" | "io" | (string & {})

export const render: Workload = "render"
export const compile: Workload = "compile"
export const io: Workload = "io"

/** Does the work wait rather than compute? Such work gains by calls at once, and not by cores. */
export const isWaiting = (workload: Workload): boolean => workload === io

/** The workload of actors that name none; when nothing is provided, they are sized as `render`. */
export const Current: Context.Reference<Workload | undefined> = Context.Reference("troupe/core/Workload", {
  defaultValue: (): Workload | undefined => undefined
})

/** Says what actors do that do not say it themselves. */
export const layer = (workload: Workload): Layer.Layer<never> => Layer.succeed(Current, workload)
