/**
 * Keeps an actor's workers alive.
 *
 * One fiber per position starts a worker, hands its link to the pool, waits for its end and starts the next one. Deaths
 * are counted over the whole actor; too many, and the pool is given up with a typed error instead of a storm of
 * restarts. A worker that cannot be stopped is quarantined: its position goes to a new worker, its memory is never
 * used again, and there is a limit to how many there may be.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { Manifest } from "../wire/Control.ts"
import type { ActorPool } from "./ActorPool.ts"
import { type BuildError, type LostReason, PoolFailed } from "./ActorError.ts"
import * as LiveWorker from "./LiveWorker.ts"
import { Deaths, type RestartPolicy } from "./RestartPolicy.ts"
import type { WorkerBackendShape, WorkerExit } from "./WorkerBackend.ts"
import type { LinkProtocolShape, WorkerLink } from "./WorkerLink.ts"

export interface SupervisorOptions {
  readonly pool: ActorPool
  readonly backend: WorkerBackendShape
  readonly protocol: LinkProtocolShape
  readonly spec: LiveWorker.WorkerSpec
  /** Workers that are started at once. */
  readonly size: number
  readonly restart: RestartPolicy
  /** Workers that may run on although they were stopped; one more gives the actor up. */
  readonly maxQuarantined: number
  /** Milliseconds that running calls are given when the scope closes. */
  readonly drainTimeout: number
  /** Looks at the manifest of the first worker. It may refuse it, or tell how many workers there are to be in all. */
  readonly check: (manifest: Manifest) => Effect.Effect<number, BuildError>
}

export interface Supervisor {
  readonly manifest: Manifest
  /** Replaces the worker of `link`, which does not do as it is told. */
  readonly replace: (link: WorkerLink, because: string) => void
  /** Workers that were stopped and may still run. */
  readonly quarantined: () => number
}

/** Starts the workers; returns when the first one is ready. Closing the scope drains and ends them all. */
export const make = (options: SupervisorOptions): Effect.Effect<Supervisor, BuildError, Scope.Scope> =>
  Effect.gen(function* () {
    const { backend, pool, protocol, restart, spec } = options
    const live = new Map<WorkerLink, LiveWorker.LiveWorker>()
    /** Why links are being stopped, when it was troupe that stopped them. */
    const stopping = new Map<WorkerLink, string>()
    const deaths = new Deaths(restart)
    const firstReady = Deferred.makeUnsafe<Manifest, BuildError>()
    let quarantined = 0
    let closing = false

    const giveUp = (error: PoolFailed): void => {
      closing = true
      pool.giveUpAll(error)
    }

    const events: LiveWorker.LiveEvents = {
      ...pool.events,
      onEnd: (link, exit) => {
        live.delete(link)
        pool.detach(link, reasonOf(exit, stopping.get(link)))
        if (exit._tag === "Lost" && backend.capabilities.isolated && ++quarantined > options.maxQuarantined) {
          giveUp(
            new PoolFailed({
              actor: spec.actor,
              message:
                `${spec.actor} was given up: ${quarantined} workers run on although they were stopped, ` +
                `${options.maxQuarantined} are allowed. Poll Adapter.call().cancelled() in long methods`,
              deaths: deaths.count,
              cause: stopping.get(link)
            })
          )
        }
      },
      onLateExit: () => {
        quarantined--
      }
    }

    /** Notes a death, and waits as long as the next start has to. `false` when there is to be no next start. */
    const mourn = (cause: unknown): Effect.Effect<boolean> =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        if (!deaths.record(now)) {
          giveUp(
            new PoolFailed({
              actor: spec.actor,
              message:
                `${spec.actor} was given up: its workers died ${deaths.count} times within ${restart.period} ms, ` +
                `${restart.intensity} are allowed` +
                (cause instanceof Error ? `. The last one: ${cause.message}` : ""),
              deaths: deaths.count,
              cause
            })
          )
        }
        if (closing) return false
        yield* Effect.sleep(deaths.backoff(yield* Random.next))
        return !closing
      })

    /** The life of one position: worker after worker. */
    const position = (index: number): Effect.Effect<void> =>
      Effect.gen(function* () {
        let goesOn = !closing
        while (goesOn) {
          const started = yield* Effect.exit(life(index))
          if (Exit.isFailure(started)) {
            // before the first worker was ready a failed start fails the actor; afterwards it counts as a death
            if (Deferred.doneUnsafe(firstReady, Exit.failCause(started.cause))) return
            goesOn = yield* mourn(errorOf(started))
            continue
          }
          const worker = started.value
          const exit = yield* Deferred.await(worker.ended)
          const wanted = stopping.delete(worker.link)
          goesOn = !closing && (wanted || (yield* mourn(exit._tag === "Exited" ? exit.error : undefined)))
        }
      })

    const life = (index: number): Effect.Effect<LiveWorker.LiveWorker, BuildError> =>
      Effect.gen(function* () {
        const worker = yield* LiveWorker.start(backend, protocol, spec, index, events)
        const isFirst = !Deferred.isDoneUnsafe(firstReady)
        if (isFirst) pool.size = yield* Effect.onError(options.check(worker.manifest), () => worker.close)
        // it may have ended while its manifest was looked at
        if (!Deferred.isDoneUnsafe(worker.ended)) {
          live.set(worker.link, worker)
          pool.attach(worker.link)
        }
        // when the actor is there, so is a worker
        if (isFirst) Deferred.doneUnsafe(firstReady, Effect.succeed(worker.manifest))
        return worker
      })

    const whenIdle = Effect.callback<void>((resume) => {
      const stop = pool.whenIdle(() => resume(Effect.void))
      return Effect.sync(stop)
    })

    yield* Effect.addFinalizer(() =>
      Effect.gen(function* () {
        pool.close()
        yield* Effect.timeoutOrElse(whenIdle, { duration: options.drainTimeout, orElse: () => Effect.void })
        closing = true
        pool.abort()
        yield* Effect.forEach(
          [...live.values()],
          (worker) => {
            stopping.set(worker.link, "its actor was closed")
            return worker.close
          },
          { concurrency: "unbounded", discard: true }
        )
      })
    )
    for (let index = 0; index < options.size; index++) yield* Effect.forkScoped(position(index))
    const manifest = yield* Deferred.await(firstReady)
    for (let index = options.size; index < pool.size; index++) yield* Effect.forkScoped(position(index))

    const runFork = Effect.runForkWith(yield* Effect.context<never>())
    return {
      manifest,
      quarantined: () => quarantined,
      replace: (link, because) => {
        const worker = live.get(link)
        if (worker === undefined || stopping.has(link)) return
        stopping.set(link, because)
        runFork(worker.kill)
      }
    }
  })

const reasonOf = (exit: WorkerExit, stoppedBecause: string | undefined): LostReason => {
  if (stoppedBecause !== undefined) return { _tag: "Stopped", because: stoppedBecause }
  return exit._tag === "Exited"
    ? { _tag: "Exited", code: exit.code, error: exit.error }
    : { _tag: "Stopped", because: "it did not end when it was told to" }
}

const errorOf = (exit: Exit.Exit<unknown, BuildError>): unknown => {
  const error = Exit.findErrorOption(exit)
  return error._tag === "Some" ? error.value : exit
}
