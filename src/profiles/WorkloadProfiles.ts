/**
 * The workload profiles, as layers. Provide one around a program or a layer; the program does not change.
 *
 * **Example** (More workers for rendering in production, and a workload of one's own)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { WorkloadProfiles } from "troupe"
 *
 * declare const program: Effect.Effect<void>
 *
 * const { render } = WorkloadProfiles.standard
 * export const tuned = program.pipe(
 *   Effect.provide(
 *     WorkloadProfiles.layer({
 *       render: { production: { ...render.production, maxWorkers: 16 } },
 *       thumbnails: { taskThreshold: 4, minWorkers: 1, maxWorkers: 6, cpuFraction: 0.75, parallelMultiplier: 1 }
 *     })
 *   )
 * )
 * ```
 */
export { layer, override, type Overrides, standard, type Table } from "../core/WorkloadProfile.ts"
