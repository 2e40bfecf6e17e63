/**
 * The sizing numbers of a workload in an environment.
 *
 * The nine standard profiles are those of kida's worker auto-tuning.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Layer from "effect/Layer"
import { type Environment, environments } from "./Environment.ts"
import type { Workload } from "./Workload.ts"

export interface WorkloadProfile {
  /** Tasks from which it pays to run them in parallel: a whole number, at least 1. */
  readonly taskThreshold: number
  /** Workers that there are at least: a whole number, at least 1. */
  readonly minWorkers: number
  /** Workers that there are at most: a whole number, at least `minWorkers`. */
  readonly maxWorkers: number
  /** Workers per core: above 0, at most 1. */
  readonly cpuFraction: number
  /** Factor where threads share memory: at least 1. */
  readonly parallelMultiplier: number
}

/** A profile has a number that makes no sense. */
export class InvalidProfile extends Data.Error<{
  /** Which profile, such as `render in production`. */
  readonly profile: string
  readonly field: keyof WorkloadProfile
  readonly expected: string
  readonly received: unknown
}> {
  readonly _tag = "InvalidProfile" as const
  override readonly name = "InvalidProfile"
  override get message(): string {
    return `Cannot use the profile ${this.profile}: ${this.field} expects ${this.expected}, received ${String(this.received)}`
  }
}

/**
 * Checks the numbers of a profile. Throws {@link InvalidProfile}, which says which one is wrong; `name` is for its
 * message.
 *
 * **Example** (A profile of one's own)
 *
 * ```ts
 * import { WorkloadProfile } from "troupe"
 *
 * const thumbnails = WorkloadProfile.make({
 *   taskThreshold: 4,
 *   minWorkers: 1,
 *   maxWorkers: 6,
 *   cpuFraction: 0.75,
 *   parallelMultiplier: 1
 * })
 * console.log(thumbnails.maxWorkers) // => 6
 * ```
 */
export const make = (profile: WorkloadProfile, name = "of your own"): WorkloadProfile => {
  const { cpuFraction, maxWorkers, minWorkers, parallelMultiplier, taskThreshold } = profile
  const check = (holds: boolean, field: keyof WorkloadProfile, expected: string): void => {
    if (!holds) throw new InvalidProfile({ profile: name, field, expected, received: profile[field] })
  }
  const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least
  check(isWhole(taskThreshold, 1), "taskThreshold", "a whole number of at least 1")
  check(isWhole(minWorkers, 1), "minWorkers", "a whole number of at least 1")
  check(isWhole(maxWorkers, minWorkers), "maxWorkers", `a whole number of at least minWorkers, which is ${minWorkers}`)
  check(cpuFraction > 0 && cpuFraction <= 1, "cpuFraction", "a number above 0 and at most 1")
  check(
    parallelMultiplier >= 1 && Number.isFinite(parallelMultiplier),
    "parallelMultiplier",
    "a finite number of at least 1"
  )
  return { taskThreshold, minWorkers, maxWorkers, cpuFraction, parallelMultiplier }
}

/** The profiles of one workload. */
export type ByEnvironment = Readonly<Record<Environment, WorkloadProfile>>

/** The profiles of all workloads by name. */
export type Table = Readonly<Record<string, ByEnvironment>>

const profile = (
  taskThreshold: number,
  minWorkers: number,
  maxWorkers: number,
  cpuFraction: number,
  parallelMultiplier: number
): WorkloadProfile => ({ taskThreshold, minWorkers, maxWorkers, cpuFraction, parallelMultiplier })

/** The nine standard profiles. */
export const standard: Readonly<Record<"render" | "compile" | "io", ByEnvironment>> = {
  render: {
    ci: profile(10, 2, 2, 1, 1),
    local: profile(10, 2, 4, 0.5, 1.5),
    production: profile(10, 2, 8, 0.5, 1.5)
  },
  compile: {
    ci: profile(20, 1, 2, 0.5, 1),
    local: profile(20, 2, 4, 0.5, 1),
    production: profile(20, 2, 6, 0.5, 1)
  },
  io: {
    ci: profile(20, 2, 4, 1, 1),
    local: profile(20, 2, 8, 0.75, 1),
    production: profile(20, 2, 12, 0.75, 1)
  }
}

/** The profile of a workload in an environment. Throws a `TypeError` when `table` has none of that name. */
export const get = (workload: Workload, environment: Environment, table: Table = standard): WorkloadProfile => {
  const profiles = Object.hasOwn(table, workload) ? table[workload] : undefined
  if (profiles !== undefined) return profiles[environment]
  throw new TypeError(
    `Cannot find the profiles of workload "${workload}": expected ${Object.keys(table).join(", ")}. ` +
      `Provide your own with WorkloadProfiles.layer`
  )
}

/** The profiles in force; {@link standard} when nothing is provided. */
export const Current: Context.Reference<Table> = Context.Reference("troupe/core/WorkloadProfile", {
  defaultValue: (): Table => standard
})

/** Profiles that replace or complete the standard ones. A new workload needs all three, or one for all. */
export type Overrides = Readonly<Record<string, Partial<ByEnvironment> | WorkloadProfile>>

const isProfile = (value: Partial<ByEnvironment> | WorkloadProfile): value is WorkloadProfile =>
  "taskThreshold" in value

/** The standard profiles with `overrides`, each checked. Throws {@link InvalidProfile}, or a `TypeError` for a missing one. */
export const override = (overrides: Overrides, table: Table = standard): Table => {
  const result: Record<string, ByEnvironment> = { ...table }
  for (const [workload, given] of Object.entries(overrides)) {
    const of = (environment: Environment): WorkloadProfile => {
      const name = `${workload} in ${environment}`
      const found = isProfile(given) ? given : (given[environment] ?? result[workload]?.[environment])
      if (found === undefined) throw new TypeError(`Cannot find the profile ${name}: a new workload needs all three`)
      return make(found, name)
    }
    const [ci, local, production] = environments.map(of)
    // one for each of the three
    result[workload] = { ci, local, production } as ByEnvironment
  }
  return result
}

/** Puts `overrides` in force. Building it dies of what {@link override} throws: a wrong number is a mistake of the program. */
export const layer = (overrides: Overrides): Layer.Layer<never> => Layer.sync(Current, () => override(overrides))
