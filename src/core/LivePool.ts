/**
 * An actor's pool, its supervisor and its workers, put together.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Manifest } from "../wire/Control.ts"
import type { CallTarget } from "./ActorCall.ts"
import { type BuildError, InvalidOption, Unsupported } from "./ActorError.ts"
import type { Resolved } from "./ActorOptions.ts"
import { ActorPool } from "./ActorPool.ts"
import type { ReadDeclared } from "./ErrorSchema.ts"
import { LinkProtocol } from "./LinkProtocol.ts"
import type { Method } from "./PendingCall.ts"
import type { Parent } from "./ParentFunctions.ts"
import * as PoolSize from "./PoolSize.ts"
import * as Supervisor from "./Supervisor.ts"
import type { WorkerBackendShape } from "./WorkerBackend.ts"
import type { LinkProtocolShape, WorkerLink } from "./WorkerLink.ts"
import { WorkerProfile, type WorkerProfileShape } from "./WorkerProfile.ts"
import * as WorkerLog from "./WorkerLog.ts"

export interface LivePool {
  readonly target: CallTarget
  readonly methods: ReadonlyArray<Method>
  /** What the first worker has said of itself. */
  readonly manifest: Manifest
  readonly quarantined: () => number
  /** Name of the worker profile. */
  readonly profile: string
  /** Why there are as many workers as there are. */
  readonly because: ReadonlyArray<string>
}

/** What an actor decides for itself, whatever the layers say. */
export interface Choices {
  readonly profile: WorkerProfileShape
  readonly protocol?: LinkProtocolShape
  /** What workers offer that say nothing of themselves. */
  readonly manifest?: Manifest
}

/** Milliseconds of work from which it is worth spreading, however few tasks it is. */
const worthwhileMillis = 100

/** Starts what the options ask for; ends with the scope. */
export const make = (
  runtime: WorkerBackendShape,
  options: Resolved,
  setupOptions: unknown,
  parent: Parent,
  readDeclared: ReadDeclared,
  choices?: Choices
): Effect.Effect<LivePool, BuildError, Scope.Scope> =>
  Effect.gen(function* () {
    const profile = choices?.profile ?? (yield* WorkerProfile)
    const protocol = choices?.protocol ?? (yield* LinkProtocol)
    const backend = profile.backend(runtime)
    yield* requireSupport(backend, options)
    if (parent.names.length > 0 && protocol.kind === "comlink") {
      const advice = "answers are all that it carries back. Use frames"
      return yield* new Unsupported({ actor: options.actor, feature: "a parent", runtime: "plain Comlink", advice })
    }
    const onLog = yield* WorkerLog.make(options.actor)

    const size = yield* PoolSize.make(options, backend, profile)
    let replace: (link: WorkerLink, because: string) => void = () => undefined
    const pool = new ActorPool({
      actor: options.actor,
      mailbox: options.mailbox,
      order: options.order,
      routing: options.routing,
      readDeclared,
      grace: options.grace,
      onStuck: (link, because) => replace(link, because),
      onLog
    })
    const supervisor = yield* Supervisor.make({
      pool,
      backend,
      protocol,
      size: size.atOnce,
      restart: options.restart,
      maxQuarantined: options.maxQuarantined,
      drainTimeout: options.shutdownTimeout,
      check: (manifest) => Effect.as(requireThreadSafety(options, manifest), size.inAll(manifest.threadSafe)),
      spec: {
        actor: options.actor,
        name: options.name,
        adapter: options.adapter,
        export: options.export,
        options: setupOptions,
        parent,
        concurrency: size.concurrency,
        env: options.env,
        resourceLimits: options.resourceLimits,
        // plain Comlink has no way for lines that nobody asked for
        console: options.console && backend.capabilities.console && protocol.kind === "frames",
        make: options.make,
        module: options.module,
        manifest: choices?.manifest,
        startTimeout: options.startTimeout,
        closeTimeout: options.shutdownTimeout
      }
    })
    replace = supervisor.replace
    return {
      target: {
        pool,
        timeout: options.timeout,
        interruption: options.interruption,
        parallelize: (tasks) => tasks * pool.service >= worthwhileMillis || size.parallelize(tasks)
      },
      methods: supervisor.manifest.methods.map((method, code) => ({ ...method, code })),
      manifest: supervisor.manifest,
      quarantined: supervisor.quarantined,
      profile: profile.name,
      because: size.because(supervisor.manifest.threadSafe)
    }
  })

const requireSupport = (backend: WorkerBackendShape, options: Resolved): Effect.Effect<void, Unsupported> => {
  const { capabilities, runtime } = backend
  const refuse = (feature: string, advice: string): Effect.Effect<never, Unsupported> =>
    Effect.fail(new Unsupported({ actor: options.actor, feature, runtime, advice }))
  if (options.requireHardStop && !capabilities.hardStop) {
    return refuse("a hard stop", "its busy threads run on after they were stopped. Use the process profile")
  }
  if (options.resourceLimits !== undefined && !capabilities.resourceLimits) {
    return refuse("resource limits", "it does not honour them in threads. Leave them out, or use the process profile")
  }
  if (options.make !== undefined && options.module === undefined && !capabilities.givenWorkers) {
    return refuse(
      "a worker of its own making",
      "it makes no threads. Say where the adapter is as well: module: () => import(...)"
    )
  }
  if (options.env !== undefined && !capabilities.environment) {
    return refuse("environment variables of its own", "its workers share the environment of the main side")
  }
  return Effect.void
}

const requireThreadSafety = (options: Resolved, manifest: Manifest): Effect.Effect<void, InvalidOption> =>
  (options.concurrency ?? 1) === 1 || manifest.threadSafe
    ? Effect.void
    : Effect.fail(
        new InvalidOption({
          actor: options.actor,
          option: "concurrency",
          expected: "1, because the adapter does not declare threadSafe: true",
          received: options.concurrency
        })
      )
