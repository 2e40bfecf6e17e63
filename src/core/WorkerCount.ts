/**
 * How many workers a number of tasks deserves.
 *
 * Two sets of rules read the same profiles. `kida` is kida's worker auto-tuning, bit for bit. `static`, the default,
 * departs from it where it promises more than it holds:
 *
 * - never more workers than tasks, whatever their weight
 * - never more workers than cores for work that computes, the profile's minimum included
 * - a build server never gets more than a developer's machine with the same cores
 * - work that waits gets calls at once in one worker, before it gets more workers
 *
 * The functions here are plain and synchronous, for whoever has an executor of their own; actors without a `size` use
 * them by themselves.
 *
 * **Example** (Sizing an executor of one's own)
 *
 * ```ts
 * import { WorkerCount } from "troupe"
 *
 * const options = { workload: "render", environment: "production", cores: 8, sharedMemory: true } as const
 * console.log(WorkerCount.shouldParallelize(100, options)) // => true
 * console.log(WorkerCount.optimal(100, options)) // => 6
 * console.log(WorkerCount.optimal(3, options)) // => 3
 * ```
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { detect as detectEnvironment, type Environment } from "./Environment.ts"
import * as Parallelism from "./Parallelism.ts"
import { isWaiting, type Workload } from "./Workload.ts"
import * as WorkloadProfile from "./WorkloadProfile.ts"

/** Which rules count. */
export type Rules = "static" | "kida"

/** What a count depends on; everything has a default. */
export interface Options {
  /** Default: `"render"`. */
  readonly workload?: Workload
  /** Default: what the variables of the process tell. */
  readonly environment?: Environment
  /** Used as it is when it is above 0, and ignored otherwise. */
  readonly override?: number | undefined
  /**
   * What a task costs next to a usual one. Below 1 it makes for fewer workers, down to 1; above 1 it makes for more with
   * the rules of kida only. Default: 1.
   */
  readonly weight?: number
  /** Default: the cores of this machine. */
  readonly cores?: number
  /** Default: whether threads share memory here. */
  readonly sharedMemory?: boolean
  /** Default: the standard profiles. */
  readonly profiles?: WorkloadProfile.Table
  /** May several calls run at once in a worker? Work that waits needs one worker only if so. Default: `true`. */
  readonly threadSafe?: boolean
  /** Bytes of output that all tasks together are expected to make. */
  readonly workEstimate?: number
  /** Default: `"static"`. */
  readonly rules?: Rules
}

/** What to do with a number of tasks. */
export interface Plan {
  /** At least 1. */
  readonly workers: number
  /** Calls at once in each worker: at least 1. */
  readonly concurrency: number
  /** Does it pay to run the tasks in parallel? */
  readonly parallelize: boolean
  /** Why, in sentences that hold the numbers. */
  readonly because: ReadonlyArray<string>
}

/** Bytes of output from which an estimated work is worth several workers. */
const minEstimate = 5000

/** What is not a number of tasks counts as none; without a bound they may be infinitely many. */
const whole = (tasks: number): number => (Number.isNaN(tasks) ? 0 : Math.trunc(tasks))

interface Facts {
  readonly workload: Workload
  readonly environment: Environment
  readonly cores: number
  readonly sharedMemory: boolean
  readonly weight: number
  readonly profiles: WorkloadProfile.Table
}

const factsOf = (options: Options): Facts => {
  // the machine is asked only for what nobody says
  const { cores, sharedMemory } =
    options.cores === undefined || options.sharedMemory === undefined
      ? { ...Parallelism.detect(), ...defined(options) }
      : { cores: options.cores, sharedMemory: options.sharedMemory }
  return {
    workload: options.workload ?? "render",
    environment: options.environment ?? detectEnvironment(),
    cores: Math.max(1, Math.trunc(cores)) || 1,
    sharedMemory,
    weight: options.weight ?? 1,
    profiles: options.profiles ?? WorkloadProfile.standard
  }
}

const defined = ({ cores, sharedMemory }: Options): Partial<Parallelism.Parallelism> => ({
  ...(cores === undefined ? {} : { cores }),
  ...(sharedMemory === undefined ? {} : { sharedMemory })
})

/** The profile's own count, before tasks are looked at. */
const ofProfile = (profile: WorkloadProfile.WorkloadProfile, cores: number, sharedMemory: boolean): number => {
  const floored = Math.max(profile.minWorkers, Math.trunc(cores * profile.cpuFraction))
  // the factor comes after the minimum, as in kida
  const multiplied = sharedMemory ? Math.trunc(floored * profile.parallelMultiplier) : floored
  return Math.min(multiplied, profile.maxWorkers)
}

const weighed = (tasks: number, weight: number): number => {
  const effective = Math.trunc(tasks * weight)
  return Number.isNaN(effective) ? 1 : Math.max(1, effective)
}

const kidaSlots = (tasks: number, facts: Facts): number => {
  const profile = WorkloadProfile.get(facts.workload, facts.environment, facts.profiles)
  return Math.min(ofProfile(profile, facts.cores, facts.sharedMemory), weighed(tasks, facts.weight))
}

const staticSlots = (tasks: number, facts: Facts): number => {
  const { cores, environment, profiles, sharedMemory, weight, workload } = facts
  const count = (environment: Environment): number => {
    const slots = ofProfile(WorkloadProfile.get(workload, environment, profiles), cores, sharedMemory)
    return isWaiting(workload) ? slots : Math.min(slots, cores)
  }
  const slots = environment === "ci" ? Math.min(count("ci"), count("local")) : count(environment)
  return Math.min(slots, Math.max(1, tasks), weighed(tasks, weight))
}

const slotsOf = (tasks: number, facts: Facts, rules: Rules): number =>
  rules === "kida" ? kidaSlots(tasks, facts) : staticSlots(tasks, facts)

/**
 * Calls that should run at once: the workers, or for work that waits the workers times the calls in each.
 *
 * At least 1, whatever `tasks` is: negative and `NaN` count as none, and `Infinity` says that nobody knows. With the
 * default rules and no override, at most the number of tasks and at most the profile's maximum. The same arguments give
 * the same result.
 */
export const optimal = (tasks: number, options: Options = {}): number => {
  const { override } = options
  if (override !== undefined && override > 0) return override
  return slotsOf(whole(tasks), factsOf(options), options.rules ?? "static")
}

/**
 * Does it pay to run so many tasks in parallel? Not below the profile's threshold, and not when they are expected to
 * make less than 5000 bytes in all.
 */
export const shouldParallelize = (tasks: number, options: Options = {}): boolean => {
  const { profiles, workload } = options
  const environment = options.environment ?? detectEnvironment()
  const { taskThreshold } = WorkloadProfile.get(workload ?? "render", environment, profiles)
  if (!(tasks >= taskThreshold)) return false
  return options.workEstimate === undefined || options.workEstimate >= minEstimate
}

/** The same as {@link optimal} and {@link shouldParallelize} in one, split into workers and calls at once, and explained. */
export const plan = (tasks: number, options: Options = {}): Plan => {
  const { override, rules = "static", threadSafe = true } = options
  const facts = factsOf(options)
  const { cores, environment, workload } = facts
  const parallelize = shouldParallelize(tasks, { ...options, environment })
  if (override !== undefined && override > 0) {
    return { workers: override, concurrency: 1, parallelize, because: [`${count(override, "worker")} as asked for.`] }
  }
  const slots = slotsOf(whole(tasks), facts, rules)
  const { cpuFraction, maxWorkers, minWorkers, parallelMultiplier } = WorkloadProfile.get(
    workload,
    environment,
    facts.profiles
  )
  const factor = facts.sharedMemory && parallelMultiplier > 1 ? ` times ${parallelMultiplier} for shared memory` : ""
  const because = [
    `${workload} in ${environment} takes ${cpuFraction} of ${count(cores, "core")}${factor}, ` +
      `at least ${minWorkers} and at most ${maxWorkers}` +
      (Number.isFinite(tasks) ? `, for ${count(whole(tasks), "task")}: ${slots}.` : `: ${slots}.`)
  ]
  if (rules === "kida") return { workers: slots, concurrency: 1, parallelize, because }
  if (!isWaiting(workload)) {
    if (cores < minWorkers) because.push(`No more than one worker per core.`)
    return { workers: slots, concurrency: 1, parallelize, because }
  }
  if (!threadSafe) {
    because.push("The adapter is not threadSafe, so each call at once needs a worker of its own.")
    return { workers: slots, concurrency: 1, parallelize, because }
  }
  because.push(`It waits rather than computes, so one worker runs ${count(slots, "call")} at once.`)
  return { workers: 1, concurrency: slots, parallelize, because }
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`

/** The rules in force; `"static"` when nothing is provided. */
export const Current: Context.Reference<Rules> = Context.Reference("troupe/core/WorkerCount", {
  defaultValue: (): Rules => "static"
})

const kida: Layer.Layer<never> = Layer.succeed(Current, "kida")
const corrected: Layer.Layer<never> = Layer.succeed(Current, "static")

export {
  /** Counts by kida's own rules. */
  kida,
  /** Counts by the corrected rules: the default. */
  corrected as static
}
