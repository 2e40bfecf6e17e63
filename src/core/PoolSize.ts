/**
 * How many workers an actor gets, and why.
 *
 * A size that is asked for is taken as it is. Otherwise the workload's plan decides, for an unknown number of tasks, in
 * this environment and on this machine. Work that waits runs in one worker where its adapter is `threadSafe`, which is
 * known when the first worker has said so.
 */
import * as Effect from "effect/Effect"
import { InvalidOption } from "./ActorError.ts"
import type { Resolved } from "./ActorOptions.ts"
import * as Environment from "./Environment.ts"
import type { WorkerBackendShape } from "./WorkerBackend.ts"
import * as WorkerCount from "./WorkerCount.ts"
import type { WorkerProfileShape } from "./WorkerProfile.ts"
import * as Workload from "./Workload.ts"
import * as WorkloadProfile from "./WorkloadProfile.ts"

export interface PoolSize {
  /** Workers to start at once. */
  readonly atOnce: number
  /** Workers that there are to be, given whether calls may overlap in one. */
  readonly inAll: (threadSafe: boolean) => number
  /** Calls at once in each worker, where its adapter allows it. */
  readonly concurrency: number
  /** Are so many tasks worth spreading over the workers? Always, where no workload is given. */
  readonly parallelize: (tasks: number) => boolean
  readonly because: (threadSafe: boolean) => ReadonlyArray<string>
}

/** Decides for an actor. Fails when the environment, or the workload, is none that is known. */
export const make = (
  options: Resolved,
  backend: WorkerBackendShape,
  profile: WorkerProfileShape
): Effect.Effect<PoolSize, InvalidOption> =>
  Effect.gen(function* () {
    const most = profile.maxWorkers ?? Number.POSITIVE_INFINITY
    const limited = (workers: number): ReadonlyArray<string> =>
      workers > most ? [`The ${profile.name} profile has no more than ${most}.`] : []
    const { concurrency, size } = options
    const asked = (size: number, parallelize: PoolSize["parallelize"], threshold: ReadonlyArray<string>): PoolSize => ({
      atOnce: Math.min(size, most),
      inAll: () => Math.min(size, most),
      concurrency: concurrency ?? 1,
      parallelize,
      because: () => [`${size} as asked for.`, ...limited(size), ...threshold]
    })

    const named = options.workload ?? (yield* Workload.Current)
    // nothing is left to decide, and the environment is not asked
    if (size !== undefined && named === undefined) return asked(size, () => true, [])

    const rules = yield* WorkerCount.Current
    const profiles = yield* WorkloadProfile.Current
    const environment = yield* Effect.mapError(Effect.flatten(Environment.Current), ({ received }) =>
      invalid(options, Environment.variable, Environment.environments.join(" or "), received)
    )
    const workload = named ?? Workload.render
    if (!Object.hasOwn(profiles, workload)) {
      return yield* invalid(options, "workload", Object.keys(profiles).join(" or "), workload)
    }

    const facts = { workload, environment, profiles, rules, cores: backend.parallelism, sharedMemory: true }
    const parallelize = (tasks: number): boolean => named === undefined || WorkerCount.shouldParallelize(tasks, facts)
    const { taskThreshold } = WorkloadProfile.get(workload, environment, profiles)
    const threshold =
      named === undefined ? [] : [`Fewer than ${taskThreshold} quick tasks of one forEach stay in one worker.`]
    if (size !== undefined) return asked(size, parallelize, threshold)

    const planned = (threadSafe: boolean): WorkerCount.Plan => {
      const plan = WorkerCount.plan(Number.POSITIVE_INFINITY, { ...facts, threadSafe })
      if (concurrency === undefined) return plan
      // calls at once that were asked for are not the plan's to choose: it gives workers for the rest
      const workers = Math.ceil((plan.workers * plan.concurrency) / concurrency)
      const because = [...plan.because.slice(0, 1), `${concurrency} calls at once in each worker, as asked for.`]
      return Workload.isWaiting(workload) ? { ...plan, workers, because } : plan
    }
    const best = planned(true)
    const chosen: PoolSize = {
      atOnce: Math.min(best.workers, most),
      inAll: (threadSafe) => Math.min(planned(threadSafe).workers, most),
      concurrency: concurrency ?? best.concurrency,
      parallelize,
      because: (threadSafe) => {
        const { because, workers } = planned(threadSafe)
        return [...because, ...limited(workers), ...threshold]
      }
    }
    return chosen
  })

const invalid = (options: Resolved, option: string, expected: string, received: unknown): InvalidOption =>
  new InvalidOption({ actor: options.actor, option, expected, received })
