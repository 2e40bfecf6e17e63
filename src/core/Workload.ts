/**
 * What kind of work an actor does.
 *
 * - `render`: computes much and prints little: pages, images, checks. Wants a core each
 * - `compile`: computes, and soon competes for memory and caches: parsing, templates, bundles. Wants fewer workers
 * - `io`: waits for others: files, networks, databases. Wants many calls under way, not many workers
 *
 * A name of your own needs profiles of its own; see `WorkloadProfiles`.
 */

/** A kind of work, by its name. */
export type Workload = "render" | "compile" | "io" | (string & {})

export const render: Workload = "render"
export const compile: Workload = "compile"
export const io: Workload = "io"

/** Does the work wait rather than compute? Such work gains by calls at once, and not by cores. */
export const isWaiting = (workload: Workload): boolean => workload === io
